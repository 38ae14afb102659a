"""Unpacked: a private folder that holds what was in an archive, while it is needed.

Such folders lie in the user's cache folder and tell by a lock whether their process
lives: what a crash has left is removed by the next process that asks.
"""

import errno
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import IO, Final
from weakref import finalize

from viewer.slide.errors import BrokenFile


class Unpacked:
    """A folder with the files of one archive.

    Invariant: the folder is there as long as this object is. It is removed with all
    that is in it when nobody holds the object any more, at the latest when the process
    ends; where that fails since a file in it is still open (Windows), the next process
    does it. Only the user may read it (0700, files 0600).
    """

    def __init__(self, archive: Path) -> None:
        """Make the folder; raises BrokenFile, which names the archive."""
        try:
            cache = _cache_folder()
            cache.mkdir(parents=True, exist_ok=True, mode=0o700)
            remove_leftovers()
            self._home, lock = _made(cache)
            self.folder: Final = self._home / safe_name(archive.name)
            self.folder.mkdir(mode=0o700)
        except OSError as error:
            raise BrokenFile(
                f"{archive.name}: there is no folder to unpack it in"
                f" ({error.strerror or error})."
            ) from error
        self._names: Final[dict[Path, int]] = {}  # how often each was asked for
        self._instead: Final[dict[Path, Path]] = {}  # of folders that are files too
        self._end: Final = finalize(self, _remove, self._home, lock)

    def holds(self, path: Path) -> bool:
        """Whether a file is one of those unpacked here."""
        return path.is_relative_to(self.folder)

    def create(self, name: str) -> IO[bytes]:
        """Open a new file for writing, for an archive's name of it; raises OSError.

        The name is only like the archive's: made of harmless parts, so that it lies
        below the folder, and unlike the names used before.
        """
        *folders, last = _safe_parts(name)
        folder = self.folder
        for part in folders:
            folder /= part
            if folder.is_file():  # some stores name their folders as empty files
                if folder not in self._instead:
                    self._instead[folder] = self._free(folder)
                folder = self._instead[folder]
            folder.mkdir(exist_ok=True, mode=0o700)
        return open(self._free(folder / last), "xb", opener=_private)

    def _free(self, path: Path) -> Path:
        """Return a name that nothing has: with a number where the plain one is used."""
        free = path
        while os.path.lexists(free):
            number = self._names[path] = self._names.get(path, 1) + 1
            free = path.with_name(f"{path.stem} ({number}){path.suffix}")
        return free

    def free_bytes(self) -> int:
        """Return how many bytes may be written; raises OSError."""
        from shutil import disk_usage

        return disk_usage(self._home).free

    def remove(self) -> None:
        """Remove the folder now; any number of times."""
        self._end()


def shown_path(path: Path) -> str:
    """Return a path for people: of an unpacked file the archive's name and its own.

    "scans.zip/case 1/level0.dcm"; any other path is as it is.
    """
    for number, part in enumerate(path.parts):
        if _OURS.fullmatch(part):
            return "/".join(path.parts[number + 1 :])
    return str(path)


def is_unpacked(path: Path) -> bool:
    """Whether a file was unpacked from an archive."""
    return any(_OURS.fullmatch(part) for part in path.parts)


def remove_leftovers() -> None:
    """Remove the folders of processes that ended without doing it; never raises."""
    with suppress(OSError):
        for home in _cache_folder().iterdir():
            if _OURS.fullmatch(home.name):
                with suppress(OSError):
                    lock = _locked(home / _LOCK)
                    _remove(home, lock)


def safe_name(part: str) -> str:
    """Return one component that no system takes for more than a name.

    Ordinary names stay as they are.
    """
    safe = _UNSAFE.sub("_", part).rstrip(". ")
    if not safe or _RESERVED.fullmatch(safe.partition(".")[0]):
        safe = f"_{safe}"
    while len(os.fsencode(safe)) > _LONGEST:  # the ending is what tells formats
        stem, point, suffix = safe.rpartition(".")
        safe = f"{stem[:-1]}.{suffix}" if point and len(suffix) < 16 else safe[:-1]
    return safe


_PREFIX: Final = "coverslip-unpacked-"
_OURS: Final = re.compile(rf"{_PREFIX}\w+")
_LOCK: Final = "in-use"
_LONGEST: Final = 200  # bytes of a component; systems allow 255
_DEEPEST: Final = 12
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\ud800-\udfff]')
_RESERVED: Final = re.compile(r"(?i:con|prn|aux|nul|com\d|lpt\d)")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _safe_parts(name: str) -> list[str]:
    parts = [part for part in re.split(r"[/\\]", name) if part.strip(". ")]
    return [safe_name(part) for part in parts[-_DEEPEST:]] or ["_"]


def _cache_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("coverslip", appauthor=False)


def _made(cache: Path) -> tuple[Path, IO[bytes] | None]:
    """Make a folder and lock it; raises OSError.

    Another process may look for leftovers before it is locked, and remove it.
    """
    from tempfile import mkdtemp

    for _ in range(_ATTEMPTS):
        home = Path(mkdtemp(prefix=_PREFIX, dir=cache))
        with suppress(FileNotFoundError, BlockingIOError):
            lock = _locked(home / _LOCK)
            if home.is_dir():
                return home, lock
    raise BlockingIOError(errno.EAGAIN, "other processes remove it")


_ATTEMPTS: Final = 10


def _locked(path: Path) -> IO[bytes] | None:
    """Lock a file, which is made where it is not there.

    Raises OSError where another process holds it. The lock ends with the process.
    """
    try:
        import fcntl
    except ImportError:  # Windows: what is open cannot be removed
        path.unlink(missing_ok=True)
        return path.open("wb")
    file = path.open("wb")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise
    return file


def _remove(home: Path, lock: IO[bytes] | None) -> None:
    from shutil import rmtree

    rmtree(home, ignore_errors=True)
    if lock is not None:
        lock.close()
        rmtree(home, ignore_errors=True)  # Windows, where it was still open
