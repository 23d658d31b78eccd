"""Everything trivet keeps: whole files or none, a journal that survives kills, objects by their digest."""
