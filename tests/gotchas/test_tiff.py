"""Oddities of TIFF slides: one small file with one of them each."""

import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
import simplejpeg
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from tests.formats.tiff.whole import gradient, opened, smooth, whole, write
from viewer.formats import open_slides
from viewer.slide.errors import BrokenFrame, SlideError
from viewer.slide.model import EMPTY, Slide, TileKey

TILE = 64
TILED: dict[str, Any] = {"tile": (TILE, TILE), "photometric": "rgb"}


def key(slide: Slide, column: int, row: int) -> TileKey:
    return TileKey(slide.serial, 0, column, row)


def overwrite(path: Path, tag: int, value: Any) -> None:
    with tifffile.TiffFile(path, mode="r+") as file:
        file.pages.first.tags[tag].overwrite(value)


def value(path: Path, tag: int) -> list[int]:
    with tifffile.TiffFile(path) as file:
        return list(file.pages.first.tags[tag].value)


def rgb(tile: Any) -> NDArray[np.uint8]:
    return tile[..., 2::-1]


@pytest.mark.gotcha(11, 54)
def test_a_tile_of_no_bytes_is_absent_and_shifts_no_other(tmp_path: Path) -> None:
    data = gradient(192, 192)
    path = write(tmp_path / "a.svs", data, compression="deflate", **TILED)
    counts = value(path, 325)
    counts[1] = counts[6] = 0
    overwrite(path, 325, counts)
    with opened(path) as slide:
        for number in range(9):
            row, column = divmod(number, 3)
            tile = slide.read_samples(key(slide, column, row))
            if number in {1, 6}:
                assert tile is EMPTY
                assert slide.frame_at(key(slide, column, row)) is None
                assert slide.read_frame(key(slide, column, row)) is EMPTY
                continue
            y, x = row * TILE, column * TILE
            assert np.array_equal(rgb(tile), data[y : y + TILE, x : x + TILE])
        assert "broken-frame" not in {warning.code for warning in slide.warnings}


def abbreviated(tile: NDArray[np.uint8]) -> tuple[bytes, bytes]:
    """Return a JPEG tile without its tables, and the tables."""
    stream = simplejpeg.encode_jpeg(
        np.ascontiguousarray(tile), quality=95, colorsubsampling="444"
    )
    tables, rest, place = b"", b"", 2
    while True:
        marker, length = (
            stream[place + 1],
            struct.unpack_from(">H", stream, place + 2)[0],
        )
        segment = stream[place : place + 2 + length]
        if marker in {0xDB, 0xC4}:
            tables += segment
        elif marker != 0xE0:  # JFIF, which SVS leaves out
            rest += segment
        place += 2 + length
        if marker == 0xDA:
            break
    soi, eoi = b"\xff\xd8", b"\xff\xd9"
    return soi + rest + stream[place:], soi + tables + eoi


@pytest.mark.gotcha(41)
def test_tables_of_tag_347_are_put_into_each_tile(tmp_path: Path) -> None:
    data = smooth(128, 192)
    parts = [
        abbreviated(data[y : y + TILE, x : x + TILE])
        for y in range(0, 128, TILE)
        for x in range(0, 192, TILE)
    ]
    path = tmp_path / "a.svs"
    tifffile.imwrite(
        path,
        (frame for frame, _ in parts),
        shape=data.shape,
        dtype=np.uint8,
        compression="jpeg",
        jpegtables=parts[0][1],
        photometric="ycbcr",
        subsampling=(1, 1),
        tile=(TILE, TILE),
        metadata=None,
    )
    with opened(path) as slide:
        assert np.abs(whole(slide).astype(int) - data).max() <= 8
        frame = slide.read_frame(key(slide, 2, 1))
        assert frame is not EMPTY
        assert frame.data == parts[5][0]
        assert frame.tables == parts[0][1]


@pytest.mark.gotcha(41)
def test_abbreviated_tiles_without_tables_are_named(tmp_path: Path) -> None:
    frame, _ = abbreviated(smooth(TILE, TILE))
    path = tmp_path / "a.svs"
    tifffile.imwrite(
        path,
        iter([frame]),
        shape=(TILE, TILE, 3),
        dtype=np.uint8,
        compression="jpeg",
        photometric="ycbcr",
        subsampling=(1, 1),
        tile=(TILE, TILE),
        metadata=None,
    )
    with opened(path) as slide, pytest.raises(BrokenFrame) as caught:
        slide.read_samples(key(slide, 0, 0))
    assert str(caught.value).startswith("a.svs: tile 1 of TIFF directory 0: ")


def jpeg_page(
    path: Path, frames: list[bytes], shape: tuple[int, ...], how: str
) -> Path:
    tifffile.imwrite(
        path,
        iter(frames),
        shape=shape,
        dtype=np.uint8,
        compression="jpeg",
        photometric=how,
        subsampling=(1, 1) if how == "ycbcr" else None,
        tile=(TILE, TILE),
        metadata=None,
    )
    overwrite(path, 262, {"rgb": 2, "ycbcr": 6}[how])  # tifffile prefers YCbCr
    return path


