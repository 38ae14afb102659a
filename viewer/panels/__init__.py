"""Side panels, each independent of the others."""
