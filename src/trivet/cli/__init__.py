"""The command line: one file per command in `commands`, each with SUMMARY (its first line is the one in the list of
commands), EXAMPLE, add_arguments and run."""
