"""Whole slides compared as bits: copies, conversions and damage."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pydicom
import pytest
import tifffile
from pydicom.encaps import encapsulate, generate_frames

from tests.qa import damage
from tests.qa.jpeg_surgery import COM, segment
from tests.qa.tissue import tissue
from tests.synthetic import write_slide
from viewer.formats import open_slide
from viewer.qa.bits.comparison import BitsResult, compare_bits
from viewer.qa.bits.frame_match import Match
from viewer.qa.comparing import (
    CompareOptions,
    Comparing,
    LayerPair,
    LevelPair,
    Pairing,
    Pixels,
    Sameness,
)
from viewer.qa.finding import Finding, Severity
from viewer.qa.run import Run
from viewer.slide.errors import Cancelled
from viewer.slide.model import Slide, stored_levels

BITS_ONLY = CompareOptions(pixels=Pixels.NONE)
SIZE = (1300, 900)  # 6 x 4, 3 x 2 and 2 x 1 tiles
FRAMES = 32


def paired(a: Slide, b: Slide, paths: int = 1, planes: int = 1) -> Pairing:
    """Pair levels by number, and what both have."""
    levels = zip(stored_levels(a), stored_levels(b), strict=False)
    return Pairing(
        tuple(LevelPair(*each) for each in levels),
        tuple(LayerPair(each, each) for each in range(planes)),
        tuple(LayerPair(each, each) for each in range(paths)),
        tuple(role for role in a.associated if role in b.associated),
    )


@contextmanager
def opened(a: Path, b: Path) -> Iterator[tuple[Slide, Slide]]:
    with ExitStack() as stack:
        slides = open_slide(a), open_slide(b)
        for slide in slides:
            stack.callback(slide.close)
        yield slides


def compared(
    a: Path, b: Path, options: CompareOptions = BITS_ONLY, **layers: int
) -> BitsResult:
    with opened(a, b) as (source, result):
        pairing = paired(source, result, **layers)
        return compare_bits(Comparing(source, result, pairing, options, Run()))


def of_rule(result: BitsResult, rule: str) -> list[Finding]:
    return [each for each in result.section.findings if each.rule.id == rule]


def rewrapped(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Change every frame of a file."""
    dataset = pydicom.dcmread(path)
    count = int(dataset.NumberOfFrames)
    frames = generate_frames(dataset.PixelData, number_of_frames=count)
    dataset.PixelData = encapsulate([change(frame) for frame in frames])
    dataset.save_as(path)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bits") / "source"
    write_slide(folder, size=SIZE, syntax="jpeg", quality=90, texture=tissue)
    return folder


@pytest.fixture
def result(source: Path, tmp_path: Path) -> Path:
    return copytree(source, tmp_path / "result")


def test_a_copy_is_the_same_byte_for_byte(source: Path, result: Path) -> None:
    found = compared(source, result)
    assert found.sameness is Sameness.BITS
    assert (found.same, found.frames, found.places) == (FRAMES, FRAMES, FRAMES)
    assert not found.section.findings
    for level in found.levels:
        assert level.matches is not None
        assert (level.matches == Match.SAME).all()
    assert (
        found.section.lines[0] == "32 of 32 frames are the same bits, none re-encoded."
    )
    assert [each.is_same for each in found.associated] == [True, True]


def test_other_markers_around_the_same_bits_are_told_and_no_difference(
    source: Path, result: Path
) -> None:
    comment = segment(COM, b"converted")
    for path in damage.level_files(result):
        rewrapped(path, lambda frame: frame[:2] + comment + frame[2:])
    found = compared(source, result)
    assert found.sameness is Sameness.BITS
    assert sum(each.count(Match.MOVED) for each in found.levels) == FRAMES
    assert "in 32 of them" in found.section.lines[1]


def test_one_bit_is_found_at_its_tile(source: Path, result: Path) -> None:
    damage.one_bit(result)
    found = compared(source, result)
    assert found.sameness is Sameness.DIFFERENT
    matches = found.levels[0].matches
    assert matches is not None
    assert np.argwhere(matches[0, 0] != Match.SAME).tolist() == [[*damage.TILE[::-1]]]
    (finding,) = found.section.findings
    assert (finding.rule.id, finding.level, finding.tile) == ("LO2", 0, damage.TILE)
    assert finding.severity is Severity.ERROR
    assert "1 of 24 frames" in finding.message
    assert "damaged" in finding.message


def test_pixels_decide_where_they_are_looked_at(source: Path, result: Path) -> None:
    damage.one_bit(result)
    (finding,) = compared(source, result, CompareOptions()).section.findings
    assert finding.severity is Severity.WARNING


def test_swapped_frames_are_named(source: Path, result: Path) -> None:
    damage.swapped_tiles(result)
    found = compared(source, result)
    (finding,) = found.section.findings
    assert (finding.rule.id, finding.severity) == ("QA9", Severity.ERROR)
    for tile in (damage.TILE, damage.OTHER_TILE):
        assert str(tile) in finding.message
    assert found.levels[0].count(Match.ELSEWHERE) == 2
    assert found.same == FRAMES - 2


