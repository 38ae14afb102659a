"""A slide that the program draws itself, made once and kept in the cache folder.

Importing this package is cheap: what draws is imported when there is something to draw.
"""

import atexit
import re
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Final

from viewer.slide.errors import SlideError

if TYPE_CHECKING:
    from viewer.demo.drawing import Drawing

__all__ = ["demo_slide"]

VERSION: Final = 2
"""To be raised whenever the demo comes out differently."""

DAY_SECONDS: Final = 86_400
LEVEL_NAMES: Final = tuple(f"level-{level}.dcm" for level in range(4))
NAMES: Final = (*LEVEL_NAMES, "label.dcm", "overview.dcm", "thumbnail.dcm")
PREVIEW_NAMES: Final = ("preview.dcm", *NAMES[-3:])

Progress = Callable[[float], None]
Preview = Callable[[Path], None]


def demo_slide(
    folder: Path | None = None,
    progress: Progress | None = None,
    preview: Preview | None = None,
) -> Path:
    """Return the folder of the demo slide's files, drawing them where need be.

    With a `folder` they are written there, always; without, into the user's cache
    folder when they are not there yet, or, when that cannot be written to, into a
    temporary folder that goes with the process.

    `progress` is called with what is done, 0 to 1, and may raise to stop: nothing half
    done is left behind then. Where the slide has to be drawn, and there is no `folder`,
    `preview` is called first, with the folder of a coarse slide of the same picture,
    which stays. Takes some seconds; blocks; any thread. Raises SlideError where nothing
    can be written.
    """
    report = progress or _unheard
    if folder is not None:
        return _Demo(report).whole(folder)
    cached = _cache_folder() / f"demo-{VERSION}"
    if _is_whole(cached, NAMES):
        return cached
    demo = _Demo(report)
    try:
        _drawn(demo, cached, preview)
    except SlideError:
        if _is_whole(cached, NAMES):  # another process was quicker
            return cached
        return _drawn(demo, _passing_folder(), preview)
    _forget_older(cached)
    return cached


def _unheard(_done: float) -> None:
    pass


def _cache_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("coverslip", appauthor=False)


def _is_whole(folder: Path, names: tuple[str, ...]) -> bool:
    """Return whether no file is missing; each appeared only when it was whole."""
    try:
        return all((folder / name).stat().st_size > 0 for name in names)
    except OSError:
        return False


def _drawn(demo: "_Demo", folder: Path, preview: Preview | None) -> Path:
    if preview is not None:
        beside = folder.with_name(f"{folder.name}-preview")
        if not _is_whole(beside, PREVIEW_NAMES):
            demo.preview(beside)
        preview(beside)
    return demo.whole(folder)


class _Demo:
    """The demo while it is made; laid out once, when the first part is needed."""

    def __init__(self, report: Progress) -> None:
        self._report = report

    def preview(self, folder: Path) -> Path:
        """Make the coarse slide."""
        self._report(0.0)
        return _made(
            folder,
            PREVIEW_NAMES,
            lambda draft: self._drawing.write_preview(draft, PREVIEW_NAMES),
        )

    def whole(self, folder: Path) -> Path:
        """Make the slide."""
        self._report(0.0)
        return _made(
            folder,
            NAMES,
            lambda draft: self._drawing.write(draft, NAMES, self._report),
        )

    @cached_property
    def _drawing(self) -> "Drawing":
        from viewer.demo.drawing import Drawing

        return Drawing(VERSION)


def _made(folder: Path, names: tuple[str, ...], write: Callable[[Path], None]) -> Path:
    """Draw into a folder beside this one, then put it, or its files, in place."""
    draft: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        draft.chmod(0o755)  # mkdtemp's folders are for their owner's eyes only
        write(draft)
        _put(draft, folder, names)
    except OSError as error:
        raise SlideError(
            f"{folder}: the demo slide cannot be written: {error.strerror or error}; "
            "expected a folder that may be written to, with space left."
        ) from error
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)
    return folder


def _put(draft: Path, folder: Path, names: tuple[str, ...]) -> None:
    try:
        draft.rename(folder)
    except OSError:  # it is there already, perhaps with other files in it
        folder.mkdir(exist_ok=True)
        for name in names:
            (draft / name).replace(folder / name)


def _passing_folder() -> Path:
    folder = Path(mkdtemp(prefix="coverslip-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder / f"demo-{VERSION}"


def _forget_older(current: Path) -> None:
    """Remove from the cache earlier versions, and drafts of processes that died."""
    with suppress(OSError):
        for folder in current.parent.iterdir():
            number = re.fullmatch(r"demo-(\d+)(?:-preview)?", folder.name)
            draft = re.fullmatch(r"\.demo-\d+-(?:preview-)?\w+", folder.name)
            old = time.time() - folder.stat().st_mtime > DAY_SECONDS
            if (number and int(number[1]) < VERSION) or (draft and old):
                shutil.rmtree(folder, ignore_errors=True)