@pytest.mark.gotcha(29)
def test_a_codestream_of_ycbcr_under_rgb_is_shown_right_with_a_warning(
    tmp_path: Path,
) -> None:
    data = smooth(TILE, TILE)
    frame = simplejpeg.encode_jpeg(data, quality=95, colorsubsampling="444")  # JFIF
    path = jpeg_page(tmp_path / "a.tif", [frame], data.shape, "rgb")
    with opened(path) as slide:
        assert np.abs(whole(slide).astype(int) - data).max() <= 8
        (warning,) = [each for each in slide.warnings if each.code == "color-label"]
        assert warning.message == (
            "a.tif: Photometric Interpretation is RGB, but the codestream is YCbCr "
            "(JFIF); shown as YCbCr."
        )


@pytest.mark.gotcha(27)
def test_rgb_without_any_marker_follows_the_tag(tmp_path: Path) -> None:
    data = smooth(TILE, TILE)
    # A decoder by itself would take the samples for YCbCr.
    path = jpeg_page(tmp_path / "a.tif", [bare_rgb(data)], data.shape, "rgb")
    with opened(path) as slide:
        assert np.abs(whole(slide).astype(int) - data).max() <= 10
        assert "color-label" not in {warning.code for warning in slide.warnings}


def bare_rgb(data: NDArray[np.uint8]) -> bytes:
    """Return a JPEG of RGB samples with ids 1, 2, 3 and no marker."""
    stream = imagecodecs.jpeg8_encode(
        data, level=95, colorspace="rgb", outcolorspace="rgb"
    )
    found, place = b"\xff\xd8", 2
    while stream[place + 1] != 0xDA:
        length = struct.unpack_from(">H", stream, place + 2)[0]
        segment = bytearray(stream[place : place + 2 + length])
        if stream[place + 1] in {0xC0, 0xC1}:
            segment[10], segment[13], segment[16] = 1, 2, 3
        if stream[place + 1] not in {0xEE, 0xE0}:
            found += bytes(segment)
        place += 2 + length
    scan = bytearray(stream[place:])
    scan[5], scan[7], scan[9] = 1, 2, 3
    return found + bytes(scan)


@pytest.mark.gotcha(32)
@pytest.mark.parametrize("aperio", [True, False])
def test_compression_33003_is_ycbcr_where_aperio_wrote_it(
    tmp_path: Path, aperio: bool
) -> None:
    data = smooth(TILE, TILE)
    planes = data
    if aperio:  # else Bio-Formats, which gives the number to any JPEG 2000
        planes = np.asarray(Image.fromarray(data).convert("YCbCr"))
    frame = imagecodecs.jpeg2k_encode(
        planes, codecformat="J2K", mct=False, reversible=True, level=0
    )
    path = tmp_path / "a.svs"
    tifffile.imwrite(
        path,
        iter([bytes(frame)]),
        shape=data.shape,
        dtype=np.uint8,
        compression="jpeg2000",
        photometric="rgb",
        tile=(TILE, TILE),
        description="Aperio Leica" if aperio else "",
        metadata=None,
    )
    overwrite(path, 259, 33003)
    with opened(path) as slide:
        found = whole(slide)
        # Pillow rounds the three of YCbCr.
        assert np.abs(found.astype(int) - data).max() <= (3 if aperio else 0)
        assert {each.code for each in slide.warnings} == {"no-spacing"}


@pytest.mark.gotcha(35)
def test_a_tile_of_another_size_is_named_with_both(tmp_path: Path) -> None:
    frame = simplejpeg.encode_jpeg(smooth(48, 80), quality=90)
    path = jpeg_page(tmp_path / "a.tif", [frame], (TILE, TILE, 3), "ycbcr")
    with opened(path) as slide, pytest.raises(BrokenFrame) as caught:
        slide.read_samples(key(slide, 0, 0))
    assert str(caught.value) == (
        "a.tif: tile 1 of TIFF directory 0: the codestream is 80 x 48, expected "
        "64 x 64."
    )


@pytest.mark.gotcha(46)
def test_label_and_levels_have_profiles_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path) as file:
        file.write(gradient(192, 192), iccprofile=b"base", metadata=None, **TILED)
        file.write(
            gradient(30, 40), photometric="rgb", iccprofile=b"label",
            description="label", metadata=None,
        )  # fmt: skip
    with opened(path) as slide:
        assert slide.icc_profile(0, 0) == b"base"
        assert slide.associated["label"].icc_profile == b"label"


@pytest.mark.gotcha(78)
def test_a_slide_without_label_and_overview_has_none(tmp_path: Path) -> None:
    path = write(tmp_path / "a.svs", gradient(192, 192), **TILED)
    with opened(path) as slide:
        assert not slide.associated


