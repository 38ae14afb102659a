"""A small slide that the program draws itself, made once and kept in the cache folder.

Importing this package is cheap: what draws is imported when there is something to draw.
"""

import atexit
import re
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from viewer.slide.errors import SlideError

__all__ = ["demo_slide"]

VERSION: Final = 1
"""To be raised whenever the demo comes out differently."""

DAY_SECONDS: Final = 86_400
LEVEL_NAMES: Final = tuple(f"level-{level}.dcm" for level in range(4))
NAMES: Final = (*LEVEL_NAMES, "label.dcm", "overview.dcm")


def demo_slide(
    folder: Path | None = None, progress: Callable[[float], None] | None = None
) -> Path:
    """Return the folder of the demo slide's files, drawing them where need be.

    With a `folder` they are written there, always; without, into the user's cache
    folder when they are not there yet, or, when that cannot be written to, into a
    temporary folder that goes with the process. `progress` is called with what is done,
    0 to 1, and may raise to stop: nothing is left behind then. Takes some seconds;
    blocks; any thread. Raises SlideError where nothing can be written.
    """
    report = progress or _unheard
    if folder is not None:
        return _made(folder, report)
    cached = _cache_folder() / f"demo-{VERSION}"
    if _is_whole(cached):
        return cached
    try:
        _made(cached, report)
    except SlideError:
        if _is_whole(cached):  # another process was quicker
            return cached
        return _made(_passing_folder(), report)
    _forget_older(cached)
    return cached


def _unheard(_done: float) -> None:
    pass


def _cache_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("coverslip", appauthor=False)


def _is_whole(folder: Path) -> bool:
    """Return whether no file is missing; each appeared only when it was whole."""
    try:
        return all((folder / name).stat().st_size > 0 for name in NAMES)
    except OSError:
        return False


def _made(folder: Path, report: Callable[[float], None]) -> Path:
    """Draw into a folder beside this one, then put it, or its files, in place."""
    from viewer.demo.drawing import write_demo

    draft: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        draft.chmod(0o755)  # mkdtemp's folders are for their owner's eyes only
        write_demo(draft, VERSION, NAMES, report)
        _put(draft, folder)
    except OSError as error:
        raise SlideError(
            f"{folder}: the demo slide cannot be written: {error.strerror or error}; "
            "expected a folder that may be written to, with space left."
        ) from error
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)
    return folder


def _put(draft: Path, folder: Path) -> None:
    try:
        draft.rename(folder)
    except OSError:  # it is there already, perhaps with other files in it
        folder.mkdir(exist_ok=True)
        for name in NAMES:
            (draft / name).replace(folder / name)


def _passing_folder() -> Path:
    folder = Path(mkdtemp(prefix="coverslip-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder / f"demo-{VERSION}"


def _forget_older(current: Path) -> None:
    """Remove from the cache earlier versions, and drafts of processes that died."""
    with suppress(OSError):
        for folder in current.parent.iterdir():
            number = re.fullmatch(r"demo-(\d+)", folder.name)
            draft = re.fullmatch(r"\.demo-\d+-\w+", folder.name)
            old = time.time() - folder.stat().st_mtime > DAY_SECONDS
            if (number and int(number[1]) < VERSION) or (draft and old):
                shutil.rmtree(folder, ignore_errors=True)
