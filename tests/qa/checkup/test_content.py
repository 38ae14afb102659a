"""Rules about what the pictures show, against slides painted for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.qa import damage
from tests.qa.checkup.clean import BASE, write_clean
from tests.qa.checkup.defects_content import (
    PINK,
    STEP,
    close_up,
    put_at,
    whole_glass,
    write_placed,
)
from viewer.formats import open_slide
from viewer.qa.checkup.content import CONTENT_CHECKS
from viewer.qa.checkup.subject import Subject
from viewer.qa.finding import Finding
from viewer.qa.glass.picture import GlassPicture
from viewer.qa.registration.orientation import Way
from viewer.qa.run import Run
from viewer.slide.model import Slide


def found(folder: Path, rule: str) -> list[Finding]:
    (check,) = (each for each in CONTENT_CHECKS if each.rule.id == rule)
    with opened(folder) as slide:
        subject = Subject(slide, (), (), all_frames=False, run=Run(threads=1))
        if check.excuse is not None and check.excuse(subject):
            return []
        return list(check.look(subject))


@contextmanager
def opened(folder: Path) -> Iterator[Slide]:
    slide = open_slide(folder)
    try:
        yield slide
    finally:
        slide.close()


def test_a_shifted_level_is_told_with_its_shift_and_length(tmp_path: Path) -> None:
    write_clean(tmp_path)
    damage.shifted(2, 0, -5)(tmp_path)
    (finding,) = found(tmp_path, "PY4")
    assert (finding.level, finding.severity.value) == (2, "error")
    assert "5 px up" in finding.message
    assert "10 \u00b5m" in finding.message  # 5 pixels of 2 micrometers


@pytest.mark.parametrize("factor", [2, 3.1, 4])
@pytest.mark.parametrize("size", [(1000, 700), (1003, 701)])
def test_levels_of_any_ratio_lie_over_each_other(
    factor: float, size: tuple[int, int], tmp_path: Path
) -> None:
    write_clean(tmp_path, size=size, factor=factor)
    assert found(tmp_path, "PY4") == []


def test_one_bad_frame_does_not_make_a_level_shifted(tmp_path: Path) -> None:
    write_clean(tmp_path)
    damage.filled_tile(tmp_path)
    assert found(tmp_path, "PY4") == []


@pytest.mark.parametrize(
    ("x", "y", "severity"),
    [
        (19, 41, None),
        (25, 74.9, None),
        (0.6, 20, None),  # the scan reaches 0.35 mm in
        (-0.5, 20, None),  # glasses and stages are not that exact
        (-3, 20, "warning"),
        (26.5, 20, "warning"),
        (10, 76.5, "warning"),
        (10, -1, "warning"),
        (0, 0, "note"),
        (20, 40, "note"),
        (25, 50, "note"),
    ],
)
def test_a_scan_off_the_glass_is_a_warning_and_a_stand_in_a_note(
    x: float, y: float, severity: str | None, tmp_path: Path
) -> None:
    write_clean(tmp_path, levels=1, texture=None, mutate=put_at(x, y))
    findings = found(tmp_path, "GE1")
    assert [each.severity.value for each in findings] == [severity] * bool(severity)
    if severity == "warning":
        assert ("negative" in findings[0].message) == (x < 0 or y < 0)


@pytest.mark.parametrize("way", Way)
def test_an_overview_that_shows_the_scan_another_way_round_is_told_of(
    way: Way, tmp_path: Path
) -> None:
    picture = close_up()
    columns, rows = (round(edge * 0.0005 / STEP) for edge in BASE)
    edge = min(columns, rows)  # what is turned by a quarter has to fit as well
    scan = picture[10 : 10 + rows, 80 : 80 + columns]
    if way.turns % 2:
        scan[:, :edge] = way.applied(scan[:edge, :edge])
        scan[:, edge:] = 238
    else:
        scan[:] = way.applied(scan).copy()
    write_placed(tmp_path, picture, STEP, (80, 10))
    findings = found(tmp_path, "GE2")
    if way is Way.SAME:
        assert findings == []
    elif way.turns % 2 == 0:
        assert [each.found for each in findings] == [way.value]


def test_the_scan_is_found_on_the_overview_where_it_was_drawn(tmp_path: Path) -> None:
    picture = close_up()
    write_placed(tmp_path, picture, STEP, (80, 10))
    with opened(tmp_path) as slide:
        glass = GlassPicture.of(slide)
    assert glass is not None
    # Placements are of pixel centers: half a pixel of either is in between.
    assert glass.scan_edges == pytest.approx((125, 87.5), abs=0.1)
    part = glass.scanned_part(88, 125)
    expected = picture[10:98, 80:205].astype(float)
    assert np.abs(part - expected).mean() < 8
    assert np.corrcoef(part.ravel(), expected.ravel())[0, 1] > 0.97


PIECES: dict[str, tuple[Any, bool]] = {
    "tissue around the scan": (np.s_[10:50, 120:160], True),
    "a piece that the scan lies at the edge of": (np.s_[19:60, 139:200], True),
    "another section beside it": (np.s_[10:50, 180:220], False),
    "a piece no larger than the scan": (np.s_[18:24, 138:144], False),
    "a speck of dust": (np.s_[60:62, 100:102], False),
}


@pytest.mark.parametrize(("piece", "is_cut"), PIECES.values(), ids=PIECES)
def test_only_tissue_that_is_cut_by_the_scan_is_told_of(
    piece: Any, is_cut: bool, tmp_path: Path
) -> None:
    picture = whole_glass()
    picture[20:22, 140:143] = PINK  # what is scanned
    picture[piece] = PINK
    write_placed(tmp_path, picture, 0.25, (140, 20))
    assert bool(found(tmp_path, "GE3")) == is_cut


def test_labels_borders_and_pens_are_no_tissue_that_is_cut(tmp_path: Path) -> None:
    picture = whole_glass()
    picture[:, :60] = (250, 250, 245)
    picture[5:20, 5:55] = (40, 70, 150)
    picture[:3] = picture[-3:] = 0
    picture[8, 70:] = 190
    picture[20:22, 140:143] = PINK
    write_placed(tmp_path, picture, 0.25, (140, 20))
    assert found(tmp_path, "GE3") == []


def test_a_grey_piece_of_tissue_tells_nothing(tmp_path: Path) -> None:
    picture = whole_glass()
    picture[10:50, 120:160] = 120
    write_placed(tmp_path, picture, 0.25, (140, 20))
    assert found(tmp_path, "GE3") == []


@pytest.mark.slides
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("source/CMU-1-Small-Region.svs", []),
        ("source/hamamatsu-dapi.ndpi", []),
        ("source/ycc_jpeg_pyr.tif", []),
        ("cmu-wsidicomizer", [("GE1", "warning")]),
        ("cmu-wsidicomizer-passthrough", [("GE1", "note")]),
        ("ndpi-wsidicomizer-j2k", [("GE1", "note")]),
        ("orthanc/pyramid", [("GE1", "note")]),
        ("orthanc/tiff-transcode", [("GE1", "note")]),
        ("dual/pixelmed-svs-jpeg-rgb-classic", []),
        ("dual/pixelmed-ycc_jpeg_pyr", [("GE1", "note")]),
        ("dual/bioformats-tcga-jpeg", [("GE1", "note")]),
    ],
)
def test_real_slides_trip_what_is_wrong_with_them(
    path: str, expected: list[tuple[str, str]], slides_folder: Path
) -> None:
    findings = [
        finding
        for check in CONTENT_CHECKS
        for finding in found(slides_folder / path, check.rule.id)
    ]
    assert [(each.rule.id, each.severity.value) for each in findings] == expected


def test_one_place_is_said_to_be_one(tmp_path: Path) -> None:
    write_clean(tmp_path, size=(512, 512), levels=2, thumbnail=False)
    damage.shifted(1, 6, 0)(tmp_path)
    (finding,) = found(tmp_path, "PY4")
    assert "measured at 1 place," in finding.message
