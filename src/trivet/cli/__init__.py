"""The command line: one file per command in `commands`, each with SUMMARY, EXAMPLE, add_arguments and run."""
