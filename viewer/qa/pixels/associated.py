"""Label, overview and thumbnail of both slides: whether they show the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.qa.comparing import Comparing
from viewer.qa.finding import Finding, Rule, Severity
from viewer.qa.pixels.difference import Difference, difference
from viewer.qa.pixels.findings import PX6, is_within
from viewer.qa.pixels.similarity import luma
from viewer.qa.pixels.tile_pairs import kind
from viewer.qa.pixels.words import in_figures
from viewer.qa.registration.likeness import correlation, is_blank
from viewer.qa.registration.orientation import Way, orientation
from viewer.qa.registration.shrinking import shrunk
from viewer.qa.sides import called, in_pixels
from viewer.slide.errors import Cancelled, SlideError
from viewer.slide.geometry import Size
from viewer.slide.model import Samples, Slide

QA18: Final = Rule(
    "QA18",
    Severity.WARNING,
    "label, overview and thumbnail show what they show in the source",
    "By the label people know whose slide it is, by the overview that no tissue was "
    "missed: a wrong one is worse than none.",
    clause="PS3.3 C.8.12.8",
    number=18,
)


@dataclass(frozen=True, slots=True)
class AssociatedPixels:
    """What one picture of both slides came to; `line` says it in a sentence.

    `difference` is there where the pictures could be laid over each other, turned back
    as `way` says.
    """

    role: str
    line: str
    findings: tuple[Finding, ...] = ()
    way: Way = Way.SAME
    difference: Difference | None = None
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])


def compare_associated_pixels(
    comparing: Comparing, same_bits: Mapping[str, bool | None]
) -> tuple[AssociatedPixels, ...]:
    """Compare the pictures that both slides have; blocks. Raises Cancelled.

    `same_bits` says of each role whether its frames are the same bits, None where that
    is not known. Memory: a few times the largest picture.
    """
    found: list[AssociatedPixels] = []
    roles = comparing.pairing.associated
    for done, role in enumerate(roles):
        comparing.run.report("comparing pictures", done, len(roles))
        found.append(_Compared(comparing, role).result(same_bits.get(role)))
    return tuple(found)


_ALIKE: Final = 0.5  # correlation below which two pictures show unlike things
_CLEARLY: Final = 0.8  # correlation of two that show one thing
_MARGIN: Final = 0.1  # by which a turned picture must fit better
_FLAT_APART: Final = 16  # of 255: means of pictures of one color that are not the same
_EDGE: Final = 256
_STEPS: Final = 4  # samples looked at for each one of a small picture, along an edge

_Picture = NDArray[np.float32]


class _Turned(NamedTuple):
    """How the result's picture lies, and how like the source's it is then."""

    way: Way
    likeness: float


class _Compared:
    """One picture of both slides."""

    def __init__(self, comparing: Comparing, role: str) -> None:
        self._comparing = comparing
        self._role = role
        self._file = comparing.b.associated[role].file
        self._b = f"the {role} of {called(comparing.b, 'b')}"
        self._a = f"that of {called(comparing.a, 'a')}"

    def result(self, same_bits: bool | None) -> AssociatedPixels:
        a, b = (
            _read(self._comparing.a, self._role),
            _read(self._comparing.b, self._role),
        )
        if isinstance(a, str):
            said = f"{self._b} cannot be compared, for the source's is broken: {a}"
            return self._answer(said, PX6, Severity.WARNING)
        if isinstance(b, str):
            return self._answer(f"{self._b} cannot be decoded: {b}", PX6)
        return self._pictures(a, b, same_bits)

    def _pictures(
        self, a: Samples, b: Samples, same_bits: bool | None
    ) -> AssociatedPixels:
        if kind(a) != kind(b):
            said = f"{self._b} is {kind(b)}, {self._a} {kind(a)}"
            return self._answer(said, QA18, Severity.WARNING)
        if a.shape == b.shape:
            apart = difference(a, b)
            if apart.is_none:
                return self._identical(same_bits, apart)
        turned = _turned(_small(a), _small(b))
        if turned.likeness < _ALIKE:
            return self._another(b)
        return self._changed(a, b, turned.way)

    def _identical(self, same_bits: bool | None, apart: Difference) -> AssociatedPixels:
        if same_bits is False:
            said = f"{self._b} is coded in another way than {self._a}, without loss"
            return self._answer(said, QA18, Severity.NOTE, difference=apart)
        line = f"{self._b} has the pixels of {self._a}"
        return self._answer(line, difference=apart)

    def _another(self, b: Samples) -> AssociatedPixels:
        """Tell of a picture of something else, and of what."""
        said = f"{self._b} shows another picture than {self._a}, or a damaged one"
        shown = self._shown(_small(b))
        if shown:
            said = f"{self._b} shows the {shown} of {called(self._comparing.a, 'a')}"
        return self._answer(
            said,
            QA18,
            Severity.ERROR,
            found=shown or "another picture",
            expected=self._role,
        )

    def _shown(self, small: _Picture) -> str:
        """Return the role of the source's picture that it shows; empty for none."""
        for role in self._comparing.a.associated:
            if role == self._role:
                continue
            other = _read(self._comparing.a, role)
            if isinstance(other, str):
                continue
            if _turned(_small(other), small).likeness > _CLEARLY:
                return role
        return ""

    def _changed(self, a: Samples, b: Samples, way: Way) -> AssociatedPixels:
        """Tell how far apart two pictures of one thing are."""
        upright = np.ascontiguousarray(way.undone(b))
        said = self._b
        if way is not Way.SAME:
            said += f" is {way.value}, beside {self._a};"
        if upright.shape != a.shape:
            sizes = [in_pixels(Size(*each.shape[1::-1])) for each in (b, a)]
            said += f" has {sizes[0]} pixels, {self._a} {sizes[1]}"
            return self._answer(
                said, QA18, Severity.WARNING, way, found=sizes[0], expected=sizes[1]
            )
        apart = difference(a, upright)
        severity = Severity.WARNING
        if apart.is_none:
            said += " otherwise the pixels are identical"
        else:
            said += f" differs from {self._a} {in_figures(apart)}"
            tolerance = self._comparing.options.tolerance
            if tolerance.is_given and is_within(tolerance, apart) and way is Way.SAME:
                severity = Severity.NOTE
                said += f", which is within the tolerance given, {tolerance}"
        return self._answer(
            said,
            QA18,
            severity,
            way,
            apart,
            found=way.value if apart.is_none else in_figures(apart),
            expected="identical pixels",
        )

    def _answer(
        self,
        said: str,
        rule: Rule | None = None,
        severity: Severity | None = None,
        way: Way = Way.SAME,
        difference: Difference | None = None,
        **more: Any,
    ) -> AssociatedPixels:
        sentence = f"{said[:1].upper()}{said[1:].rstrip('.')}."
        findings: tuple[Finding, ...] = ()
        if rule is not None:
            findings = (
                rule.finding(sentence, severity, side="b", file=self._file, **more),
            )
        facts: dict[str, Any] = {"orientation": way.value}
        if difference is not None:
            facts["largest"] = difference.largest
            facts["mean"] = difference.mean
            facts["identical_pixels"] = difference.identical
        return AssociatedPixels(self._role, sentence, findings, way, difference, facts)