def test_a_lost_frame_is_told_from_frames_encoded_anew(
    source: Path, result: Path
) -> None:
    damage.lost_frame(result)
    found = compared(source, result)
    (finding,) = found.section.findings
    assert finding.rule.id == "QA9"
    assert finding.tile == (2, 0)  # the third frame was dropped
    assert "1 place earlier" in finding.message
    assert found.levels[0].count(Match.RECODED) == 0


def test_another_quality_is_told_with_both_qualities(
    source: Path, result: Path
) -> None:
    damage.recoded(60)(result)
    found = compared(source, result)
    assert found.same == 0
    findings = of_rule(found, "LO2")
    assert [each.level for each in findings] == [0, 1, 2]
    assert all("of quality 90" in each.expected for each in findings)
    assert all("of quality 60" in each.found for each in findings)


def test_coarser_chroma_is_a_finding_of_its_own(source: Path, tmp_path: Path) -> None:
    with_all_chroma = tmp_path / "fine"
    write_slide(with_all_chroma, size=SIZE, syntax="jpeg", photometric="RGB")
    (finding, *_) = of_rule(compared(with_all_chroma, source), "LO3")
    assert (finding.found, finding.expected) == ("4:2:2", "4:4:4")


def test_chroma_that_is_stored_finer_than_before_is_none_lost(
    source: Path, tmp_path: Path
) -> None:
    with_all_chroma = tmp_path / "fine"
    write_slide(with_all_chroma, size=SIZE, syntax="jpeg", photometric="RGB")
    (finding, *_) = of_rule(compared(source, with_all_chroma), "LO3")
    assert finding.severity is Severity.NOTE
    assert "not subsampled" in finding.message


