"""Real SVS and dual-personality files, against OpenSlide and the DICOM side."""

from pathlib import Path

import numpy as np
import openslide
import pytest
import tifffile
from numpy.typing import NDArray

from tests.formats.tiff.whole import opened, whole
from viewer.formats import OpenOptions, open_slides
from viewer.slide.errors import UnsupportedFile
from viewer.slide.geometry import Spacing
from viewer.slide.model import EMPTY, TileKey, stored_levels

pytestmark = pytest.mark.slides

SOURCES = ("CMU-1-Small-Region.svs", "jp2k33003.svs", "jp2k33005.svs")
DUAL = (
    "pixelmed-svs-jpeg-rgb-classic",
    "pixelmed-svs-jpeg-rgb-bigtiff",
    "pixelmed-svs-jpeg-rgb-classic-pyramid",
    "pixelmed-ycc_jpeg_pyr",
    "pixelmed-jp2k33005",
    "pixelmed-jp2k33003-ybr-ict-mct0",
    "bioformats-tcga-jpeg",
)


def by_openslide(path: Path, level: int = 0) -> NDArray[np.uint8]:
    with openslide.OpenSlide(path) as slide:
        size = slide.level_dimensions[level]
        return np.asarray(slide.read_region((0, 0), level, size).convert("RGB"))


@pytest.mark.parametrize("name", SOURCES)
def test_svs_has_openslides_pixels_scale_and_lens(
    slides_folder: Path, name: str
) -> None:
    path = slides_folder / "source" / name
    with opened(path) as slide:
        assert slide.format == "tiff"
        apart = np.abs(whole(slide).astype(int) - by_openslide(path))
        # Two builds of one JPEG library; JPEG 2000 rounds YCbCr once more.
        assert apart.max() <= 1
        assert slide.levels[0].spacing == pytest.approx(Spacing(0.000499, 0.000499))
        assert slide.objective_power == 20
        assert slide.scanner == "Aperio CPAPERIOCS"
        assert not slide.warnings


def test_svs_label_overview_and_thumbnail_are_openslides(slides_folder: Path) -> None:
    path = slides_folder / "source" / "CMU-1-Small-Region.svs"
    names = {"label": "label", "overview": "macro", "thumbnail": "thumbnail"}
    with opened(path) as slide, openslide.OpenSlide(path) as peer:
        assert set(slide.associated) == set(names)
        for role, image in slide.associated.items():
            truth = np.asarray(peer.associated_images[names[role]].convert("RGB"))
            found = image.read()[..., 2::-1].astype(int)
            assert image.size == truth.shape[1::-1]
            assert np.abs(found - truth).max() <= 1


def test_every_level_of_a_jpeg_pyramid_is_openslides(slides_folder: Path) -> None:
    path = slides_folder / "source" / "ycc_jpeg_pyr.tif"
    with opened(path) as slide:
        assert len(stored_levels(slide)) == 5
        for level in range(5):
            apart = np.abs(whole(slide, level).astype(int) - by_openslide(path, level))
            assert apart.max() <= 1


def test_svs_frames_are_tifffiles_segments(slides_folder: Path) -> None:
    path = slides_folder / "source" / "CMU-1-Small-Region.svs"
    with opened(path) as slide, tifffile.TiffFile(path) as file:
        page = file.pages.first
        tables = page.jpegtables
        level = slide.levels[0]
        assert level.frames == 130
        for number, offset in enumerate(page.dataoffsets):
            row, column = divmod(number, level.columns)
            frame = slide.read_frame(TileKey(slide.serial, 0, column, row))
            assert frame is not EMPTY
            file.filehandle.seek(offset)
            data = file.filehandle.read(page.databytecounts[number])
            assert (frame.data, frame.offset, frame.tables) == (data, offset, tables)


@pytest.mark.parametrize("name", DUAL)
def test_both_sides_of_a_file_show_the_same_pixels(
    slides_folder: Path, name: str
) -> None:
    folder = slides_folder / "dual" / name
    with opened(folder) as dicom, opened(folder, "tiff") as tiff:
        assert tiff.format == "tiff"
        assert tiff.name.endswith("(TIFF side)")
        assert set(tiff.personalities()) == {"dicom", "tiff"}
        levels = len(stored_levels(dicom))
        if "classic-pyramid" not in name:  # whose DICOM side hides its lower levels
            assert len(stored_levels(tiff)) == levels
        for level in range(levels):
            assert np.array_equal(whole(tiff, level), whole(dicom, level))
        assert set(tiff.associated) == set(dicom.associated)
        for role, image in tiff.associated.items():
            assert np.array_equal(image.read(), dicom.associated[role].read())


def test_one_named_file_brings_the_others_of_its_slide(slides_folder: Path) -> None:
    path = slides_folder / "dual" / "pixelmed-ycc_jpeg_pyr" / "DCM_2"
    with opened(path, "tiff") as slide:
        assert [each.path.name for each in slide.files] == [
            f"DCM_{number}" for number in range(5)
        ]
        assert [each.role for each in slide.files] == [
            f"level {number}" for number in range(5)
        ]


def test_the_hidden_pyramid_shows_on_the_tiff_side(slides_folder: Path) -> None:
    folder = slides_folder / "dual" / "pixelmed-svs-jpeg-rgb-classic-pyramid"
    with opened(folder, "tiff") as slide:
        sizes = [slide.levels[each].size for each in stored_levels(slide)]
        assert sizes == [(2220, 2967), (1110, 1483), (555, 741), (277, 370), (138, 185)]
        truth = by_openslide_as_tiff(folder / "DCM_0", 3)
        assert np.abs(whole(slide, 3).astype(int) - truth).max() <= 1


def by_openslide_as_tiff(path: Path, level: int) -> NDArray[np.int_]:
    with tifffile.TiffFile(path) as file:
        return np.asarray(file.pages[level].asarray()).astype(int)


@pytest.mark.gotcha(2)
def test_a_stale_tiff_side_is_refused(slides_folder: Path) -> None:
    path = slides_folder / "dual" / "stale" / "pydicom-anon-stale.dcm"
    with pytest.raises(UnsupportedFile) as caught:
        open_slides([path], OpenOptions(personality="tiff"))
    assert str(caught.value) == (
        "pydicom-anon-stale.dcm: the TIFF side is stale: there is no sound directory "
        "where it points."
    )


def test_a_dicom_file_without_another_side_is_refused(slides_folder: Path) -> None:
    path = slides_folder / "highdicom" / "sm_image.dcm"
    with pytest.raises(UnsupportedFile, match="a DICOM file without a TIFF side"):
        open_slides([path], OpenOptions(personality="tiff"))
