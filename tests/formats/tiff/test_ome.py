"""OME-XML that says less, more or something else than the pages of its file."""

import struct
from pathlib import Path

import numpy as np
import pytest
import tifffile

from tests.formats.tiff.whole import gradient, opened, whole
from viewer.formats.tiff.ome_xml import read_images
from viewer.slide.model import EMPTY, Slide, TileKey


def pixels(attributes: str, inside: str = "<TiffData/>") -> str:
    return f'<OME><Image ID="I:0"><Pixels {attributes}>{inside}</Pixels></Image></OME>'


def written(path: Path, xml: str, pages: int) -> Path:
    """Write grey pages of 64 x 48 pixels, each of one value: its number times 10."""
    with tifffile.TiffWriter(path) as file:
        for number in range(pages):
            file.write(
                np.full((48, 64), number * 10, np.uint8),
                photometric="minisblack",
                metadata=None,
                description=xml if number == 0 else None,
            )
    return path


def value(slide: Slide, plane: int, optical_path: int) -> int | None:
    """Return the one value of a plane, None where it is absent."""
    tile = slide.read_samples(TileKey(slide.serial, 0, 0, 0, plane, optical_path))
    if tile is EMPTY:
        return None
    assert tile.min() == tile.max()
    return int(tile.min())


def messages(slide: Slide, code: str) -> list[str]:
    return [each.message for each in slide.warnings if each.code == code]


@pytest.mark.parametrize("order", ["XYCZT", "XYZCT"])
def test_channels_that_the_xml_does_not_list_are_shown(
    tmp_path: Path, order: str
) -> None:
    xml = pixels(f'SizeC="3" SizeZ="2" SizeT="1" DimensionOrder="{order}"')
    path = written(tmp_path / "plain.ome.tif", xml, 6)
    with opened(path) as slide:
        assert [each.identifier for each in slide.optical_paths] == ["1", "2", "3"]
        for plane in range(2):
            for channel in range(3):
                page = plane * 3 + channel if order == "XYCZT" else channel * 2 + plane
                assert value(slide, plane, channel) == page * 10
        assert not messages(slide, "planes-missing")


def test_an_order_that_is_none_is_the_usual_one(tmp_path: Path) -> None:
    xml = pixels('SizeC="2" SizeZ="2" SizeT="1" DimensionOrder="XYZZZ"')
    with opened(written(tmp_path / "odd.ome.tif", xml, 4)) as slide:
        assert value(slide, 1, 0) == 10
        assert value(slide, 0, 1) == 20


def test_a_page_that_cannot_be_read_shifts_no_other(tmp_path: Path) -> None:
    xml = pixels('SizeC="3" SizeZ="1" SizeT="1" DimensionOrder="XYZCT"')
    path = written(tmp_path / "hole.ome.tif", xml, 3)
    data = bytearray(path.read_bytes())
    with tifffile.TiffFile(path) as file:
        width = file.pages[1].aspage().tags[256]
        struct.pack_into("<I", data, width.valueoffset, 0)
    path.write_bytes(data)
    with opened(path) as slide:
        assert [value(slide, 0, channel) for channel in range(3)] == [0, None, 20]
        assert messages(slide, "planes-missing") == [
            "hole.ome.tif: 1 planes of the image are in other files or missing."
        ]


def test_pages_that_no_image_names_are_said(tmp_path: Path) -> None:
    xml = pixels('SizeC="1" SizeZ="2" SizeT="1" DimensionOrder="XYZCT"')
    with opened(written(tmp_path / "more.ome.tif", xml, 5)) as slide:
        assert messages(slide, "planes-missing") == [
            "more.ome.tif: 3 pages are in no image of the OME-XML and are not shown."
        ]


def test_xml_of_another_size_is_said(tmp_path: Path) -> None:
    xml = pixels('SizeX="640" SizeY="48" SizeC="1" SizeZ="1" SizeT="1"')
    with opened(written(tmp_path / "other.ome.tif", xml, 1)) as slide:
        (message,) = messages(slide, "metadata")
        assert "640 x 48 pixels, but TIFF directory 0 has 64 x 48" in message


def test_pictures_in_color_beyond_the_first_are_said(tmp_path: Path) -> None:
    path = tmp_path / "three.ome.tif"
    data = np.stack([gradient(100, 120), gradient(100, 120)[::-1]])
    tifffile.imwrite(path, data, ome=True, photometric="rgb", metadata={"axes": "CYXS"})
    with opened(path) as slide:
        assert np.array_equal(whole(slide), data[0])
        assert messages(slide, "planes-missing") == [
            "three.ome.tif: the first of 2 pictures in color is shown."
        ]


def test_work_is_bounded_however_often_the_xml_names_a_page(tmp_path: Path) -> None:
    block = '<TiffData IFD="0" PlaneCount="4096"/>'
    xml = pixels('SizeC="1" SizeZ="4096" SizeT="1"', block * 3000)
    (image,) = read_images(xml, tmp_path / "x")
    assert len(image.pages(4096)) == 4096  # 3,000 times as many steps, cut short
    assert image.first_page(4096) == 0


def test_images_beyond_a_thousand_are_not_looked_at(tmp_path: Path) -> None:
    image = '<Image><Pixels SizeC="1" SizeZ="1" SizeT="1"/></Image>'
    found = read_images(f"<OME>{image * 1500}</OME>", tmp_path / "x")
    assert len(found) == 1000
