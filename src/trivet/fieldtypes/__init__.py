"""Field types: one file each, found by its name."""
