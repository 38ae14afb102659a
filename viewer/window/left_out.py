"""What was left out of an opening, in words."""

from collections.abc import Sequence
from typing import NamedTuple

from viewer.formats import Ignored
from viewer.window.drop import refusal


class LeftOut(NamedTuple):
    """A sentence, and the reasons one by one."""

    sentence: str
    details: Sequence[str]


def left_out(ignored: Sequence[Ignored], refused: Sequence[str]) -> LeftOut | None:
    """Tell of files not used and of schemes of addresses refused; None where none is.

    A file's name stands before its reason unless the reason says it.
    """
    also = [refusal(refused)] if refused else []
    if not ignored:
        return LeftOut(also[0], ()) if also else None
    count = len(ignored)
    files = "1 file was" if count == 1 else f"{count:,} files were"
    return LeftOut(f"{files} left out.", [*map(_named, ignored), *also])


def _named(ignored: Ignored) -> str:
    name = ignored.path.name
    return ignored.reason if name in ignored.reason else f"{name}: {ignored.reason}"
