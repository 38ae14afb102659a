"""What dciodvfy says of DICOM files, shown beside our findings and never among them.

It is part of David Clunie's dicom3tools, which Debian has; nothing depends on it. It
writes its messages to standard error, one a line.
"""

import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Final, NamedTuple

from viewer.qa.report.section import Section, Table
from viewer.qa.run import Run

PROGRAM: Final = "dciodvfy"

SECONDS: Final = 20.0
"""How long it may take for one file; a file of 1 GB takes two seconds."""

MOST_BYTES: Final = 1 << 20
"""Of its messages on one file that are read."""

MOST_FILES: Final = 500
"""Files that are given to it; one a file of a slide, rarely more than twenty."""

MOST_MESSAGES: Final = 500
"""Different messages that are kept."""


def find_program() -> str | None:
    """Return the path of dciodvfy, None where it is not installed."""
    return shutil.which(PROGRAM)


def conformance(
    files: Sequence[Path], run: Run, program: str, seconds: float = SECONDS
) -> Section:
    """Let dciodvfy look at DICOM files, several at once; blocks, any thread.

    `program` is its path. A file that it takes too long for, or that makes it say too
    much, is told and left out. Raises Cancelled.
    """
    some = files[:MOST_FILES]
    found = run.each(
        lambda file: _said(program, file, run, seconds), some, PROGRAM, len(some)
    )
    gathered = _Gathered()
    for file, said in zip(some, found, strict=True):
        gathered.add(file, said)
    return gathered.section(len(files))


class _Message(NamedTuple):
    """One message; `value` is that of the attribute, which may be a patient's."""

    severity: str
    words: str
    value: str


class _Said(NamedTuple):
    """What it said of one file, and why that is not all."""

    messages: tuple[_Message, ...]
    problem: str = ""


