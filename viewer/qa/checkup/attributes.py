"""Rules about the attributes themselves: that they are there, and well formed."""

from collections.abc import Iterator
from typing import Final

from viewer.formats.dicom.examination import Examined
from viewer.formats.dicom.lexicon import words_of
from viewer.formats.dicom.value_faults import value_fault
from viewer.formats.dicom.written_values import written_values
from viewer.qa.checkup.identity import UIDS
from viewer.qa.checkup.required import Required, lacking
from viewer.qa.checkup.subject import Check, Subject, no_dicom
from viewer.qa.checkup.warned import in_words
from viewer.qa.finding import Finding, Rule, Severity

ID4: Final = Rule(
    id="ID4",
    severity=Severity.WARNING,
    title="every attribute that is required is there",
    why="Archives and viewers may refuse the slide, or show it without knowing more.",
    clause="PS3.3 A.32.8",
    evidence="wsi-to-dicom-converter#38, wsidicom#32",
    number=26,
)
ID8: Final = Rule(
    id="ID8",
    severity=Severity.WARNING,
    title="values are of their kind and length",
    why="Programs that check values refuse the file, or read something else.",
    clause="PS3.5 6.2",
    evidence="wsi-to-dicom-converter#38",
    number=26,
)


def _complete(subject: Subject) -> Iterator[Finding]:
    """Yield each attribute once, with the files that lack it."""
    by_path: dict[str, tuple[Required, list[Examined]]] = {}
    for each in subject.images:
        for required, path in lacking(each):
            by_path.setdefault(path, (required, []))[1].append(each)
    for path, (required, files) in by_path.items():
        paths = [each.path for each in files]
        is_empty = required.keyword == path and required.keyword in files[0].dataset
        missing = "empty" if is_empty else "missing"
        yield ID4.finding(
            f"{in_words(paths)}: {words_of(required.keyword)} is {missing}, expected "
            f"{required.kind.value}.",
            file=paths[0],
            level=subject.level_of(paths[0]),
            tag=path,
            found=missing,
            expected=required.kind.value,
        )


def _well_formed(subject: Subject) -> Iterator[Finding]:
    """Yield each fault once, with the files that have it."""
    by_fault: dict[tuple[str, str, str], list[Examined]] = {}
    for each in subject.members:
        subject.run.check()
        for value in written_values(each.path):
            fault, expected = value_fault(value)
            if fault and value.path not in UIDS:
                by_fault.setdefault((value.path, fault, expected), []).append(each)
    for (path, fault, expected), files in by_fault.items():
        paths = [each.path for each in files]
        yield ID8.finding(
            f"{in_words(paths)}: {path} {fault}, expected {expected}.",
            file=paths[0],
            level=subject.level_of(paths[0]),
            tag=path,
            found=fault,
            expected=expected,
        )


ATTRIBUTE_CHECKS: Final = (
    Check(ID4, _complete, excuse=no_dicom),
    Check(ID8, _well_formed, excuse=no_dicom),
)
