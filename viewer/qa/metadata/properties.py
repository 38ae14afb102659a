"""Properties of the source beside attributes of the result, each with a verdict."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from viewer.qa.finding import Finding, Rule, Severity
from viewer.qa.metadata.agreement import (
    is_nothing,
    may_name_somebody,
    one_number,
    same_text,
)
from viewer.qa.metadata.mapping import FACTS, Fact
from viewer.qa.metadata.statements import Statements

QA24: Final = Rule(
    "QA24",
    Severity.WARNING,
    "what the source says is in the result",
    "What is lost cannot be found out again from the pictures, and what is invented is "
    "taken for true by whoever reads it.",
    number=24,
)


class Verdict(Enum):
    """What became of a property.

    Where the result says another thing than the source, that is invented.
    """

    SAME = "same"
    CONVERTED = "converted"
    LOST = "lost"
    INVENTED = "invented"
    EXPECTED = "expected to differ"


@dataclass(frozen=True, slots=True)
class Property:
    """One thing, as each side says it; a key is the path or name that it stands under.

    `private` texts may tell who the patient is: no sentence quotes them. `is_other`
    tells that both sides say something, but not the same.
    """

    name: str
    a_key: str
    a: str
    b_key: str
    b: str
    verdict: Verdict
    fact: Fact | None = None
    is_other: bool = False

    @property
    def private(self) -> bool:
        """Whether it may hold a patient's data, or a name out of some laboratory."""
        if self.fact is not None:
            return self.fact.private
        return may_name_somebody(self.name, self.a)


def compare_properties(a: Statements, b: Statements) -> tuple[Property, ...]:
    """Return what either side says of all things in the table; raises SlideError."""
    found = (_property(fact, a, b) for fact in FACTS)
    return tuple(each for each in found if each is not None)


def unmapped(a: Statements, b: Statements) -> tuple[Property, ...]:
    """Return the source's own properties that the table does not know.

    They are in the result if its comments or its own properties repeat them. Raises
    SlideError.
    """
    known = {
        part for fact in FACTS for key in fact.keys for part in key.path.split("+")
    }
    comments = "".join(b.text("ImageComments").split())
    found: list[Property] = []
    for key in a.vendor:
        if key in known or is_nothing(a.texts[key]):
            continue
        value, name = a.texts[key], key.partition(".")[2]
        kept = "".join(f"|{name}={value}".split()) in f"|{comments}"
        verdict, where, there = Verdict.LOST, "", b.texts.get(key, "")
        if kept:
            verdict, where, there = Verdict.SAME, "ImageComments", value
        elif there:
            alike = same_text(value, there)
            verdict = Verdict.SAME if alike else Verdict.INVENTED
            where = key
        is_other = verdict is Verdict.INVENTED
        found.append(
            Property(name, key, value, where, there, verdict, is_other=is_other)
        )
    return tuple(found)


def about_properties(
    found: tuple[Property, ...], a: str, b: str, converted_at: str
) -> Iterator[Finding]:
    """Yield findings on what is lost, or invented where nothing or another was told.

    `a` and `b` are what sentences call the slides, `converted_at` is when the result
    was made.
    """
    for each in found:
        fact = each.fact
        if fact is None or fact.expected:
            continue
        if each.verdict is Verdict.LOST and fact.lost is not None:
            what = "" if fact.private else f" ({_short(each.a)})"
            sentence = f"{each.name} of {a}{what} is not in {b}."
            yield _finding(each, sentence, fact.lost)
        elif each.is_other:
            if fact.lost is not None:
                yield _about_other(each, a, b, converted_at)
        elif each.verdict is Verdict.INVENTED and fact.invented is not None:
            what = "" if fact.private else f" ({_short(each.b)})"
            sentence = f"{each.name} of {b}{what} is not told by {a}"
            hint = _is_conversion(each, converted_at)
            yield _finding(each, f"{sentence}{hint}.", fact.invented)


def about_unmapped(found: tuple[Property, ...], a: str, b: str) -> Iterator[Finding]:
    """Yield one finding on all properties that have no place in the result."""
    lost = [each.name for each in found if each.verdict is Verdict.LOST]
    if lost:
        names = ", ".join(lost[:_MOST_NAMES])
        names += ", ..." if len(lost) > _MOST_NAMES else ""
        count = "1 property" if len(lost) == 1 else f"{len(lost)} properties"
        yield QA24.finding(
            f"{count} of {a} that DICOM has no attribute for {_are(lost)} not in {b}: "
            f"{names}.",
            Severity.NOTE,
            side="a",
        )


_MOST_NAMES: Final = 8
_LONGEST: Final = 60


def _property(fact: Fact, a: Statements, b: Statements) -> Property | None:
    ours, theirs = _said(fact, a), _said(fact, b)
    if not ours and not theirs:
        return None
    pairs = [(x, y) for x in ours for y in theirs]
    for (a_key, a_text, a_form), (b_key, b_text, b_form) in pairs:
        if a_form == b_form or fact.agree(a_form, b_form):
            same = same_text(a_text, b_text) or one_number(a_text, b_text)
            verdict = Verdict.SAME if same else Verdict.CONVERTED
            return Property(fact.name, a_key, a_text, b_key, b_text, verdict, fact)
    a_key, a_text, _ = ours[0] if ours else _stand_in(fact, a)
    b_key, b_text, _ = theirs[0] if theirs else _stand_in(fact, b)
    verdict = Verdict.INVENTED if theirs else Verdict.LOST
    if fact.expected:
        verdict = Verdict.EXPECTED
    is_other = bool(ours and theirs)
    return Property(fact.name, a_key, a_text, b_key, b_text, verdict, fact, is_other)


def _said(fact: Fact, side: Statements) -> list[tuple[str, str, str]]:
    """Return key, text and compared form of whatever a side says of a thing."""
    found = ((key, side.text(key.path)) for key in fact.keys)
    formed = ((key.path, text, key.form(text)) for key, text in found if text)
    return [each for each in formed if not is_nothing(each[2])]


def _stand_in(fact: Fact, side: Statements) -> tuple[str, str, str]:
    """Return key and text of what is written where nothing is known."""
    found = ((key.path, side.text(key.path), "") for key in fact.keys)
    return next((each for each in found if each[1]), ("", "", ""))


def _about_other(each: Property, a: str, b: str, converted_at: str) -> Finding:
    """Tell of what the result says otherwise than the source."""
    sentence = f"{each.name} of {b} is another than in {a}"
    if not each.private:
        sentence += f": {_short(each.b)}, expected {_short(each.a)}"
    sentence += _is_conversion(each, converted_at)
    return _finding(each, f"{sentence}.", Severity.WARNING)


def _finding(each: Property, sentence: str, severity: Severity) -> Finding:
    return QA24.finding(
        sentence,
        severity,
        side="a" if each.verdict is Verdict.LOST else "b",
        tag=each.b_key or next(iter(_dicom_paths(each.fact)), ""),
        found="" if each.private else _short(each.b),
        expected="" if each.private else _short(each.a),
    )


def _dicom_paths(fact: Fact | None) -> Iterator[str]:
    """Yield where DICOM would say it."""
    for key in () if fact is None else fact.keys:
        if key.path[:1].isupper():
            yield key.path


def _is_conversion(each: Property, converted_at: str) -> str:
    digits = each.b.partition(".")[0]
    if converted_at and digits and converted_at.startswith(digits[:12]):
        return "; it is when the file was converted"
    return ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."


def _are(many: list[str]) -> str:
    return "is" if len(many) == 1 else "are"
