"""Slides through OpenSlide: what it says, without what it makes up."""

import os
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openslide
import pytest
from numpy.typing import NDArray

from tests.formats.openslide.vendor_files import RGB, picture, trestle, vmu
from viewer.app import main
from viewer.formats import open_slide, open_slides, shown_path
from viewer.formats.openslide.facts import (
    absent_color,
    label_texts,
    objective_of,
    scanner_of,
    spacing_of,
)
from viewer.formats.openslide.vendors import vendor_of
from viewer.slide.errors import BrokenFrame, SlideError
from viewer.slide.geometry import Rect
from viewer.slide.model import EMPTY, Slide, TileKey, stored_levels
from viewer.slide.warnings import SlideWarning

BASE = picture(1000, 700)
SMALL = np.ascontiguousarray(BASE[::4, ::4])

Opener = Callable[[Path], Slide]


@pytest.fixture
def opened() -> Iterator[Opener]:
    slides: list[Slide] = []

    def open_it(path: Path) -> Slide:
        slides.append(open_slide(path))
        return slides[-1]

    yield open_it
    for slide in slides:
        slide.close()


def rgb(slide: Slide, level: int, column: int, row: int) -> NDArray[Any]:
    tile = slide.read_samples(TileKey(slide.serial, level, column, row))
    assert tile is not EMPTY
    assert (tile[..., 3] == 255).all()
    return tile[..., 2::-1]


def whole(slide: Slide, number: int) -> NDArray[Any]:
    level = slide.levels[number]
    return np.concatenate(
        [
            np.concatenate(
                [rgb(slide, number, column, row) for column in range(level.columns)],
                axis=1,
            )
            for row in range(level.rows)
        ]
    )


def test_every_tile_of_every_level_is_the_picture_that_was_written(
    tmp_path: Path, opened: Opener
) -> None:
    slide = opened(trestle(tmp_path / "x.tif", [BASE, SMALL]))
    assert slide.format == "openslide"
    first, second = stored_levels(slide)
    assert slide.levels[first].tile_size == (256, 256)
    assert (whole(slide, first) == BASE).all()
    assert (whole(slide, second) == SMALL).all()


def test_levels_between_are_area_means(tmp_path: Path, opened: Opener) -> None:
    slide = opened(trestle(tmp_path / "x.tif", [BASE, SMALL]))
    half = next(each for each in slide.levels if not each.stored)
    assert half.size == (500, 350)
    found = whole(slide, slide.levels.index(half)).astype(float)
    truth = BASE.reshape(350, 2, 500, 2, 3).mean(axis=(1, 3))
    assert np.abs(found - truth).max() <= 0.5


def test_all_files_of_a_slide_have_a_role(tmp_path: Path, opened: Opener) -> None:
    path = vmu(tmp_path / "x.vmu", picture(800, 600), picture(200, 150))
    slide = opened(path)
    assert [(each.path.name, each.role) for each in slide.files] == [
        ("x.vmu", "levels 0 to 1"),
        ("x_base.ngr", "part"),
        ("x_map.ngr", "part"),
    ]
    assert (whole(slide, 0) == picture(800, 600)).all()
    assert slide.levels[0].spacing == pytest.approx((0.00046, 0.00046))
    assert slide.objective_power == 20
    assert slide.scanner == "Hamamatsu"


def test_parts_of_a_slide_are_not_left_out_of_a_folder(tmp_path: Path) -> None:
    vmu(tmp_path / "x.vmu", picture(800, 600), picture(200, 150))
    found = open_slides([tmp_path])
    assert found.ignored == ()
    (slide,) = found.slides
    slide.close()


def test_a_slide_of_several_files_opens_from_an_archive(tmp_path: Path) -> None:
    vmu(tmp_path / "x.vmu", picture(800, 600), picture(200, 150))
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as target:
        for each in tmp_path.glob("x*.*"):
            if each != path:
                target.write(each, f"slides/{each.name}")
    (slide,) = open_slides([path]).slides
    assert (whole(slide, 0) == picture(800, 600)).all()
    assert shown_path(slide.files[1].path) == "x.zip/slides/x_base.ngr"
    slide.close()


def test_a_missing_part_is_said(tmp_path: Path) -> None:
    path = vmu(tmp_path / "x.vmu", picture(800, 600), picture(200, 150))
    path.with_name("x_base.ngr").unlink()
    with pytest.raises(SlideError, match=r"^x\.vmu: OpenSlide cannot open it: .*base"):
        open_slides([path])


def test_a_broken_tile_is_a_sentence_and_harms_no_other(
    tmp_path: Path, opened: Opener
) -> None:
    path = trestle(tmp_path / "x.tif", [BASE], compression="jpeg")
    slide = opened(path)
    truth = rgb(slide, 0, 1, 1).copy()
    slide.close()
    damage_first_tile(path)
    slide = opened(path)
    for _ in range(2):
        with pytest.raises(BrokenFrame, match=r"^x\.tif: OpenSlide cannot read a part"):
            rgb(slide, 0, 0, 0)
        assert (rgb(slide, 0, 1, 1) == truth).all()
    assert [each.code for each in slide.warnings] == ["spacing-range", "broken-frame"][
        -len(slide.warnings) :
    ]


