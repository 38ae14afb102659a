"""What the viewer says by itself when it opens and reads a slide, as findings.

Nothing is found out twice: a warning's code names the rule that it is a case of.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from viewer.formats.dicom.examination import Examined, is_dicom_file
from viewer.qa.checkup.subject import Check, Subject
from viewer.qa.checkup.warned import as_finding, warnings_of
from viewer.qa.finding import Finding, Rule, Severity

OP1: Final = Rule(
    id="OP1",
    severity=Severity.ERROR,
    title="every file of the slide can be opened",
    why="What is in it is missing from the slide, and nobody may notice.",
)
OP2: Final = Rule(
    id="OP2",
    severity=Severity.NOTE,
    title="what lies beside the slide",
    why="A file that was meant to be part of the slide may have been left out.",
)
FP1: Final = Rule(
    id="FP1",
    severity=Severity.WARNING,
    title="focal planes are whole and at known heights",
    why="Focusing shows the wrong plane, or none where one was scanned.",
    clause="PS3.3 C.8.12.4",
    evidence="wsidicom#190",
)
ID9: Final = Rule(
    id="ID9",
    severity=Severity.WARNING,
    title="the file is built as DICOM files are",
    why="Strict programs refuse the file, or read something else in it.",
    clause="PS3.10 7.1",
    evidence="dcmtk#118, pydicom#1799",
)


class Told(NamedTuple):
    """The rule that a warning is a case of; a severity where it is not the rule's.

    `also` are rules that say the same of a file, better.
    """

    rule: str
    severity: Severity | None = None
    also: tuple[str, ...] = ()


_ERROR, _WARNING, _NOTE = Severity
TOLD: Final[Mapping[str, Told]] = MappingProxyType(
    {
        "no-volume": Told("ID1"),
        "same-size-levels": Told("PY2"),
        "level-shape": Told("PY6"),
        "level-padded": Told("PY6", _NOTE),
        "level-origin": Told("PY3"),
        "duplicate-uid": Told("ID3"),
        "image-type": Told("ID1"),
        "frame-of-reference": Told("ID3"),
        "focal-planes": Told("FP1"),
        "optical-paths": Told("ID2"),
        "orientation": Told("GE4"),
        "concatenation": Told("FR5"),
        "planes-guessed": Told("FP1"),
        "planes-missing": Told("FP1"),
        "level-refused": Told("OP1"),
        "missing-file": Told("OP1"),
        "image-refused": Told("OP1"),
        "no-spacing": Told("SC1"),
        "spacing-ratio": Told("SC5", also=("SC1",)),
        "spacing-range": Told("SC2"),
        "spacing-anisotropic": Told("SC3", _WARNING),
        "spacing-axes": Told("SC3"),
        "spacing-repeated": Told("SC5"),
        "spacing-stand-in": Told("SC2"),
        "imaged-volume": Told("PY5"),
        "objective": Told("SC4"),
        "frame-count": Told("FR1", also=("FR4",)),
        "offset-table": Told("FR3", _WARNING, ("FR2", "FR6")),
        "fragments-guessed": Told("FR2", _WARNING, ("FR3",)),
        "fragment-count": Told("FR2", also=("FR1", "FR6")),
        "truncated": Told("FR6", also=("FR1", "FR2")),
        "trailing-bytes": Told("ID9"),
        "tile-position": Told("FR4"),
        "slow-header": Told("ID9", _NOTE),
        "color-label": Told("PX1", also=("PX2",)),
        "color-guessed": Told("PX2", _WARNING, ("PX1",)),
        "icc-broken": Told("CO2"),
        "icc-class": Told("CO2"),
        "broken-frame": Told("PX6", also=("PX3", "FR1", "FR2", "FR5", "FR6")),
        "damaged-frame": Told("PX6", _WARNING, ("FR2", "FR6")),
        "transfer-syntax": Told("PX2", _WARNING, ("PX3",)),
        "pixel-format": Told("PX3", _WARNING, ("QA22",)),
        "boxed-codestream": Told("PX2", _WARNING),
        "color-depth": Told("PX3", _NOTE),
        "tiff-side": Told("QA32", also=("DU1", "DU2", "DU4", "QA28")),
        "preamble": Told("QA27"),
        "file-meta": Told("ID9"),
        "missing": Told("ID4"),
        "metadata": Told("ID8"),
    }
)
"""Every code of viewer.slide.warnings, and the rule that it is a case of."""


def told(
    subject: Subject, rules: Mapping[str, Rule], known: Sequence[Finding]
) -> Iterator[Finding]:
    """Yield the warnings that no rule has reported of the same file.

    `rules` are those of all checks by their ids, `known` is what they found.
    """
    reported = {(each.rule.id, each.file) for each in known}
    clauses = {(each.rule.id, _clause(each.message)) for each in known}
    if subject.slide is not None:
        subject.slide.personalities()  # which adds what is odd about the TIFF side
    for warning in warnings_of(subject):
        case = TOLD[warning.code]
        rule = rules.get(case.rule, ID9)
        clause = rule.id, _clause(warning.message)
        covered = {(each, warning.file) for each in (rule.id, *case.also)}
        if covered.isdisjoint(reported) and clause not in clauses:
            yield as_finding(subject, rule, warning, case.severity)


def _clause(message: str) -> str:
    """Return what a message says whichever file it is about."""
    return message.partition(": ")[2] or message


def _opened(subject: Subject) -> Iterator[Finding]:
    """Say why files were refused that are, or should be, images of a slide."""
    for each in subject.ignored:
        file = subject.file(each.path)
        if file is None:
            if is_dicom_file(each.path):
                yield OP1.finding(
                    _sentence(each.reason), _unread(subject), file=each.path
                )
            continue
        if subject.slide and not _is_broken(file):
            continue
        # Where none could be opened the reason is the first file's.
        reason = each.reason if subject.slide else file.problem or each.reason
        yield OP1.finding(_sentence(reason), file=each.path)


def _unread(subject: Subject) -> Severity:
    """Return how bad it is that nothing of a file can be read: it may be no image."""
    return Severity.ERROR if subject.slide is None else Severity.WARNING


def _beside(subject: Subject) -> Iterator[Finding]:
    """Say which DICOM files were left out without being at fault."""
    for each in subject.ignored:
        file = subject.file(each.path)
        if file is None or subject.slide is None or _is_broken(file):
            continue
        if not each.reason.startswith("a copy of"):  # PY2 says so
            named = (
                "" if each.reason.startswith(each.path.name) else f"{each.path.name} "
            )
            yield OP2.finding(
                f"Left out: {named}{_sentence(each.reason)}", file=each.path
            )


def _is_broken(file: Examined) -> bool:
    """Whether it is an image of a slide that no picture can be made of."""
    return file.instance is None and not file.is_stranger


def _sentence(reason: str) -> str:
    return reason if reason.endswith(".") else f"{reason}."


def _nothing(_subject: Subject) -> Iterator[Finding]:
    """Leave it to what is told: the rule is kept by the reader."""
    yield from ()


TOLD_CHECKS: Final = (
    Check(OP1, _opened),
    Check(OP2, _beside),
    Check(FP1, _nothing),
    Check(ID9, _nothing),
)
