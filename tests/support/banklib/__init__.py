"""banklib - what tests/support/bank is made of: see ../README.md."""
