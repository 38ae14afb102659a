"""Whether the result says what was lost by compression before it was made."""

from collections.abc import Iterator

from viewer.qa.checkup.lossy import LO1, METHODS
from viewer.qa.comparing import Comparing
from viewer.qa.finding import Finding
from viewer.qa.metadata.facts_of_pixels import LOSSY, METHOD
from viewer.qa.metadata.statements import Statements
from viewer.qa.sides import called, capital
from viewer.slide.model import stored_levels


def about_compression(
    comparing: Comparing, a: Statements, b: Statements
) -> Iterator[Finding]:
    """Yield findings where the result's flag or methods belie the source.

    Lossy Image Compression (0028,2110) is of the whole history of the pixels: once
    "01", it stays so. Raises SlideError.
    """
    if comparing.b.format != "dicom":
        return
    was_lossy, method = _history(a)
    flag = b.text("LossyImageCompression")
    methods = b.text("LossyImageCompressionMethod").split("\\")
    ours, theirs = called(comparing.a, "a"), called(comparing.b, "b")
    syntax = comparing.b.levels[stored_levels(comparing.b)[0]].transfer_syntax
    if was_lossy == "yes" and flag != "01":
        yield LO1.finding(
            f"{capital(ours)} is compressed with losses ({method}), but {theirs} has "
            f"Lossy Image Compression {flag or 'not at all'}, expected 01.",
            side="b",
            tag="LossyImageCompression",
            found=flag,
            expected="01",
        )
    elif was_lossy == "yes" and method and method not in methods:
        yield LO1.finding(
            f"{capital(ours)} was compressed by {method}, which {theirs} does not name "
            f"among its methods ({', '.join(filter(None, methods)) or 'none'}).",
            side="b",
            tag="LossyImageCompressionMethod",
            found="\\".join(methods),
            expected=method,
        )
    elif was_lossy == "no" and flag == "01" and syntax not in METHODS:
        yield LO1.finding(
            f"{capital(theirs)} says that it was compressed with losses, but neither "
            f"{ours} nor it is.",
            side="b",
            tag="LossyImageCompression",
            found="01",
            expected="00",
        )


def _history(a: Statements) -> tuple[str, str]:
    """Return "yes", "no" or "" of the source, and the last method."""
    flag = a.text("LossyImageCompression")
    if flag:
        method = a.text("LossyImageCompressionMethod").rpartition("\\")[2]
        return ("yes" if flag == "01" else "no"), method
    return a.text(LOSSY), a.text(METHOD)
