"""Pixels of whole slides, against what was drawn and against other readers."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import Dataset

from tests.synthetic import expected_level, write_slide
from tests.synthetic_slide import SyntheticSlide
from viewer import open_slide
from viewer.slide.errors import BrokenFrame
from viewer.slide.geometry import Size
from viewer.slide.look import Look
from viewer.slide.model import Slide, TileKey, stored_levels
from viewer.slide.region import Place, read_region


def level_pixels(slide: Slide, number: int, look: Look | None = None) -> NDArray[Any]:
    region = read_region(slide, Place(number, 0, 0, slide.levels[number].size), look)
    assert region.failures == ()
    return region.pixels


EXACT: dict[str, dict[str, Any]] = {
    "uncompressed": {},
    "implicit": {"encoding": "implicit"},
    "big endian": {"encoding": "big-endian"},
    "deflated": {"encoding": "deflated"},
    "no table": {"syntax": "jpeg2000-lossless", "offsets": "none"},
    "basic table": {"syntax": "jpeg2000-lossless", "offsets": "basic"},
    "extended table": {"syntax": "jpeg2000-lossless", "offsets": "extended"},
    "fragments": {"syntax": "jpeg2000-lossless", "fragments_per_frame": 3},
    "fragments, no table": {
        "syntax": "jpeg2000-lossless",
        "fragments_per_frame": 3,
        "offsets": "none",
    },
    "J2K RGB": {"syntax": "jpeg2000-lossless", "photometric": "RGB"},
    "sparse": {"layout": "TILED_SPARSE"},
    "sparse shuffled": {"layout": "TILED_SPARSE", "shuffled": True},
    "positions only": {"layout": "POSITIONS", "shuffled": True},
    "odd tiles": {"tile": (241, 97), "size": (999, 701), "factor": 3.3},
    "concatenation": {"parts": 3},
    "ratio 7": {"factor": 7.018, "levels": 2},
}


@pytest.mark.parametrize("name", EXACT)
def test_lossless_slides_show_exactly_what_was_drawn(name: str, tmp_path: Path) -> None:
    described = SyntheticSlide(**EXACT[name])
    write_slide(tmp_path, **EXACT[name])
    slide = open_slide(tmp_path)
    for level, number in enumerate(stored_levels(slide)):
        np.testing.assert_array_equal(
            level_pixels(slide, number), expected_level(described, level)
        )
    assert len(stored_levels(slide)) == described.levels
    slide.close()


@pytest.mark.parametrize("photometric", ["RGB", "YBR_FULL_422"])
@pytest.mark.parametrize("syntax", ["jpeg", "jpeg2000"])
def test_lossy_slides_stay_within_the_codec_error(
    photometric: str, syntax: str, tmp_path: Path
) -> None:
    if syntax == "jpeg2000" and photometric != "RGB":
        photometric = "YBR_ICT"
    how: dict[str, Any] = {"syntax": syntax, "photometric": photometric}
    how |= {"texture": smooth, "padding": (127, 127, 127), "quality": 98}
    described = SyntheticSlide(**how)
    write_slide(tmp_path, **how)
    slide = open_slide(tmp_path)
    for level, number in enumerate(stored_levels(slide)):
        shown = level_pixels(slide, number).astype(int)
        difference = np.abs(shown - expected_level(described, level))
        assert difference.mean() <= 1.5
        assert difference.max() <= 24
    slide.close()


def smooth(x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
    waves = [127 + 90 * np.sin(x / 61 + k) * np.cos(y / (47 + 9 * k)) for k in range(3)]
    return np.stack(waves, axis=-1)


def test_focal_planes_and_optical_paths_are_told_apart(tmp_path: Path) -> None:
    how: dict[str, Any] = {"focal_planes": 3, "optical_paths": 2, "levels": 1}
    described = SyntheticSlide(**how)
    write_slide(tmp_path, **how)
    slide = open_slide(tmp_path)
    assert len(slide.focal_planes) == 3
    assert len(slide.optical_paths) == 2
    for plane in range(3):
        for path in range(2):
            region = read_region(
                slide, Place(0, 0, 0, Size(1000, 700), plane), Look((path,))
            )
            np.testing.assert_array_equal(
                region.pixels, expected_level(described, 0, plane, path)
            )
    slide.close()


REAL = [
    "cmu-wsidicomizer",
    "cmu-wsidicomizer-passthrough",
    "ndpi-wsidicomizer-jpeg",
    "ndpi-wsidicomizer-j2k",
    "google-triple/jpeg.dicom",
    "google-triple/jpeg2000.dicom",
    "google-triple/raw.dicom",
    "camelyon/jpeg.dcm",
    "camelyon/jpeg2000.dcm",
    "dual/pixelmed-svs-jpeg-rgb-classic",
    "dual/pixelmed-svs-jpeg-rgb-bigtiff",
    "dual/pixelmed-svs-jpeg-rgb-classic-pyramid",
    "dual/pixelmed-jp2k33005",
    "dual/pixelmed-ycc_jpeg_pyr",
    "highdicom/sm_image.dcm",
]


@pytest.mark.slides
@pytest.mark.parametrize("name", REAL)
def test_real_slides_agree_with_openslide(name: str, slides_folder: Path) -> None:
    openslide = pytest.importorskip("openslide")
    path = slides_folder / name
    ours = open_slide(path)
    base = ours.levels[0].file
    assert base is not None
    try:
        theirs = openslide.OpenSlide(base)
    except openslide.OpenSlideError:
        pytest.skip("OpenSlide does not read this one")
    compared = 0
    for number in stored_levels(ours):
        level = ours.levels[number]
        if tuple(level.size) not in theirs.level_dimensions:
            continue
        place = theirs.level_dimensions.index(tuple(level.size))
        picture = theirs.read_region((0, 0), place, tuple(level.size)).convert("RGB")
        difference = np.abs(level_pixels(ours, number).astype(int) - np.array(picture))
        lossless = level.transfer_syntax.endswith((".90", "1.2.1"))
        assert difference.mean() <= (0 if lossless else 1.5), number
        assert difference.max() <= (0 if lossless else 24), number
        compared += 1
    assert compared
    theirs.close()
    ours.close()


@pytest.mark.slides
@pytest.mark.parametrize(
    "name", [*REAL, "highdicom/sm_image_dots.dcm", "highdicom/sm_image_numbers.dcm"]
)
def test_real_slides_agree_with_wsidicom(name: str, slides_folder: Path) -> None:
    wsidicom = pytest.importorskip("wsidicom")
    path = slides_folder / name
    ours = open_slide(path)
    files = [role.path for role in ours.files if role.role.startswith("level")]
    with wsidicom.WsiDicom.open(files) as theirs:
        levels = {
            (level.size.width, level.size.height): level.level
            for level in theirs.pyramid
        }
        compared = 0
        for number in stored_levels(ours):
            width, height = ours.levels[number].size
            size = (width, height)
            if size not in levels:
                continue
            picture = theirs.read_region((0, 0), levels[size], size).convert("RGB")
            difference = np.abs(
                level_pixels(ours, number).astype(int) - np.array(picture)
            )
            assert difference.mean() <= 1.5, number
            assert difference.max() <= 24, number
            compared += 1
    assert compared
    ours.close()


def test_computed_levels_are_area_means_of_what_was_drawn(tmp_path: Path) -> None:
    """Odd sizes: the last pixels stand for less, and padding is never mixed in."""
    how: dict[str, Any] = {"size": (1501, 903), "levels": 1, "tile": (256, 256)}
    for syntax in ("uncompressed", "jpeg"):
        folder = tmp_path / syntax
        described = SyntheticSlide(**how)
        write_slide(folder, **how, syntax=syntax, quality=98, padding=(127, 127, 127))
        slide = open_slide(folder)
        base = level_pixels(slide, 0)
        if syntax == "uncompressed":
            np.testing.assert_array_equal(base, expected_level(described, 0))
        assert not slide.levels[1].stored
        for number in range(1, len(slide.levels)):
            step = 2**number
            shown = level_pixels(slide, number)
            assert shown.shape[:2] == (-(-903 // step), -(-1501 // step))
            for row in range(shown.shape[0]):
                square = base[row * step : (row + 1) * step, -(1501 % step or step) :]
                difference = np.abs(shown[row, -1] - square.mean(axis=(0, 1)))
                assert difference.max() <= (0.5 if syntax == "uncompressed" else 4)
        slide.close()


def test_frame_that_is_no_codestream_is_a_sentence_and_a_warning(
    tmp_path: Path,
) -> None:
    write_slide(tmp_path, levels=1, syntax="jpeg", label=False, overview=False)
    (path,) = tmp_path.iterdir()
    content = path.read_bytes()
    first = content.index(b"\xff\xd8\xff")
    path.write_bytes(content[:first] + bytes(4) + content[first + 4 :])
    slide = open_slide(path)
    with pytest.raises(BrokenFrame) as refusal:
        slide.read_samples(TileKey(slide.serial, 0, 0, 0))
    slide.close()
    assert str(refusal.value) == (
        f"{path.name}: frame 1: the frame does not start as JPEG does (found 00 00)."
    )
    told = [(each.code, each.message) for each in slide.warnings]
    assert told == [("broken-frame", str(refusal.value))]


def test_frame_off_the_grid_is_a_sentence(tmp_path: Path) -> None:
    def move(dataset: Dataset) -> None:
        first = dataset.PerFrameFunctionalGroupsSequence[0]
        (position,) = first.PlanePositionSlideSequence
        position.ColumnPositionInTotalImagePixelMatrix += 5

    options = {"levels": 1, "label": False, "overview": False, "mutate": move}
    (path,) = write_slide(tmp_path, layout="TILED_SPARSE", **options)
    slide = open_slide(path)
    slide.close()
    assert [(each.code, each.message) for each in slide.warnings] == [
        (
            "tile-position",
            f"{path.name}: 1 of 12 frames lie off the grid of 256 x 256 tiles; the "
            "first is frame 1 at column 6, row 1.",
        )
    ]


def test_frame_behind_the_end_tells_that_the_file_is_cut_off(tmp_path: Path) -> None:
    (path,) = write_slide(
        tmp_path, levels=1, syntax="jpeg", label=False, overview=False
    )
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])
    slide = open_slide(path)
    with pytest.raises(BrokenFrame):
        slide.read_samples(TileKey(slide.serial, 0, 3, 2))
    slide.close()
    assert [each.code for each in slide.warnings] == ["truncated", "broken-frame"]


def test_grey_of_12_bits_is_drawn_from_black_to_white(tmp_path: Path) -> None:
    def twelve_bits(dataset: Dataset) -> None:
        if dataset.SamplesPerPixel == 1:
            dataset.BitsStored, dataset.HighBit = 12, 11

    how: dict[str, Any] = {"photometric": "MONOCHROME2", "bits": 16, "levels": 1}
    write_slide(tmp_path, **how, mutate=twelve_bits, label=False, overview=False)
    slide = open_slide(tmp_path)
    assert slide.optical_paths[0].grey_range == (0, 4095)
    stored = expected_level(SyntheticSlide(**how), 0).astype(float)
    drawn = level_pixels(slide, 0)[..., 0]
    np.testing.assert_array_equal(
        drawn, np.minimum(stored * 255 / 4095 + 0.5, 255) // 1
    )
    slide.close()
