"""Coverslip: a viewer for whole-slide images; `open_slide` is for scripts."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from viewer.formats import open_slide as open_slide

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import the reading half only when a script asks for it."""
    if name == "open_slide":
        from viewer.formats import open_slide

        return open_slide
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
