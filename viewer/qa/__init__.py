"""Is the conversion right? Comparison, check-up and dual personality, without Qt."""
