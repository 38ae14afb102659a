"""The demo slide: its pixels, its place on the glass, and how it is made only once."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openslide
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydicom import dcmread
from wsidicom import WsiDicom

import viewer.demo
from viewer.demo import demo_slide, drawing
from viewer.demo.pyramid import Pyramid, halved
from viewer.demo.tissue import Tissue
from viewer.formats import open_slides
from viewer.slide.errors import SlideError
from viewer.slide.geometry import Size
from viewer.slide.model import stored_levels

SIZE = Size(6144, 4608)
# What JPEG at quality 85 with halved color costs so rich a picture, by level.
MEAN_ERROR = (4.0, 5.5, 7.5, 8.5)
# Places in level 0, far enough apart for level 3: glands, muscle, a corner, glass.
PLACES = ((1000, 904), (2400, 3000), (6144 - 512, 4608 - 512), (2000, 0))


class Checkers:
    """A small picture: pixels are their own place."""

    def __init__(self, size: Size) -> None:
        self.size = size

    def draw(self, x: int, y: int, size: Size) -> NDArray[np.uint8]:
        rows, columns = np.mgrid[y : y + size.height, x : x + size.width]
        return np.stack([rows >> 2, columns >> 3, rows ^ columns], 2).astype(np.uint8)


@pytest.fixture(scope="module")
def tissue() -> Tissue:
    return Tissue(SIZE)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real demo, drawn once for all tests here."""
    return demo_slide(tmp_path_factory.mktemp("demo") / "slide")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> list[Size]:
    """Draw a small picture in place of the tissue; one entry each time."""
    drawn: list[Size] = []

    def picture(_size: Size) -> Checkers:
        drawn.append(Size(512, 256))
        return Checkers(drawn[-1])

    monkeypatch.setattr(drawing, "Tissue", picture)
    return drawn


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of the user's cache folder."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(viewer.demo, "_cache_folder", lambda: folder)
    return folder


def drawn_at(tissue: Tissue, x: int, y: int, level: int) -> NDArray[np.uint8]:
    pixels = tissue.draw(x, y, Size(512, 512))
    for _ in range(level):
        pixels = halved(pixels)
    return pixels


def differ(read: NDArray[np.uint8], drawn: NDArray[np.uint8]) -> float:
    assert read.shape == drawn.shape
    return float(np.abs(read.astype(int) - drawn).mean())


def assert_drawn(
    read: NDArray[np.uint8], tissue: Tissue, place: tuple[int, int], level: int
) -> None:
    """Pixels are those drawn, and fit better than one pixel further on."""
    drawn = drawn_at(tissue, *place, level)
    error = differ(read, drawn)
    assert error < MEAN_ERROR[level], place
    if place == PLACES[0]:
        assert error < 0.6 * differ(read[1:], drawn[:-1])
        assert error < 0.6 * differ(read[:, 1:], drawn[:, :-1])


@pytest.mark.parametrize("level", range(4))
def test_openslide_reads_the_drawn_picture(
    demo: Path, tissue: Tissue, level: int
) -> None:
    edge = 512 >> level
    with openslide.OpenSlide(demo / "level-0.dcm") as slide:
        assert slide.level_dimensions[level] == (6144 >> level, 4608 >> level)
        assert float(slide.properties["openslide.mpp-x"]) == 0.5
        for x, y in PLACES:
            read = np.asarray(slide.read_region((x, y), level, (edge, edge)))
            assert_drawn(read[..., :3], tissue, (x, y), level)


@pytest.mark.parametrize("level", range(4))
def test_wsidicom_reads_the_drawn_picture(
    demo: Path, tissue: Tissue, level: int
) -> None:
    edge = 512 >> level
    with WsiDicom.open(demo) as slide:
        assert slide.levels[level].size.to_tuple() == (6144 >> level, 4608 >> level)
        for x, y in PLACES:
            place = (x >> level, y >> level)
            image = slide.read_region(place, level, (edge, edge))
            read = np.asarray(image.convert("RGB"))
            assert_drawn(read, tissue, (x, y), level)


def test_the_program_opens_it_without_a_warning(demo: Path, tissue: Tissue) -> None:
    opened = open_slides([demo])
    (slide,) = opened.slides
    try:
        assert not opened.ignored
        assert [slide.levels[n].size for n in stored_levels(slide)] == [
            Size(6144 >> level, 4608 >> level) for level in range(4)
        ]
        assert set(slide.associated) == {"label", "overview"}
        assert slide.objective_power == 20
        assert list(slide.warnings) == []
    finally:
        slide.close()


def test_dciodvfy_finds_no_error(demo: Path) -> None:
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy (dicom3tools) is not installed")
    for path in sorted(demo.iterdir()):
        report = subprocess.run(
            ["dciodvfy", "-new", path], capture_output=True, text=True, check=False
        )
        lines = (report.stdout + report.stderr).splitlines()
        assert "VLWholeSlideMicroscopyImage" in lines
        assert [line for line in lines if line.startswith("Error")] == [], path.name


