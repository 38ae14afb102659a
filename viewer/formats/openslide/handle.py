"""Handle: one file open in the OpenSlide library, for any number of threads."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from viewer.formats.files import FileStamp, stamp_of
from viewer.slide.errors import BrokenFile, BrokenFrame
from viewer.slide.geometry import Size

if TYPE_CHECKING:
    from openslide import OpenSlide
    from PIL.Image import Image

_T = TypeVar("_T")


class Handle:
    """A slide as OpenSlide has it.

    An error stays with an OpenSlide object for good, whichever thread met it. So what
    fails is tried once more with an object of its own, and if that succeeds it becomes
    the one that all use: one broken tile costs the others nothing. Objects are let go,
    never closed, so that none ends under another thread's read.
    """

    def __init__(self, path: Path) -> None:
        """Open a file that was recognized; raises BrokenFile."""
        self.path: Final = path
        self._lock: Final = threading.Lock()
        self._stamps: dict[Path, FileStamp] = {}
        self._looked = 0.0
        self._is_spoiled = False  # tiles of another file may be in the library's cache
        self._slide: OpenSlide | None = None
        self.watch([path])
        self._slide = slide = self._opened()
        self.properties: Final[Mapping[str, str]] = self._ask(
            lambda: dict(slide.properties)
        )
        self.sizes: Final[Sequence[Size]] = self._ask(
            lambda: [Size(*each) for each in slide.level_dimensions]
        )
        self.downsamples: Final[Sequence[float]] = self._ask(
            lambda: tuple(slide.level_downsamples)
        )

    def watch(self, files: Sequence[Path]) -> None:
        """Keep an eye on the slide's files: what changes is not read any more."""
        for file in files:
            try:
                self._stamps[file] = stamp_of(file)
            except OSError as error:
                raise BrokenFile(f"{file.name}: {error.strerror}.") from error

    def read_region(self, level: int, left: int, top: int, size: Size) -> "Image":
        """Return pixels as RGBA, not premultiplied; left and top are in level 0.

        Raises BrokenFrame. Any thread.
        """
        return self._read(
            lambda slide: slide.read_region(
                (left, top), level, (size.width, size.height)
            )
        )

    def read_associated(self, name: str) -> "Image":
        """Return a label, macro or thumbnail as RGBA; raises BrokenFrame."""
        return self._read(lambda slide: slide.associated_images[name])

    def icc_profile(self) -> bytes | None:
        """Return the profile of all levels; None where there is none."""
        try:
            image = self.read_region(0, 0, 0, Size(1, 1))
        except BrokenFrame:
            return None
        found: Any = image.info.get("icc_profile")
        return found if isinstance(found, bytes) and found else None

    def close(self) -> None:
        """Refuse further reads; readers inside finish first. Any number of times."""
        self._slide = None

    def _read(self, read: "Callable[[OpenSlide], _T]") -> _T:
        slide = self._slide
        if slide is None:
            raise BrokenFrame(f"{self.path.name}: is closed.")
        if self._is_spoiled:
            return self._read_anew(read)
        try:
            answer = read(slide)
        except Exception:  # noqa: BLE001  whatever the bindings make of the C library
            return self._read_anew(read)
        problem = self._changed()
        if problem:
            self._is_spoiled = True
            raise BrokenFrame(problem)
        return answer

    def _read_anew(self, read: "Callable[[OpenSlide], _T]") -> _T:
        problem = self._changed(all_files=True)
        if problem:
            raise BrokenFrame(problem)
        try:
            fresh = self._opened()
        except BrokenFile as error:
            raise BrokenFrame(str(error)) from error
        try:
            answer = read(fresh)
        except Exception as error:  # the same
            raise BrokenFrame(
                f"{self.path.name}: OpenSlide cannot read a part of it: "
                f"{self._said(error)}."
            ) from error
        problem = self._changed()
        if problem:
            raise BrokenFrame(problem)
        with self._lock:
            if self._slide is not None:
                self._slide = fresh
                self._is_spoiled = False
        return answer

    def _opened(self) -> "OpenSlide":
        from openslide import OpenSlide, OpenSlideCache

        def open_it() -> OpenSlide:
            slide = OpenSlide(self.path)
            slide.set_cache(OpenSlideCache(_CACHE_BYTES))
            return slide

        return self._ask(open_it)

    def _ask(self, question: Callable[[], _T]) -> _T:
        try:
            return question()
        except Exception as error:  # the same
            raise BrokenFile(
                f"{self.path.name}: OpenSlide cannot open it: {self._said(error)}."
            ) from error

    def _said(self, error: Exception) -> str:
        """Return an error in its own words, without the folder."""
        words = str(error).replace(str(self.path), self.path.name)
        words = words.replace(f"{self.path.parent}/", "").strip().removesuffix(".")
        return words or type(error).__name__

    def _changed(self, *, all_files: bool = False) -> str:
        """Say which file is not what it was; the others are looked at now and then."""
        now = time.monotonic()
        due = all_files or now - self._looked > _LOOK_SECONDS
        if due:
            self._looked = now
        for file, stamp in self._stamps.items() if due else [self._first()]:
            try:
                found = stamp_of(file)
            except OSError as error:
                return f"{file.name}: cannot be read any more ({error.strerror})."
            if found != stamp:
                return (
                    f"{file.name}: was changed after it was opened; open it again to"
                    " see what it is now."
                )
        return ""

    def _first(self) -> tuple[Path, FileStamp]:
        return self.path, self._stamps[self.path]


_CACHE_BYTES: Final = 32 << 20
"""Of decoded tiles in the library: the viewer keeps its own."""

_LOOK_SECONDS: Final = 1.0
