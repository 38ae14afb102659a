"""Refinement: when tiles are painted quickly, and when as finely as can be."""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from viewer.scene.shrunken import ShrunkenTiles
from viewer.scene.zooming import Zooming

_PAUSE_MILLISECONDS: Final = 15  # between paintings that catch up with shrinking


class Refinement(QObject):
    """Lets the paintings of a view shrink tiles finely where there is time for it.

    Invariant: no tile is made smaller while the scale is on the move, and a painting
    that had to leave some is followed by another. GUI thread.
    """

    repaint_wanted = Signal()
    """Another painting would be finer than the last."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shrunken = ShrunkenTiles(0)
        self._zooming = Zooming(self)
        self._zooming.ended.connect(self._rest)
        self._catching_up = QTimer(self)
        self._catching_up.setSingleShot(True)
        self._catching_up.setInterval(_PAUSE_MILLISECONDS)
        self._catching_up.timeout.connect(self.repaint_wanted)

    @property
    def is_behind(self) -> bool:
        """Whether some tiles are painted coarsely for now, for want of time."""
        return self._zooming.is_under_way or self.shrunken.is_behind

    def follow(self, pixel_size: float, budget: int) -> None:
        """Note the scale after each movement, and the bytes that tiles in view take."""
        self.shrunken.budget = budget
        self._zooming.follow(pixel_size)
        self.shrunken.is_waiting = self._zooming.is_under_way

    def hold(self) -> None:
        """Expect the scale to move from now on."""
        self._zooming.hold()
        self.shrunken.is_waiting = True

    def let_go(self) -> None:
        """Expect it no more; it may have moved for the last time."""
        self._zooming.let_go()

    def painted(self) -> None:
        """Have a painting that left something followed by another."""
        if self.shrunken.is_behind and not self.shrunken.is_waiting:
            self._catching_up.start()

    def begin_at_rest(self) -> None:
        """Take nothing that was before another slide for a movement."""
        self._zooming.stop()
        self.shrunken.clear()
        self.shrunken.is_waiting = self.shrunken.is_behind = False

    def _rest(self) -> None:
        self.shrunken.is_waiting = False
        self.repaint_wanted.emit()
