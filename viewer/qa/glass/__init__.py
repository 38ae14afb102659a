"""The scan on its glass: what only the overview can tell."""
