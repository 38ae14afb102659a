"""Which focal plane and optical path of the source is which of the result."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from viewer.qa.comparing import LayerPair
from viewer.slide.model import OpticalPath


class LayerMatches(NamedTuple):
    """Pairs in the source's order, and what has no partner.

    `offset` is by how many micrometers all planes of the result lie higher, where their
    heights are told from another zero.
    """

    pairs: tuple[LayerPair, ...]
    only_a: tuple[int, ...]
    only_b: tuple[int, ...]
    offset: float = 0.0


def match_planes(a: Sequence[float], b: Sequence[float]) -> LayerMatches:
    """Pair focal planes by height in micrometers.

    Heights may differ by a quarter of the smallest distance of two planes. Where not
    one fits, the lowest planes are taken for the same: writers count from the glass,
    from the first plane or from the middle one.
    """
    slack = min(_step(a), _step(b)) / 4
    matches = _planes_at(a, b, 0.0, slack)
    if matches.pairs:
        return matches
    return _planes_at(a, b, min(b) - min(a), slack)


def match_paths(a: Sequence[OpticalPath], b: Sequence[OpticalPath]) -> LayerMatches:
    """Pair optical paths by description, identifier, wavelength, and the rest in order.

    Identifiers that merely count ("0", "1") say nothing where the other slide counts
    otherwise.
    """
    ours, theirs = list(range(len(a))), list(range(len(b)))
    pairs: list[LayerPair] = []
    for key in (_description, _identifier_key(a, b), _wavelength):
        known = _unique({number: key(b[number]) for number in theirs})
        named = _unique({number: key(a[number]) for number in ours})
        for words, number in named.items():
            if words in known:
                pairs.append(LayerPair(number, known[words]))
        paired_a, paired_b = ({pair[side] for pair in pairs} for side in (0, 1))
        ours = [each for each in ours if each not in paired_a]
        theirs = [each for each in theirs if each not in paired_b]
    pairs += [LayerPair(*each) for each in zip(ours, theirs, strict=False)]
    count = min(len(ours), len(theirs))
    return LayerMatches(
        tuple(sorted(pairs)), tuple(ours[count:]), tuple(theirs[count:])
    )


_USUAL_STEP: Final = 1.0  # micrometers between the planes of a single one


def _step(heights: Sequence[float]) -> float:
    """Return the smallest distance between two planes."""
    ordered = sorted(heights)
    steps = [high - low for low, high in pairwise(ordered)]
    return min((step for step in steps if step > 0), default=_USUAL_STEP)


def _planes_at(
    a: Sequence[float], b: Sequence[float], offset: float, slack: float
) -> LayerMatches:
    """Pair planes where the result's zero lies `offset` lower."""
    pairs: list[LayerPair] = []
    order = sorted(range(len(b)), key=b.__getitem__)
    at = 0
    for number in sorted(range(len(a)), key=a.__getitem__):
        low, high = (a[number] + offset + side for side in (-slack, slack))
        while at < len(order) and b[order[at]] < low:
            at += 1
        if at < len(order) and b[order[at]] <= high:
            pairs.append(LayerPair(number, order[at]))
            at += 1
    ours, theirs = ({pair[side] for pair in pairs} for side in (0, 1))
    return LayerMatches(
        tuple(sorted(pairs)),
        tuple(number for number in range(len(a)) if number not in ours),
        tuple(number for number in range(len(b)) if number not in theirs),
        offset,
    )


def _unique(keys: dict[int, str]) -> dict[str, int]:
    """Return the numbers by key, leaving out keys that several have, or none."""
    times = Counter(keys.values())
    return {key: number for number, key in keys.items() if key and times[key] == 1}


def _description(path: OpticalPath) -> str:
    return path.description.strip().casefold()


def _identifier_key(
    a: Sequence[OpticalPath], b: Sequence[OpticalPath]
) -> Callable[[OpticalPath], str]:
    ours, theirs = ({path.identifier for path in each} for each in (a, b))
    counts_alike = ours == theirs

    def key(path: OpticalPath) -> str:
        identifier = path.identifier.strip()
        return identifier if counts_alike or not identifier.isdecimal() else ""

    return key


def _wavelength(path: OpticalPath) -> str:
    return "" if path.wavelength is None else f"{path.wavelength:.0f}"
