"""Counts of events from short recordings: one of each thing that trivet can be given."""
