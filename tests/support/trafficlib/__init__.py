"""trafficlib - what tests/support/traffic is made of: see ../README.md."""
