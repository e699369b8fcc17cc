"""oracle - what Sawa must hold after a log of traffic, computed naively: see ../README.md."""