def _said(program: str, file: Path, run: Run, seconds: float) -> _Said:
    """Run it on one file; it is ended when it takes too long or nobody waits."""
    command = [program, "-new", str(file.absolute())]  # never begins with a hyphen
    try:
        process = subprocess.Popen(  # noqa: S603  no shell, an absolute argument
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
    except OSError as error:
        return _Said((), f"{PROGRAM} could not be run ({error.strerror})")
    until = time.monotonic() + seconds
    said = bytearray()
    with process:
        stream = process.stderr
        assert stream is not None  # noqa: S101  asked for above
        reading = Thread(target=lambda: said.extend(stream.read(MOST_BYTES)))
        reading.start()
        try:
            while reading.is_alive() and time.monotonic() < until:
                run.check()
                reading.join(0.05)
            is_late = reading.is_alive()
        finally:
            process.kill()
            reading.join()
    if is_late:
        problem = f"{PROGRAM} was ended after {seconds:g} seconds"
    elif len(said) >= MOST_BYTES:
        problem = f"{PROGRAM} said more than {MOST_BYTES >> 20} MiB"
    else:
        problem = ""
    lines = said.decode("utf-8", "replace").splitlines()
    return _Said(tuple(_messages(lines)), problem)


def _messages(lines: Sequence[str]) -> list[_Message]:
    parted = (line.partition(" - ") for line in lines)
    return [
        _Message(severity, *_without_value(words.strip()))
        for severity, _, words in parted
        if severity in _SEVERITIES and words.strip()
    ]


_SEVERITIES: Final = ("Abort", "Error", "Warning")


def _without_value(words: str) -> tuple[str, str]:
    """Part a message from the value that it quotes, as in "... = <NO>"."""
    found = _VALUE.search(words)
    if found is None:
        return words, ""
    return words[: found.start()] + words[found.end() :], found[1]


_VALUE: Final = re.compile(r"(?:\s=)?\s<(.*?)>(?=\s-\s|\s*$)")
"""Behind a space, unlike the way to an attribute and the name of a module."""


@dataclass(slots=True)
class _Gathered:
    """Messages and the files that they are about, each message once."""

    files: dict[_Message, list[Path]] = field(
        default_factory=dict[_Message, list[Path]]
    )
    problems: list[str] = field(default_factory=list[str])

    def add(self, file: Path, said: _Said) -> None:
        if said.problem:
            self.problems.append(f"{file.name}: {said.problem}.")
        for message in dict.fromkeys(said.messages):
            if message in self.files or len(self.files) < MOST_MESSAGES:
                self.files.setdefault(message, []).append(file)

    def section(self, count: int) -> Section:
        rows = sorted(
            self.files.items(),
            key=lambda each: (bool(_excuse(each[0])), _SEVERITIES.index(each[0][0])),
        )
        messages = [message for message, _ in rows]
        grave = [each for each in messages if not _excuse(each)]
        return Section(
            name=PROGRAM,
            title=f"What {PROGRAM} says",
            lines=(*_lines(count, messages, grave), *self.problems),
            facts={
                "files": count,
                "messages": [
                    {
                        "severity": message.severity.lower(),
                        "message": message.words,
                        "files": [file.name for file in files],
                        "harmless": _excuse(message) or None,
                    }
                    for message, files in rows
                ],
            },
            tables=tuple(
                _table(title, some)
                for title, some in (
                    (f"Messages of {PROGRAM}", [r for r in rows if not _excuse(r[0])]),
                    ("Known to be harmless", [r for r in rows if _excuse(r[0])]),
                )
                if some
            ),
        )


def _table(title: str, rows: Sequence[tuple[_Message, list[Path]]]) -> Table:
    """Return the messages; columns that would be empty are left out."""
    cells = [
        (
            f"{message.severity}: {_short(message.words)}",
            message.value,
            files[0].name if len(files) == 1 else f"{len(files)} files",
            _excuse(message),
        )
        for message, files in rows
    ]
    used = [
        number for number in range(len(_COLUMNS)) if any(row[number] for row in cells)
    ]
    return Table(
        title=title,
        columns=tuple(_COLUMNS[number] for number in used),
        rows=tuple(tuple(row[number] for number in used) for row in cells),
        private=frozenset(
            number for number, (message, _) in enumerate(rows) if _is_private(message)
        ),
    )


_COLUMNS: Final = ("message", "value", "files", "why that is harmless")


def _short(words: str) -> str:
    """Return a message with its attribute first, without what that lies in."""
    way, dash, rest = words.partition(" - ")
    if not dash or not way.startswith("</"):
        return words
    said = _MODULE.sub("", rest).strip()
    return f"{way.strip('<>').rpartition('/')[2]}: {said}"


_MODULE: Final = re.compile(r"\s*- Module=<\w*>")
"""Where the attribute is required; JSON has it."""


def _lines(
    count: int, messages: Sequence[_Message], grave: Sequence[_Message]
) -> list[str]:
    files = "1 file" if count == 1 else f"{count} files"
    if not messages:
        return [f"{PROGRAM} has nothing to say against {files}."]
    errors = sum(each.severity != "Warning" for each in grave)
    known = len(messages) - len(grave)
    warnings = len(grave) - errors
    counted = (
        f"{errors} error{'' if errors == 1 else 's'} and "
        f"{warnings} warning{'' if warnings == 1 else 's'} on {files}"
    )
    harmless = f"; {known} more are known to be harmless" if known else ""
    return [f"{PROGRAM} has {counted}{harmless}. They are its own, not ours."]


_HARMLESS: Final = (
    ("needed to build DICOMDIR", "matters for a DVD or CD alone"),
    ("unsupported by this implementation", "an old build that does not know this VR"),
    ("Unrecognized or unsupported tag", "an old build that does not know this tag"),
    ("SliceThickness(0018,0050)[1]> - Value is zero", "a slide has no thickness told"),
    ("ImagedVolumeDepth(0048,0003)[1]> - Value is zero", "no depth was told"),
    ("Unrecognized tag - assuming explicit", "a private attribute"),
    ("CodingSchemeDesignator is deprecated", "an old name for the same codes"),
)
"""What it says of sound slides too, and why that matters little."""


def _excuse(message: _Message) -> str:
    words = message.words
    return next((why for part, why in _HARMLESS if part in words), "")


_TAG: Final = re.compile(r"\(([0-9a-f]{4},[0-9a-f]{4})\)")
_CODES: Final = frozenset({"0008,0008", "0008,0100", "0008,0102", "0008,0104"})
"""Image Type, and what codes consist of."""
_IMPERSONAL: Final = frozenset({"0002", "0022", "0028", "0048", "5200", "7fe0"})


def _is_private(message: _Message) -> bool:
    """Whether the value may be a patient's, as all but codes and facts of pictures."""
    tags = _TAG.findall(message.words.lower())
    is_safe = tags and (tags[-1] in _CODES or {tag[:4] for tag in tags} <= _IMPERSONAL)
    return bool(message.value) and not is_safe
