"""`coverslip dual`: whether files are DICOM and TIFF at once; makes or unmakes such."""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from viewer.commands.progress import shown_progress
from viewer.commands.reports import (
    add_report_arguments,
    check_report_arguments,
    write_report,
)
from viewer.qa.run import Run
from viewer.slide.errors import Cancelled, SlideError

if TYPE_CHECKING:
    from viewer.qa.report.report import Report

SUMMARY: Final = "say whether files are DICOM and TIFF at once, and make such files"

_HELP: Final = """\
A DICOM file may be a TIFF file too: a TIFF header in its first 128 bytes points to
directories at its end. The state of a file is one of

  none        there is no TIFF side, or no DICOM side
  valid       both sides are whole and show the same
  stale       the file was rewritten by a tool that left the old TIFF side in it
  broken      readers of TIFF see something else than readers of DICOM, or fail
  suspicious  a program or archive is in it, a ring of directories, or a picture that
              one side hides from the other

Exit code: 0 none or valid, 1 any other state, 2 could not be read or written. Of a
folder all files are looked at; the worst state is that of the folder.

--write copies a slide's file, or each file of a folder, and gives the copies a TIFF
side, in place of one that is stale or broken. --strip takes the TIFF side, and whatever
else is in the preamble, off the copies. Frames and attributes stay as they are. Nothing
is written over. Levels hidden in private attributes stay in the file. OpenSlide does
not read uncompressed pictures in one frame (label, overview, thumbnail) whose sides are
no multiples of 16: these become a strip of TIFF, which all others read.

JSON is {"state", "findings": [{rule, severity, message, why, file, level, tile, tag,
found, expected, ...}], "sections": {...}, "evidence": {...}}. Keys may come with later
versions.
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.formatter_class = RawDescriptionHelpFormatter
    parser.epilog = _HELP
    parser.add_argument("path", metavar="PATH", help="a file or folder")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--write", metavar="OUT", help="write a copy with a TIFF side (to a folder: of "
        "each file)",
    )  # fmt: skip
    what.add_argument("--strip", metavar="OUT", help="write a copy without TIFF side")
    add_report_arguments(parser)


def run(arguments: Namespace) -> int:
    """Look, or write copies and look at those; raises SlideError."""
    check_report_arguments(arguments)
    if "" in (arguments.write, arguments.strip):  # of a variable that is not set
        raise SlideError("OUT is empty, expected the name of a file or folder.")
    path = Path(arguments.path)
    with shown_progress() as progress:
        run_ = Run(None if progress is None else progress.show)
        files = _files(path)
        target = arguments.write or arguments.strip
        refused: list[str] = []
        if target is not None:
            path, files, refused = _copied(arguments, path, files, run_)
        report = _report(path, files, arguments, run_)
    write_report(report, arguments)
    for sentence in refused:
        _say(sentence)
    sound = report.verdict in _SOUND and not _unread(report)
    return 0 if sound and not refused else 1


_SOUND: Final = frozenset({"none", "valid"})


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    from viewer.formats.folders import files_below
    from viewer.formats.opening import OpenOptions

    files = list(files_below(path, [], OpenOptions()))
    if not files:
        raise SlideError(f"{path.name or path}: there are no files in it.")
    return files


def _report(path: Path, files: list[Path], arguments: Namespace, run: Run) -> "Report":
    from viewer.qa.dual.dual_report import dual_report

    named: dict[str, Any] = vars(arguments)
    given = {name: named[name] for name in ("write", "strip") if named[name]}
    return dual_report(path, files, given, run)


def _unread(report: "Report") -> int:
    return int(report.sections[0].facts.get("unread", 0))


def _copied(
    arguments: Namespace, path: Path, files: list[Path], run: Run
) -> tuple[Path, list[Path], list[str]]:
    """Write copies; return where they are, which they are, and what was refused."""
    is_writing = arguments.write is not None
    target = Path(arguments.write if is_writing else arguments.strip)
    copy = _with_side if is_writing else _without_side
    if not path.is_dir():
        copy(path, target, run)
        return target, [target], []
    written: list[Path] = []
    refused: list[str] = []
    for file in files:
        copied = target / file.relative_to(path)
        try:
            _make_folder(copied.parent)
            copy(file, copied, run)
        except Cancelled:
            raise
        except SlideError as error:
            refused.append(str(error))
        else:
            written.append(copied)
    if not written:
        raise SlideError(f"{target}: nothing was written. {' '.join(refused[:3])}")
    return target, written, refused


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise SlideError(f"{folder} cannot be made: {reason}.") from error


def _with_side(source: Path, target: Path, run: Run) -> None:
    from viewer.formats.dicom.tiff_writing import write_tiff_side
    from viewer.qa.dual import State, dual_state

    found = dual_state(source)
    if found.state is State.VALID:
        raise SlideError(
            f"{source.name}: has a TIFF side already, which agrees with the DICOM side."
        )
    if found.state is State.SUSPICIOUS:
        raise SlideError(
            f"{source.name}: is suspicious and is not given a TIFF side: {found.reason}"
        )
    write_tiff_side(source, target, _telling(run, f"Writing {target.name}"))


def _without_side(source: Path, target: Path, run: Run) -> None:
    from viewer.formats.dicom.tiff_writing import strip_tiff_side

    strip_tiff_side(source, target, _telling(run, f"Writing {target.name}"))


def _telling(run: Run, what: str) -> Callable[[int, int], None]:
    return partial(run.report, what)


def _say(sentence: str) -> None:
    from viewer.commands.slides import say

    say(sentence)
