"""Sizes, scale and place of two slides, as they state them."""
