"""A walk over items that its readers take further, each as far as it needs."""

import threading
from typing import Final

from viewer.formats.dicom.items import ItemWalk


class SharedWalk:
    """An ItemWalk for many threads, of which one at a time walks a little way.

    Nobody waits for more than its own need: what others found meanwhile is looked at
    after each such way.
    """

    def __init__(self, walk: ItemWalk) -> None:
        """Share a walk, which nobody else may take further."""
        self.walk: Final = walk
        self._turn: Final = threading.Condition()
        self._walking = False

    @property
    def ended(self) -> bool:
        """Whether all items were walked over."""
        return self.walk.ending is not None

    def reach(self, frame: int) -> None:
        """Walk until it is certain where a frame lies, or to the end.

        Raises BrokenFile; then the next to come may go on.
        """
        certain = self.walk.certain
        while not self.ended and len(certain) < frame + 2:
            with self._turn:
                if self._walking:
                    self._turn.wait()
                    continue
                self._walking = True
            self._go_on()

    def further(self) -> None:
        """Walk a little way, unless somebody does already. Raises BrokenFile."""
        with self._turn:
            if self._walking or self.ended:
                return
            self._walking = True
        self._go_on()

    def _go_on(self) -> None:
        try:
            self.walk.go_on(_ITEMS)
        finally:
            with self._turn:
                self._walking = False
                self._turn.notify_all()


_ITEMS: Final = 2048  # at once: a millisecond or two on a quick disk