def test_other_tiles_cannot_be_compared_which_is_no_error(
    source: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    write_slide(other, size=SIZE, tile=(128, 128), syntax="jpeg")
    found = compared(source, other)
    assert found.sameness is None
    assert not any(each.level is not None for each in found.section.findings)
    assert all("256 x 256" in each.reason for each in found.levels)
    assert "cannot be compared as bits" in found.section.lines[0]


def test_frames_without_a_partner_are_counted_on_their_side(tmp_path: Path) -> None:
    options = {"size": SIZE, "layout": "TILED_SPARSE", "syntax": "jpeg"}
    write_slide(tmp_path / "all", **options)
    write_slide(tmp_path / "some", holes={(1, 1), (3, 2)}, **options)
    lost = compared(tmp_path / "all", tmp_path / "some")
    (finding,) = lost.section.findings
    assert (finding.rule.id, finding.severity) == ("QA7", Severity.ERROR)
    assert finding.tile == (1, 1)
    assert lost.levels[0].count(Match.LOST) == 2
    assert (lost.same, lost.frames, lost.places) == (30, 30, 32)
    added = compared(tmp_path / "some", tmp_path / "all")
    (finding,) = added.section.findings
    assert finding.severity is Severity.NOTE
    assert added.levels[0].count(Match.ADDED) == 2


def test_every_plane_and_path_is_looked_at(tmp_path: Path) -> None:
    options = {"size": (600, 400), "levels": 1, "focal_planes": 3, "optical_paths": 2}
    (one, *_) = write_slide(tmp_path / "one", **options)
    copytree(one.parent, tmp_path / "other")
    other = tmp_path / "other" / one.name
    dataset = pydicom.dcmread(other)
    frame = len(dataset.PixelData) // int(dataset.NumberOfFrames)
    data = bytearray(dataset.PixelData)
    tiles = 3 * 2
    data[(4 * tiles + 5) * frame] ^= 1  # the second path's second plane
    dataset.PixelData = bytes(data)
    dataset.save_as(other)
    found = compared(one.parent, other.parent, planes=3, paths=2)
    matches = found.levels[0].matches
    assert matches is not None
    assert matches.shape == (2, 3, 2, 3)
    assert np.argwhere(matches != Match.SAME).tolist() == [[1, 1, 1, 2]]


def test_a_frame_that_cannot_be_read_is_an_error_with_its_reason(
    source: Path, result: Path
) -> None:
    path = damage.level_file(result, 2)
    rewrapped(path, lambda frame: frame[:40])
    found = compared(source, result)
    (finding,) = found.section.findings
    assert (finding.rule.id, finding.level) == ("PX6", 2)
    assert path.name in finding.message


def test_a_label_encoded_anew_is_no_error(source: Path, result: Path) -> None:
    for path in result.iterdir():
        dataset = pydicom.dcmread(path)
        if dataset.ImageType[2] == "LABEL":
            data = bytearray(dataset.PixelData)
            data[len(data) // 2] ^= 1
            dataset.PixelData = bytes(data)
            dataset.save_as(path)
    found = compared(source, result)
    assert found.sameness is Sameness.BITS
    (finding,) = found.section.findings
    assert "label" in finding.message
    assert finding.severity is not Severity.ERROR


def test_a_tiff_source_is_compared_with_what_dicom_makes_of_its_tiles(
    tmp_path: Path,
) -> None:
    """The tiles of a TIFF file that tifffile wrote, put into DICOM by pydicom."""
    (path, *others) = write_slide(
        tmp_path / "result",
        size=(700, 500),
        levels=1,
        syntax="jpeg",
        photometric="RGB",
        label=False,
        overview=False,
    )
    assert not others
    picture = np.random.default_rng(1).integers(0, 255, (500, 700, 3), np.uint8)
    tiff = tmp_path / "source.tif"
    tifffile.imwrite(
        tiff, picture, tile=(256, 256), compression="jpeg", photometric="rgb"
    )
    with tifffile.TiffFile(tiff) as file:
        page = file.pages[0]
        places = zip(page.dataoffsets, page.databytecounts, strict=True)
        content = tiff.read_bytes()
        frames = [content[at : at + count] for at, count in places]
    assert any(len(frame) % 2 for frame in frames)  # those are padded in DICOM
    dataset = pydicom.dcmread(path)
    dataset.PixelData = encapsulate(frames)
    dataset.save_as(path)
    found = compared(tiff, path.parent)
    assert found.sameness is Sameness.BITS
    assert (found.same, found.places) == (6, 6)


def test_a_run_that_nobody_waits_for_ends(source: Path, result: Path) -> None:
    with opened(source, result) as (a, b):
        run = Run(cancelled=lambda: True)
        comparing = Comparing(a, b, paired(a, b), BITS_ONLY, run)
        with pytest.raises(Cancelled):
            compare_bits(comparing)


def test_frames_read_at_once_match_as_frames_read_one_by_one(
    source: Path, result: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage.one_bit(result)
    damage.swapped_tiles(result)
    rewrapped(damage.level_file(result, 1), lambda each: each[:2] + each[2:] + b"\0\0")
    check_read_at_once_as_one_by_one(source, result, monkeypatch)


def test_frames_coded_anew_match_alike_however_they_are_read(
    source: Path, result: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage.recoded(60)(result)
    found = check_read_at_once_as_one_by_one(source, result, monkeypatch)
    assert sum(each.count(Match.RECODED) for each in found.levels) == FRAMES


def test_a_frame_of_elsewhere_is_known_among_frames_coded_anew(
    source: Path, result: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = frames_of(damage.level_file(source, 0))[9]
    damage.recoded(60)(result)
    frames = iter(range(24))
    rewrapped(
        damage.level_file(result, 0),
        lambda each: kept if next(frames) == 4 else each,
    )
    found = check_read_at_once_as_one_by_one(source, result, monkeypatch)
    assert found.levels[0].count(Match.ELSEWHERE) == 1
    (finding,) = of_rule(found, "QA9")
    assert finding.tile == (4, 0)


def frames_of(path: Path) -> list[bytes]:
    dataset = pydicom.dcmread(path)
    count = int(dataset.NumberOfFrames)
    return list(generate_frames(dataset.PixelData, number_of_frames=count))


def check_read_at_once_as_one_by_one(
    source: Path, result: Path, monkeypatch: pytest.MonkeyPatch
) -> BitsResult:
    at_once = compared(source, result)
    monkeypatch.setattr("viewer.formats.pyramid.TiledSlide.read_run", lambda *_: None)
    one_by_one = compared(source, result)
    assert at_once.section.findings == one_by_one.section.findings
    for one, other in zip(at_once.levels, one_by_one.levels, strict=True):
        assert one.matches is not None
        assert other.matches is not None
        for kinds in ((Match.RECODED,), (Match.ELSEWHERE,), (Match.SAME, Match.MOVED)):
            found = np.isin(one.matches, kinds)
            assert (found == np.isin(other.matches, kinds)).all()
        assert one.recodings == other.recodings
    return at_once


@pytest.mark.slides
@pytest.mark.parametrize(
    ("folder", "same"),
    [
        ("cmu-wsidicomizer-passthrough", 130),
        ("dual/pixelmed-svs-jpeg-rgb-classic", 130),
        ("dual/pixelmed-svs-jpeg-rgb-bigtiff", 130),
        ("cmu-wsidicomizer", 0),
    ],
)
def test_converters_of_a_real_slide_kept_its_bits_or_not(
    slides_folder: Path, folder: str, same: int
) -> None:
    source = slides_folder / "source" / "CMU-1-Small-Region.svs"
    with opened(source, slides_folder / folder) as (a, b):
        pairing = replace(paired(a, b), levels=(LevelPair(0, 0),))
        found = compare_bits(Comparing(a, b, pairing, BITS_ONLY, Run()))
    assert (found.same, found.places) == (same, 130)


def facts_of(result: BitsResult) -> dict[str, Any]:
    return dict(result.section.facts)


def test_figures_for_json_add_up(source: Path, result: Path) -> None:
    damage.one_bit(result)
    facts = facts_of(compared(source, result))
    assert facts["same"] == FRAMES - 1
    for level in facts["levels"]:
        kinds = ("same", "other_tables", "recoded", "elsewhere", "lost", "added")
        assert level["places"] == sum(level[kind] for kind in kinds)
