"""Other forms of a file: one exporter each, found by its name."""
