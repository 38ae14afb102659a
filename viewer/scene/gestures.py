"""What the picture answers without a menu entry, in words, for the list of keys.

`viewer.scene.navigation` and `viewer.scene.pointing` do it; a test holds the keys here
against theirs.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import Qt


class Gesture(NamedTuple):
    """An input in words, what it does, and the keys in it that navigation takes."""

    input: str
    words: str
    keys: frozenset[Qt.Key] = frozenset()


_ARROWS: Final = frozenset(
    {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down}
)

GESTURES: Final[Sequence[Gesture]] = (
    Gesture("Wheel, pinch", "Zoom at the pointer"),
    Gesture("Drag, middle drag", "Move the slide"),
    Gesture(
        "Space + drag", "Move the slide, whatever else", frozenset({Qt.Key.Key_Space})
    ),
    Gesture("Shift + drag", "Zoom to a rectangle"),
    Gesture("Shift + wheel, two fingers on a trackpad", "Move the slide"),
    Gesture("Ctrl + wheel", "Focus up or down, where there are several planes"),
    Gesture("Click", "Choose a tile: its frame and file are shown in the panels"),
    Gesture("Double click", "Center and zoom in"),
    Gesture("Shift + double click", "Center and zoom out"),
    Gesture("Arrow keys", "Move by an eighth of the view", _ARROWS),
    Gesture("Shift + arrow keys", "Move by a page", _ARROWS),
    Gesture("Ctrl + arrow keys", "Move to the edge of the slide", _ARROWS),
    Gesture(
        "Home",
        "Whole slide, in its own brightness and contrast",
        frozenset({Qt.Key.Key_Home}),
    ),
    Gesture("=", "Zoom in, as +", frozenset({Qt.Key.Key_Equal})),
    Gesture("Click or drag on the minimap", "Go there"),
    Gesture("Wheel on the minimap", "Zoom"),
    Gesture("Esc in a panel", "Back to the picture"),
)