@pytest.mark.gotcha(71)
def test_a_pixel_of_250_micrometers_is_no_scale(tmp_path: Path) -> None:
    text = "Aperio x\r\n192x192 (64x64)|AppMag = 40|MPP = 250.0"
    path = write(tmp_path / "a.svs", gradient(192, 192), description=text, **TILED)
    with opened(path) as slide:
        assert slide.levels[0].spacing is None
        (warning,) = slide.warnings
        assert warning.message == (
            "a.svs: the pixel size is 250 x 250 um, expected 0.05 to 20 um; the scale "
            "is taken as unknown."
        )


def test_a_tile_behind_the_end_is_named_and_the_others_show(tmp_path: Path) -> None:
    data = gradient(192, 192)
    path = write(tmp_path / "a.tif", data, **TILED)
    offsets = value(path, 324)
    size = path.stat().st_size
    offsets[4] = size - 10
    overwrite(path, 324, offsets)
    with opened(path) as slide:
        with pytest.raises(BrokenFrame) as caught:
            slide.read_samples(key(slide, 1, 1))
        assert str(caught.value) == (
            f"a.tif: tile 5 of TIFF directory 0: 12288 bytes at offset {size - 10}, "
            f"but the file ends at byte {size}."
        )
        tile = slide.read_samples(key(slide, 2, 1))
        assert np.array_equal(rgb(tile), data[64:128, 128:192])
        assert [each.code for each in slide.warnings][-1] == "broken-frame"


@pytest.mark.parametrize(
    ("compression", "words"),
    [("lzw", "the LZW data"), ("deflate", "the Deflate data"), (None, "bytes of samp")],
)
def test_a_tile_that_is_cut_off_is_named(
    tmp_path: Path, compression: str | None, words: str
) -> None:
    path = write(
        tmp_path / "a.tif", gradient(192, 192), compression=compression, **TILED
    )
    counts = value(path, 325)
    counts[4] //= 2
    overwrite(path, 325, counts)
    with opened(path) as slide, pytest.raises(BrokenFrame, match=words) as caught:
        slide.read_samples(key(slide, 1, 1))
    assert str(caught.value).startswith("a.tif: tile 5 of TIFF directory 0: ")


def test_a_chain_that_bites_its_tail_ends(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", gradient(192, 192), **TILED)
    content = bytearray(path.read_bytes())
    (first,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, first)
    struct.pack_into("<I", content, first + 2 + 12 * count, first)
    path.write_bytes(content)
    with opened(path) as slide:
        assert len(slide.focal_planes) == 1
        assert whole(slide).shape == (192, 192, 3)


@pytest.mark.parametrize(
    ("tag", "number", "words"),
    [
        (256, 0, "Image Width is 0"),
        (322, 2**31, "Tile Width is 2147483648"),
        (257, 2**31 - 1, "33554432"),
        (277, 0, "TIFF directory 0"),
        (284, 9, "Planar Configuration is 9"),
    ],
)
def test_absurd_numbers_are_refused_before_anything_is_made_of_them(
    tmp_path: Path, tag: int, number: int, words: str
) -> None:
    path = write(tmp_path / "a.tif", gradient(64, 64), **TILED)
    with tifffile.TiffFile(path, mode="r+") as file:
        file.pages.first.tags[tag].overwrite(number, dtype="I", erase=False)
    with pytest.raises(SlideError, match=words):
        open_slides([path])


@pytest.mark.gotcha(95)
def test_an_empty_directory_and_a_header_alone_are_sentences(tmp_path: Path) -> None:
    for name, content in {
        "header.tif": b"II*\0" + struct.pack("<I", 8),
        "nowhere.tif": b"II*\0" + struct.pack("<I", 1 << 31),
        "empty.tif": b"II*\0" + struct.pack("<IHI", 8, 0, 0),
        "big.tif": b"MM\0+\0\x08\0\0" + struct.pack(">QQQ", 16, 1 << 40, 0),
    }.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(SlideError, match=name):
            open_slides([path])


SEEDS = {"<": "little.tif", ">": "big.tif"}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.sampled_from("<>"),
    flips=st.lists(
        st.tuples(st.integers(0, 399), st.integers(0, 255)), min_size=1, max_size=6
    ),
)
def test_any_damage_to_the_directory_is_a_picture_or_a_sentence(
    tmp_path: Path, order: str, flips: list[tuple[int, int]]
) -> None:
    path = tmp_path / "seed.tif"
    write(path, gradient(96, 96), compression="lzw", order=order, **TILED)
    content = bytearray(path.read_bytes())
    for place, byte in flips:
        content[place % len(content)] = byte
    path.write_bytes(content)
    with suppress(SlideError):  # and nothing else
        found = open_slides([path])
        for slide in found.slides:
            try:
                for number in range(len(slide.levels)):
                    slide.read_samples(TileKey(slide.serial, number, 0, 0))
            finally:
                slide.close()
