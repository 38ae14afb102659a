"""The command line, one module a command: SUMMARY, add_arguments and run."""
