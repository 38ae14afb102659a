"""The demo slide: its pixels, its place on the glass, and how it is made only once."""

import atexit
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import highdicom
import numpy as np
import openslide
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms
from pydicom import Dataset, dcmread
from pydicom.sr.codedict import codes
from wsidicom import WsiDicom

import viewer.demo
from viewer.demo import NAMES, PREVIEW_NAMES, VERSION, demo_slide, drawing, section
from viewer.demo.barcode import SYMBOLS, bars
from viewer.demo.glimpse import GLIMPSE, draw_glimpse
from viewer.demo.pyramid import Pyramid, reduced
from viewer.demo.scanner import scanned, scanner_profile
from viewer.demo.section import Section
from viewer.demo.stain import amounts, coded, seen
from viewer.demo.tissue import Tissue
from viewer.formats import open_slides
from viewer.slide.errors import SlideError
from viewer.slide.geometry import Size
from viewer.slide.model import stored_levels

# A part of the picture that stands for all of it: its corner and its size. There are
# glass, glands, a follicle, muscle, loose tissue and fat in it.
CORNER = (2560, 1280)
SIZE = Size(5120, 3840)
# What JPEG at quality 85 with halved color costs, by level.
MEAN_ERROR = (2.5, 5.5, 7.5, 8.5)
# Places in level 0 of the part: glands, fat, loose tissue, a corner, glass.
PLACES = ((1024, 1024), (3072, 2816), (1024, 2816), (4608, 3328), (4096, 0))
WHOLE_EDGE = 512

Pixels = NDArray[np.uint8]


class Part:
    """A part of the section, as a picture of its own."""

    def __init__(self, section: Section, corner: tuple[int, int], size: Size) -> None:
        self.section, self.corner, self.size = section, corner, size

    def draw(self, x: int, y: int, size: Size) -> Pixels:
        return self.section.draw(x + self.corner[0], y + self.corner[1], size)


class Checkers:
    """A small picture: pixels are their own place."""

    def __init__(self, size: Size) -> None:
        self.size = size

    def draw(self, x: int, y: int, size: Size) -> Pixels:
        rows, columns = np.mgrid[y : y + size.height, x : x + size.width]
        bands = [rows >> 2, columns >> 3, rows ^ columns, rows & 0]
        return np.stack(bands, 2).astype(np.uint8)


@pytest.fixture(scope="module")
def tissue() -> Tissue:
    return Tissue()


@pytest.fixture(scope="module")
def part(tissue: Tissue) -> Part:
    return Part(Section(tissue), CORNER, SIZE)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, part: Part) -> Path:
    """The demo, of the part, drawn once for all tests here."""
    folder = tmp_path_factory.mktemp("demo")
    drawing.write_slide(folder, VERSION, NAMES, part, lambda _done: None)
    return folder


@pytest.fixture(scope="module")
def glimpse(tissue: Tissue) -> Pixels:
    return draw_glimpse(tissue)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> list[Size]:
    """Draw a small picture in place of the tissue; one entry each time."""
    drawn: list[Size] = []

    def picture(_tissue: object) -> Checkers:
        drawn.append(Size(512, 256))
        return Checkers(drawn[-1])

    monkeypatch.setattr(drawing, "Tissue", lambda: None)
    monkeypatch.setattr(drawing, "Section", picture)
    tiny = Checkers(Size(40, 20)).draw(0, 0, Size(40, 20))[..., :3]
    monkeypatch.setattr(drawing, "draw_glimpse", lambda _tissue: tiny)
    return drawn


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of the user's cache folder."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(viewer.demo, "_cache_folder", lambda: folder)
    return folder


def drawn_at(part: Part, x: int, y: int, level: int) -> Pixels:
    pixels = part.draw(x, y, Size(WHOLE_EDGE, WHOLE_EDGE))
    for _ in range(level):
        pixels = reduced(pixels)
    return pixels[..., :3]


def differ(read: Pixels, drawn: Pixels) -> float:
    assert read.shape == drawn.shape
    return float(np.abs(read.astype(int) - drawn).mean())


