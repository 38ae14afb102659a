"""A report as JSON: what a program that reads it may rely on."""

import json
from enum import Enum
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.qa.reports import PATIENT, RULE, evidence, report
from viewer.qa.report.json import report_json
from viewer.qa.report.section import Section


def test_the_keys_are_those_that_were_promised() -> None:
    told = json.loads(report_json(report()))
    assert told["verdict"] == "different"
    assert told["reason"] == "The label is missing in the result b.dcm."
    assert [each["severity"] for each in told["findings"]] == ["error", "note"]
    first = told["findings"][0]
    promised = "rule severity message file level tile tag found expected"
    assert set(promised.split()) <= set(first)
    assert first["rule"] == "ID5"
    assert (first["file"], first["level"], first["tile"]) == ("/data/b.dcm", 0, [3, 4])
    assert told["findings"][1]["file"] is None
    section = told["sections"]["geometry"]
    assert section["facts"] == {"mpp": 0.499, "psnr": None}
    assert section["lines"] == ["The scale is 0.499 um a pixel in both."]
    file = told["evidence"]["files"][1]
    assert file["sha256"] == "cd" * 32
    assert file["sop_instance_uid"] == "1.2.3.4"
    assert told["evidence"]["options"] == {"pixels": "sample"}


def test_patient_data_are_withheld_unless_asked_for() -> None:
    assert PATIENT not in report_json(report())
    rows = json.loads(report_json(report()))["sections"]["geometry"]["tables"][0]
    assert rows["rows"] == [
        ["scale", "0.499", "0.499"],
        ["patient", "withheld", "withheld"],
    ]
    assert PATIENT in report_json(report(), with_patient_data=True)


def test_figures_of_numpy_paths_and_enums_are_plain() -> None:
    class Kind(Enum):
        ONE = "one"

    facts = {
        "count": np.int64(3),
        "mean": np.float32(0.5),
        "nan": float("nan"),
        "flag": np.True_,
        "sizes": (np.uint8(1), [np.arange(2)]),
        "kind": Kind.ONE,
        "path": Path("x"),
        7: None,
    }
    told = json.loads(report_json(report(sections=(Section("s", "S", facts=facts),))))
    assert told["sections"]["s"]["facts"] == {
        "count": 3,
        "mean": 0.5,
        "nan": None,
        "flag": True,
        "sizes": [1, [[0, 1]]],
        "kind": "one",
        "path": "x",
        "7": None,
    }


def test_sections_of_one_name_are_all_there() -> None:
    twice = (Section("SC2", "one"), Section("SC2", "two"), Section("SC2", "three"))
    told = json.loads(report_json(report(sections=twice)))
    assert [each["title"] for each in told["sections"].values()] == [
        "one",
        "two",
        "three",
    ]


def test_members_have_the_shape_of_a_report_of_their_own() -> None:
    whole = report(members=(report(subject="pair 1", evidence=None),), evidence=None)
    told = json.loads(report_json(whole))
    assert told["evidence"] is None
    (pair,) = told["pairs"]
    assert pair["subject"] == "pair 1"
    assert pair["verdict"] == "different"
    assert len(pair["findings"]) == 2


def test_findings_of_members_are_on_top_too() -> None:
    whole = report(sections=(), members=(report(), report()))
    joined = json.loads(report_json(whole))
    (one, other) = joined["pairs"]
    assert joined["findings"] == [
        one["findings"][0],
        other["findings"][0],
        one["findings"][1],
        other["findings"][1],
    ]
    assert [each["severity"] for each in one["findings"]] == ["error", "note"]


def test_further_keys_come_along() -> None:
    told = json.loads(report_json(report(kind="dual", extra={"state": "stale"})))
    assert told["state"] == "stale"


# Names of files may hold bytes that are no text: lone surrogates.
@given(st.text(st.characters()))
def test_any_name_and_sentence_is_ascii_and_comes_back(text: str) -> None:
    finding = RULE.finding(text, file=Path("/data") / text.replace("\0", ""))
    files = evidence().files
    whole = report(
        sections=(Section("s", text, findings=(finding,), facts={text: text}),),
        evidence=evidence(files=(files[0].__class__(text, 1, "ab"),)),
    )
    written = report_json(whole)
    assert written.isascii()
    told = json.loads(written)
    # Two halves of a pair come back as the character that they stand for.
    expected = json.loads(json.dumps(text))
    assert told["findings"][0]["message"] == expected
    assert told["evidence"]["files"][0]["path"] == expected
