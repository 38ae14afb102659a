"""Whether colors mean the same in both slides."""
