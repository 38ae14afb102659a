"""Ctrl+C and a polite kill, while Qt has the main thread."""

import signal
import socket
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier
from PySide6.QtWidgets import QWidget


class Interrupts(QObject):
    """Closes a window at SIGINT and SIGTERM as its user would.

    Python runs signal handlers only between its own instructions; a socket that the
    signal itself writes to wakes the event loop for that. Belongs to the window, and
    holds the signals for the rest of the process.
    """

    def __init__(self, window: QWidget) -> None:
        """Take the signals. Main thread."""
        super().__init__(window)
        self._window = window
        self._ours, self._theirs = socket.socketpair()
        for end in (self._ours, self._theirs):
            end.settimeout(0)  # a full socket must not hold up the signal
        signal.set_wakeup_fd(self._theirs.fileno())
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._quit)
        notifier = QSocketNotifier(self._ours.fileno(), QSocketNotifier.Type.Read, self)
        notifier.activated.connect(self._drain)

    def _drain(self) -> None:
        self._ours.recv(64)

    def _quit(self, _number: int, _frame: FrameType | None) -> None:
        self._window.close()
