"""The verdict over two slides, from what was found and counted; nothing is read."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from viewer.qa.comparing import Sameness, Tolerance
from viewer.qa.finding import Finding, Severity
from viewer.qa.pixels.associated import QA18
from viewer.qa.pixels.findings import PX6, QA7


class BitsCounted(NamedTuple):
    """Frames of the levels that both slides have: of how many the bits are the same.

    `places` are the tiles that either slide stores, `frames` those of which both have
    a codestream. Where those of a level cannot be compared, `reason` is the sentence
    that says why, and its tiles are not among `places`.
    """

    places: int = 0
    frames: int = 0
    same: int = 0
    reason: str = ""

    @property
    def all_same(self) -> bool:
        """Whether it is proven that no frame is another."""
        return bool(self.places) and self.same == self.places and not self.reason


class PixelsCounted(NamedTuple):
    """Tiles of those levels: how many were decoded, how many had the same pixels.

    `largest` is the largest difference met, of 255.
    """

    places: int = 0
    looked: int = 0
    same: int = 0
    largest: float = 0


class Verdict(NamedTuple):
    """What two slides are to each other, and the first reason as a sentence."""

    sameness: Sameness
    reason: str


def verdict(
    findings: Sequence[Finding],
    bits: BitsCounted,
    pixels: PixelsCounted | None,
    tolerance: Tolerance,
) -> Verdict:
    """Judge a comparison; the first error among `findings` is the reason against it.

    What warnings say of pixels goes with a reason for it. `pixels` is None where none
    were to be looked at. Never raises.
    """
    for finding in findings:
        if finding.severity is Severity.ERROR:
            return Verdict(Sameness.DIFFERENT, finding.message)
    sameness, reason = _counted(bits, pixels, tolerance)
    if sameness is Sameness.DIFFERENT:
        return Verdict(sameness, reason)
    return Verdict(sameness, reason + _reservations(findings))


_RESERVATIONS: Final = {
    QA18: "the label, overview or thumbnail is not that of the source",
    QA7: "the result shows something where the source stores nothing",
    PX6: "the source cannot be decoded everywhere",
}
"""What warnings say that counted frames and tiles do not, by their rules."""


def _reservations(findings: Sequence[Finding]) -> str:
    """Say what is not the same, though nothing of the source was lost by it."""
    warned = {each.rule for each in findings if each.severity is Severity.WARNING}
    found = [words for rule, words in _RESERVATIONS.items() if rule in warned]
    return f" But {', and '.join(found)}, see the warnings." if found else ""


def _counted(
    bits: BitsCounted, pixels: PixelsCounted | None, tolerance: Tolerance
) -> Verdict:
    if bits.all_same:
        return Verdict(
            Sameness.BITS,
            f"{bits.same:,} of {bits.places:,} frames are the same bits, none "
            "re-encoded.",
        )
    if pixels is None:
        return Verdict(Sameness.DIFFERENT, _unlike_bits(bits))
    return _of_pixels(pixels, tolerance, _kept(bits))


def _of_pixels(pixels: PixelsCounted, tolerance: Tolerance, kept: str) -> Verdict:
    if not pixels.looked:
        return Verdict(Sameness.DIFFERENT, "No tile could be compared.")
    if pixels.same == pixels.looked:
        return Verdict(Sameness.PIXELS, _same_pixels(pixels) + kept)
    if tolerance.is_given:
        return Verdict(Sameness.TOLERATED, _tolerated(pixels, tolerance) + kept)
    return Verdict(
        Sameness.DIFFERENT,
        f"{_looked(pixels)} were looked at: {pixels.looked - pixels.same:,} have other "
        "pixels.",
    )


def sampled(pixels: PixelsCounted | None) -> str:
    """Say in words how much of the pixels was looked at."""
    if pixels is None:
        return "All frames were compared as bits; no pixel was decoded."
    if pixels.looked == pixels.places:
        return f"All {pixels.places:,} tiles were decoded."
    return f"A sample was decoded: {pixels.looked:,} of {pixels.places:,} tiles."


def _unlike_bits(bits: BitsCounted) -> str:
    if bits.places and bits.same < bits.places:
        differing = f"{bits.places - bits.same:,} of {bits.places:,}"
        return f"{differing} frames are not the same bits."
    return bits.reason or "There are no frames to compare as bits."


def _same_pixels(pixels: PixelsCounted) -> str:
    if pixels.looked == pixels.places:
        return f"All {pixels.places:,} tiles have identical pixels."
    return (
        f"{pixels.looked:,} of {pixels.places:,} tiles were looked at, and all of "
        "these have identical pixels."
    )


def _tolerated(pixels: PixelsCounted, tolerance: Tolerance) -> str:
    return (
        f"{_looked(pixels)} were looked at: {pixels.same:,} have identical pixels, the "
        f"others differ by {pixels.largest:g} of 255 at most, which is within "
        f"{tolerance}."
    )


def _looked(pixels: PixelsCounted) -> str:
    if pixels.looked == pixels.places:
        return f"All {pixels.places:,} tiles"
    return f"{pixels.looked:,} of {pixels.places:,} tiles"


def _kept(bits: BitsCounted) -> str:
    if bits.reason or not bits.places:
        return ""  # a note says why frames cannot be compared
    return f" {bits.same:,} of {bits.places:,} frames are the same bits."