def damage_first_tile(path: Path) -> None:
    content = bytearray(path.read_bytes())
    start = content.index(b"\xff\xd8\xff")
    content[start : start + 600] = bytes(600)
    path.write_bytes(content)


def test_many_threads_meet_a_broken_tile_and_get_all_others(
    tmp_path: Path, opened: Opener
) -> None:
    path = trestle(tmp_path / "x.tif", [BASE], compression="jpeg")
    damage_first_tile(path)
    slide = opened(path)
    places = [(column, row) for column in range(4) for row in range(3)]
    failed: list[tuple[int, int]] = []

    def read() -> None:
        for column, row in places:
            try:
                rgb(slide, 0, column, row)
            except BrokenFrame:
                failed.append((column, row))

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == [(0, 0)] * 6


@pytest.mark.gotcha(23, 88)
def test_a_file_replaced_while_it_is_open_gives_no_tile_of_the_new_one(
    tmp_path: Path, opened: Opener
) -> None:
    path = trestle(tmp_path / "x.tif", [BASE])
    slide = opened(path)
    rgb(slide, 0, 0, 0)
    before = path.stat()
    aside = path.rename(tmp_path / "aside")
    trestle(path, [255 - BASE])
    with pytest.raises(BrokenFrame, match=r"^x\.tif: was changed after it was opened"):
        rgb(slide, 0, 1, 0)
    aside.replace(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (rgb(slide, 0, 1, 0) == BASE[:256, 256:512]).all()


def test_a_closed_slide_is_not_read(tmp_path: Path) -> None:
    slide = open_slide(trestle(tmp_path / "x.tif", [BASE]))
    slide.close()
    with pytest.raises(SlideError, match=r"^x\.tif: is closed\.$"):
        rgb(slide, 0, 0, 0)


def test_frames_are_not_to_be_had(tmp_path: Path, opened: Opener) -> None:
    slide = opened(trestle(tmp_path / "x.tif", [BASE]))
    key = TileKey(slide.serial, 0, 0, 0)
    assert slide.frame_at(key) is None
    with pytest.raises(SlideError, match="which gives pixels and no codestreams"):
        slide.read_frame(key)


def test_metadata_has_properties_by_vendor_and_the_tiff_directories(
    tmp_path: Path, opened: Opener
) -> None:
    slide = opened(trestle(tmp_path / "x.tif", [BASE]))
    root = slide.metadata(slide.files[0].path)
    nodes = {each.name: each for each in root.children()}
    assert list(nodes) == ["openslide", "tiff", "trestle", "TIFF directories"]
    values = {each.path: each.value for each in nodes["trestle"].children()}
    assert values["trestle.Objective Power"] == "20"


def test_metadata_of_a_slide_that_is_no_tiff_file_are_its_properties(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = vmu(tmp_path / "x.vmu", BASE, SMALL)
    assert main(["metadata", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "hamamatsu"
    assert "  vendor: hamamatsu" in lines
    assert main(["metadata", "--format", "json", str(path)]) == 2
    assert "x.vmu is not a DICOM file" in capsys.readouterr().err


def test_a_slide_is_remembered_by_what_it_is(tmp_path: Path, opened: Opener) -> None:
    one = opened(trestle(tmp_path / "x.tif", [BASE]))
    again = opened(trestle(tmp_path / "copy.tif", [BASE]))
    other = opened(trestle(tmp_path / "y.tif", [255 - BASE]))
    assert one.identity == again.identity != other.identity


@pytest.mark.slides
def test_levels_of_an_ndpi_file_that_openslide_makes_up_are_left_out(
    slides_folder: Path, opened: Opener
) -> None:
    path = slides_folder / "source" / "hamamatsu-dapi.ndpi"
    slide = opened(path)
    stored = [slide.levels[number].size for number in stored_levels(slide)]
    assert stored == [(3968, 4864), (1984, 2432), (992, 1216), (496, 608)]
    assert len(openslide.OpenSlide(path).level_dimensions) == 7
    assert "3 more levels, which OpenSlide makes up" in slide.files[0].reason


@pytest.mark.slides
@pytest.mark.parametrize("number", range(4))
def test_an_ndpi_file_has_openslides_pixels(
    slides_folder: Path, opened: Opener, number: int
) -> None:
    path = slides_folder / "source" / "hamamatsu-dapi.ndpi"
    slide, truth = opened(path), openslide.OpenSlide(path)
    level = slide.levels[stored_levels(slide)[number]]
    middle = level.columns // 2, level.rows // 2
    area: Rect = level.tile_area(*middle)
    size = level.tile_extent(*middle)
    place = round(area.x), round(area.y)
    region = truth.read_region(place, number, (size.width, size.height))
    found = rgb(slide, stored_levels(slide)[number], *middle)
    assert (found == np.asarray(region)[..., :3]).all()
    truth.close()


@pytest.mark.slides
def test_the_macro_of_an_ndpi_file_is_the_overview(
    slides_folder: Path, opened: Opener
) -> None:
    path = slides_folder / "source" / "hamamatsu-dapi.ndpi"
    overview = opened(path).associated["overview"]
    truth = openslide.OpenSlide(path)
    pixels = np.asarray(truth.associated_images["macro"])[..., :3]
    assert overview.size == (1188, 406)
    assert (overview.read()[..., 2::-1] == pixels).all()
    truth.close()


def test_what_was_not_scanned_has_the_background_color_and_says_so() -> None:
    from PIL import Image

    from viewer.formats.openslide.image import samples_of

    pixels = np.zeros((2, 2, 4), np.uint8)
    pixels[0, 0] = 10, 20, 30, 255
    pixels[0, 1] = 10, 20, 30, 51
    samples = samples_of(Image.fromarray(pixels, "RGBA"), (200, 100, 0))
    assert samples is not EMPTY
    assert samples.tolist() == [
        [[30, 20, 10, 255], [6, 84, 162, 51]],
        [[0, 100, 200, 0], [0, 100, 200, 0]],
    ]
    nothing = Image.fromarray(np.zeros((2, 2, 4), np.uint8), "RGBA")
    assert samples_of(nothing, (200, 100, 0)) is EMPTY


@pytest.mark.parametrize(
    ("head", "name", "vendor"),
    [
        (b"ZISRAWFILE\0\0", "x.czi", "zeiss"),
        (b"ZISRAWFILE\0\0", "x.bin", ""),
        (b"[Virtual Microscope Specimen]\r\n", "x.vms", "hamamatsu"),
        (b"SQLite format 3\0", "x.svslide", "sakura"),
        (b"SQLite format 3\0", "x.db", ""),
        (b"\xff\xd8\xff\xe0", "x.mrxs", ""),
        (b"\xff\xd8\xff\xe0", "x.jpg", ""),
        (bytes(128) + b"DICM", "x.czi", ""),
        (b"", "x.vms", ""),
    ],
)
def test_native_code_sees_only_what_has_the_marks_of_a_format(
    tmp_path: Path, head: bytes, name: str, vendor: str
) -> None:
    assert vendor_of(head, tmp_path / name) == vendor


def test_a_mrxs_file_needs_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "x.mrxs"
    assert vendor_of(b"\xff\xd8", path) == ""
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "Slidedat.ini").write_text("[GENERAL]\n")
    assert vendor_of(b"\xff\xd8", path) == "mirax"
    path.write_bytes(b"\xff\xd8\xff")
    with pytest.raises(SlideError, match=r"^x\.mrxs"):
        open_slides([path])


@pytest.mark.parametrize(
    ("x", "y", "found", "codes"),
    [
        ("0.25", "0.5", (0.00025, 0.0005), []),
        ("250", "250", None, ["spacing-range"]),
        ("nan", "0.25", None, ["no-spacing"]),
        ("-1", "0.25", None, ["no-spacing"]),
        ("", "", None, ["no-spacing"]),
    ],
)
def test_a_scale_that_cannot_be_is_unknown(
    x: str, y: str, found: tuple[float, float] | None, codes: list[str]
) -> None:
    warnings: list[SlideWarning] = []
    properties = {"openslide.mpp-x": x, "openslide.mpp-y": y}
    spacing = spacing_of(properties, Path("x.tif"), warnings)
    assert spacing == (None if found is None else pytest.approx(found))
    assert [each.code for each in warnings] == codes


def test_properties_that_are_odd_say_nothing() -> None:
    assert absent_color({"openslide.background-color": "zz"}) == (255, 255, 255)
    assert absent_color({"openslide.background-color": "102030"}) == (16, 32, 48)
    assert objective_of({"openslide.objective-power": "inf"}) is None
    assert scanner_of({}) == ""
    coded = {"philips.PIM_DP_UFS_BARCODE": "UzI2LTE="}
    assert label_texts(coded) == (("Barcode", "S26-1"),)


def test_dicom_never_reaches_openslide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.synthetic import write_slide

    def refuse(*_paths: object) -> None:
        raise AssertionError("OpenSlide was asked")

    monkeypatch.setattr(openslide.OpenSlide, "detect_format", refuse)
    monkeypatch.setattr(openslide.OpenSlide, "__init__", refuse)
    path = write_slide(tmp_path, levels=1, label=False, overview=False)[0]
    renamed = path.rename(tmp_path / "x.mrxs")
    open_slide(renamed).close()
    junk: RGB = picture(4, 4)
    (tmp_path / "junk.tif").write_bytes(b"II*\0" + junk.tobytes())
    with pytest.raises(SlideError):
        open_slides([tmp_path / "junk.tif"])
