"""Reports of bugs name neither files nor patients."""

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from viewer.window import faults

CANARY = "Canary^Patient"


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "state" / "coverslip.log"
    monkeypatch.setattr(faults, "log_path", lambda: path)
    return path


@pytest.fixture
def hooks() -> Iterator[None]:
    old = sys.excepthook, threading.excepthook
    handlers = list(logging.getLogger().handlers)
    yield
    sys.excepthook, threading.excepthook = old
    for handler in logging.getLogger().handlers[:]:
        if handler not in handlers:
            logging.getLogger().removeHandler(handler)


def read() -> None:
    raise OSError(f"cannot read /home/{CANARY}/slide.dcm")


def stumble() -> None:
    try:
        read()
    except OSError as error:
        raise KeyError(CANARY) from error


def caught() -> BaseException:
    try:
        stumble()
    except KeyError as error:
        return error
    raise AssertionError


def test_report_has_types_and_lines_but_no_values(log: Path) -> None:
    fault = faults.record(caught())
    text = log.read_text()
    assert fault.report in text
    assert "builtins.KeyError" in text
    assert "builtins.OSError" in text
    assert "in stumble" in text
    assert "Canary" not in text
    assert str(Path.home()) not in text


def test_sentence_names_kind_and_log(log: Path) -> None:
    assert faults.record(caught()).sentence == (
        f"an internal error stopped this (KeyError); the report is in {log}."
    )


def test_log_that_cannot_be_written_is_no_second_error(log: Path) -> None:
    log.parent.write_text("in the way")
    fault = faults.record(caught())
    assert fault.log is None
    assert fault.sentence == "an internal error stopped this (KeyError)."


def test_log_stays_small(log: Path) -> None:
    log.parent.mkdir()
    log.write_bytes(b"x" * (faults.LOG_LIMIT + 1))
    faults.record(caught())
    assert log.stat().st_size < 10_000
    assert log.with_suffix(".old").stat().st_size > faults.LOG_LIMIT


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_log_is_the_owners_alone(log: Path) -> None:
    faults.record(caught())
    assert log.stat().st_mode & 0o777 == 0o600


def test_uncaught_errors_are_presented(log: Path, hooks: None) -> None:
    seen: list[faults.Fault] = []
    faults.install(seen.append)
    error = caught()
    sys.excepthook(type(error), error, error.__traceback__)
    thread = threading.Thread(target=stumble)
    thread.start()
    thread.join()
    assert [fault.summary for fault in seen] == ["KeyError", "KeyError"]


def test_ctrl_c_is_no_bug(log: Path, hooks: None) -> None:
    seen: list[faults.Fault] = []
    faults.install(seen.append)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert seen == []
    assert not log.exists()


def test_log_records_are_kept_without_their_arguments(log: Path, hooks: None) -> None:
    faults.install(lambda _fault: None)
    logging.getLogger("viewer.test").warning("tile of %s failed", CANARY)
    text = log.read_text()
    assert "viewer.test: tile of %s failed" in text
    assert "Canary" not in text


def test_circle_of_causes_ends(log: Path) -> None:
    one, other = KeyError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one
    assert faults.record(one).report.count("KeyError") == 2  # heading and line
