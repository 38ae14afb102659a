"""One node of a metadata tree, whatever the format it came from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute as read: a value, or children that are made when asked for.

    `tag` is "(gggg,eeee)" in DICOM and empty where a format has no tags (also for the
    items of a sequence). `value` is one line of text, already shortened where long;
    `full` returns the whole of it. `path` leads there from the root, such as
    "OpticalPathSequence[0].ICCProfile", with the tag for what has no keyword.
    `as_json` returns the DICOM JSON Model of the value or item (PS3.18 F.2).

    The children may be made one by one, when they are looked at: there may be a hundred
    thousand of them. All of it on any thread.
    """

    tag: str
    keyword: str
    name: str
    vr: str
    vm: int
    value: str
    expand: Callable[[], Sequence["Attribute"]] | None = None
    path: str = ""
    full: Callable[[], str] | None = None
    as_json: Callable[[], object] | None = None

    @property
    def has_children(self) -> bool:
        """Whether the node opens: a sequence or an item."""
        return self.expand is not None

    def children(self) -> Sequence["Attribute"]:
        """Return the nodes below this one; empty for a plain value."""
        return () if self.expand is None else self.expand()
