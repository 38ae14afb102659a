"""What a search of attributes looks for, and the walk that finds it. Any thread."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from viewer.panels.attribute_pages import PAGE
from viewer.panels.attribute_path import Steps, is_step_to, steps_of
from viewer.slide.errors import SlideError
from viewer.slide.metadata import Attribute

Chain = tuple[tuple[int, Attribute], ...]
"""From the root down: each attribute with its number among its neighbors, from 0."""

BINARY: Final = frozenset({"OB", "OW", "OF", "OD", "OL", "OV", "UN"})
"""Value representations whose values are bytes, no text."""

_NOT_IN_TAGS: Final = str.maketrans("", "", "(), ")
_TAG: Final = re.compile(r"[0-9a-f]{4,8}")
_SPACED_TAG: Final = re.compile(r"\(?(0x)?[0-9a-f]{4}(, ?| )(0x)?[0-9a-f]{4}\)?")
_HEXADECIMAL: Final = re.compile(r"\b0x")
_OFTEN: Final = 256
"""Items of a long sequence between two reports of how far it is."""


class Found(NamedTuple):
    """An attribute that was looked for, at the end of what it lies in."""

    chain: Chain


class Skipped(NamedTuple):
    """A sequence too long to be walked without being asked for."""

    items: int


class Walked(NamedTuple):
    """How far the walk is in a long sequence."""

    done: int
    items: int


class Query:
    """The words of a search; an attribute matches if it has each of them somewhere.

    Words are looked for in keyword, name, value and tag, in any case of letters. A tag
    is known without its punctuation too, from the begin of group or element, by four
    digits at least: fewer are in half of all numbers. A text with an item's number,
    such as OpticalPathSequence[0].ICCProfile, is a path and means that attribute alone.
    """

    def __init__(self, text: str) -> None:
        """Take the text as typed."""
        self.text = " ".join(text.split())
        steps = steps_of(self.text) if "[" in self.text else None
        self.path: Steps | None = steps
        text = self.text.casefold()
        # A tag with a space behind its comma is still one word.
        self._words = [_tag_in(text)] if _SPACED_TAG.fullmatch(text) else text.split()

    def matches(self, attribute: Attribute) -> bool:
        """Whether an attribute has every word; items are no attributes, only places."""
        if attribute.has_children and not attribute.tag:
            return False
        fields = _fields(attribute)
        return bool(self._words) and all(
            any(_has(field, word) for field in fields) or _is_tag(attribute.tag, word)
            for word in self._words
        )

    def is_in_name(self, attribute: Attribute) -> bool:
        """Whether one of the words is in the keyword or the name."""
        return self._in_one_of(attribute.keyword, attribute.name)

    def is_in_value(self, attribute: Attribute) -> bool:
        """Whether one of the words is in the value, as far as it is searched."""
        return attribute.vr != "SQ" and self._in_one_of(_searched(attribute))

    def is_in_tag(self, attribute: Attribute) -> bool:
        """Whether one of the words is the tag or a half of it."""
        return any(_is_tag(attribute.tag, word) for word in self._words)

    def _in_one_of(self, *fields: str) -> bool:
        return any(_has(field, word) for field in fields for word in self._words)


def walk(
    attributes: Sequence[Attribute],
    query: Query,
    stopped: Callable[[], bool],
    *,
    everywhere: bool = False,
) -> Iterator[Found | Skipped | Walked]:
    """Yield every match below a root, in the order of the file.

    Sequences of more than PAGE items are yielded as Skipped and not walked, unless
    `everywhere`. What cannot be read is passed over. Ends early once `stopped()`.
    """
    if query.path is not None:
        yield from _at(attributes, query.path)
        return
    yield from _Walk(query, stopped, everywhere).below(attributes, ())


class _Walk(NamedTuple):
    query: Query
    stopped: Callable[[], bool]
    everywhere: bool

    def below(
        self, attributes: Sequence[Attribute], chain: Chain
    ) -> Iterator[Found | Skipped | Walked]:
        is_long = len(attributes) > PAGE
        if is_long and not self.everywhere:
            yield Skipped(len(attributes))
            return
        for number, attribute in enumerate(attributes):
            if self.stopped():
                return
            if is_long and number % _OFTEN == 0:
                yield Walked(number, len(attributes))
            here = (*chain, (number, attribute))
            if self.query.matches(attribute):
                yield Found(here)
            if attribute.has_children:
                yield from self.below(_children(attribute), here)


def _at(attributes: Sequence[Attribute], steps: Steps) -> Iterator[Found]:
    """Yield what a path leads to, looking nowhere else."""
    chain: Chain = ()
    for step in steps:
        number = step if isinstance(step, int) else _number(attributes, step)
        if not 0 <= number < len(attributes):
            return
        attribute = attributes[number]
        chain = (*chain, (number, attribute))
        attributes = _children(attribute)
    if chain:
        yield Found(chain)


def _number(attributes: Sequence[Attribute], word: str) -> int:
    if len(attributes) > PAGE:
        return -1  # items, which have numbers and no words
    steps = (i for i, each in enumerate(attributes) if is_step_to(word, each))
    return next(steps, -1)


def _children(attribute: Attribute) -> Sequence[Attribute]:
    try:
        return attribute.children()
    except SlideError:
        return ()


def _fields(attribute: Attribute) -> Sequence[str]:
    if attribute.vr == "SQ":  # its value only sums up what lies below
        return attribute.keyword, attribute.name
    return attribute.keyword, attribute.name, _searched(attribute)


def _searched(attribute: Attribute) -> str:
    """Return the value: the whole of it where a text is shown shortened."""
    value = attribute.value
    is_cut = value.endswith(("...", "\N{HORIZONTAL ELLIPSIS}"))
    if not is_cut or attribute.full is None or attribute.vr in BINARY:
        return value
    try:
        return attribute.full()
    except SlideError:
        return value


def _has(field: str, word: str) -> bool:
    return word in field.casefold()


def _is_tag(tag: str, word: str) -> bool:
    wanted = _tag_in(word)
    if not wanted:
        return False
    digits = _bare_tag(tag.casefold())
    return digits.startswith(wanted) or digits[4:].startswith(wanted)


@lru_cache(maxsize=256)  # the same few words for every attribute of a file
def _tag_in(word: str) -> str:
    """Return the digits of a word that is a tag or a half of it; else nothing."""
    digits = _bare_tag(_HEXADECIMAL.sub("", word))
    return digits if _TAG.fullmatch(digits) else ""


def _bare_tag(text: str) -> str:
    return text.translate(_NOT_IN_TAGS)
