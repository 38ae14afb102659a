"""When two texts say the same thing in other words."""

import re
from typing import Final

from viewer.qa.metadata.moments import moment_of
from viewer.slide.scale import MOST_APART


def same_text(one: str, other: str) -> bool:
    """Whether they differ by nothing but white space and the case of letters."""
    return _plain(one) == _plain(other)


def same_number(one: str, other: str) -> bool:
    """Whether both are numbers that are rounded from one."""
    ours, theirs = _number(one), _number(other)
    if ours is None or theirs is None:
        return same_text(one, other)
    return abs(ours - theirs) <= MOST_APART * max(abs(ours), abs(theirs))


def one_number(one: str, other: str) -> bool:
    """Whether both are numbers, and not merely about the same."""
    number = _number(one)
    return number is not None and number == _number(other)


def same_place(one: str, other: str) -> bool:
    """Whether "x y" in mm is one place, y counted from either end of the glass.

    A glass is 75 to 76 mm long; what overviews measure of it is not precise.
    """
    ours, theirs = one.split(), other.split()
    if len(ours) != 2 or len(theirs) != 2 or not same_number(ours[0], theirs[0]):
        return same_text(one, other)
    along = [_number(each[1]) for each in (ours, theirs)]
    whole = sum(each or 0.0 for each in along)
    return same_number(ours[1], theirs[1]) or _LENGTHS[0] <= whole <= _LENGTHS[1]


def same_moment(one: str, other: str) -> bool:
    """Whether two dates, with or without times and zones, are one moment."""
    ours, theirs = moment_of(one), moment_of(other)
    if ours is None or theirs is None:
        return same_text(one, other)
    return ours.agrees(theirs)


def same_maker(one: str, other: str) -> bool:
    """Whether two names are of one company; some were bought by others."""
    return bool(_makers(one) & _makers(other))


def shares_words(one: str, other: str) -> bool:
    """Whether one of two texts is told in the other, or a word with a digit in both."""
    ours, theirs = _plain(one), _plain(other)
    if ours and theirs and (ours in theirs or theirs in ours):
        return True
    return bool(_telling(ours) & _telling(theirs))


def is_nothing(text: str) -> bool:
    """Whether a text stands where somebody did not know."""
    return _plain(text) in _NOTHING


def may_name_somebody(name: str, text: str) -> bool:
    """Whether a vendor's property may tell who the patient or the user is.

    Plain numbers do not, unless they are called an identifier; words may be anything.
    """
    if _TELLING_NAMES.search(name):
        return True
    return name not in _HARMLESS and any(_number(each) is None for each in text.split())


_TELLING_NAMES: Final = re.compile(
    r"ID\b|Id\b|(?i:user|name|title|label|barcode|patient|case|path|note|comment)"
)
_HARMLESS: Final = frozenset({"Parmset", "Time Zone", "ScannerType", "ICC Profile"})
_LENGTHS: Final = (73.0, 78.0)
_NOTHING: Final = frozenset({"", "unknown", "none", "n/a", "null", "not specified"})
_BOUGHT: Final = {"aperio": "leica", "3dhistech": "mirax", "bioscan": "ventana"}


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _makers(text: str) -> set[str]:
    words = set(re.findall(r"\w+", _plain(text)))
    return words | {_BOUGHT[word] for word in words if word in _BOUGHT}


def _telling(text: str) -> set[str]:
    """Return the words that have a digit: versions, models, numbers."""
    words = re.split(r"[\s\\;,()]+", text)
    return {word for word in words if len(word) > 1 and re.search(r"\d", word)}
