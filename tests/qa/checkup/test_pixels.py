"""Rules about what is in frames: color, size, bits, blank pictures, damage."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pydicom
import pytest
import simplejpeg
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydicom.uid import UID

from tests.codecs.codestreams import (
    BASELINE,
    JPEG_2000,
    jpeg,
    jpeg2000,
    rgb_jpeg,
    with_adobe,
    with_identifiers,
    without,
    ycbcr_of,
)
from tests.formats.tiff.whole import gradient
from tests.formats.tiff.whole import write as write_tiff
from tests.gotchas.test_codecs import chart
from tests.gotchas.test_frames import pixel_data, with_items
from tests.gotchas.test_tiff import TILED, overwrite, value
from tests.qa.checkup.clean import cached_tissue
from tests.synthetic import write_instance, write_slide
from tests.synthetic_headers import level_dataset
from tests.synthetic_slide import SyntheticSlide
from viewer.qa.checkup.frames import FRAME_CHECKS
from viewer.qa.checkup.runner import check_up_paths
from viewer.qa.checkup.sampled import SAMPLE, SHORTEST, chosen, one_color
from viewer.qa.finding import Finding, Severity
from viewer.qa.run import Run

Pixels = NDArray[np.uint8]
EDGE = 64
LOSSLESS = "1.2.840.10008.1.2.4.90"
PIXEL_CHECKS = tuple(check for check in FRAME_CHECKS if check.reads_frames)


def found(path: Path, rule: str = "", *, all_frames: bool = False) -> list[Finding]:
    """Return what the rules about the content of frames find, or one of them."""
    (checkup,) = check_up_paths(
        [path], Run(), all_frames=all_frames, checks=PIXEL_CHECKS
    )
    ids = {check.rule.id for check in PIXEL_CHECKS if rule in ("", check.rule.id)}
    return [each for each in checkup.findings if each.rule.id in ids]


def the_one(path: Path, rule: str = "", *, all_frames: bool = False) -> Finding:
    (finding,) = found(path, rule, all_frames=all_frames)
    return finding


def written(
    path: Path,
    encode: Callable[[Pixels], bytes],
    syntax: str,
    photometric: str,
    **attributes: Any,
) -> Path:
    """Write a chart of 2 x 2 tiles that an encoder makes."""
    slide = SyntheticSlide(size=(128, 128), tile=(EDGE, EDGE), levels=1)
    frames = slide.frames(0)
    dataset = level_dataset(slide, 0, "level0", frames)
    dataset.file_meta.TransferSyntaxUID = UID(syntax)
    told = {"PhotometricInterpretation": photometric, **attributes}
    for keyword, content in told.items():
        setattr(dataset, keyword, content)
    tiles = [
        np.ascontiguousarray(chart()[row : row + EDGE, column : column + EDGE])
        for row in (0, EDGE)
        for column in (0, EDGE)
    ]
    write_instance(path, dataset, [encode(tile) for tile in tiles])
    return path


def unmarked(tile: Pixels) -> bytes:
    """Return RGB in JPEG that does not say so."""
    return with_identifiers(without(rgb_jpeg(tile), 0xEE, 0xE0), b"\1\2\3")


def named(tile: Pixels) -> bytes:
    """Return RGB in JPEG whose components are called so."""
    return with_identifiers(without(rgb_jpeg(tile), 0xEE, 0xE0), b"RGB")


def marked_rgb(tile: Pixels) -> bytes:
    """Return YCbCr 4:2:0 whose marker says RGB, as wsidicomizer makes of TIFF tiles."""
    return with_adobe(jpeg(tile, "420"), 0)


def sampled(how: str) -> Callable[[Pixels], bytes]:
    return lambda tile: jpeg(tile, how)


def plain_2000(tile: Pixels) -> bytes:
    return jpeg2000(tile, transform=False)


def ycbcr_2000(tile: Pixels) -> bytes:
    return jpeg2000(ycbcr_of(tile), transform=False)


def lossy_2000(tile: Pixels) -> bytes:
    return jpeg2000(tile, level=50)


def boxed_2000(tile: Pixels) -> bytes:
    return bytes(imagecodecs.jpeg2k_encode(tile, level=0, codecformat="jp2"))


@pytest.mark.parametrize(
    ("encode", "syntax", "label"),
    [
        (rgb_jpeg, BASELINE, "RGB"),
        (named, BASELINE, "RGB"),
        (sampled("422"), BASELINE, "YBR_FULL_422"),
        (sampled("420"), BASELINE, "YBR_FULL_422"),
        (sampled("444"), BASELINE, "YBR_FULL"),
        (jpeg2000, JPEG_2000, "YBR_RCT"),
        (jpeg2000, LOSSLESS, "YBR_RCT"),
        (lossy_2000, JPEG_2000, "YBR_ICT"),
        (plain_2000, JPEG_2000, "RGB"),
    ],
)
def test_colors_that_are_as_declared_are_right(
    tmp_path: Path, encode: Callable[[Pixels], bytes], syntax: str, label: str
) -> None:
    assert found(written(tmp_path / "a.dcm", encode, syntax, label)) == []


@pytest.mark.parametrize(
    ("encode", "label", "rule", "severity", "words"),
    [
        (sampled("422"), "RGB", "PX1", Severity.ERROR, "the codestream is YCbCr"),
        (rgb_jpeg, "YBR_FULL_422", "PX1", Severity.ERROR, "the codestream is RGB"),
        (marked_rgb, "YBR_FULL_422", "PX1", Severity.ERROR, "an Adobe marker"),
        (unmarked, "RGB", "PX1", Severity.WARNING, "nothing in the codestream says"),
        (
            sampled("444"),
            "YBR_FULL_422",
            "QA5",
            Severity.NOTE,
            "chroma is stored 4:4:4",
        ),
        (sampled("420"), "YBR_FULL", "QA5", Severity.NOTE, "chroma is stored 4:2:0"),
    ],
)
def test_the_color_of_jpeg_frames_is_compared_with_the_label(
    tmp_path: Path,
    encode: Callable[[Pixels], bytes],
    label: str,
    rule: str,
    severity: Severity,
    words: str,
) -> None:
    finding = the_one(written(tmp_path / "a.dcm", encode, BASELINE, label))
    assert (finding.rule.id, finding.severity) == (rule, severity)
    assert words in finding.message
    assert "in all 4 frames" in finding.message
    assert finding.tag == "PhotometricInterpretation"


@pytest.mark.parametrize(
    ("encode", "syntax", "label", "severity", "words"),
    [
        (ycbcr_2000, JPEG_2000, "YBR_ICT", Severity.ERROR, "MCT is 0"),
        (jpeg2000, JPEG_2000, "RGB", Severity.WARNING, "MCT is 1"),
        (jpeg2000, JPEG_2000, "YBR_ICT", Severity.WARNING, "that of YBR_RCT"),
        (lossy_2000, JPEG_2000, "YBR_RCT", Severity.WARNING, "that of YBR_ICT"),
        (lossy_2000, LOSSLESS, "YBR_ICT", Severity.ERROR, "the lossy 9/7"),
        (plain_2000, JPEG_2000, "YBR_FULL_422", Severity.ERROR, "nothing tells"),
        (ycbcr_2000, JPEG_2000, "YBR_FULL", Severity.WARNING, "slides do not have"),
        (boxed_2000, JPEG_2000, "YBR_RCT", Severity.WARNING, "JP2"),
        (rgb_jpeg, JPEG_2000, "RGB", Severity.ERROR, "but the frame is JPEG"),
    ],
)
def test_the_kind_of_a_codestream_is_compared_with_the_attributes(
    tmp_path: Path,
    encode: Callable[[Pixels], bytes],
    syntax: str,
    label: str,
    severity: Severity,
    words: str,
) -> None:
    finding = the_one(written(tmp_path / "a.dcm", encode, syntax, label))
    assert (finding.rule.id, finding.severity) == ("PX2", severity)
    assert words in finding.message


def test_bits_of_a_codestream_are_compared_with_bits_stored(tmp_path: Path) -> None:
    told = {"BitsAllocated": 16, "BitsStored": 12, "HighBit": 11}
    path = written(tmp_path / "a.dcm", plain_2000, JPEG_2000, "RGB", **told)
    finding = the_one(path, "PX3")
    assert (finding.found, finding.expected) == (
        "8 bits a sample",
        "12 bits a sample",
    )


def test_frames_that_are_cut_at_the_edges_are_counted(tmp_path: Path) -> None:
    (path,) = write_slide(
        tmp_path, levels=1, label=False, overview=False, syntax="jpeg"
    )
    frames = pixel_data(path)[2]
    for number in range(12):
        row, column = divmod(number, 4)
        width, height = min(256, 1000 - column * 256), min(256, 700 - row * 256)
        if (width, height) != (256, 256):
            tile = np.full((height, width, 3), 200 - number, np.uint8)
            frames[number] = simplejpeg.encode_jpeg(tile, 90, "RGB", "422")
    with_items(path, frames)
    finding = the_one(path)
    assert finding.rule.id == "PX3"
    assert "232x256 pixels, expected 256x256" in finding.message
    assert (
        "in 6 of 12 frames; the first is frame 4 (column 3, row 0)" in finding.message
    )


def test_a_frame_that_is_too_large_is_one_fault_not_two(tmp_path: Path) -> None:
    (path,) = write_slide(
        tmp_path, levels=1, label=False, overview=False, syntax="jpeg"
    )
    frames = pixel_data(path)[2]
    large = np.full((512, 256, 3), 99, np.uint8)
    frames[2] = simplejpeg.encode_jpeg(large, 90, "RGB", "422")
    with_items(path, frames)
    assert the_one(path).rule.id == "PX3"


def test_a_frame_that_is_no_codestream_is_named(tmp_path: Path) -> None:
    (path,) = write_slide(
        tmp_path, levels=1, label=False, overview=False, syntax="jpeg"
    )
    frames = pixel_data(path)[2]
    frames[6] = b"no image" * 38  # what some converters write for a missing tile
    with_items(path, frames)
    finding = the_one(path)
    assert (finding.rule.id, finding.tile, finding.level) == ("PX6", (2, 1), 0)
    assert "does not start as JPEG does" in finding.message
    assert "in 1 of 12 frames; the first is frame 7" in finding.message


def many(folder: Path, count: int = 400) -> Path:
    """Write a level of 20 x 20 frames, of which the 38th and 334th are broken.

    The 38th has the fewest bytes, the 334th as many as others.
    """
    (path,) = write_slide(
        folder,
        levels=1,
        size=(20 * 32, count // 20 * 32),
        tile=(32, 32),
        label=False,
        overview=False,
        syntax="jpeg",
    )
    frames = pixel_data(path)[2]
    frames[37] = frames[37][:100]
    frames[333] = bytes(len(frames[333]))
    with_items(path, frames)
    return path


def test_a_sample_holds_the_shortest_frames(tmp_path: Path) -> None:
    finding = the_one(many(tmp_path), "PX6")
    assert "(400 in all)" not in finding.message
    assert "frames looked at; the first is frame 38 " in finding.message


def test_all_frames_are_looked_at_on_request(tmp_path: Path) -> None:
    finding = the_one(many(tmp_path), "PX6", all_frames=True)
    assert "in 2 of 400 frames; the first is frame 38 " in finding.message


@pytest.mark.parametrize("syntax", ["jpeg", "native"])
def test_no_more_frames_are_looked_at_than_there_can_be(
    tmp_path: Path, syntax: str
) -> None:
    def boast(dataset: Any) -> None:
        dataset.NumberOfFrames = 2**31 - 1

    kind = {} if syntax == "native" else {"syntax": syntax}
    write_slide(tmp_path, levels=1, label=False, overview=False, **kind, mutate=boast)
    progress: list[int] = []
    run = Run(lambda _what, _done, total: progress.append(total))
    check_up_paths([tmp_path], run, all_frames=True, checks=PIXEL_CHECKS)
    assert 2 < max(progress) < 20


@given(
    st.integers(1, 100_000),
    st.integers(0, 99_999),
    st.booleans(),
)
def test_a_sample_is_spread_from_the_first_to_the_last(
    frames: int, short: int, every: bool
) -> None:
    lengths = np.full(frames, 5000, np.uint64)
    short %= frames
    lengths[short] = 100
    numbers = list(chosen(frames, lengths, every=every))
    assert numbers == sorted(set(numbers))
    assert {0, frames - 1, short} <= set(numbers) <= set(range(frames))
    if every or frames <= SAMPLE:
        assert len(numbers) == frames
    else:
        assert SAMPLE <= len(numbers) <= SAMPLE + SHORTEST
        gaps = np.diff(numbers)
        assert gaps.max() <= -(-(frames - 1) // (SAMPLE - 1))


@given(
    st.lists(st.integers(0, 255), min_size=3, max_size=3),
    st.integers(0, 63),
    st.integers(0, 63),
    st.integers(-255, 255),
)
def test_one_color_is_one_within_two_steps(
    color: Sequence[int], row: int, column: int, step: int
) -> None:
    samples = np.full((64, 64, 4), (*color, 255), np.uint8)
    changed = min(255, max(0, color[0] + step))
    samples[row, column, 0] = changed
    assert (one_color(samples) is not None) == (abs(changed - color[0]) <= 2)


def painted(folder: Path, color: Sequence[int], levels: Sequence[int]) -> Path:
    """Write tissue on three levels, and some of them in nothing but one color."""

    files = write_slide(
        folder, texture=cached_tissue, label=False, overview=False, tile=(128, 128)
    )
    for level in levels:
        dataset = pydicom.dcmread(files[level])
        dataset.PixelData = bytes(color) * (len(dataset.PixelData) // 3)
        dataset.save_as(files[level])
    return folder


@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize("color", [(0, 0, 0), (255, 255, 255)])
def test_a_blank_level_beside_others_is_an_error(
    tmp_path: Path, level: int, color: tuple[int, int, int]
) -> None:
    errors = [
        each
        for each in found(painted(tmp_path, color, [level]), "PX5")
        if each.severity is Severity.ERROR
    ]
    assert [each.level for each in errors] == [level]
    assert "100% of" in errors[0].message


def test_a_slide_without_anything_on_it_is_a_warning(tmp_path: Path) -> None:
    told = found(painted(tmp_path, (240, 240, 240), [0, 1, 2]), "PX5")
    assert {each.severity for each in told} == {Severity.WARNING}


def test_a_slide_that_is_black_is_an_error(tmp_path: Path) -> None:
    told = found(painted(tmp_path, (0, 0, 0), [0, 1, 2]), "PX5")
    assert {each.severity for each in told} == {Severity.ERROR}


def test_one_frame_again_and_again_is_an_error(tmp_path: Path) -> None:
    (path,) = write_slide(
        tmp_path,
        levels=1,
        label=False,
        overview=False,
        syntax="jpeg",
        texture=cached_tissue,
    )
    frames = pixel_data(path)[2]
    with_items(path, [frames[5]] * 12)
    finding = the_one(path, "PX5")
    assert finding.found == "one frame again and again"


def test_a_broken_tile_of_a_tiff_file_is_named(tmp_path: Path) -> None:
    path = write_tiff(
        tmp_path / "a.tif", gradient(192, 192), compression="deflate", **TILED
    )
    counts = value(path, 325)
    counts[5] -= 100
    overwrite(path, 325, counts)
    finding = the_one(path, "PX6")
    assert (finding.level, finding.tile) == (0, (2, 1))
    assert "in 1 of 9 frames" in finding.message


@pytest.mark.slides
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cmu-wsidicomizer", set()),
        ("cmu-wsidicomizer-passthrough", set()),
        ("camelyon/jpeg2000.dcm", set()),
        ("google-triple/raw.dicom", set()),
        ("dcmtk", set()),
        ("dual/pixelmed-svs-jpeg-rgb-classic-pyramid", set()),
        ("dual/pixelmed-ycc_jpeg_pyr", set()),
        ("orthanc/tiff-transcode", set()),
        ("ndpi-wsidicomizer-j2k", set()),
        ("ndpi-wsidicomizer-jpeg", {("QA5", "note")}),
        ("orthanc/pyramid", {("PX1", "error")}),
        ("dual/bioformats-tcga-jpeg", {("PX1", "error")}),
        ("dual/pixelmed-jp2k33003-ybr-ict-mct0", {("PX2", "error")}),
        ("dual/pixelmed-jp2k33005", {("PX2", "warning")}),
        ("source/CMU-1-Small-Region.svs", set()),
        ("source/jp2k33003.svs", set()),
        ("source/hamamatsu-dapi.ndpi", set()),
    ],
)
def test_real_frames_are_judged_as_they_are(
    slides_folder: Path, name: str, expected: set[tuple[str, str]]
) -> None:
    told = found(slides_folder / name)
    assert {(each.rule.id, each.severity.value) for each in told} == expected
