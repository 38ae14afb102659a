"""Rules about what tells who the patient is where nobody expects it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from viewer.formats.dicom.examination import Examined
from viewer.formats.dicom.facts import text
from viewer.formats.dicom.written_values import WrittenValue, written_values
from viewer.formats.metadata import tiff_side
from viewer.formats.tiff_file import SIGNATURES
from viewer.qa.checkup.subject import Check, Subject, no_dicom
from viewer.qa.checkup.warned import in_words
from viewer.qa.finding import Finding, Rule, Severity
from viewer.slide.errors import SlideError

PH1: Final = Rule(
    id="PH1",
    severity=Severity.ERROR,
    title="what is said to be anonymous has no label",
    why="The label shows names, numbers and barcodes to whoever gets the slide.",
    clause="PS3.15 E.1",
    evidence="anonymize-slide#7",
    number=19,
)
PH2: Final = Rule(
    id="PH2",
    severity=Severity.WARNING,
    title="no file names and users in texts",
    why="File names and scanner texts often hold case numbers and people's names.",
    clause="PS3.15 E.1",
    evidence="svs-deidentifier#18",
    number=19,
)
PH3: Final = Rule(
    id="PH3",
    severity=Severity.WARNING,
    title="what shows the label says so, and nothing else does",
    why="Programs that hide labels leave this one visible, or hide the tissue.",
    clause="PS3.3 C.8.12.4.1.1",
    evidence="wsidicomizer",
    number=19,
)

_NO_LABEL: Final = "an image without the label"


def _anonymous(subject: Subject) -> Iterator[Finding]:
    for each in subject.images:
        if text(each.dataset, "PatientIdentityRemoved") != "YES":
            continue
        for tag, clause, expected in _identifying(each):
            yield PH1.finding(
                f"{each.path.name}: Patient Identity Removed is YES, but {clause}.",
                file=each.path,
                tag=tag,
                expected=expected,
            )


def _identifying(file: Examined) -> Iterator[tuple[str, str, str]]:
    role = "" if file.instance is None else file.instance.role
    if role == "LABEL":
        yield "ImageType", "it is a picture of the label", "no LABEL image"
    elif text(file.dataset, "SpecimenLabelInImage") == "YES":
        yield "SpecimenLabelInImage", f"the {role} image shows the label", _NO_LABEL
    for keyword, words in (("LabelText", "a text"), ("BarcodeValue", "a barcode")):
        if text(file.dataset, keyword):
            yield keyword, f"it holds {words} of the label", "an empty attribute"


def _no_names_in_texts(subject: Subject) -> Iterator[Finding]:
    by_place: dict[tuple[str, str], list[Path]] = {}
    for each in subject.members:
        subject.run.check()
        for value in written_values(each.path):
            clause = _telling(value)
            if clause:
                by_place.setdefault((value.path, clause), []).append(each.path)
        if _has_tiff_text(each):
            by_place.setdefault(_TIFF_TEXT, []).append(each.path)
    for (tag, clause), paths in by_place.items():
        yield PH2.finding(
            f"{in_words(paths)}: {tag} holds {clause}; what it says is not shown here.",
            file=paths[0],
            level=subject.level_of(paths[0]),
            tag=tag,
            expected="no such text",
        )


_FREE: Final = frozenset(("LO", "LT", "SH", "ST", "UC", "UN", "UT"))
_TIFF_TEXT: Final = (
    "TIFF 270 ImageDescription",
    "a scanner's text with file names or users",
)
_PATH: Final = re.compile(
    r"(?:(?<![A-Za-z])[A-Za-z]:\\|\\\\[^\\\s]+\\|(?<![\w:/])/(?:[^/\s|]+/)+[^/\s|]+\.\w)"
)
_SCANNER_TEXT: Final = re.compile(
    r"\|\s*(?:User|Filename|Title|ImageID|UserID|OriginalFile)\s*=\s*[^|\s]"
)


def _telling(value: WrittenValue) -> str:
    if not value.is_text or value.vr not in _FREE:
        return ""
    words = value.data.decode("latin-1").rstrip(" \0")
    if value.vr == "UN" and not "".join(words.split()).isprintable():
        return ""  # bytes of any kind would hold a path by chance
    return _clause_on(words)


def _clause_on(words: str) -> str:
    if _SCANNER_TEXT.search(words):
        return "a scanner's text with file names or users"
    if _PATH.search(words):
        return "the path of a file"
    return ""


def _has_tiff_text(file: Examined) -> bool:
    """Look at Image Description on the TIFF side, if there is a sound one."""
    if file.header.preamble[:4] not in SIGNATURES:
        return False
    try:
        directories = tiff_side(file.path).children()
        tags = [tag for each in directories for tag in each.children()]
        described = [tag for tag in tags if tag.keyword == "ImageDescription"]
        words = [tag.full() if tag.full else tag.value for tag in described]
    except SlideError:
        return False  # what is wrong with it is another rule's
    return any(_clause_on(each) for each in words)


def _label_admitted(subject: Subject) -> Iterator[Finding]:
    for each in subject.images:
        role = "" if each.instance is None else each.instance.role
        said, due = text(each.dataset, "SpecimenLabelInImage"), _SHOWN.get(role, "")
        if due and said in ("YES", "NO") and said != due:
            yield PH3.finding(
                f"{each.path.name}: Specimen Label in Image is {said} on a {role} "
                f"image, expected {due}.",
                file=each.path,
                level=subject.level_of(each.path),
                tag="SpecimenLabelInImage",
                found=said,
                expected=due,
            )


_SHOWN: Final = {"LABEL": "YES", "VOLUME": "NO", "THUMBNAIL": "NO"}
"""Whether an image shows the label, where its role tells (PS3.3 C.8.12.4.1.1)."""


PRIVACY_CHECKS: Final = (
    Check(PH1, _anonymous, excuse=no_dicom),
    Check(PH2, _no_names_in_texts, excuse=no_dicom),
    Check(PH3, _label_admitted, excuse=no_dicom),
)
