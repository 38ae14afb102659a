"""Faults: bugs of the program, written to a log that names no file and no patient.

No Qt here: the command line uses it too. A report holds types, modules, functions and
line numbers, never the text of an exception: that may quote a file name or a value.
"""

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from viewer import __version__

LOG_LIMIT = 1_000_000
"""Bytes after which the log is renamed to `.old` and begun anew."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One bug as reported: `summary` is one line, `report` the text in the log.

    `log` is None where the log could not be written.
    """

    summary: str
    report: str
    log: Path | None

    @property
    def sentence(self) -> str:
        """What the user reads of it, on one line."""
        where = f"; the report is in {self.log}" if self.log else ""
        return f"an internal error stopped this ({self.summary}){where}."


def log_path() -> Path:
    """Return where the log is, in the user's state folder."""
    from platformdirs import user_state_path

    return user_state_path("coverslip", appauthor=False) / "coverslip.log"


def record(error: BaseException) -> Fault:
    """Write an error with its traceback to the log. Any thread; never raises."""
    summary = type(error).__name__
    return _written(summary, f"{_heading(summary)}\n" + "\n".join(_lines(error)))


def install(present: Callable[[Fault], None]) -> None:
    """Record whatever nobody caught, on any thread, and hand it to `present`.

    `present` is called on the thread of the error. Messages of the libraries' loggers
    go to the log as their template, without their arguments.
    """

    def hook(
        kind: type[BaseException],
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        present(record(error if error is not None else kind()))

    def thread_hook(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_type is not SystemExit:
            hook(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    sys.excepthook = hook
    threading.excepthook = thread_hook
    root = logging.getLogger()
    if not any(isinstance(handler, TemplateLog) for handler in root.handlers):
        root.addHandler(TemplateLog(logging.WARNING))


class TemplateLog(logging.Handler):
    """Writes a message's template, never its arguments: those may name a file."""

    def emit(self, record: logging.LogRecord) -> None:
        """Append one record to the log."""
        heading = _heading(f"{record.levelname} {record.name}: {record.msg}")
        lines = [heading]
        if record.exc_info and record.exc_info[1] is not None:
            lines.extend(_lines(record.exc_info[1]))
        _written(record.name, "\n".join(lines))


def _heading(text: str) -> str:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    python = ".".join(map(str, sys.version_info[:3]))
    return f"{now} coverslip {__version__} Python {python} {sys.platform}: {text}"


def _lines(error: BaseException) -> Iterator[str]:
    """Yield an error and what caused it, the newest first; loops end."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield f"  {type(current).__module__}.{type(current).__qualname__}"
        yield from _frames(current.__traceback__)
        current = current.__cause__ or current.__context__


def _frames(traceback: TracebackType | None) -> Iterator[str]:
    """Yield where it passed: modules, for a path may hold a user's name."""
    while traceback is not None:
        module = traceback.tb_frame.f_globals.get("__name__", "?")
        function = traceback.tb_frame.f_code.co_qualname
        yield f"    {module}:{traceback.tb_lineno} in {function}"
        traceback = traceback.tb_next


def _written(summary: str, report: str) -> Fault:
    try:
        path = log_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".old"))
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        with os.fdopen(os.open(path, flags, 0o600), "a", encoding="utf-8") as log:
            log.write(report + "\n")
    except OSError:
        return Fault(summary, report, None)
    return Fault(summary, report, path)