def test_the_files_are_named_and_all_different(demo: Path) -> None:
    names = {f"level-{level}.dcm" for level in range(4)} | {"label.dcm", "overview.dcm"}
    assert {path.name for path in demo.iterdir()} == names
    headers = [dcmread(path, stop_before_pixels=True) for path in demo.iterdir()]
    assert len({header.SOPInstanceUID for header in headers}) == len(names)
    assert len({header.SeriesInstanceUID for header in headers}) == 1
    assert len({header.InstanceNumber for header in headers}) == len(names)


def test_the_section_lies_on_the_overview_where_its_origin_says(demo: Path) -> None:
    base = dcmread(demo / "level-0.dcm", stop_before_pixels=True)
    overview = dcmread(demo / "overview.dcm")

    def corner(dataset: Any) -> tuple[float, float]:
        origin = dataset.TotalPixelMatrixOriginSequence[0]
        # The label is at the left: columns run down y, rows down x.
        return (
            -float(origin.YOffsetInSlideCoordinateSystem),
            -float(origin.XOffsetInSlideCoordinateSystem),
        )

    spacing = float(
        overview.SharedFunctionalGroupsSequence[0]
        .PixelMeasuresSequence[0]
        .PixelSpacing[0]
    )
    left, top = (
        (theirs - ours) / spacing
        for theirs, ours in zip(corner(base), corner(overview), strict=True)
    )
    width, height = 3.072 / spacing, 2.304 / spacing
    with openslide.OpenSlide(demo / "level-0.dcm") as slide:
        glass = np.asarray(slide.associated_images["macro"].convert("RGB"))
    # Pink: much more red than green.
    pink = glass[..., 0].astype(int) - glass[..., 1] > 25
    rows, columns = np.nonzero(
        pink[: round(top + 1.4 * height), : round(left + 1.4 * width)]
    )
    assert left - 2 < columns.min() < columns.max() < left + width + 2
    assert top - 2 < rows.min() < rows.max() < top + height + 2
    assert columns.max() - columns.min() > 0.8 * width


@given(
    x=st.integers(0, 1500),
    y=st.integers(600, 1500),
    width=st.integers(1, 90),
    height=st.integers(1, 90),
)
@settings(deadline=None, max_examples=15)
def test_a_rectangle_looks_the_same_however_it_is_cut(
    tissue: Tissue, x: int, y: int, width: int, height: int
) -> None:
    around = tissue.draw(max(0, x - 37), y - 21, Size(200, 160))
    alone = tissue.draw(x, y, Size(width, height))
    left = min(x, 37)
    part = around[21 : 21 + height, left : left + width]
    # Rounding may differ by one where numbers are taken in another order.
    assert np.abs(part.astype(int) - alone).max() <= 1


def test_the_tissue_has_the_colors_of_its_stains(tissue: Tissue) -> None:
    glass = tissue.draw(2000, 0, Size(256, 256))
    assert glass.min() > 235
    follicle = tissue.draw(1000, 1500, Size(400, 300)).reshape(-1, 3).mean(axis=0)
    muscle = tissue.draw(2000, 3300, Size(400, 300)).reshape(-1, 3).mean(axis=0)
    assert muscle[0] > muscle[2] > muscle[1]  # pink
    assert follicle[2] > follicle[0] > follicle[1]  # violet
    assert follicle.mean() < muscle.mean()


@given(st.integers(2, 4), st.integers(1, 60), st.integers(1, 160))
@settings(deadline=None, max_examples=20)
def test_levels_are_means_of_the_picture(levels: int, wide: int, high: int) -> None:
    shrink = 2 ** (levels - 1)
    picture = Checkers(Size(wide * shrink * 2, high * shrink * 2))
    pyramid = Pyramid(picture, levels, lambda pixels: pixels.tobytes())
    whole = picture.draw(0, 0, picture.size)
    for level in range(levels):
        width, height = pyramid.sizes[level]
        assert whole.shape == (height, width, 3)
        across, down = -(-width // 256), -(-height // 256)
        tiles = np.array(
            [
                np.frombuffer(tile, np.uint8).reshape(256, 256, 3)
                for tile in pyramid.frames(level)
            ]
        )
        rows = tiles.reshape(down, across, 256, 256, 3).swapaxes(1, 2)
        read = rows.reshape(down * 256, across * 256, 3)
        np.testing.assert_array_equal(read[:height, :width], whole)
        if level < levels - 1:
            squares = whole.reshape(height // 2, 2, width // 2, 2, 3)
            whole = np.floor(squares.mean(axis=(1, 3)) + 0.5).astype(np.uint8)
    np.testing.assert_array_equal(pyramid.top_pixels(), whole)


def test_a_picture_that_cannot_be_halved_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be halved 2 times"):
        Pyramid(Checkers(Size(64, 30)), 3, bytes)


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
    dead, busy = cache / ".demo-1-dead", cache / ".demo-1-busy"
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
    assert list(cache.iterdir()) == []


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
    assert len(list(tmp_path.iterdir())) == 7


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
    assert len(list(found[0].iterdir())) == 6
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
    assert len(list(folder.iterdir())) == 6
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