def _read(slide: Slide, role: str) -> Samples | str:
    """Return a picture, or the sentence that says why there is none."""
    try:
        return slide.associated[role].read()
    except Cancelled:
        raise
    except SlideError as error:
        return str(error)


def _turned(a: _Picture, b: _Picture) -> _Turned:
    """Find the way in which the second picture is most like the first."""
    if is_blank(a) or is_blank(b):
        near = abs(float(a.mean()) - float(b.mean())) < _FLAT_APART
        return _Turned(Way.SAME, 1.0 if near else 0.0)
    as_is = correlation(a, shrunk(b, *a.shape))
    found = orientation(a, b)
    if found is None or found.way is Way.SAME or found.margin < _MARGIN:
        return _Turned(Way.SAME, as_is)
    best = correlation(a, shrunk(found.way.undone(b), *a.shape))
    if best < as_is + _MARGIN:
        return _Turned(Way.SAME, as_is)
    return _Turned(found.way, best)


def _small(samples: Samples) -> _Picture:
    """Return luma of 255, a few hundred pixels across."""
    step = max(1, max(samples.shape[:2]) // (_EDGE * _STEPS))
    peak = 255 if samples.itemsize == 1 else 0xFFFF
    picture = luma(samples[::step, ::step], peak) / 256
    factor = min(1.0, _EDGE / max(picture.shape))
    rows, columns = (max(1, round(edge * factor)) for edge in picture.shape)
    return shrunk(picture, rows, columns)
