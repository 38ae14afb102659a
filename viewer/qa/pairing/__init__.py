"""Which part of the source is which of the result."""
