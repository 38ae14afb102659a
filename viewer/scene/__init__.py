"""The picture: a slide's tiles in a QGraphicsView, and moving about in them."""
