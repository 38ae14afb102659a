"""Items to frames where no table says which fragments make a frame."""

from array import array
from dataclasses import replace
from typing import NamedTuple

from viewer.formats.dicom.items import MOST_ITEMS, Ending, Items


class GroupedItems(NamedTuple):
    """The frames that can be told: the places of their first items, and the last end.

    `exact` says that they are as many as Number of Frames and that nothing is left
    over. `finding` is a warning's code and its sentence without the file, `missing`
    the reason why there are no more frames.
    """

    bounds: "array[int]"
    finding: tuple[str, str] | None
    missing: str
    exact: bool


def frame_starts(items: Items, frames: int) -> GroupedItems:
    """Tell which items make up which frame.

    As many items as frames are one each; an empty one is a frame that is not stored.
    Otherwise a frame begins where an item begins like a codestream (pydicom#685). Where
    that gives another number of frames too, they are taken in order while that is
    certain: rather no tile than one of another place.
    """
    items = _without_empty_end(items, frames)
    begun = sum(items.codestreams)
    enough = f"Number of Frames is {frames}"
    if items.whole and items.count == frames:
        return GroupedItems(items.starts, None, enough, exact=True)
    if items.whole and begun == frames and items.codestreams[0]:
        sentence = (
            f"{items.count} fragments for {frames} frames and no table to tell them by;"
            " a frame was taken to begin where a codestream begins"
        )
        finding = ("fragments-guessed", sentence)
        return GroupedItems(_codestream_starts(items), finding, enough, exact=True)
    counted = f"{items.count} fragments for {frames} frames{_where_it_ended(items)}"
    bounds = _certain_starts(items, frames)
    del bounds[frames + 1 :]
    return GroupedItems(bounds, ("fragment-count", counted), counted, exact=False)


def _certain_starts(items: Items, frames: int) -> "array[int]":
    """Return the starts of frames in order, as long as they can be told.

    What is told of the first frames before the walk has ended (ItemWalk.certain) holds.
    """
    begun = sum(items.codestreams)
    continued = _continued(items)
    if not continued or (not begun and items.count <= frames):
        return items.starts[:]
    if items.codestreams[0] and (begun >= frames or not items.whole):
        return _codestream_starts(items)
    return items.starts[: max(1, items.codestreams.find(0))]


def _continued(items: Items) -> int:
    """Count the items that hold something but do not begin like a codestream."""
    starts = items.starts
    return sum(
        not begins and starts[number + 1] - starts[number] > 8
        for number, begins in enumerate(items.codestreams)
    )


def _codestream_starts(items: Items) -> "array[int]":
    pairs = zip(items.starts, items.codestreams, strict=False)
    return array("Q", [*(start for start, begins in pairs if begins), items.starts[-1]])


def _without_empty_end(items: Items, frames: int) -> Items:
    """Leave out empty items behind the last frame (fo-dicom#1586)."""
    last = items.count
    while last > frames and items.starts[last] - items.starts[last - 1] == 8:
        last -= 1
    return replace(
        items, starts=items.starts[: last + 1], codestreams=items.codestreams[:last]
    )


def _where_it_ended(items: Items) -> str:
    if items.whole:
        return ""
    if items.ending is Ending.CUT:
        return f", and the file ends inside the last, expected {items.starts[-1]} bytes"
    if items.count >= MOST_ITEMS:
        return f", expected at most {MOST_ITEMS} fragments"
    return (
        f", found {items.found.hex(' ')} at byte {items.starts[-1]}, expected an item"
    )
