"""Rules about what holds the images of a slide together, and who made them."""

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Final

from viewer.formats.dicom.examination import Examined
from viewer.formats.dicom.facts import items, text
from viewer.formats.dicom.image_role import ROLES
from viewer.formats.dicom.lexicon import words_of
from viewer.qa.checkup.subject import Check, Subject, no_dicom, no_slide
from viewer.qa.checkup.warned import in_words, warned
from viewer.qa.finding import Finding, Rule, Severity
from viewer.qa.sides import file_name
from viewer.slide.model import stored_levels

ID3: Final = Rule(
    id="ID3",
    severity=Severity.WARNING,
    title="identifiers hold the images together",
    why="Archives and viewers take the images apart, or two slides for one.",
    clause="PS3.3 C.7.4.1, C.7.11.1; PS3.5 9.1",
    evidence="wsidicom#32",
    number=23,
)
ID5: Final = Rule(
    id="ID5",
    severity=Severity.NOTE,
    title="label and overview are there",
    why="By them people see that it is the right slide, and that nothing was missed.",
    evidence="wsidicomizer#168",
    number=18,
)
ID6: Final = Rule(
    id="ID6",
    severity=Severity.NOTE,
    title="label text and barcode come together",
    why="A label's image has both attributes, empty where there is nothing to say.",
    clause="PS3.3 C.8.12.8",
    evidence="wsidicomizer",
    number=19,
)
ID7: Final = Rule(
    id="ID7",
    severity=Severity.NOTE,
    title="who made and converted the slide",
    why="Known faults of a scanner or converter explain what is found here.",
    clause="PS3.3 C.7.5.1, C.12.1",
    evidence="wsidicomizer",
    number=24,
)

_UID: Final = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))+")
_LONGEST_UID: Final = 64
UIDS: Final = (
    *("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"),
    *("FrameOfReferenceUID", "PyramidUID", "ConcatenationUID"),
)
"""Attributes whose form ID3 looks at."""

_PYRAMID: Final = frozenset(("VOLUME", "THUMBNAIL"))
_PLACEHOLDERS: Final = frozenset(("", "unknown", "none", "null", "n/a"))


def _held_together(subject: Subject) -> Iterator[Finding]:
    yield from warned(subject, ID3, "duplicate-uid", tag="SOPInstanceUID")
    for each in subject.images:
        for keyword, clause in _uid_faults(each):
            yield ID3.finding(
                f"{each.path.name}: {clause}.",
                file=each.path,
                level=subject.level_of(each.path),
                tag=keyword,
                expected="a UID of its own, of digits and dots",
            )
    told = list(warned(subject, ID3, "frame-of-reference", tag="FrameOfReferenceUID"))
    yield from told
    for keyword, read, roles in _SHARED:
        if not (told and keyword == "FrameOfReferenceUID"):
            yield from _disagreement(subject, keyword, read, roles)
    yield from _pyramids(subject)


def _uid_faults(file: Examined) -> Iterator[tuple[str, str]]:
    for keyword in UIDS:
        found = text(file.dataset, keyword)
        if found and (not _UID.fullmatch(found) or len(found) > _LONGEST_UID):
            yield keyword, f"{words_of(keyword)} {found[:80]!r} is no valid UID"
    users: dict[str, str] = {}
    for keyword in UIDS[1:]:
        found = text(file.dataset, keyword)
        other = users.setdefault(found, keyword)
        if found and other != keyword:
            yield (
                keyword,
                f"{words_of(keyword)} is the same as {words_of(other)}, expected "
                "a UID of its own",
            )
    meta = text(file.dataset.file_meta, "MediaStorageSOPInstanceUID")
    own = text(file.dataset, "SOPInstanceUID")
    if meta and own and meta != own:
        yield (
            "MediaStorageSOPInstanceUID",
            "Media Storage SOP Instance UID is not the SOP Instance UID, expected the "
            "same",
        )


def _by_keyword(keyword: str) -> Callable[[Examined], str]:
    return lambda file: text(file.dataset, keyword)


def _specimen_uids(file: Examined) -> str:
    found = items(file.dataset, "SpecimenDescriptionSequence")
    return "\\".join(sorted(text(item, "SpecimenUID") for item in found))


_SHARED: Final[tuple[tuple[str, Callable[[Examined], str], frozenset[str]], ...]] = (
    ("StudyInstanceUID", _by_keyword("StudyInstanceUID"), frozenset(ROLES)),
    ("SeriesInstanceUID", _by_keyword("SeriesInstanceUID"), frozenset(ROLES)),
    ("ContainerIdentifier", _by_keyword("ContainerIdentifier"), frozenset(ROLES)),
    ("PatientID", _by_keyword("PatientID"), frozenset(ROLES)),
    ("SpecimenUID", _specimen_uids, frozenset(ROLES)),
    ("FrameOfReferenceUID", _by_keyword("FrameOfReferenceUID"), _PYRAMID),
    ("PyramidUID", _by_keyword("PyramidUID"), _PYRAMID),
)
"""What is the same on all images, or on those of the pyramid, and how to read it."""


