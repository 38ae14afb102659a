"""The program with a window: from QApplication to its end."""

import gc
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import (
    QEvent,
    QMessageLogContext,
    QObject,
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

_SWITCH_SECONDS: Final = 0.0005
"""So long a worker inside Python may keep the window waiting; Python's own is ten times
that, a third of a frame."""

OFFSCREEN_NOISE: Final = "This plugin does not support propagateSizeHints()"


def run_window(paths: Sequence[Path], *, demo: bool = False) -> int:
    """Open the window on files, folders or the demo slide; return when it is closed."""
    gc.disable()  # until the first paint: nothing that starting makes is garbage
    application = new_application()
    from viewer.window.main_window import MainWindow
    from viewer.window.settings import Settings, settings_path

    window = MainWindow(Settings(settings_path()))
    present_faults(window)
    AfterFirstPaint(window, lambda: _begin(window, paths, demo=demo))
    window.show()
    code = application.exec()
    window.deleteLater()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return code


def new_application() -> QApplication:
    """Return the process's QApplication, made and named where there is none.

    Where Qt finds no screen the process ends with exit code 2 and one sentence.
    """
    qInstallMessageHandler(_pass_on)
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = _made()
    sys.setswitchinterval(_SWITCH_SECONDS)
    application.setApplicationName("coverslip")
    application.setApplicationDisplayName("")  # titles name the program themselves
    application.setDesktopFileName("coverslip")
    application.setWindowIcon(application_icon())
    return application


def present_faults(window: "MainWindow") -> Mailbox:
    """Show a bug, from whatever thread, in a dialog of the window; one at a time."""
    mailbox = Mailbox(window)

    def show(news: list[faults.Fault]) -> None:
        from viewer.window.dialogs import FaultDialog

        if window.findChild(FaultDialog) is None:
            FaultDialog(news[0], window).open()

    mailbox.arrived.connect(show)
    faults.install(mailbox.post)
    return mailbox


def _made() -> QApplication:
    """Make the QApplication; Qt says nothing in between, or one sentence and its last.

    Qt would abort the process, with a core dump, after several paragraphs of which the
    first line is the cause.
    """
    said: list[str] = []

    def keep(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        said.append(message)
        if kind is QtMsgType.QtFatalMsg:
            sys.stderr.write(
                f"coverslip: the window cannot be opened ({said[0].strip()}); "
                "coverslip --help lists the commands that need no display.\n"
            )
            sys.stderr.flush()
            os._exit(2)  # Qt aborts as soon as this returns, whatever is raised here

    qInstallMessageHandler(keep)
    application = QApplication(["coverslip"])
    qInstallMessageHandler(_pass_on)
    for message in said:
        _print(message)
    return application


def _pass_on(_kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    _print(message)


def _print(message: str) -> None:
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


def _begin(window: "MainWindow", paths: Sequence[Path], *, demo: bool) -> None:
    """Do all that the first paint need not wait for."""
    gc.freeze()  # all of it stays: no later collection need look through it
    gc.enable()
    from viewer.window.interrupts import Interrupts

    Interrupts(window)
    run(_tidy, lambda _none: None, _forget)
    if demo:
        window.open_demo()
    elif paths:
        window.open(paths)
    else:
        _warm_up()


def _tidy() -> None:
    """Remove what crashed processes left of archives that they unpacked."""
    importlib.import_module("viewer.formats.unpacked").remove_leftovers()


def _warm_up() -> None:
    """Import what the first slide will need, while the user is still choosing it."""

    def load() -> None:
        for name in ("viewer.formats.dicom", "viewer.codecs"):
            importlib.import_module(name)

    run(load, lambda _none: None, _forget)


def _forget(_error: Exception) -> None:
    """Leave it to the first opening: it meets the same error and says it."""
