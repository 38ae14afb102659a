"""Other vendors' files -> slides, through the OpenSlide library; never DICOM."""

from pathlib import Path

from viewer.formats.opening import Format, Ignored, Opened, OpenOptions, Wish

__all__ = ["FORMAT"]


def _recognize(head: bytes, path: Path) -> bool:  # noqa: ARG001  nothing is read yet
    return False


def _open(wish: Wish, options: OpenOptions) -> Opened:  # noqa: ARG001
    return Opened((), tuple(Ignored(path, "not read yet") for path in wish.files))


FORMAT = Format("openslide", _recognize, _open)
