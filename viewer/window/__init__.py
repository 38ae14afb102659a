"""Putting together: the main window, its session, its settings and the snapshot."""
