"""How far pictures are shifted, turned and mirrored against each other."""
