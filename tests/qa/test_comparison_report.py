"""A comparison with its evidence; files that change under it are told."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.synthetic import write_slide
from viewer.formats import open_slide
from viewer.qa import comparison_report as module
from viewer.qa.compare import Comparison
from viewer.qa.comparing import CompareOptions, Sameness
from viewer.qa.comparison_report import comparison_report
from viewer.qa.finding import Severity
from viewer.qa.run import Run
from viewer.slide.model import Slide

OPTIONS = CompareOptions()
SAME = Comparison(Sameness.BITS, "1 of 1 frames are the same bits.", (), "All of it.")


@pytest.fixture
def slides(tmp_path: Path) -> Iterator[tuple[Slide, Slide]]:
    write_slide(tmp_path / "a", levels=2, label=False, overview=False)
    write_slide(tmp_path / "b", levels=1, label=False, overview=False)
    a, b = open_slide(tmp_path / "a"), open_slide(tmp_path / "b")
    yield a, b
    a.close()
    b.close()


def test_a_report_names_both_slides_and_carries_its_evidence(
    slides: tuple[Slide, Slide], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "compare", lambda *_: SAME)
    found = comparison_report(*slides, OPTIONS, Run(), {"pixels": "all"})
    (single,) = (tmp_path / "b").iterdir()
    assert found.subject == (
        f"{tmp_path / 'a'} (A, the source) and {single} (B, the result)"
    )
    assert (found.verdict, found.reason) == ("identical bits", SAME.reason)
    assert found.evidence is not None
    assert [each.side for each in found.evidence.files] == ["a", "a", "b"]
    assert found.evidence.options == {"pixels": "all"}
    assert found.evidence.sampled == "All of it."


def test_proof_about_a_file_that_was_written_to_is_none(
    slides: tuple[Slide, Slide], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (single,) = (tmp_path / "b").iterdir()

    def compared(*_: object) -> Comparison:
        os.utime(single, ns=(1, 1))
        return SAME

    monkeypatch.setattr(module, "compare", compared)
    found = comparison_report(*slides, OPTIONS, Run(), {})
    (finding,) = found.findings
    assert finding.severity is Severity.ERROR
    assert single.name in finding.message
    assert (found.verdict, found.reason) == ("different", finding.message)
