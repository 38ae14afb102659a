"""What commands write: whole or not at all, and over nothing but its own kind."""

from collections.abc import Generator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Final

from viewer.slide.errors import SlideError
from viewer.slide.model import Samples

PNG: Final = b"\x89PNG"
JSON: Final = b"{"
HTML: Final = b"<!DOCTYPE html>"
_NAMES: Final = {PNG: "a PNG picture", JSON: "JSON", HTML: "an HTML page"}


def write_output(path: str, data: bytes, kind: bytes) -> None:
    """Write a file, device or pipe; `kind` is how files of its kind begin.

    A file of another kind is never written over: `info --json *.dcm` would take the
    first slide for the place to write to. What cannot be written whole is removed.
    Raises SlideError.
    """
    target = Path(path)
    try:
        if target.is_file():
            _check_kind(target, kind)
        with target.open("wb") as file, _removed_unless_whole(target):
            file.write(data)
            file.flush()
    except BrokenPipeError:  # who reads the pipe has seen enough
        raise
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise SlideError(f"{path} cannot be written: {reason}.") from error


def check_output(path: str, kind: bytes) -> None:
    """Refuse what `write_output` would, before the work is done; raises SlideError."""
    target = Path(path)
    if target.is_dir() or not target.parent.is_dir():
        what = "it is a folder" if target.is_dir() else "its folder does not exist"
        raise SlideError(f"{path} cannot be written: {what}.")
    try:
        if target.is_file():
            _check_kind(target, kind)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise SlideError(f"{path} cannot be written: {reason}.") from error


def write_png(path: str, pixels: Samples, icc_profile: bytes | None = None) -> None:
    """Write RGB or grey pixels, (rows, columns[, 3]), as a PNG; raises SlideError."""
    from PIL import Image

    picture = BytesIO()  # whole before anything is opened; a pipe cannot be sought in
    Image.fromarray(pixels).save(picture, format="PNG", icc_profile=icc_profile)
    write_output(path, picture.getvalue(), PNG)


@contextmanager
def _removed_unless_whole(target: Path) -> Generator[None]:
    try:
        yield
    except BaseException:
        if target.is_file():  # a device or a pipe stays
            with suppress(OSError):
                target.unlink()
        raise


def _check_kind(target: Path, kind: bytes) -> None:
    with target.open("rb") as file:
        head = file.read(len(kind))
    if head and head != kind:
        raise SlideError(
            f"{target} is there already and is not {_NAMES[kind]}; "
            "it is not written over."
        )
