"""The attributes that differ between two files of one kind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Final

from viewer.qa.metadata.expected import is_expected, is_private
from viewer.qa.metadata.tree import numbers_in, text_of
from viewer.slide.metadata import Attribute


@dataclass(frozen=True, slots=True)
class TagDifference:
    """An attribute that only one side has, or that has another value there.

    `a` and `b` are the values for the screen, long ones as their length and hash; None
    where that side lacks the attribute. `expected` are those that no two conversions
    have alike; `private` values may tell who the patient is.
    """

    path: str
    tag: str
    name: str
    a: str | None
    b: str | None
    expected: bool
    private: bool


def tag_differences(a: Attribute, b: Attribute) -> list[TagDifference]:
    """Compare two trees, nested items by their number; raises SlideError.

    Attributes are told by tag, TIFF's by name. Tables with an entry for each frame
    (Per-Frame Functional Groups, offsets) count by their length alone, and of any other
    sequence the first thousand items are looked at. Any thread.
    """
    return list(_differences(a, b, outside=False, hidden=False))


MOST_ITEMS: Final = 1000
"""Items of one sequence that are compared."""

_LONGEST: Final = 100
_DEEPEST: Final = 32


def _differences(
    a: Attribute, b: Attribute, *, outside: bool, hidden: bool, depth: int = 0
) -> Iterator[TagDifference]:
    """Yield what differs below two nodes.

    `outside` and `hidden` say that the nodes themselves are expected to differ, or are
    private: so is all in them.
    """
    ours, theirs = _by_key(a), _by_key(b)
    for key in _in_order(list(ours), list(theirs)):
        one, other = ours.get(key), theirs.get(key)
        either = one or other
        if either is None or (a.vr == "SQ" and not (one and other)):
            continue  # the number of items was told
        expected = outside or is_expected(either)
        private = hidden or is_private(either)
        if not _same(one, other, expected=expected):
            yield TagDifference(
                either.path,
                either.tag,
                either.keyword or either.name,
                None if one is None else _shown(one),
                None if other is None else _shown(other),
                expected,
                private,
            )
        if one is None or other is None or depth == _DEEPEST or _is_table(one):
            continue
        if one.has_children and other.has_children and not _is_explained(one):
            yield from _differences(
                one, other, outside=expected, hidden=private, depth=depth + 1
            )


def _by_key(node: Attribute) -> dict[tuple[str, int], Attribute]:
    """Return children by tag or name; those of one name are numbered."""
    found: dict[tuple[str, int], Attribute] = {}
    times: dict[str, int] = {}
    for each in islice(_some(node.children()), MOST_ITEMS):
        key = each.tag or each.name
        number = times.get(key, 0)
        times[key] = number + 1
        found[key, number] = each
    return found


def _some(children: Sequence[Attribute]) -> Iterator[Attribute]:
    """Yield children one by one: making a hundred thousand of them takes long."""
    for number in range(len(children)):
        yield children[number]


def _in_order(
    ours: list[tuple[str, int]], theirs: list[tuple[str, int]]
) -> list[tuple[str, int]]:
    """Return the keys of both, those of the result where they stand there."""
    known = set(ours)
    ordered = list(ours)
    at = 0
    for key in theirs:
        if key in known:
            at = max(at, ordered.index(key) + 1)
        else:
            ordered.insert(at, key)
            at += 1
    return ordered


def _same(one: Attribute | None, other: Attribute | None, *, expected: bool) -> bool:
    """Whether two nodes say the same; of what opens, its children tell."""
    if one is None or other is None:
        return False
    if one.vr == other.vr == "SQ":
        return len(one.children()) == len(other.children())
    if not one.tag and one.has_children and other.has_children:
        return True
    if one.value == other.value and expected:
        return True
    ours, theirs = text_of(one), text_of(other)
    if ours == theirs:
        return True
    return one.vr in _DECIMALS and numbers_in(ours) == numbers_in(theirs) != ()


_DECIMALS: Final = frozenset({"DS", "IS"})
"""Written out, so that one number may look like two (PS3.5 6.2)."""


def _shown(node: Attribute) -> str:
    """Return a value for the screen, what is long by its length and hash."""
    if node.vr == "SQ":
        return node.value
    whole = text_of(node)
    if len(whole) <= _LONGEST:
        return " ".join(whole.split()) if node.full is None else node.value or whole
    digest = sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    head = node.value[: _LONGEST // 2]
    return f"{head}... ({len(whole)} characters, SHA-256 {digest}...)"


_TABLES: Final = frozenset({"PerFrameFunctionalGroupsSequence"})


def _is_table(node: Attribute) -> bool:
    return node.keyword in _TABLES


def _is_explained(node: Attribute) -> bool:
    """Whether the nodes below merely put a value into words, as of ICC profiles."""
    return bool(node.tag) and node.vr not in {"SQ", ""}
