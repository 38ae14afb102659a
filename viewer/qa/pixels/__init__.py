"""Whether tiles have the same pixels, and how far they are apart."""
