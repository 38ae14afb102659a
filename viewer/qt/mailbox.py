"""Mailbox: results from any thread, delivered on the GUI thread in batches."""

from threading import Lock

from PySide6.QtCore import QObject, Qt, Signal


class Mailbox(QObject):
    """Takes items on any thread and hands them over on the thread it was made on.

    Invariant: one queued signal is under way exactly while items wait, so a thousand
    tiles cost the event loop one turn.
    """

    arrived = Signal(list)
    """The items posted since the last time, in the order of posting."""

    _filled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = Lock()
        self._items: list[object] = []
        self._open = True
        self._filled.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def post(self, item: object) -> None:
        """Leave an item; never blocks, does nothing after `close`. Any thread."""
        with self._lock:
            if not self._open:
                return
            self._items.append(item)
            if len(self._items) == 1:
                self._announce()

    def close(self) -> None:
        """Drop what waits and everything posted from now on. Any thread."""
        with self._lock:
            self._open = False
            self._items = []

    def _announce(self) -> None:
        try:
            self._filled.emit()
        except RuntimeError:
            # Qt deleted the object with its parent: nobody is there to take mail.
            self._open = False

    def _deliver(self) -> None:
        with self._lock:
            items, self._items = self._items, []
        if items:
            self.arrived.emit(items)
