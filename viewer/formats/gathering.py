"""What the user named -> the files to look at: folders, archives and DICOMDIRs opened.

Here alone paths are more than files; formats see files.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from viewer.formats.files import RandomAccessFile, reason_of
from viewer.formats.folders import files_below, neighbors
from viewer.formats.kinds import is_dicomdir, is_zip
from viewer.formats.opening import Ignored, OpenOptions, Wish
from viewer.formats.unpacked import Unpacked
from viewer.slide.errors import Cancelled, SlideError

HEAD: Final = 1024
"""Bytes by which files are recognized."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The files to look at, what was left out so far, and the archives unpacked.

    Who opens the files keeps `unpacked` alive as long as they are read.
    """

    wish: Wish
    ignored: list[Ignored]
    unpacked: list[Unpacked]


def gather(named: Sequence[Path], options: OpenOptions) -> Gathered:
    """List the files to look at, each once, and the paths that cannot be.

    The path of one plain file stands for its slide: its neighbors come with it. Raises
    Cancelled; nothing unpacked stays then.
    """
    gathering = _Gathering(options)
    try:
        for path in named:
            options.report(0, max(len(gathering.files), 1))
            gathering.take(path)
    except BaseException:
        for unpacked in gathering.unpacked:
            unpacked.remove()
        raise
    files = list(gathering.files)
    wish = Wish(files, None, frozenset(named))
    if len(named) == 1 and files == [named[0]]:
        wish = Wish(neighbors(named[0]), named[0], frozenset(named))
    return Gathered(wish, gathering.ignored, gathering.unpacked)


def head_of(path: Path) -> bytes:
    """Return how a file begins; raises BrokenFile, and waits for no pipe."""
    file = RandomAccessFile(path)
    try:
        return file.read_some(0, HEAD)
    finally:
        file.close()


class _Gathering:
    """Grows path by path."""

    def __init__(self, options: OpenOptions) -> None:
        self.files: dict[Path, None] = {}
        self.ignored: list[Ignored] = []
        self.unpacked: list[Unpacked] = []
        self._options = options

    def take(self, path: Path) -> None:
        """Add what a path stands for."""
        try:
            is_folder = path.stat() and path.is_dir()
        except (OSError, ValueError) as error:
            self._leave_out(path, _not_there(path, error))
            return
        if is_folder:
            self._add(files_below(path, self.ignored, self._options))
            return
        try:
            head = head_of(path)
        except SlideError:
            head = b""  # it is listed with the reason when it is sorted
        try:
            if is_zip(head):
                self._take_archive(path)
            elif is_dicomdir(head):
                self._take_directory(path)
            else:
                self._add([path])
        except Cancelled:
            raise
        except SlideError as error:
            self._leave_out(path, str(error))

    def _take_archive(self, path: Path) -> None:
        from viewer.formats.archive import unpack

        unpacked = unpack(path, self._options, self.ignored)
        self.unpacked.append(unpacked)
        self._add(files_below(unpacked.folder, self.ignored, self._options))

    def _take_directory(self, path: Path) -> None:
        from viewer.formats.dicom.directory import references_of

        number = -1
        for number, (name, file, problem) in enumerate(references_of(path)):
            if number % _STEP == 0:
                self._options.report(0, number + 1)
            if file is None:
                self._leave_out(path, problem)
            elif file.exists():
                self._add([file])
            else:
                self._leave_out(path, f"{path.name}: the file {name} is missing.")
        if number < 0:
            self._leave_out(path, f"{path.name} names no files.")

    def _add(self, files: Iterable[Path] | Iterator[Path]) -> None:
        self.files.update(dict.fromkeys(files))

    def _leave_out(self, path: Path, reason: str) -> None:
        self.ignored.append(Ignored(path, reason))


_STEP: Final = 256  # records between two looks at whether anybody still waits


def _not_there(path: Path, error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"{path.name or path} does not exist."
    return f"{path.name or path}: {reason_of(error)}."
