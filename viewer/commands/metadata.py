"""`coverslip metadata`: every attribute of a file, as text, JSON or XML."""

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from viewer.commands.slides import opened, say
from viewer.formats import Opened, is_unpacked, shown_path
from viewer.formats.gathering import head_of
from viewer.formats.kinds import is_zip
from viewer.formats.metadata import (
    dicom_json,
    dicom_xml,
    read_metadata,
    tiff_side,
    tiff_tags_json,
)
from viewer.slide.errors import SlideError, UnsupportedFile
from viewer.slide.metadata import Attribute

SUMMARY: Final = "write all attributes of a DICOM or TIFF file, as text, JSON or XML"

_HELP: Final = """\
A file is written whole, whether it is a slide or not. Of a folder or a zip archive
the instances are listed with their numbers; --instance K writes one of them. With a
file, --instance counts the instances of the slide that the file belongs to.

text has one line for each attribute, shortened where the value is long, and says in
words what codes and UIDs mean.

json is the DICOM JSON Model (PS3.18 annex F), xml the Native DICOM Model (PS3.19 A.1).
Both leave out pixel data and the tables of their places, File Meta Information, and
values of more than 4 MiB. --side tiff writes the TIFF tags of a file that is DICOM
and TIFF at once, or of a TIFF file, as text or JSON.
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.formatter_class = RawDescriptionHelpFormatter
    parser.epilog = _HELP
    parser.add_argument("path", metavar="PATH", help="a file, folder or zip archive")
    parser.add_argument(
        "--instance", type=int, metavar="K", help="which instance of a slide or folder"
    )
    parser.add_argument(
        "--format", choices=("text", "json", "xml"), default="text", help="how to write"
    )
    parser.add_argument(
        "--side", choices=("dicom", "tiff"), help="which side of a DICOM-TIFF file"
    )


def run(arguments: Namespace) -> int:
    """Write to standard output; raises SlideError."""
    path = Path(arguments.path)
    if arguments.instance is None and not _holds_files(path):
        _write_file(path, arguments)
        return 0
    with _instances(path) as instances:
        if arguments.instance is not None:
            _write_file(_chosen(path, instances, arguments.instance), arguments)
        elif arguments.format != "text":
            raise SlideError(
                f"{path.name or path} is {_kind(path)}; --instance says which of its "
                f"files to write as {arguments.format.upper()}."
            )
        else:
            _write(f"{line}\n" for line in _listed(path, instances))
    return 0


def _holds_files(path: Path) -> bool:
    return path.is_dir() or _is_archive(path)


def _is_archive(path: Path) -> bool:
    return path.is_file() and is_zip(head_of(path))


def _kind(path: Path) -> str:
    return "a folder" if path.is_dir() else "a zip archive"


def _write_file(path: Path, arguments: Namespace) -> None:
    notes: list[str] = []
    _write(_pieces(path, arguments.format, arguments.side, notes))
    for note in notes:
        say(f"coverslip: {path.name}: {note}.")


def _pieces(path: Path, form: str, side: str | None, notes: list[str]) -> Iterable[str]:
    if side == "tiff":
        if form == "xml":
            raise SlideError("TIFF tags have no form in XML; text and JSON are there.")
        return (
            [tiff_tags_json(path), "\n"] if form == "json" else _text(tiff_side(path))
        )
    if form == "text":
        return _text(read_metadata(path), without_tiff=side == "dicom")
    try:
        return (dicom_json if form == "json" else dicom_xml)(path, notes)
    except UnsupportedFile as error:
        if _can(tiff_side, path):
            sentence = f"{path.name} is a TIFF file; --side tiff writes its tags."
            raise UnsupportedFile(sentence) from error
        raise


def _write(pieces: Iterable[str]) -> None:
    for piece in pieces:
        sys.stdout.write(piece)


def _text(root: Attribute, *, without_tiff: bool = False) -> Iterator[str]:
    """Yield the tree line by line; only what is written is in memory."""
    for node in root.children():
        if not (without_tiff and node.path == "TIFF"):
            yield from _lines(node, "")


def _lines(node: Attribute, indent: str) -> Iterator[str]:
    label = node.keyword or node.name
    if node.name.startswith("["):  # a private attribute, with its creator
        label = node.name
    words = " ".join(part for part in (node.tag, node.vr, label) if part)
    yield f"{indent}{words}: {node.value}\n" if node.value else f"{indent}{words}\n"
    try:
        children = node.children()
        for number in range(len(children)):
            yield from _lines(children[number], indent + "  ")
    except SlideError as error:
        yield f"{indent}  {error}\n"


class _Instance(NamedTuple):
    """A file of a folder, and what it is in plain words."""

    path: Path
    words: str


@contextmanager
def _instances(path: Path) -> Generator[list[_Instance]]:
    """Give the files of the slides found, then the DICOM files left out.

    What an archive holds is there until the end.
    """
    with ExitStack() as closing:
        try:
            answer = closing.enter_context(opened([str(path)]))
        except UnsupportedFile:
            instances = [] if _is_archive(path) else _others(path)
            if not instances:
                raise
        else:
            instances = _sorted_out(answer)
        yield instances


def _sorted_out(answer: Opened) -> list[_Instance]:
    found: list[_Instance] = []
    for slide in answer.slides:
        for file in slide.files:
            size = "" if file.size is None else f", {file.size[0]} x {file.size[1]}"
            found.append(_Instance(file.path, f"{slide.name}, {file.role}{size}"))
    known = {each.path for each in found}
    for path, reason, _ in answer.ignored:
        if path not in known and _can(read_metadata, path):
            words = f"not used: {reason.removeprefix(f'{path.name} ')}"
            found.append(_Instance(path, words))
    return found


def _others(folder: Path) -> list[_Instance]:
    """Return the files of a folder without a slide that have metadata to write."""
    files = sorted(each for each in folder.rglob("*") if each.is_file())
    return [
        _Instance(each, f"no slide{_class(each)}")
        for each in files
        if _can(read_metadata, each)
    ]


def _class(path: Path) -> str:
    for node in read_metadata(path).children():
        if node.keyword == "SOPClassUID":
            return f": {node.value}"
    return ""


def _can(read: Callable[[Path], object], path: Path) -> bool:
    try:
        read(path)
    except SlideError:
        return False
    return True


def _listed(path: Path, instances: list[_Instance]) -> list[str]:
    return [
        f"{number:>4}  {_name_in(path, each.path)}: {each.words}"
        for number, each in enumerate(instances)
    ]


def _name_in(path: Path, file: Path) -> str:
    if is_unpacked(file):
        return shown_path(file).partition("/")[2]
    return str(file.relative_to(path))


def _chosen(path: Path, instances: list[_Instance], number: int) -> Path:
    if not 0 <= number < len(instances):
        raise SlideError(
            f"{path.name or path}: instance {number} was asked for, expected 0 to "
            f"{len(instances) - 1}."
        )
    return instances[number].path
