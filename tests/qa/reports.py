"""Reports made up for the tests of what is written of them."""

from pathlib import Path
from typing import Any

from viewer.qa.finding import Rule, Severity
from viewer.qa.report.report import Evidence, FileEvidence, Report
from viewer.qa.report.section import Picture, Section, Table

RULE = Rule("ID5", Severity.ERROR, "Label kept", "A slide without one is nobody's.")
PATIENT = "Doe^Jane"

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
"""One red pixel."""


def evidence(**changes: Any) -> Evidence:
    described: dict[str, Any] = {
        "files": (
            FileEvidence("/data/a.svs", 1234567, "ab" * 32, side="a"),
            FileEvidence("/data/b.dcm", 7654321, "cd" * 32, "1.2.3.4", "b"),
        ),
        "program": "coverslip 9.9",
        "codecs": ("simplejpeg 1.9.0",),
        "options": {"pixels": "sample"},
        "time": "2026-11-21T04:00:00+00:00",
        "seconds": 1.25,
        "sampled": "A sample was decoded: 200 of 31,204 tiles.",
    }
    return Evidence(**{**described, **changes})


def report(**changes: Any) -> Report:
    described: dict[str, Any] = {
        "kind": "compare",
        "subject": "a.svs (A, the source) and b.dcm (B, the result)",
        "verdict": "different",
        "reason": "The label is missing in the result b.dcm.",
        "sections": (
            Section(
                name="geometry",
                title="Geometry and scale",
                findings=(
                    RULE.finding("A thumbnail was added.", Severity.NOTE),
                    RULE.finding(
                        "The label is missing in the result b.dcm.",
                        file=Path("/data/b.dcm"),
                        level=0,
                        tile=(3, 4),
                        tag="ImageType",
                        found="none",
                        expected="a label",
                    ),
                ),
                lines=("The scale is 0.499 um a pixel in both.",),
                facts={"mpp": 0.499, "psnr": float("inf")},
                tables=(
                    Table(
                        "Properties",
                        ("property", "source", "result"),
                        (("scale", "0.499", "0.499"), ("patient", PATIENT, PATIENT)),
                        private=frozenset({1}),
                    ),
                ),
                pictures=(Picture("Differences of level 0", PNG),),
            ),
        ),
        "evidence": evidence(),
    }
    return Report(**{**described, **changes})
