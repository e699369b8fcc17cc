"""benchlib - what the measurements share or are too long for one file: see ../README.md."""
