"""The verdict over a comparison: every case in a table."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.qa.comparing import Sameness, Tolerance
from viewer.qa.finding import Finding, Rule, Severity
from viewer.qa.pixels.associated import QA18
from viewer.qa.pixels.findings import PX6, QA7
from viewer.qa.verdict import BitsCounted, PixelsCounted, sampled, verdict

RULE = Rule("T1", Severity.ERROR, "title", "why")
LOST = RULE.finding("The label is missing in the result x.dcm.")
LATER = RULE.finding("Pixels differ.")
WARNED = RULE.finding("The objective is lost.", Severity.WARNING)
NOTED = RULE.finding("A thumbnail was added.", Severity.NOTE)
ALL = PixelsCounted(31204, 31204, 31204)
SAMPLE = PixelsCounted(31204, 200, 200)
CHANGED = PixelsCounted(31204, 200, 150, 3)
BITS = BitsCounted(31204, 31204, 31204)
RECODED = BitsCounted(31204, 31204, 4)
UNLIKE = BitsCounted(reason="The tiles of level 0 are of another size.")
STRICT = Tolerance()
LOOSE = Tolerance(largest=3)


class Case(NamedTuple):
    findings: tuple[Finding, ...]
    bits: BitsCounted
    pixels: PixelsCounted | None
    tolerance: Tolerance
    sameness: Sameness
    reason: str


CASES = {
    "all bits": Case(
        (),
        BITS,
        SAMPLE,
        STRICT,
        Sameness.BITS,
        "31,204 of 31,204 frames are the same bits, none re-encoded.",
    ),
    "all bits, nothing decoded": Case(
        (WARNED, NOTED),
        BITS,
        None,
        STRICT,
        Sameness.BITS,
        "31,204 of 31,204 frames are the same bits, none re-encoded.",
    ),
    "all bits and an error": Case(
        (NOTED, WARNED, LOST, LATER),
        BITS,
        ALL,
        LOOSE,
        Sameness.DIFFERENT,
        "The label is missing in the result x.dcm.",
    ),
    "a frame re-encoded, nothing decoded": Case(
        (),
        RECODED,
        None,
        STRICT,
        Sameness.DIFFERENT,
        "31,200 of 31,204 frames are not the same bits.",
    ),
    "other tiles, nothing decoded": Case(
        (),
        UNLIKE,
        None,
        STRICT,
        Sameness.DIFFERENT,
        "The tiles of level 0 are of another size.",
    ),
    "a level's bits proven, another's not comparable": Case(
        (),
        BitsCounted(10, 10, 10, "The tiles of level 1 are of another size."),
        None,
        STRICT,
        Sameness.DIFFERENT,
        "The tiles of level 1 are of another size.",
    ),
    "no frames, nothing decoded": Case(
        (),
        BitsCounted(),
        None,
        STRICT,
        Sameness.DIFFERENT,
        "There are no frames to compare as bits.",
    ),
    "all pixels": Case(
        (),
        UNLIKE,
        ALL,
        STRICT,
        Sameness.PIXELS,
        "All 31,204 tiles have identical pixels.",
    ),
    "pixels of a sample": Case(
        (),
        RECODED,
        SAMPLE,
        STRICT,
        Sameness.PIXELS,
        "200 of 31,204 tiles were looked at, and all of these have identical pixels. "
        "4 of 31,204 frames are the same bits.",
    ),
    "identical although something may differ": Case(
        (),
        UNLIKE,
        ALL,
        LOOSE,
        Sameness.PIXELS,
        "All 31,204 tiles have identical pixels.",
    ),
    "within the tolerance": Case(
        (),
        UNLIKE,
        CHANGED,
        LOOSE,
        Sameness.TOLERATED,
        "200 of 31,204 tiles were looked at: 150 have identical pixels, the others "
        "differ by 3 of 255 at most, which is within largest=3.",
    ),
    "changed and nothing tolerated": Case(
        (),
        UNLIKE,
        CHANGED,
        STRICT,
        Sameness.DIFFERENT,
        "200 of 31,204 tiles were looked at: 50 have other pixels.",
    ),
    "all bits, but the label is another": Case(
        (PX6.finding("The source is broken there.", Severity.NOTE), QA18.finding("!")),
        BITS,
        SAMPLE,
        STRICT,
        Sameness.BITS,
        "31,204 of 31,204 frames are the same bits, none re-encoded. But the label, "
        "overview or thumbnail is not that of the source, see the warnings.",
    ),
    "all pixels that could be compared": Case(
        (
            PX6.finding("The source is broken there.", Severity.WARNING),
            QA7.finding("The source has nothing there.", Severity.WARNING),
        ),
        UNLIKE,
        PixelsCounted(12, 11, 11),
        STRICT,
        Sameness.PIXELS,
        "11 of 12 tiles were looked at, and all of these have identical pixels. But "
        "the result shows something where the source stores nothing, and the source "
        "cannot be decoded everywhere, see the warnings.",
    ),
    "changed, and the label too": Case(
        (QA18.finding("The label differs."),),
        UNLIKE,
        CHANGED,
        STRICT,
        Sameness.DIFFERENT,
        "200 of 31,204 tiles were looked at: 50 have other pixels.",
    ),
    "nothing to look at": Case(
        (),
        UNLIKE,
        PixelsCounted(12, 0, 0),
        LOOSE,
        Sameness.DIFFERENT,
        "No tile could be compared.",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_verdict_and_its_reason(case: Case) -> None:
    found = verdict(case.findings, case.bits, case.pixels, case.tolerance)
    assert found == (case.sameness, case.reason)


counts = st.integers(0, 50)


@given(
    st.booleans(),
    st.builds(BitsCounted, counts, counts, counts, st.just("") | st.just("Why.")),
    st.none() | st.builds(PixelsCounted, counts, counts, counts),
    st.builds(Tolerance, st.none() | st.integers(0, 255)),
)
def test_same_is_never_said_with_an_error_or_of_what_was_not_looked_at(
    has_error: bool,
    bits: BitsCounted,
    pixels: PixelsCounted | None,
    tolerance: Tolerance,
) -> None:
    sameness, reason = verdict((LOST,) if has_error else (), bits, pixels, tolerance)
    assert reason.endswith(".")
    if sameness is not Sameness.DIFFERENT:
        assert not has_error
        assert bits.places or (pixels is not None and pixels.looked)
    if sameness is Sameness.TOLERATED:
        assert tolerance.is_given


def test_what_was_looked_at_is_said_in_words() -> None:
    assert sampled(None) == "All frames were compared as bits; no pixel was decoded."
    assert sampled(ALL) == "All 31,204 tiles were decoded."
    assert sampled(SAMPLE) == "A sample was decoded: 200 of 31,204 tiles."