def assert_drawn(read: Pixels, part: Part, place: tuple[int, int], level: int) -> None:
    """Pixels are those drawn, and fit better than one pixel further on."""
    drawn = drawn_at(part, *place, level)
    error = differ(read, drawn)
    assert error < MEAN_ERROR[level], place
    if place == PLACES[0]:
        assert error < 0.7 * differ(read[1:], drawn[:-1])
        assert error < 0.7 * differ(read[:, 1:], drawn[:, :-1])


@pytest.mark.parametrize("level", range(4))
def test_openslide_reads_the_drawn_picture(demo: Path, part: Part, level: int) -> None:
    edge = WHOLE_EDGE // 4**level
    with openslide.OpenSlide(demo / "level-0.dcm") as slide:
        assert slide.level_dimensions[level] == (5120 // 4**level, 3840 // 4**level)
        assert float(slide.properties["openslide.mpp-x"]) == 0.25
        assert slide.properties["openslide.objective-power"] == "40"
        for x, y in PLACES:
            read = np.asarray(slide.read_region((x, y), level, (edge, edge)))
            assert_drawn(read[..., :3], part, (x, y), level)


@pytest.mark.parametrize("level", range(4))
def test_wsidicom_reads_the_drawn_picture(demo: Path, part: Part, level: int) -> None:
    edge = WHOLE_EDGE // 4**level
    with WsiDicom.open(demo) as slide:
        # wsidicom numbers levels by powers of two.
        for x, y in PLACES:
            place = (x // 4**level, y // 4**level)
            image = slide.read_region(place, 2 * level, (edge, edge))
            assert_drawn(np.asarray(image.convert("RGB")), part, (x, y), level)


def test_the_whole_is_as_large_as_promised() -> None:
    whole = section.SIZE
    assert whole.width >= 20_000
    assert whole.height >= 15_000
    assert whole.width % 64 == whole.height % 64 == 0
    assert whole.width * drawing.PIXEL_MILLIMETERS == pytest.approx(5.12)


def test_the_program_opens_it_without_a_warning(demo: Path) -> None:
    opened = open_slides([demo])
    (slide,) = opened.slides
    try:
        assert not opened.ignored
        assert [slide.levels[n].size for n in stored_levels(slide)] == [
            Size(5120 // 4**level, 3840 // 4**level) for level in range(4)
        ]
        assert set(slide.associated) == {"label", "overview", "thumbnail"}
        assert slide.objective_power == 40
        assert list(slide.warnings) == []
    finally:
        slide.close()


def test_the_program_opens_the_preview_without_a_warning(
    tmp_path: Path, glimpse: Pixels
) -> None:
    drawing.write_glimpse(tmp_path, VERSION, PREVIEW_NAMES, glimpse)
    opened = open_slides([tmp_path])
    (slide,) = opened.slides
    try:
        assert not opened.ignored
        assert slide.levels[0].size == Size(1280, 960)
        assert set(slide.associated) == {"label", "overview", "thumbnail"}
        assert list(slide.warnings) == []
    finally:
        slide.close()
    assert_no_errors(tmp_path)


def test_dciodvfy_finds_no_error(demo: Path) -> None:
    assert_no_errors(demo)


def assert_no_errors(folder: Path) -> None:
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy (dicom3tools) is not installed")
    for path in sorted(folder.iterdir()):
        report = subprocess.run(
            ["dciodvfy", "-new", path], capture_output=True, text=True, check=False
        )
        lines = (report.stdout + report.stderr).splitlines()
        assert lines == ["VLWholeSlideMicroscopyImage"], path.name


def test_the_files_are_named_and_all_different(demo: Path) -> None:
    assert {path.name for path in demo.iterdir()} == set(NAMES)
    headers = [dcmread(path, stop_before_pixels=True) for path in demo.iterdir()]
    assert len({header.SOPInstanceUID for header in headers}) == len(NAMES)
    assert len({header.SeriesInstanceUID for header in headers}) == 1
    assert len({header.InstanceNumber for header in headers}) == len(NAMES)


def test_the_section_lies_on_the_overview_where_its_origin_says(demo: Path) -> None:
    base = dcmread(demo / "level-0.dcm", stop_before_pixels=True)
    overview = dcmread(demo / "overview.dcm", stop_before_pixels=True)
    left, top = place_on(overview, base)
    assert (left, top) == pytest.approx((round(left), round(top)), abs=1e-6)
    with openslide.OpenSlide(demo / "level-0.dcm") as slide:
        glass = np.asarray(slide.associated_images["macro"].convert("L"), float)
        whole = slide.read_region((0, 0), 2, (320, 240)).convert("L")
    tissue = np.asarray(whole.resize((64, 48), Image.Resampling.BOX), float)
    found = {
        (right, down): np.corrcoef(
            tissue.ravel(),
            glass[
                round(top) + down : round(top) + down + 48,
                round(left) + right : round(left) + right + 64,
            ].ravel(),
        )[0, 1]
        for right in range(-4, 5)
        for down in range(-4, 5)
    }
    assert max(found, key=lambda shift: found[shift]) == (0, 0)
    assert found[0, 0] > 0.97


def test_the_label_lies_on_the_overview_where_its_origin_says(demo: Path) -> None:
    label, overview = dcmread(demo / "label.dcm"), dcmread(demo / "overview.dcm")
    left, top = (round(place) for place in place_on(overview, label))
    rows, columns = label.Rows, label.Columns
    glass = np.asarray(Image.open(BytesIO(frame_of(overview))).convert("RGB"))
    assert overview.SpecimenLabelInImage == label.SpecimenLabelInImage == "YES"
    shown = glass[top : top + rows, left : left + columns]
    assert differ(shown, label.pixel_array) < 3


def place_on(overview: Dataset, image: Dataset) -> tuple[float, float]:
    """Return where an image's first pixel lies, in the overview's pixels."""

    def corner(dataset: Any) -> tuple[float, float]:
        origin = dataset.TotalPixelMatrixOriginSequence[0]
        # The label is at the left: columns run down y, rows down x.
        assert list(dataset.ImageOrientationSlide) == [0, -1, 0, -1, 0, 0]
        return (
            -float(origin.YOffsetInSlideCoordinateSystem),
            -float(origin.XOffsetInSlideCoordinateSystem),
        )

    measures = overview.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    spacing = float(measures.PixelSpacing[0])
    (x, y), (left, top) = corner(image), corner(overview)
    return (x - left) / spacing, (y - top) / spacing


def frame_of(dataset: Dataset) -> bytes:
    from pydicom.encaps import generate_frames

    return next(generate_frames(dataset.PixelData, number_of_frames=1))


def test_the_thumbnail_shows_the_scanned_area(demo: Path) -> None:
    thumbnail = dcmread(demo / "thumbnail.dcm")
    base = dcmread(demo / "level-0.dcm", stop_before_pixels=True)
    assert place_on(thumbnail, base) == pytest.approx((0, 0), abs=1e-6)
    assert thumbnail.ImagedVolumeWidth == pytest.approx(base.ImagedVolumeWidth)
    assert thumbnail.ImagedVolumeHeight == pytest.approx(base.ImagedVolumeHeight)
    shown = np.asarray(Image.open(BytesIO(frame_of(thumbnail))).convert("RGB"))
    with openslide.OpenSlide(demo / "level-0.dcm") as slide:
        whole = slide.read_region((0, 0), 2, (320, 240)).convert("RGB")
    small = whole.resize((160, 120), Image.Resampling.BOX)
    assert differ(shown, np.asarray(small)) < 6


def test_the_barcode_is_read_from_the_label(demo: Path) -> None:
    label = dcmread(demo / "label.dcm")
    line = label.pixel_array[900].astype(int).sum(axis=1) < 384
    edges = np.flatnonzero(np.diff(line.astype(int)))
    widths = np.diff(edges)
    module = widths.min()
    assert edges[0] >= 10 * module
    assert len(line) - edges[-1] >= 10 * module
    assert read_code_128("".join(str(width // module) for width in widths)) == (
        label.BarcodeValue
    )
    assert label.LabelText.splitlines()[:2] == ["COVERSLIP DEMO", label.BarcodeValue]


def read_code_128(widths: str) -> str:
    """Return the text of bars and spaces in code set B, after checking it."""
    assert widths.endswith("2331112")
    symbols = [widths[n : n + 6] for n in range(0, len(widths) - 7, 6)]
    table = [SYMBOLS[n : n + 6] for n in range(0, len(SYMBOLS), 6)]
    start, *values, check = (table.index(symbol) for symbol in symbols)
    assert start == 104
    weighted = sum(n * value for n, value in enumerate(values, 1))
    assert (start + weighted) % 103 == check
    return "".join(chr(value + 32) for value in values)


def test_symbols_of_the_barcode_are_those_of_code_128() -> None:
    table = [SYMBOLS[n : n + 6] for n in range(0, len(SYMBOLS), 6)]
    # Three bars and spaces of 1 to 4 modules, 11 in all, an even number of them bars.
    possible = {
        "".join(map(str, widths))
        for widths in itertools.product((1, 2, 3, 4), repeat=6)
        if sum(widths) == 11 and sum(widths[::2]) % 2 == 0
    }
    assert len(table) == len(set(table)) == 106
    # The two that are left out would be the stop, read from either side.
    assert possible - set(table) == {"233111", "211133"}
    # As printed in every description of the code: space, 0, A, a, the three starts.
    some = [table[n] for n in (0, 16, 33, 65, 103, 104, 105)]
    assert some == (
        ["212222", "123122", "111323", "121124", "211412", "211214", "211232"]
    )


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1))
def test_any_printed_text_comes_back_from_its_bars(text: str) -> None:
    assert read_code_128(bars(text)) == text


@pytest.mark.parametrize("text", ["", "\n", "\N{MICRO SIGN}m"])
def test_text_that_the_barcode_does_not_know_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected printable ASCII"):
        bars(text)


def test_the_profile_is_that_of_a_scanner(demo: Path) -> None:
    for name in NAMES:
        dataset = dcmread(demo / name, stop_before_pixels=True)
        data = dataset.OpticalPathSequence[0].ICCProfile
        # Pillow's hints take the profile for the file that it came from.
        profile: Any = ImageCms.ImageCmsProfile(BytesIO(data)).profile
        assert profile.device_class.strip() == "scnr"
        assert profile.profile_description == "Coverslip demo scanner"
        assert profile.xcolor_space.strip() == "RGB"
        assert profile.connection_space.strip() == "XYZ"
        assert ImageCms.isIntentSupported(
            ImageCms.ImageCmsProfile(BytesIO(data)),
            ImageCms.Intent.PERCEPTUAL,
            ImageCms.Direction.INPUT,
        )


@given(st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=30))
@settings(deadline=None)
def test_the_profile_leads_back_to_the_drawn_colors(
    colors: list[tuple[int, int, int]],
) -> None:
    profile = ImageCms.ImageCmsProfile(BytesIO(scanner_profile(datetime(2025, 6, 1))))  # noqa: DTZ001
    stored = scanned(np.array([colors], float))
    back = ImageCms.profileToProfile(
        Image.fromarray(stored), profile, ImageCms.createProfile("sRGB")
    )
    # Dark colors have few steps where the scanner's curve is flatter than sRGB's.
    assert np.abs(np.asarray(back).astype(int) - np.array([colors])).max() <= 7


def test_the_profile_is_seen(tissue: Tissue) -> None:
    pink = seen(*(np.full((1, 1), amount, np.float32) for amount in (0.05, 0.8, 0.0)))
    change = np.abs(scanned(pink).astype(int) - pink)
    assert 4 < change.max() < 30


@given(st.floats(0, 3))
def test_amounts_of_stain_survive_as_bytes(amount: float) -> None:
    back = float(amounts(coded(np.array([amount], np.float32)))[0])
    assert back == pytest.approx(min(amount, 2.55), abs=0.011, rel=0.01)


def test_the_specimen_is_told_as_other_software_expects_it(demo: Path) -> None:
    dataset = dcmread(demo / "level-0.dcm", stop_before_pixels=True)
    specimen: Any = highdicom.SpecimenDescription.from_dataset(
        dataset.SpecimenDescriptionSequence[0]
    )
    steps = specimen.specimen_preparation_steps
    sct = codes.SCT
    assert [step.processing_type.value for step in steps] == [
        code.value
        for code in (
            sct.SpecimenCollection,
            sct.SpecimenProcessing,
            sct.SamplingOfTissueSpecimen,
            sct.SpecimenProcessing,
            sct.SamplingOfTissueSpecimen,
            sct.Staining,
        )
    ]
    assert steps[1].fixative == sct.NeutralBufferedFormalin
    assert steps[3].embedding_medium == sct.ParaffinWax
    assert steps[4].specimen_id == specimen.specimen_id
    assert steps[4].processing_procedure.method == sct.BlockSectioning
    assert list(steps[5].processing_procedure.substances) == [
        sct.HematoxylinStain,
        sct.WaterSolubleEosinStain,
    ]
    (anatomy,) = specimen.primary_anatomic_structures
    assert anatomy == sct.Colon


def test_the_optical_path_is_told(demo: Path) -> None:
    dataset = dcmread(demo / "level-0.dcm", stop_before_pixels=True)
    (path,) = dataset.OpticalPathSequence
    assert path.ObjectiveLensPower == 40
    assert path.ObjectiveLensNumericalAperture == 0.95
    for sequence, code in (
        (path.IlluminationTypeCodeSequence, codes.DCM.BrightfieldIllumination),
        (path.IlluminationColorCodeSequence, codes.SCT.FullSpectrum),
        (path.LightPathFilterTypeStackCodeSequence, codes.DCM.NoFilter),
        (path.LensesCodeSequence, codes.SCT.HighPowerNonImmersionLens),
    ):
        assert sequence[0].CodeValue == code.value
        assert sequence[0].CodeMeaning == code.meaning
    # White: L* of 100, a* and b* of 0 (PS3.3 C.10.7.1.1).
    assert list(dataset.RecommendedAbsentPixelCIELabValue) == [65535, 32896, 32896]


@given(
    x=st.integers(0, 4000),
    y=st.integers(0, 3500),
    width=st.integers(1, 90),
    height=st.integers(1, 90),
)
@settings(deadline=None, max_examples=15)
def test_a_rectangle_looks_the_same_however_it_is_cut(
    part: Part, x: int, y: int, width: int, height: int
) -> None:
    around = part.draw(x, y, Size(200, 160))
    alone = part.draw(x + 37, y + 21, Size(width, height))
    cut = around[21 : 21 + height, 37 : 37 + width, :3]
    # Rounding may differ by one step of stain where numbers are added in another order.
    assert np.abs(cut.astype(int) - alone[..., :3]).max() <= 5


def test_the_edges_of_the_picture_can_be_drawn(part: Part) -> None:
    width, height = part.section.size
    for x, y in ((0, 0), (width - 48, 0), (0, height - 48), (width - 48, height - 48)):
        pixels = part.section.draw(x, y, Size(48, 48))
        assert pixels.shape == (48, 48, 4)
        assert pixels[..., :3].min() > 230


def test_the_tissue_has_the_colors_of_its_stains(glimpse: Pixels) -> None:
    def mean(x: int, y: int) -> NDArray[np.floating]:
        return glimpse[y : y + 20, x : x + 30].reshape(-1, 3).mean(axis=0)

    assert mean(20, 20).min() > 235
    muscle, follicle = mean(300, 400), mean(570, 200)
    assert muscle[0] > muscle[2] > muscle[1]  # pink
    assert follicle[2] > follicle[0] > follicle[1]  # violet
    assert follicle.mean() < muscle.mean()


def test_the_glimpse_is_the_picture_made_smaller(part: Part, glimpse: Pixels) -> None:
    x, y = (place // GLIMPSE for place in CORNER)
    shown = glimpse[y : y + 240, x : x + 320]
    drawn = [
        [
            reduced(reduced(part.draw(left, top, Size(1280, 1280))))
            for left in range(0, SIZE.width, 1280)
        ]
        for top in range(0, SIZE.height, 1280)
    ]
    whole = np.concatenate([np.concatenate(row, axis=1) for row in drawn])[..., :3]
    assert differ(shown, whole) < 9
    assert np.abs(shown.mean(axis=(0, 1)) - whole.mean(axis=(0, 1))).max() < 2
    # It fits better than a pixel further on.
    assert differ(shown, whole) < 0.8 * differ(shown[1:], whole[:-1])


def test_more_than_can_be_drawn_at_a_time_is_refused(part: Part) -> None:
    with pytest.raises(ValueError, match="expected 1536 columns and rows at most"):
        part.draw(0, 0, Size(1537, 1))


def test_two_plans_are_the_same(tissue: Tissue) -> None:
    again = Section(Tissue()).draw(4096, 3072, Size(256, 256))
    np.testing.assert_array_equal(
        again, Section(tissue).draw(4096, 3072, Size(256, 256))
    )


@given(st.integers(2, 3), st.integers(1, 40), st.integers(1, 80))
@settings(deadline=None, max_examples=20)
def test_levels_are_means_of_the_picture(levels: int, wide: int, high: int) -> None:
    shrink = 4 ** (levels - 1)
    picture = Checkers(Size(wide * shrink, high * shrink))
    pyramid = Pyramid(picture, levels, lambda pixels: pixels.tobytes())
    whole = picture.draw(0, 0, picture.size)
    for level in range(levels):
        width, height = pyramid.sizes[level]
        assert whole.shape == (height, width, 4)
        across, down = -(-width // 256), -(-height // 256)
        tiles = np.array(
            [
                np.frombuffer(tile, np.uint8).reshape(256, 256, 4)
                for tile in pyramid.frames(level)
            ]
        )
        rows = tiles.reshape(down, across, 256, 256, 4).swapaxes(1, 2)
        read = rows.reshape(down * 256, across * 256, 4)
        np.testing.assert_array_equal(read[:height, :width], whole)
        if level >= max(1, levels - 2):
            np.testing.assert_array_equal(pyramid.pixels(level), whole)
        if level < levels - 1:
            squares = whole.reshape(height // 4, 4, width // 4, 4, 4)
            whole = np.floor(squares.mean(axis=(1, 3)) + 0.5).astype(np.uint8)


def test_a_picture_that_cannot_be_divided_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be divided by 16"):
        Pyramid(Checkers(Size(64, 40)), 3, bytes)


def test_the_second_call_does_not_draw(cache: Path, small: list[Size]) -> None:
    first = demo_slide()
    kept = {path.name: path.stat().st_mtime_ns for path in first.iterdir()}
    assert first.parent == cache
    assert demo_slide() == first
    assert len(small) == 1
    assert {path.name: path.stat().st_mtime_ns for path in first.iterdir()} == kept
    assert [path.name for path in cache.iterdir()] == [first.name]


def test_two_drawings_are_the_same_bytes(tmp_path: Path, small: list[Size]) -> None:
    one, two = (demo_slide(tmp_path / name) for name in ("one", "two"))
    assert len(small) == 2
    for path in one.iterdir():
        assert path.read_bytes() == (two / path.name).read_bytes(), path.name


@pytest.mark.usefixtures("small")
def test_a_missing_file_is_made_again(cache: Path) -> None:
    folder = demo_slide()
    whole = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / "level-2.dcm").unlink()
    assert demo_slide() == folder
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == whole
    assert [path.name for path in cache.iterdir()] == [folder.name]


def test_a_new_version_is_drawn_and_the_old_one_removed(
    cache: Path, small: list[Size], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = demo_slide()
    (cache / "demo-notes").mkdir()
    monkeypatch.setattr(viewer.demo, "VERSION", viewer.demo.VERSION + 1)
    new = demo_slide()
    assert new != old
    assert len(small) == 2
    assert {path.name for path in cache.iterdir()} == {"demo-notes", new.name}


@pytest.mark.usefixtures("small")
def test_the_draft_of_a_process_that_died_is_removed(cache: Path) -> None:
    dead, busy = cache / ".demo-1-preview-dead", cache / ".demo-1-busy"
    for draft in (dead, busy):
        draft.mkdir(parents=True)
        (draft / "level-0.dcm").write_bytes(b"half")
    os.utime(dead, (0, 0))
    folder = demo_slide()
    assert set(cache.iterdir()) == {busy, folder}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("after", [0, 1])
def test_stopped_drawing_leaves_nothing(cache: Path, after: int) -> None:
    class Stopped(Exception):
        pass

    calls: list[float] = []

    def stop(done: float) -> None:
        calls.append(done)
        if len(calls) > after:
            raise Stopped

    with pytest.raises(Stopped):
        demo_slide(progress=stop)
    assert list(cache.rglob("*")) == []


@pytest.mark.usefixtures("small")
def test_progress_rises_to_one(tmp_path: Path) -> None:
    reported: list[float] = []
    demo_slide(tmp_path / "slide", reported.append)
    assert reported == sorted(reported)
    assert reported[0] == 0.0
    assert reported[-1] == 1.0


@pytest.mark.usefixtures("small")
def test_other_files_of_a_named_folder_stay(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert demo_slide(tmp_path) == tmp_path
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == len(NAMES) + 1


@pytest.mark.usefixtures("small")
def test_two_at_once_do_not_collide(cache: Path) -> None:
    found: list[Path] = []
    threads = [
        threading.Thread(target=lambda: found.append(demo_slide())) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 4
    assert len(list(found[0].iterdir())) == len(NAMES)
    assert list(cache.iterdir()) == [found[0]]


@pytest.mark.usefixtures("small")
def test_without_a_cache_folder_a_passing_folder_does(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.write_text("a file where the folder should be")
    passing = tmp_path / "passing"
    passing.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(passing))
    at_exit: list[tuple[Callable[..., Any], Any]] = []
    monkeypatch.setattr(
        atexit, "register", lambda work, folder, **_: at_exit.append((work, folder))
    )
    folder = demo_slide()
    assert folder.is_relative_to(passing)
    assert len(list(folder.iterdir())) == len(NAMES)
    assert at_exit == [(shutil.rmtree, folder.parent)]


@pytest.mark.usefixtures("small")
def test_a_folder_that_cannot_be_written_to_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    sentence = (
        r"slide: the demo slide cannot be written: .+; "
        r"expected a folder that may be written to, with space left\."
    )
    with pytest.raises(SlideError, match=sentence):
        demo_slide(tmp_path / "file" / "slide")


@pytest.mark.usefixtures("small")
def test_a_preview_comes_first_and_stays(cache: Path) -> None:
    shown: list[tuple[Path, set[str], bool]] = []

    def show(folder: Path) -> None:
        names = {path.name for path in folder.iterdir()}
        shown.append((folder, names, (cache / f"demo-{VERSION}").exists()))

    whole = demo_slide(preview=show)
    ((preview, names, is_there),) = shown
    assert names == set(PREVIEW_NAMES)
    assert not is_there
    assert set(cache.iterdir()) == {whole, preview}
    demo_slide(preview=show)
    assert len(shown) == 1


def test_a_preview_is_made_once(
    cache: Path, small: list[Size], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(Exception):
        pass

    def stop(_folder: Path) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        demo_slide(preview=stop)
    (preview,) = cache.iterdir()
    kept = {path.name: path.stat().st_mtime_ns for path in preview.iterdir()}
    monkeypatch.delattr(drawing, "draw_glimpse")
    shown: list[Path] = []
    demo_slide(preview=shown.append)
    assert shown == [preview]
    assert {path.name: path.stat().st_mtime_ns for path in preview.iterdir()} == kept
    assert len(small) == 1


@pytest.mark.usefixtures("small")
def test_the_preview_of_an_older_version_is_removed(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Path] = []
    demo_slide(preview=shown.append)
    monkeypatch.setattr(viewer.demo, "VERSION", viewer.demo.VERSION + 1)
    whole = demo_slide(preview=shown.append)
    assert set(cache.iterdir()) == {whole, shown[1]}


def test_importing_it_is_cheap() -> None:
    program = (
        "import sys, viewer.demo; print([name for name in sys.modules if name in "
        "('numpy', 'pydicom', 'PIL', 'simplejpeg', 'platformdirs')])"
    )
    root = Path(viewer.demo.__file__).parents[2]
    report = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
    )
    assert report.stdout.strip() == "[]"
