"""Rule about the optical paths that an image names (PS3.3 C.8.12.5)."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from viewer.formats.dicom.examination import Attributes, Examined
from viewer.formats.dicom.facts import items, number, text
from viewer.qa.checkup.subject import Check, Subject, no_dicom
from viewer.qa.checkup.warned import in_words, warned
from viewer.qa.finding import Finding, Rule, Severity

ID2: Final = Rule(
    id="ID2",
    severity=Severity.WARNING,
    title="optical paths are named, once each",
    why="Frames are shown in the wrong channel, or the slide is refused.",
    clause="PS3.3 C.8.12.5",
    evidence="slim#86",
    number=25,
)

_RETIRED: Final = "SRT"
_CODES: Final = (
    *("IlluminationTypeCodeSequence", "IlluminationColorCodeSequence"),
    *("LightPathFilterTypeStackCodeSequence", "ImagePathFilterTypeStackCodeSequence"),
    *("LensesCodeSequence", "IlluminatorTypeCodeSequence"),
)
_USED: Final = "OpticalPathIdentificationSequence"


def _named_paths(subject: Subject) -> Iterator[Finding]:
    yield from warned(subject, ID2, "optical-paths", tag="OpticalPathSequence")
    by_fault: dict[_Fault, list[Path]] = {}
    for each in subject.images:
        for fault in _faults(each):
            by_fault.setdefault(fault, []).append(each.path)
    for fault, paths in by_fault.items():
        yield ID2.finding(
            f"{in_words(paths)}: {fault.clause}.",
            fault.severity,
            file=paths[0],
            level=subject.level_of(paths[0]),
            tag=fault.tag,
            found=fault.found,
            expected=fault.expected,
        )


class _Fault(NamedTuple):
    clause: str
    tag: str
    found: str
    expected: str
    severity: Severity | None = None


def _faults(file: Examined) -> Iterator[_Fault]:
    dataset = file.dataset
    paths = items(dataset, "OpticalPathSequence")
    names = [text(path, "OpticalPathIdentifier") for path in paths]
    for name, count in Counter(names).items():
        if count > 1:
            yield _Fault(
                f"{count} optical paths are called {name[:32]!r}, expected one "
                "identifier each",
                "OpticalPathSequence",
                str(count),
                "1",
            )
    told = number(dataset, "NumberOfOpticalPaths", len(paths))
    if paths and told != len(paths):
        yield _Fault(
            f"Number of Optical Paths is {told}, expected {len(paths)}, the items of "
            "Optical Path Sequence",
            "NumberOfOpticalPaths",
            str(told),
            str(len(paths)),
        )
    used = _used(dataset)
    if paths and used and used not in names:
        yield _Fault(
            f"the frames are of optical path {used[:32]!r}, expected one of Optical "
            f"Path Sequence ({', '.join(names)[:80]})",
            f"SharedFunctionalGroupsSequence[0].{_USED}",
            used[:32],
            ", ".join(names)[:80],
        )
    if any(_is_retired(path) for path in paths):
        yield _Fault(
            "the light is coded by SRT, which is retired, expected SCT",
            "OpticalPathSequence[0]",
            "SRT",
            "SCT",
            Severity.NOTE,
        )


def _used(dataset: Attributes) -> str:
    for groups in items(dataset, "SharedFunctionalGroupsSequence"):
        for item in items(groups, _USED):
            return text(item, "OpticalPathIdentifier")
    return ""


def _is_retired(path: Attributes) -> bool:
    return any(
        text(code, "CodingSchemeDesignator") == _RETIRED
        for sequence in _CODES
        for code in items(path, sequence)
    )


OPTICAL_CHECKS: Final = (Check(ID2, _named_paths, excuse=no_dicom),)
