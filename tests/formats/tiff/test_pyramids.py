"""Which pages are levels, planes, channels, label and overview: generated files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.formats.tiff.whole import gradient, opened, whole
from viewer.formats import open_slides
from viewer.formats.tiff.aperio import properties
from viewer.formats.tiff.layout import role_of
from viewer.slide.errors import SlideError
from viewer.slide.geometry import Spacing
from viewer.slide.model import stored_levels

TILED: dict[str, Any] = {"tile": (128, 128), "photometric": "rgb", "metadata": None}
CENTIMETER = {"resolution": (20_000, 20_000), "resolutionunit": "CENTIMETER"}


def halves(data: NDArray[Any], count: int) -> list[NDArray[Any]]:
    """Return the picture, and each time every other pixel of the one before."""
    found = [data]
    for _ in range(count):
        found.append(found[-1][::2, ::2])
    return found


def test_reduced_pages_are_levels_by_size(tmp_path: Path) -> None:
    pages = halves(gradient(900, 1100), 3)
    path = tmp_path / "pyramid.tif"
    with tifffile.TiffWriter(path) as file:
        file.write(pages[0], **TILED, **CENTIMETER)
        for number in (3, 1, 2):  # not in the order of their sizes
            file.write(pages[number], subfiletype=1, **TILED)
    with opened(path) as slide:
        stored = stored_levels(slide)
        assert len(stored) == 4
        for number, page in enumerate(pages):
            assert slide.levels[stored[number]].size == page.shape[1::-1]
            assert np.array_equal(whole(slide, number), page)
        assert slide.levels[0].spacing == Spacing(0.0005, 0.0005)
        assert slide.levels[stored[1]].downsample == (2, 2)
        assert slide.name == "pyramid"
        assert not slide.warnings
        assert [(each.role, each.transfer_syntax) for each in slide.files] == [
            ("levels 0 to 3", "uncompressed")
        ]


def test_pages_below_the_first_are_levels_too(tmp_path: Path) -> None:
    pages = halves(gradient(900, 1100), 2)
    path = tmp_path / "pyramid.tif"
    with tifffile.TiffWriter(path, bigtiff=True) as file:
        file.write(pages[0], subifds=2, **TILED)
        file.write(pages[1], subfiletype=1, **TILED)
        file.write(pages[2], subfiletype=1, **TILED)
    with opened(path) as slide:
        assert len(stored_levels(slide)) == 3
        for number, page in enumerate(pages):
            assert np.array_equal(whole(slide, number), page)


def test_pages_with_names_are_label_overview_and_thumbnail(tmp_path: Path) -> None:
    path = tmp_path / "named.tif"
    others = {
        "Label": gradient(70, 60),
        "macro image": gradient(50, 150),
        "thumbnail": gradient(45, 55),
    }
    with tifffile.TiffWriter(path) as file:
        file.write(gradient(900, 1100), **TILED)
        for name, picture in others.items():
            how: dict[str, Any] = {"photometric": "rgb", "metadata": None}
            file.write(picture, description=name, compression="lzw", **how)
    with opened(path) as slide:
        assert list(slide.associated) == ["label", "overview", "thumbnail"]
        for image, picture in zip(
            slide.associated.values(), others.values(), strict=True
        ):
            samples = image.read()
            assert np.array_equal(samples[..., 2::-1], picture)
            assert image.size == picture.shape[1::-1]


def test_a_page_of_another_shape_is_left_out_and_said(tmp_path: Path) -> None:
    path = tmp_path / "odd.tif"
    with tifffile.TiffWriter(path) as file:
        file.write(gradient(900, 1100), **TILED)
        file.write(gradient(400, 200), **TILED)
    with opened(path) as slide:
        assert len(stored_levels(slide)) == 1
        (warning,) = [w for w in slide.warnings if w.code == "level-shape"]
        assert warning.message == (
            "odd.tif: TIFF directory 1 is not used: its shape (200 x 400 pixels) does "
            "not fit the base level's (1100 x 900 pixels)."
        )


def test_pages_that_find_no_place_are_said(tmp_path: Path) -> None:
    path = tmp_path / "more.tif"
    label: dict[str, Any] = {"photometric": "rgb", "metadata": None}
    small = gradient(90, 60)
    with tifffile.TiffWriter(path) as file:
        file.write(gradient(900, 1100), **TILED)
        file.write(gradient(900, 1100), **{**TILED, "tile": (256, 256)})
        file.write(gradient(450, 550), **TILED)
        file.write(gradient(450, 550), **TILED)
        file.write(small, description="label", **label)
        file.write(small, description="label", **label)
    with opened(path) as slide:
        assert len(stored_levels(slide)) == 2
        assert list(slide.associated) == ["label"]
        found = {w.message for w in slide.warnings if w.code == "level-shape"}
    assert found == {
        "more.tif: TIFF directory 1 is not used: its samples or tiles are of another "
        "kind than TIFF directory 0's.",
        "more.tif: TIFF directory 3 is not used: a level of its size is there.",
        "more.tif: TIFF directory 5 is not used: TIFF directory 4 already is the "
        "label.",
    }


def test_pages_of_one_size_are_focal_planes_and_that_is_said(tmp_path: Path) -> None:
    planes = [gradient(300, 400)[..., each] for each in range(3)]
    path = tmp_path / "stack.tif"
    with tifffile.TiffWriter(path, byteorder=">") as file:
        for plane in planes:
            file.write(plane, photometric="minisblack", tile=(128, 128), metadata=None)
    with opened(path) as slide:
        assert len(slide.focal_planes) == 3
        for number, plane in enumerate(planes):
            assert np.array_equal(whole(slide, plane=number), plane)
        assert "planes-guessed" in [warning.code for warning in slide.warnings]


def test_the_profile_is_that_of_each_level(tmp_path: Path) -> None:
    path = tmp_path / "icc.tif"
    with tifffile.TiffWriter(path) as file:
        for number, page in enumerate(halves(gradient(900, 1100), 1)):
            file.write(
                page, **TILED, iccprofile=b"profile %d" % number, subfiletype=number
            )
    with opened(path) as slide:
        stored = stored_levels(slide)
        profiles = [slide.icc_profile(number, 0) for number in stored]
        assert profiles == [b"profile 0", b"profile 1"]
        assert slide.optical_paths[0].icc_profile == b"profile 0"


@pytest.mark.parametrize(
    ("resolution", "unit", "spacing"),
    [
        ((20_000, 20_000), "CENTIMETER", Spacing(0.0005, 0.0005)),
        ((50_800, 25_400), "INCH", Spacing(0.0005, 0.001)),
        ((72, 72), "INCH", None),
        ((300, 300), "INCH", None),
        ((2, 2), "NONE", None),
    ],
)
def test_resolution_tags_are_a_scale_where_a_microscope_could_have_it(
    tmp_path: Path,
    resolution: tuple[int, int],
    unit: str,
    spacing: Spacing | None,
) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(
        path, gradient(64, 64), resolution=resolution, resolutionunit=unit, **TILED
    )
    with opened(path) as slide:
        found = slide.levels[0].spacing
        assert found == (None if spacing is None else pytest.approx(spacing))
        codes = {warning.code for warning in slide.warnings}
        if spacing is None:
            assert codes & {"no-spacing", "spacing-range"}


def ome(path: Path, data: NDArray[Any], levels: int, **metadata: Any) -> None:
    """Write an OME-TIFF with levels below its pages, each every other pixel."""
    with tifffile.TiffWriter(path, ome=True, bigtiff=True) as file:
        how: dict[str, Any] = {"tile": (128, 128)}
        how["photometric"] = "rgb" if data.shape[-1] == 3 else "minisblack"
        file.write(data, subifds=levels, metadata=metadata, **how)
        for level in range(1, levels + 1):
            step = slice(None, None, 2**level)
            part = (
                data[..., step, step, :]
                if data.shape[-1] == 3
                else data[..., step, step]
            )
            file.write(part, subfiletype=1, **how)


def test_ome_color_pyramid(tmp_path: Path) -> None:
    data = gradient(900, 1100)
    path = tmp_path / "slide.ome.tif"
    ome(
        path, data, 2, axes="YXS", PhysicalSizeX=0.25, PhysicalSizeY=250,
        PhysicalSizeYUnit="nm",
    )  # fmt: skip
    with opened(path) as slide:
        assert slide.name == "slide"
        assert len(stored_levels(slide)) == 3
        for level in range(3):
            assert np.array_equal(whole(slide, level), data[:: 2**level, :: 2**level])
        assert slide.levels[0].spacing == pytest.approx(Spacing(0.00025, 0.00025))
        assert not slide.warnings


def test_ome_channels_have_names_colors_and_light(tmp_path: Path) -> None:
    data = np.stack([gradient(600, 500, np.uint16)[..., each] for each in range(3)])
    path = tmp_path / "fluorescence.ome.tif"
    channels = {
        "Name": ["DAPI", "FITC", "Cy3"],
        "Color": [65535, 16711935, -16776961],  # blue, green and red, alpha 255
        "EmissionWavelength": [461, 519, 570],
        "EmissionWavelengthUnit": ["nm", "nm", "nm"],
    }
    ome(path, data, 1, axes="CYX", Channel=channels)
    with opened(path) as slide:
        paths = slide.optical_paths
        assert [each.identifier for each in paths] == ["DAPI", "FITC", "Cy3"]
        assert [each.color for each in paths] == [(0, 0, 255), (0, 255, 0), (255, 0, 0)]
        assert [each.wavelength for each in paths] == pytest.approx([461, 519, 570])
        assert paths[0].grey_range == (0, 65535)
        assert paths[0].absent == (0, 0, 0)
        for number in range(3):
            for level in range(2):
                found = whole(slide, level, optical_path=number)
                assert np.array_equal(found, data[number, :: 2**level, :: 2**level])


@pytest.mark.parametrize("axes", ["ZCYX", "CZYX"])
def test_ome_planes_and_channels_in_either_order(tmp_path: Path, axes: str) -> None:
    data = np.stack([gradient(300, 200)[..., each % 3] + each for each in range(6)])
    shape = (3, 2) if axes == "ZCYX" else (2, 3)
    stack = data.reshape(*shape, 300, 200).astype(np.uint8)
    path = tmp_path / "stack.ome.tif"
    ome(path, stack, 0, axes=axes, PhysicalSizeZ=1.5)
    with opened(path) as slide:
        assert slide.focal_planes == pytest.approx((0.0, 1.5, 3.0))
        assert len(slide.optical_paths) == 2
        for plane in range(3):
            for channel in range(2):
                expected = (
                    stack[plane, channel] if axes == "ZCYX" else stack[channel, plane]
                )
                found = whole(slide, plane=plane, optical_path=channel)
                assert np.array_equal(found, expected)


def test_ome_images_beside_the_first_are_label_and_overview(tmp_path: Path) -> None:
    path = tmp_path / "with.ome.tif"
    label = gradient(70, 60)
    with tifffile.TiffWriter(path, ome=True) as file:
        file.write(
            gradient(300, 400), photometric="rgb", tile=(128, 128),
            metadata={"axes": "YXS"},
        )  # fmt: skip
        file.write(label, photometric="rgb", metadata={"axes": "YXS", "Name": "Label"})
    with opened(path) as slide:
        assert list(slide.associated) == ["label"]
        assert np.array_equal(slide.associated["label"].read()[..., 2::-1], label)


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE OME [<!ENTITY a "aaaa">]><OME><Image>&a;</Image></OME>',
        "<OME><Image></OME>",
        "<OME></OME>",
        '<OME><Image><Pixels SizeZ="999999999" SizeC="1" SizeT="1"/></Image></OME>',
    ],
)
def test_xml_that_cannot_be_read_is_a_warning_beside_the_picture(
    tmp_path: Path, xml: str
) -> None:
    data = gradient(300, 400)
    path = tmp_path / "odd.ome.tif"
    tifffile.imwrite(path, data, description=xml, **TILED)
    with opened(path) as slide:
        assert np.array_equal(whole(slide), data)
        (warning,) = [each for each in slide.warnings if each.code == "metadata"]
        assert warning.message.startswith("odd.ome.tif: ")
        assert "OME-XML" in warning.message


def test_a_renamed_ome_file_is_still_its_own(tmp_path: Path) -> None:
    data = gradient(300, 400)
    ome(tmp_path / "first.ome.tif", data, 0, axes="YXS")
    path = (tmp_path / "first.ome.tif").rename(tmp_path / "second.ome.tif")
    with opened(path) as slide:
        assert np.array_equal(whole(slide), data)


def aperio(path: Path, pages: Sequence[tuple[NDArray[Any], dict[str, Any]]]) -> None:
    with tifffile.TiffWriter(path) as file:
        for picture, how in pages:
            file.write(picture, photometric="rgb", metadata=None, **how)


HEAD = "Aperio Image Library v12.0.15\n1100x900 [0,0 1100x900] (128x128) JPEG/RGB Q=70"


def test_aperio_pages_are_told_by_tiles_and_by_the_second_line(tmp_path: Path) -> None:
    base = gradient(900, 1100)
    label, macro, thumbnail = gradient(90, 80), gradient(60, 170), gradient(90, 110)
    path = tmp_path / "a.svs"
    tiles: dict[str, Any] = {"tile": (128, 128)}
    text = f"{HEAD}|AppMag = 40|MPP = 0.2520|ScanScope ID = SS1234|Title = x|y"
    aperio(
        path,
        [
            (base, {**tiles, "description": text}),
            (thumbnail, {"description": HEAD}),
            (base[::4, ::4], {**tiles, "description": HEAD}),
            (label, {"description": "Aperio v12\nlabel 80x90", "subfiletype": 1}),
            (macro, {"description": "Aperio v12\nmacro 170x60", "subfiletype": 9}),
        ],
    )
    with opened(path) as slide:
        assert len(stored_levels(slide)) == 2
        assert np.array_equal(whole(slide, 0), base)
        assert np.array_equal(whole(slide, 1), base[::4, ::4])
        expected = {"thumbnail": thumbnail, "label": label, "overview": macro}
        assert set(slide.associated) == set(expected)
        for role, picture in expected.items():
            assert np.array_equal(slide.associated[role].read()[..., 2::-1], picture)
        assert slide.levels[0].spacing == pytest.approx(Spacing(0.000252, 0.000252))
        assert slide.objective_power == 40
        assert slide.scanner == "Aperio SS1234"


@pytest.mark.parametrize("mpp", ["0.25", "0,25", " 0.2500 "])
def test_aperio_pixel_sizes_may_have_a_comma(tmp_path: Path, mpp: str) -> None:
    path = tmp_path / "x.svs"
    tifffile.imwrite(
        path, gradient(300, 400), description=f"{HEAD}|AppMag = 40|MPP = {mpp}", **TILED
    )
    with opened(path) as slide:
        assert slide.levels[0].spacing == pytest.approx(Spacing(0.00025, 0.00025))


@given(st.text(max_size=300))
def test_any_description_has_properties_and_no_error(text: str) -> None:
    assert all(name == name.strip() for name in properties(text))
    assert role_of(text) in {"", "label", "overview", "thumbnail"}


def test_a_file_of_which_no_level_can_be_shown_says_why(tmp_path: Path) -> None:
    path = tmp_path / "none.tif"
    tifffile.imwrite(path, gradient(64, 64), **TILED)
    with tifffile.TiffFile(path, mode="r+") as file:
        file.pages.first.tags[259].overwrite(22610)
    with pytest.raises(SlideError, match=r"none\.tif: TIFF directory 0: compression"):
        open_slides([path])


def test_a_level_that_cannot_be_read_is_missing_and_said(tmp_path: Path) -> None:
    base = gradient(900, 1100)
    path = tmp_path / "partly.tif"
    with tifffile.TiffWriter(path) as file:
        file.write(base, **TILED, **CENTIMETER)
        file.write(base[::2, ::2], subfiletype=1, **TILED)
    with tifffile.TiffFile(path, mode="r+") as file:
        file.pages.first.tags[259].overwrite(22610)
    with opened(path) as slide:
        assert np.array_equal(whole(slide), base[::2, ::2])
        assert "level-refused" in {warning.code for warning in slide.warnings}
        assert slide.levels[0].spacing == pytest.approx(Spacing(0.001, 0.001))


def test_the_broken_page_names_what_was_found_and_expected(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, gradient(300, 300), **TILED)
    with tifffile.TiffFile(path, mode="r+") as file:
        file.pages.first.tags[257].overwrite(3000)
    with pytest.raises(SlideError, match="9 offsets and 9 byte counts of tiles, exp"):
        open_slides([path])
