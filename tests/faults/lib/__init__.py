"""What the fault tests share: servers, a world per scenario, workers, a proxy, checks."""