def _disagreement(
    subject: Subject,
    keyword: str,
    read: Callable[[Examined], str],
    roles: frozenset[str],
) -> Iterator[Finding]:
    """Yield where images of some roles differ; what is said is never shown."""
    by_value = _sorted_by(
        [
            each
            for each in subject.images
            if each.instance and each.instance.role in roles
        ],
        read,
    )
    if len(by_value) < 2:
        return
    groups = list(by_value.values())
    first = groups[0][0].path
    paths = [each.path for others in groups[1:] for each in others]
    yield ID3.finding(
        f"{in_words(paths)}: {words_of(keyword)} is not that of {first.name}, expected "
        "one for the slide.",
        file=paths[0],
        level=subject.level_of(paths[0]),
        tag=keyword,
        found=f"{len(groups)} different ones",
        expected=f"that of {first.name}",
    )


def _sorted_by(
    files: Sequence[Examined], read: Callable[[Examined], Hashable]
) -> dict[Hashable, list[Examined]]:
    found: dict[Hashable, list[Examined]] = {}
    for each in files:
        found.setdefault(read(each), []).append(each)
    return found


def _pyramids(subject: Subject) -> Iterator[Finding]:
    with_uid = [each for each in subject.images if text(each.dataset, "PyramidUID")]
    others = [
        each.path
        for each in with_uid
        if each.instance and each.instance.role not in _PYRAMID
    ]
    if others:
        yield ID3.finding(
            f"{in_words(others)}: Pyramid UID on what is neither VOLUME nor THUMBNAIL, "
            "expected it on those only.",
            file=others[0],
            tag="PyramidUID",
            expected="no Pyramid UID",
        )
    slide = subject.slide
    if not with_uid and slide is not None and len(stored_levels(slide)) > 1:
        yield ID3.finding(
            f"{file_name(slide)}: no Pyramid UID says which images are levels of one "
            "picture.",
            Severity.NOTE,
            file=slide.levels[0].file,
            tag="PyramidUID",
            expected="one UID on all levels",
        )


def _has_pictures(subject: Subject) -> Iterator[Finding]:
    slide = subject.slide
    if slide is None:
        return
    missing = [role for role in ("label", "overview") if role not in slide.associated]
    if missing:
        yield ID5.finding(
            f"{file_name(slide)} has no {' and no '.join(missing)}.",
            file=slide.levels[0].file,
            found=", ".join(slide.associated) or "none",
            expected="label and overview",
        )


def _label_attributes(subject: Subject) -> Iterator[Finding]:
    for each in subject.images:
        there = [word for word in _LABEL_WORDS if word in each.dataset]
        is_label = each.instance is not None and each.instance.role == "LABEL"
        missing = [word for word in _LABEL_WORDS if word not in there]
        if missing and (there or is_label):
            named = " and ".join(words_of(word) for word in missing)
            are = "is" if len(missing) == 1 else "are"
            yield ID6.finding(
                f"{each.path.name}: {named} {are} missing, expected both, if empty.",
                file=each.path,
                tag=missing[0],
                expected="both attributes",
            )


_LABEL_WORDS: Final = ("LabelText", "BarcodeValue")


def _made_by(subject: Subject) -> Iterator[Finding]:
    if not subject.images:
        return
    first = subject.images[0]
    equipment = items(first.dataset, "ContributingEquipmentSequence")
    for item in equipment[:8]:
        words = (
            text(item, keyword)[:64]
            for keyword in ("Manufacturer", "ManufacturerModelName", "SoftwareVersions")
        )
        made = ", ".join(dict.fromkeys(word for word in words if word))
        if made:
            yield ID7.finding(
                f"{first.path.name} was handled by {made}.",
                file=first.path,
                tag="ContributingEquipmentSequence",
                found=made,
            )
    makers = [text(first.dataset, keyword) for keyword in _MAKERS]
    if any(maker.lower() in _PLACEHOLDERS for maker in makers):
        shown = ", ".join(maker[:64] or "no name" for maker in makers)
        yield ID7.finding(
            f"{first.path.name} does not tell what scanned the slide (manufacturer and "
            f"model: {shown}).",
            file=first.path,
            tag=_MAKERS[0],
            found=shown,
            expected="the names of maker and model",
        )


_MAKERS: Final = ("Manufacturer", "ManufacturerModelName")


IDENTITY_CHECKS: Final = (
    Check(ID3, _held_together, excuse=no_dicom),
    Check(ID5, _has_pictures, excuse=no_slide),
    Check(ID6, _label_attributes, excuse=no_dicom),
    Check(ID7, _made_by, excuse=no_dicom),
)
