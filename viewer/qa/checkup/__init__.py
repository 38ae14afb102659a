"""One slide looked over: a small function a rule, in one table."""
