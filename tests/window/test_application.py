"""The program around the window: first paint, bugs, and quitting at any moment."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from viewer.window import faults
from viewer.window.application import AfterFirstPaint, present_faults
from viewer.window.dialogs import FaultDialog
from viewer.window.main_window import MainWindow

QUITTING = """
import sys
from PySide6.QtCore import QTimer
from viewer.window import application
from viewer.window.main_window import MainWindow

moment = sys.argv.pop(1)
shown = MainWindow.showEvent

def show_event(window, event):
    shown(window, event)
    def close(*_):
        QTimer.singleShot(3, window.close)

    if moment == "opening":
        window.session.started.connect(close)
    elif moment == "decoding":
        window.session.opened.connect(close)
    else:
        close()

MainWindow.showEvent = show_event
from pathlib import Path
sys.exit(application.run_window([Path(word) for word in sys.argv[1:]]))
"""


def test_work_begins_after_the_first_paint(qtbot: QtBot) -> None:
    painted: list[str] = []

    class Canvas(QWidget):
        def event(self, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                painted.append("paint")
            return super().event(event)

    widget = Canvas()
    qtbot.addWidget(widget)
    AfterFirstPaint(widget, lambda: painted.append("work"))
    widget.show()
    qtbot.waitUntil(lambda: "work" in painted)
    widget.repaint()
    qtbot.wait(20)
    assert painted[:2] == ["paint", "work"]
    assert painted.count("work") == 1


@pytest.fixture
def own_hooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the hooks as they are; tests call what would be installed."""
    monkeypatch.setattr(faults, "install", lambda _present: None)


def test_a_bug_is_shown_once_with_a_report_to_copy(
    window: MainWindow, qtbot: QtBot, own_hooks: None
) -> None:
    mailbox = present_faults(window)
    mailbox.post(faults.Fault("KeyError", "the report", None))
    mailbox.post(faults.Fault("ValueError", "another", None))
    qtbot.waitUntil(lambda: window.findChild(FaultDialog) is not None)
    mailbox.post(faults.Fault("ValueError", "a third", None))
    qtbot.wait(20)
    (dialog,) = window.findChildren(FaultDialog)
    assert dialog.windowTitle() == "An internal error"
    dialog.copy.click()
    assert QGuiApplication.clipboard().text() == "the report"
    dialog.reject()


@pytest.mark.parametrize("moment", ["opening", "decoding", "showing"])
def test_quitting_at_any_moment_is_silent(moment: str, slide_folder: Path) -> None:
    for _ in range(3):
        result = subprocess.run(
            [sys.executable, "-c", QUITTING, moment, str(slide_folder)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_window_needs_none_of_the_slow_libraries() -> None:
    code = (
        "import sys, viewer.window.main_window; "
        "print(sorted({'pydicom', 'PIL', 'imagecodecs', 'simplejpeg', 'tifffile', "
        "'highdicom', 'openslide'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout == "[]\n"
