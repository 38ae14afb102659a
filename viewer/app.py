"""The entry: `coverslip [FILES]` opens the window, `coverslip COMMAND` runs one.

Only what is asked for is imported: a command brings no Qt, the window no command.
"""

import argparse
import importlib
import os
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from types import MappingProxyType
from typing import Final, NoReturn, Protocol, TextIO, cast

from viewer import __version__
from viewer.slide.errors import Cancelled, SlideError
from viewer.window import faults

COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "info": "viewer.commands.info",
        "region": "viewer.commands.region",
        "associated": "viewer.commands.associated",
        "metadata": "viewer.commands.metadata",
        "compare": "viewer.commands.compare",
        "check": "viewer.commands.check",
        "dual": "viewer.commands.dual",
        "snapshot": "viewer.window.snapshot",
        "demo": "viewer.commands.demo",
    }
)
"""The module of each command, in the order that help lists them."""

USAGE: Final = """\
usage: coverslip [FILE or FOLDER ...]      open the window
       coverslip COMMAND [arguments]       run a command (COMMAND --help explains it)
       coverslip --version | --help
       coverslip --install-desktop         add the program to your Linux desktop: its
                                           menu, "Open With", an icon to drop slides on
       coverslip --uninstall-desktop       take it out again
"""


_MOST_FILES: Final = 1 << 16


class Command(Protocol):
    """What the module of a command offers."""

    SUMMARY: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        ...

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it and return the exit code; may raise SlideError or OSError."""
        ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code: 0, 2 with a sentence, 130.

    `argv` are the arguments without the program's name.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        _prepare_process()
        code = _dispatched(words)
        _flush()
    except BrokenPipeError:
        # The reader of a pipe has seen enough. What is still buffered goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 the last border: nobody sees a traceback
        return _refused(_sentence(error))
    return code


def _prepare_process() -> None:
    """Set what belongs to the whole process, hence never to a script's."""
    if not sys.warnoptions:  # pydicom's, about values that nobody asked for
        warnings.simplefilter("ignore")
    _let_names_through()
    _allow_many_files()


def _let_names_through() -> None:
    """Escape what a terminal cannot write, such as file names that are no UTF-8."""
    stream = cast("TextIO | None", sys.stdout)
    if isinstance(stream, TextIOWrapper) and stream.errors == "strict":
        stream.reconfigure(errors="backslashreplace")


def _allow_many_files() -> None:
    """Raise the limit of open files: each level holds one, and folders many slides."""
    try:
        import resource
    except ImportError:  # Windows, where 8192 may be open
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):  # macOS may allow less than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _flush() -> None:
    stream = cast("TextIO | None", sys.stdout)
    if stream is not None:  # closed by the caller, or a Windows program
        stream.flush()


def _dispatched(words: list[str]) -> int:
    first = words[0] if words else ""
    if first in COMMANDS:
        return _run_command(first, words[1:])
    answer = _OPTIONS.get(first)
    if answer is not None:
        print(answer())  # noqa: T201 the answer
        return 0
    if first.startswith("-") and first != "--":
        return _refused(f"there is no option {first}; coverslip --help lists them all.")
    return _open_window([Path(word) for word in words[first == "--" :]])


def _run_command(name: str, words: list[str]) -> int:
    command = cast("Command", importlib.import_module(COMMANDS[name]))
    parser = _Parser(prog=f"coverslip {name}", description=command.SUMMARY)
    command.add_arguments(parser)
    try:
        arguments = _parsed(parser, words)
    except SystemExit as end:  # --help, or a sentence already said
        return end.code if isinstance(end.code, int) else 2
    if name == "demo" and arguments.write is None:
        # The window draws the slide in the background where it is not there yet.
        return _open_window([], demo=True)
    return command.run(arguments)


def _parsed(parser: "_Parser", words: list[str]) -> argparse.Namespace:
    """Parse words; `--json PATH` means PATH to look at where one would be missing.

    Raises SystemExit.
    """
    try:
        return parser.parse_args(words)
    except _NotUnderstoodError as error:
        if "--json" in words:
            place = words.index("--json")
            with suppress(_NotUnderstoodError):
                return parser.parse_args(
                    [*words[:place], "--json=-", *words[place + 1 :]]
                )
        print(  # noqa: T201 the sentence
            f"{parser.prog}: {error}; {parser.prog} --help explains.", file=sys.stderr
        )
        raise SystemExit(2) from None


def _open_window(paths: list[Path], *, demo: bool = False) -> int:
    if not _has_display():
        return _refused(
            "there is no display to open the window on (DISPLAY and WAYLAND_DISPLAY "
            "are not set); coverslip --help lists the commands that need none."
        )
    from viewer.window.application import run_window

    return run_window(paths, demo=demo)


def _has_display() -> bool:
    """Whether Qt would find a screen; it ends the process where there is none."""
    if not sys.platform.startswith(("linux", "freebsd")):
        return True
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return any(os.environ.get(name) for name in names)


def _help() -> str:
    """Return usage and the commands; each is imported for its one line."""
    lines = [USAGE, "A viewer for whole-slide images. Not for primary diagnosis.", ""]
    lines.append("commands:")
    for name, module in COMMANDS.items():
        summary = cast("Command", importlib.import_module(module)).SUMMARY
        lines.append(f"  {name:<12}{summary}")
    lines.append("\nA folder called like a command opens with ./NAME.")
    return "\n".join(lines)


def _version() -> str:
    return f"coverslip {__version__}"


def _install_desktop() -> str:
    from viewer.window.desktop_entry import install

    lines = ["Coverslip is now among your applications. Written:", *map(str, install())]
    return "\n  ".join(lines)


def _uninstall_desktop() -> str:
    from viewer.window.desktop_entry import uninstall

    removed = uninstall()
    if not removed:
        return "There was nothing to remove."
    return "\n  ".join(["Removed:", *map(str, removed)])


_OPTIONS: Final[Mapping[str, Callable[[], str]]] = MappingProxyType(
    {
        "-h": _help,
        "--help": _help,
        "--version": _version,
        "--install-desktop": _install_desktop,
        "--uninstall-desktop": _uninstall_desktop,
    }
)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong by an exception, so that others may be tried."""

    def error(self, message: str) -> NoReturn:
        raise _NotUnderstoodError(message)


class _NotUnderstoodError(Exception):
    """The arguments are not those of the command; the text says why."""


def _refused(sentence: str) -> int:
    print(f"coverslip: {sentence}", file=sys.stderr)  # noqa: T201 the sentence
    return 2


def _sentence(error: Exception) -> str:
    """Return what the user is told; a bug is also written to the log."""
    if isinstance(error, Cancelled):
        return "cancelled."
    if isinstance(error, SlideError):
        return str(error)
    if isinstance(error, OSError):
        reason = error.strerror or type(error).__name__
        return f"{error.filename}: {reason}." if error.filename else f"{reason}."
    return faults.record(error).sentence
