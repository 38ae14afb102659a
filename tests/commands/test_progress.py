"""The line that tells a terminal how far a command is."""

import time

import pytest

from viewer.commands import progress
from viewer.commands.progress import Progress


def test_opening_that_takes_long_says_how_far_it_is_and_takes_it_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "PATIENCE_SECONDS", 0.0)
    line = Progress()
    line.show("Opening", 30, 40)
    assert capsys.readouterr().err == "\rOpening: 75 %"
    line.clear()
    line.clear()
    assert capsys.readouterr().err == "\r" + " " * len("Opening: 75 %") + "\r"


def test_opening_that_is_quick_says_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 5.0)
    line = Progress()
    line.show("Opening", 1, 0)
    line.clear()
    assert capsys.readouterr().err == ""


def test_a_shorter_line_covers_a_longer_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter((0.0, 5.0, 10.0))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    line = Progress()
    line.show("comparing frames", 1, 2)
    line.show("Hashing", 5, 4)
    first, second = "Comparing frames: 50 %", "Hashing: 100 %"
    assert capsys.readouterr().err == f"\r{first}\r{second:<{len(first)}}"
