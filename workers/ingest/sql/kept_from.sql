-- From which day on are payments taken? Asked behind the gate: what was let go stays so.
SELECT coalesce(max(day) + 1, date '2000-01-01') FROM expired_day WHERE parent = 'payment';
