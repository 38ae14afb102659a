"""Where source and result say that the scan lies on the glass, and how it is turned."""

from math import hypot
from typing import Final

from viewer.formats.dicom.placing import STAND_INS
from viewer.qa.comparing import Comparing
from viewer.qa.finding import Finding, Rule, Severity
from viewer.qa.geometry.scale import Part
from viewer.qa.metadata.stated import Stated
from viewer.qa.sides import called, capital

QA16: Final = Rule(
    "QA16",
    Severity.ERROR,
    "the scan lies where the source says, and the same way round",
    "Annotations, the overview and other scans of the glass are laid over it by these "
    "numbers.",
    clause="PS3.3 C.8.12.2, C.8.12.4",
    evidence="wsidicomizer#176",
    number=16,
)


def compare_place(comparing: Comparing, a: Stated, b: Stated) -> Part:
    """Compare what is said of orientation and origin; contents are not looked at."""
    turned, about_turn = _orientation(comparing, a, b)
    moved, about_origin = _origin(comparing, a, b)
    return Part((turned, moved), (*about_turn, *about_origin))


_Row = tuple[str, str, str, str]
_SKEW: Final = 0.02  # of a unit vector; rounded cosines are the same
_MOST_MM: Final = 0.1
_SAME_MM: Final = 0.001


def _orientation(
    comparing: Comparing, a: Stated, b: Stated
) -> tuple[_Row, list[Finding]]:
    ours, theirs = _directions(a), _directions(b)
    row = ("Orientation on the glass", ours, theirs)
    if not ours or not theirs:
        return (*row, _one_sided(ours, theirs)), []
    apart = max(
        (
            abs(one - other)
            for one, other in zip(a.orientation, b.orientation, strict=False)
        ),
        default=0.0,
    )
    if apart <= _SKEW and len(a.orientation) == len(b.orientation):
        return (*row, "same"), []
    finding = QA16.finding(
        f"{capital(called(comparing.b, 'b'))} says the orientation {theirs}, expected "
        f"{ours} as in {called(comparing.a, 'a')}.",
        side="b",
        level=0,
        tag="ImageOrientationSlide",
        found=theirs,
        expected=ours,
    )
    return (*row, "differs"), [finding]


def _origin(comparing: Comparing, a: Stated, b: Stated) -> tuple[_Row, list[Finding]]:
    ours = a.corner if a.origin is None else _mm(a.origin)
    theirs = b.corner if b.origin is None else _mm(b.origin)
    stand_in = b.origin is not None and b.origin in STAND_INS
    row = ("Origin on the glass", _shown(a, ours), _shown(b, theirs))
    if a.origin is not None and b.origin is not None:
        verdict, findings = _compared(comparing, a.origin, b.origin)
        return (*row, verdict), findings
    if not ours or not theirs:
        finding = _not_measured(comparing, theirs) if stand_in else None
        return (*row, _one_sided(ours, theirs)), [finding] if finding else []
    if not stand_in:
        return (*row, "converted"), []
    finding = QA16.finding(
        f"{capital(called(comparing.a, 'a'))} says where the scan lies ({ours}), but "
        f"{called(comparing.b, 'b')} has the origin {theirs}, which converters write "
        "where they do not know it.",
        Severity.WARNING,
        side="b",
        level=0,
        tag=_TAG,
        found=theirs,
        expected=ours,
    )
    return (*row, "lost"), [finding]


def _compared(
    comparing: Comparing, ours: tuple[float, float], theirs: tuple[float, float]
) -> tuple[str, list[Finding]]:
    apart = hypot(theirs[0] - ours[0], theirs[1] - ours[1])
    if apart <= _MOST_MM:
        return "same" if apart <= _SAME_MM else "converted", []
    words = (
        f"The scan of {called(comparing.b, 'b')} lies at {_mm(theirs)}, expected "
        f"{_mm(ours)} as in {called(comparing.a, 'a')}, {apart:.4g} mm away"
    )
    guessed = theirs in STAND_INS
    if guessed:
        words += "; it is an origin that converters write where they do not know it"
    finding = QA16.finding(
        f"{words}.",
        Severity.NOTE if ours in STAND_INS else None,
        side="b",
        level=0,
        tag=_TAG,
        found=_mm(theirs),
        expected=_mm(ours),
    )
    return "lost" if guessed else "differs", [finding]


_TAG: Final = "TotalPixelMatrixOriginSequence"


def _not_measured(comparing: Comparing, theirs: str) -> Finding:
    return QA16.finding(
        f"The origin of {called(comparing.b, 'b')} is {theirs}, which converters write "
        "where they do not know it; nobody measured it.",
        Severity.NOTE,
        side="b",
        level=0,
        tag=_TAG,
        found=theirs,
    )


def _shown(said: Stated, words: str) -> str:
    """Return an origin for the table, marked where it is a stand-in for unknown."""
    return f"{words} (not measured)" if said.origin in STAND_INS else words


def _one_sided(ours: str, theirs: str) -> str:
    if not ours and not theirs:
        return "not told"
    return "lost" if ours else "added"


def _directions(said: Stated) -> str:
    return ", ".join(f"{each + 0.0:g}" for each in said.orientation)


def _mm(origin: tuple[float, float]) -> str:
    return f"{origin[0]:.6g}, {origin[1]:.6g} mm"
