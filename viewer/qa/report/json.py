"""A report as JSON: the same keys for every command."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from enum import Enum
from math import isfinite
from typing import Any, Final, cast

from viewer.formats import shown_path
from viewer.qa.finding import Finding, sorted_by_severity
from viewer.qa.report.report import Report
from viewer.qa.report.section import Section, Table

WITHHELD: Final = "withheld"
"""What stands in place of a patient's data."""

_MEMBERS: Final = {"compare": "pairs", "check": "slides", "dual": "files"}


def report_json(report: Report, *, with_patient_data: bool = False) -> str:
    """Return a report as JSON in ASCII: any terminal and any file name will do."""
    described = report_object(report, with_patient_data=with_patient_data)
    return json.dumps(described, indent=2, allow_nan=False)


def report_object(report: Report, *, with_patient_data: bool = False) -> dict[str, Any]:
    """Return what `report_json` writes, with nothing in it but what JSON has."""
    described: dict[str, Any] = {
        **_plain_mapping(report.extra),
        "verdict": report.verdict,
        "reason": report.reason,
        "subject": report.subject,
        "findings": [
            _finding(each) for each in sorted_by_severity(report.all_findings)
        ],
    }
    if report.members:
        described[_MEMBERS[report.kind]] = [
            report_object(each, with_patient_data=with_patient_data)
            for each in report.members
        ]
    described["sections"] = _sections(report.sections, with_patient_data)
    described["evidence"] = (
        None if report.evidence is None else _plain(asdict(report.evidence))
    )
    return described


def shown_rows(
    table: Table, *, with_patient_data: bool = False
) -> list[tuple[str, ...]]:
    """Return the rows of a table, each as long as there are columns.

    Of a patient's data the first cell stays, which names them, and a verdict.
    """
    width = len(table.columns)
    kept = [number == 0 or each in _KEPT for number, each in enumerate(table.columns)]
    rows: list[tuple[str, ...]] = []
    for number, row in enumerate(table.rows):
        cells = (*row, *[""] * width)[:width]
        if number in table.private and not with_patient_data:
            pairs = zip(cells, kept, strict=True)
            cells = tuple(cell if keep else WITHHELD for cell, keep in pairs)
        rows.append(cells)
    return rows


_KEPT: Final = ("Verdict", "verdict")


def _finding(finding: Finding) -> dict[str, Any]:
    described = finding.as_json()
    if finding.file is not None:
        described["file"] = shown_path(finding.file)
    return _plain_mapping(described)


def _sections(
    sections: Iterable[Section], with_patient_data: bool
) -> dict[str, dict[str, Any]]:
    described: dict[str, dict[str, Any]] = {}
    for section in sections:
        name, number = section.name, 1
        while name in described:
            number += 1
            name = f"{section.name}-{number}"
        described[name] = {
            "title": section.title,
            "lines": list(section.lines),
            "facts": _plain_mapping(section.facts),
            "tables": [_table(each, with_patient_data) for each in section.tables],
        }
    return described


def _table(table: Table, with_patient_data: bool) -> dict[str, Any]:
    rows = shown_rows(table, with_patient_data=with_patient_data)
    return {
        "title": table.title,
        "columns": list(table.columns),
        "rows": [list(row) for row in rows],
    }


def _plain_mapping(values: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key): _plain(value) for key, value in values.items()}


def _plain(value: Any) -> Any:
    """Return what JSON can hold: no infinity, no number of numpy's, no path."""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, float):
        return float(value) if isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Mapping):
        return _plain_mapping(cast("Mapping[Any, Any]", value))
    if isinstance(value, Iterable) and not isinstance(value, bytes):
        return [_plain(each) for each in cast("Iterable[Any]", value)]
    scalar = getattr(value, "item", None)  # a number of numpy's
    return _plain(scalar()) if callable(scalar) else str(value)
