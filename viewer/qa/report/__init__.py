"""What was found, as text, JSON and HTML, with its evidence."""
