"""What a slide is: numbers, places and pixels, with the standard library and numpy."""
