"""Paths of attributes, such as OpticalPathSequence[0].ICCProfile, taken apart."""

import re
from collections.abc import Sequence
from typing import Final, TypeAlias

from viewer.slide.metadata import Attribute

Steps: TypeAlias = Sequence[str | int]
"""From the root down: the words of a path, and the numbers of items from 0."""

_STEP: Final = re.compile(r"\.?([^.\[\]]+)|\[(\d{1,9})\]")


def steps_of(path: str) -> Steps | None:
    """Return the steps of a path; None where the text is none."""
    steps: list[str | int] = []
    place = 0
    while place < len(path):
        step = _STEP.match(path, place)
        if step is None:
            return None
        word, number = step.groups()
        steps.append(int(number) if word is None else word)
        place = step.end()
    return steps


def last_word(attribute: Attribute) -> str:
    """Return the step that leads to an attribute from what it lies in."""
    return attribute.path.rpartition(".")[2]


def is_step_to(step: str, attribute: Attribute) -> bool:
    """Whether a word leads to an attribute, in any case of letters."""
    word = last_word(attribute) or attribute.keyword or attribute.tag
    return bool(word) and word.casefold() == step.casefold()
