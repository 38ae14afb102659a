"""The program with a window: from QApplication to its end."""

import importlib
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import (
    QEvent,
    QMessageLogContext,
    QObject,
    QSocketNotifier,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication, QWidget

from viewer.qt.mailbox import Mailbox
from viewer.qt.resources import application_icon
from viewer.qt.tasks import run
from viewer.window import faults

if TYPE_CHECKING:
    from viewer.window.main_window import MainWindow


OFFSCREEN_NOISE: Final = "This plugin does not support propagateSizeHints()"


def run_window(paths: Sequence[Path], *, demo: bool = False) -> int:
    """Open the window on files, folders or the demo slide; return when it is closed."""
    application = new_application()
    from viewer.window.main_window import MainWindow
    from viewer.window.settings import Settings, settings_path

    window = MainWindow(Settings(settings_path()))
    present_faults(window)
    interrupts = _Interrupts(window.close)
    AfterFirstPaint(window, lambda: _begin(window, paths, demo=demo))
    window.show()
    code = application.exec()
    interrupts.stop()
    window.deleteLater()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return code


def new_application() -> QApplication:
    """Return the process's QApplication, made and named where there is none."""
    qInstallMessageHandler(_pass_on)
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(["coverslip"])
    application.setApplicationName("coverslip")
    application.setApplicationDisplayName("")  # titles name the program themselves
    application.setDesktopFileName("coverslip")
    application.setWindowIcon(application_icon())
    return application


def present_faults(window: "MainWindow") -> Mailbox:
    """Show a bug, from whatever thread, in a dialog of the window; one at a time."""
    from viewer.window.dialogs import FaultDialog

    mailbox = Mailbox(window)

    def show(news: list[faults.Fault]) -> None:
        if window.findChild(FaultDialog) is None:
            FaultDialog(news[0], window).open()

    mailbox.arrived.connect(show)
    faults.install(mailbox.post)
    return mailbox


def _pass_on(_kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    """Print what Qt says, but for what every off-screen window makes it say."""
    if message != OFFSCREEN_NOISE:
        sys.stderr.write(f"{message}\n")


class AfterFirstPaint(QObject):
    """Calls `work` once, when a window has been painted for the first time."""

    def __init__(self, window: QWidget, work: Callable[[], None]) -> None:
        """Watch the window, which owns this."""
        super().__init__(window)
        self._work = work
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the paint event; the children are painted within it."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._work)
        return False


class _Interrupts:
    """Ctrl+C and a polite kill close the window as its user would.

    Python runs signal handlers only between its own instructions; a socket written by
    the signal itself wakes the event loop for that.
    """

    def __init__(self, close: Callable[[], object]) -> None:
        self._close = close
        self._ours, self._theirs = socket.socketpair()
        for end in (self._ours, self._theirs):
            end.settimeout(0)  # a full socket must not hold up the signal
        self._old_wakeup = signal.set_wakeup_fd(self._theirs.fileno())
        self._old = {
            number: signal.signal(number, self._quit)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        self._notifier = QSocketNotifier(self._ours.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._drain)

    def stop(self) -> None:
        """Give the signals back to whoever had them."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._old_wakeup)
        for number, handler in self._old.items():
            signal.signal(number, handler)
        self._ours.close()
        self._theirs.close()

    def _drain(self) -> None:
        self._ours.recv(64)

    def _quit(self, _number: int, _frame: FrameType | None) -> None:
        self._close()


def _begin(window: "MainWindow", paths: Sequence[Path], *, demo: bool) -> None:
    if demo:
        window.open_demo()
    elif paths:
        window.open(paths)
    else:
        _warm_up()


def _warm_up() -> None:
    """Import what the first slide will need, while the user is still choosing it."""

    def load() -> None:
        for name in ("viewer.formats.dicom", "viewer.codecs"):
            importlib.import_module(name)

    run(load, lambda _none: None, _forget)


def _forget(_error: Exception) -> None:
    """Leave it to the first opening: it meets the same error and says it."""
