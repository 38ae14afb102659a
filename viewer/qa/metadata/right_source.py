"""Whether the result was made from this source, as far as it tells."""

from collections.abc import Iterator
from hashlib import new
from pathlib import Path
from typing import Final, NamedTuple

from viewer.formats.files import RandomAccessFile
from viewer.qa.comparing import Comparing
from viewer.qa.finding import Finding, Rule, Severity
from viewer.qa.metadata.properties import Property, Verdict
from viewer.qa.metadata.statements import Statements
from viewer.qa.metadata.tree import node_at
from viewer.qa.run import Run
from viewer.qa.sides import called, capital, in_pixels
from viewer.slide.model import stored_levels

QA1: Final = Rule(
    "QA1",
    Severity.WARNING,
    "the result was made from this source",
    "Everything else that is compared says nothing where the wrong files are.",
    evidence="PixelMed's private attributes",
    number=1,
)


class Clue(NamedTuple):
    """One thing that tells, as either side says it.

    `proves` are those that no two slides share: that others agree proves nothing.
    `private` ones may tell who the patient is.
    """

    name: str
    source: str
    result: str
    agrees: bool
    tag: str = ""
    proves: bool = True
    private: bool = False

    @property
    def verdict(self) -> str:
        """The word for a table."""
        return "same" if self.agrees else "contradicted"


def clues(
    comparing: Comparing, a: Statements, b: Statements, found: tuple[Property, ...]
) -> tuple[Clue, ...]:
    """Return what of the result tells of its source; may read the whole source.

    Only where the result holds a digest of it. `found` is what both say. Raises
    SlideError, Cancelled.
    """
    return (
        *_digest(comparing, b),
        *_directory(comparing, b),
        *_comments(a, b),
        *_shared(found),
    )


def about_source(comparing: Comparing, found: tuple[Clue, ...]) -> Iterator[Finding]:
    """Yield a finding for what says that another file was converted."""
    a, b = called(comparing.a, "a"), called(comparing.b, "b")
    for each in found:
        if not each.agrees:
            shown = "" if each.private else f": {each.result}, expected {each.source}"
            yield QA1.finding(
                f"{capital(b)} seems to be made from another file than {a}: the "
                f"{each.name} differs{shown}.",
                side="b",
                tag=each.tag,
                found="" if each.private else each.result,
                expected="" if each.private else each.source,
            )


def source_line(found: tuple[Clue, ...]) -> str:
    """Return the sentence on it for people."""
    if not all(each.agrees for each in found):
        return "By what it says the result was not made from this source."
    proofs = [each.name for each in found if each.proves]
    if not proofs:
        return "Nothing in the attributes of the result tells what it was made from."
    return f"The result was made from this source by its {_joined(proofs)}."


def _joined(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


_BLOCK: Final = 1 << 20
_ALGORITHMS: Final = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256"}


def _digest(comparing: Comparing, b: Statements) -> Iterator[Clue]:
    told, algorithm = b.text("pixelmed.digest"), b.text("pixelmed.algorithm") or "MD5"
    name = _ALGORITHMS.get(algorithm.upper())
    if not told or name is None or len(comparing.a.files) != 1:
        return
    digest = digest_of(comparing.a.files[0].path, name, comparing.run)
    plain = told.strip().lower()
    yield Clue(algorithm, digest, plain, digest == plain, "(0009,1003)")


def digest_of(path: Path, algorithm: str, run: Run) -> str:
    """Return the digest of a whole file in hexadecimal; raises SlideError, Cancelled.

    Which algorithm it is was another program's choice; nothing is secured by it.
    """
    file = RandomAccessFile(path)
    try:
        digest = new(algorithm, usedforsecurity=False)
        for start in range(0, file.size, _BLOCK):
            run.report("Reading the source", start, file.size)
            digest.update(file.read_some(start, _BLOCK))
        return digest.hexdigest()
    finally:
        file.close()


def _directory(comparing: Comparing, b: Statements) -> Iterator[Clue]:
    """Compare the size of the TIFF directory that the result says it is."""
    told = b.text("pixelmed.directory")
    slide = comparing.a
    if slide.format != "tiff" or not told.isdecimal():
        return
    node = node_at(slide.metadata(slide.files[0].path), f"TIFF[{told}]")
    base = comparing.b.levels[stored_levels(comparing.b)[0]].size
    found = "" if node is None else node.value.partition(" pixels")[0]
    due = in_pixels(base)
    name = f"size of TIFF directory {told}"
    yield Clue(name, found, due, found == due, "(0009,1002)", proves=False)


def _comments(a: Statements, b: Statements) -> Iterator[Clue]:
    ours, theirs = a.text("tiff.ImageDescription"), b.text("ImageComments")
    if not ours or not theirs.startswith(_WRITERS):
        return
    plain = ["".join(text.split()) for text in (ours, theirs)]
    agrees = plain[0].startswith(plain[1]) or plain[1].startswith(plain[0])
    one, other = (f"{len(text)} characters" for text in (ours, theirs))
    name = "text of the scanner"
    yield Clue(name, one, other, agrees, "ImageComments", private=True)


_WRITERS: Final = ("Aperio", "<?xml", "<OME")


def _shared(found: tuple[Property, ...]) -> Iterator[Clue]:
    """Yield what both say alike; where they differ, the comparison itself says so."""
    for each in found:
        alike = each.verdict in {Verdict.SAME, Verdict.CONVERTED}
        if alike and each.name in _TELLING:
            yield Clue(
                each.name.lower(),
                each.a,
                each.b,
                agrees=True,
                tag=each.b_key,
                proves=_TELLING[each.name],
            )


_TELLING: Final = {"Time of scanning": True, "Serial number of the scanner": False}
