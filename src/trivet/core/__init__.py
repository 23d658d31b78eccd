"""The values everything else is made of: tasks, rows, parts, candidates, limits, readings, recipes."""
