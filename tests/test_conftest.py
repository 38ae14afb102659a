"""The guard of conftest.py blames the guilty test, and only it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

GUILTY = """
import threading
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QWidget

kept = []

def test_thread_is_left():
    stop = threading.Event()
    threading.Thread(target=stop.wait, name="lost", daemon=True).start()

def test_timer_is_left(qapp):
    kept.append(QTimer())
    kept[-1].start(1000)

def test_qthread_is_left(qapp):
    kept.append(QThread())
    kept[-1].start()

def test_window_is_left(qapp):
    kept.append(QWidget())
    kept[-1].show()

def test_all_is_cleared_away(qapp, qtbot):
    thread = threading.Thread(target=lambda: None)
    thread.start()
    timer = QTimer()
    timer.start(1000)
    timer.stop()
    window = QWidget()
    qtbot.addWidget(window)
    window.show()

def test_timer_is_stopped_with_its_owner(qapp, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    QTimer(window).start(1000)

def test_end():
    kept[1].wait()
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest says of the tests above under our conftest."""
    folder = tmp_path_factory.mktemp("guilty")
    conftest = Path(__file__).with_name("conftest.py").read_text(encoding="utf-8")
    short = re.sub(
        r"^PATIENCE = [\d.]+", "PATIENCE = 0.2", conftest, flags=re.MULTILINE
    )
    (folder / "conftest.py").write_text(short, encoding="utf-8")
    (folder / "test_guilty.py").write_text(GUILTY, encoding="utf-8")
    settings = "[pytest]\nqt_api = pyside6\n"
    (folder / "pytest.ini").write_text(settings, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."],
        cwd=folder,
        env=os.environ | {"COLUMNS": "200"},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stdout


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("test_thread_is_left", "left behind: thread lost"),
        ("test_timer_is_left", "left behind: active timer QTimer"),
        ("test_qthread_is_left", "left behind: running QThread QThread"),
        ("test_window_is_left", "left behind: visible window QWidget"),
    ],
)
def test_who_leaves_something_behind_is_blamed(
    report: str, name: str, sentence: str
) -> None:
    assert f"ERROR test_guilty.py::{name} - Failed: {sentence}\n" in report


@pytest.mark.parametrize(
    "name",
    ["test_all_is_cleared_away", "test_timer_is_stopped_with_its_owner", "test_end"],
)
def test_who_clears_away_is_not_blamed(report: str, name: str) -> None:
    assert "7 passed" in report
    assert f"ERROR test_guilty.py::{name}" not in report
