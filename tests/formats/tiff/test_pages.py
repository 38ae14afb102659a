"""TIFF files of one page, in all the ways that samples are stored: exact pixels."""

from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from tests.formats.tiff.whole import gradient, opened, smooth, whole, write
from viewer.formats import open_slides
from viewer.formats.files import RandomAccessFile
from viewer.formats.tiff.segments import Segments
from viewer.slide.errors import BrokenFrame, SlideError, UnsupportedFile
from viewer.slide.model import EMPTY, TileKey

TILED: dict[str, Any] = {"tile": (128, 96)}
STRIPED: dict[str, Any] = {"rowsperstrip": 7}


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("layout", [TILED, STRIPED], ids=["tiles", "strips"])
@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_both_byte_orders_forms_layouts_and_planes(
    tmp_path: Path, order: str, big: bool, layout: dict[str, Any], planar: str
) -> None:
    data = gradient(300, 417)
    stored = data if planar == "contig" else data.transpose(2, 0, 1)
    path = write(
        tmp_path / "a.tif",
        stored,
        photometric="rgb",
        planarconfig=planar,
        order=order,
        big=big,
        **layout,
    )
    with opened(path) as slide:
        assert np.array_equal(whole(slide), data)


@pytest.mark.parametrize("layout", [TILED, STRIPED], ids=["tiles", "strips"])
@pytest.mark.parametrize(
    ("compression", "predictor"),
    [
        (None, False),
        ("packbits", False),
        *product(("lzw", "deflate", "zstd", "lzma"), (False, True)),
    ],
)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("order", ["<", ">"])
def test_packed_samples_are_exact(
    tmp_path: Path,
    layout: dict[str, Any],
    compression: str | None,
    predictor: bool,
    dtype: Any,
    order: str,
) -> None:
    grey = gradient(200, 250, dtype)[..., 0]
    path = write(
        tmp_path / "a.tif",
        grey,
        photometric="minisblack",
        compression=compression,
        predictor=predictor,
        order=order,
        **layout,
    )
    with opened(path) as slide:
        found = whole(slide)
        assert found.dtype == dtype
        assert np.array_equal(found, grey)
        assert slide.optical_paths[0].grey_range == (0, np.iinfo(dtype).max)


@pytest.mark.parametrize("predictor", [False, True])
def test_predicted_color_is_exact(tmp_path: Path, predictor: bool) -> None:
    data = gradient(200, 250)
    path = write(
        tmp_path / "a.tif",
        data,
        photometric="rgb",
        compression="lzw",
        predictor=predictor,
        **TILED,
    )
    with opened(path) as slide:
        assert np.array_equal(whole(slide), data)


def test_white_is_zero_is_shown_the_other_way_round(tmp_path: Path) -> None:
    grey = gradient(200, 250)[..., 0]
    path = write(tmp_path / "a.tif", grey, photometric="miniswhite", **TILED)
    with opened(path) as slide:
        assert np.array_equal(whole(slide), 255 - grey)


def test_a_palette_gives_its_colors(tmp_path: Path) -> None:
    index = gradient(200, 250)[..., 0]
    colors = np.random.default_rng(3).integers(0, 65535, (3, 256)).astype(np.uint16)
    path = write(
        tmp_path / "a.tif", index, photometric="palette", colormap=colors, **TILED
    )
    with opened(path) as slide:
        assert np.array_equal(whole(slide), (colors.T >> 8).astype(np.uint8)[index])


def test_alpha_is_left_out_of_color(tmp_path: Path) -> None:
    rgb = gradient(200, 250)
    rgba = np.dstack([rgb, gradient(200, 250)[..., 2]])
    path = write(
        tmp_path / "a.tif",
        rgba,
        photometric="rgb",
        extrasamples=["unassalpha"],
        compression="deflate",
        **TILED,
    )
    with opened(path) as slide:
        assert np.array_equal(whole(slide), rgb)


def test_channels_of_one_page_are_optical_paths(tmp_path: Path) -> None:
    data = np.dstack([gradient(200, 250, np.uint16)] * 2)[..., :5]
    for planar in ("contig", "separate"):
        stored = data if planar == "contig" else data.transpose(2, 0, 1)
        path = write(
            tmp_path / f"{planar}.tif",
            stored,
            photometric="minisblack",
            planarconfig=planar,
            **TILED,
        )
        with opened(path) as slide:
            assert len(slide.optical_paths) == 5
            for number in range(5):
                found = whole(slide, optical_path=number)
                assert np.array_equal(found, data[..., number])


@pytest.mark.parametrize("layout", [TILED, STRIPED], ids=["tiles", "strips"])
@pytest.mark.parametrize("photometric", ["rgb", "ycbcr"])
def test_jpeg_with_tables_is_what_tifffile_decodes(
    tmp_path: Path, layout: dict[str, Any], photometric: str
) -> None:
    if "rowsperstrip" in layout:
        layout = {"rowsperstrip": 16}
    data = smooth(300, 417)
    path = write(
        tmp_path / "a.tif",
        data,
        photometric=photometric,
        compression="jpeg",
        compressionargs={"level": 90},
        **layout,
    )
    with opened(path) as slide:
        found = whole(slide).astype(int)
        truth = tifffile.imread(path).astype(int)
        assert np.abs(found - truth).max() <= 1
        # tifffile takes what it is given for YCbCr then; Pillow says what color it is.
        mode = "YCbCr" if photometric == "ycbcr" else "RGB"
        planes = [Image.fromarray(data[..., each]) for each in range(3)]
        meant = np.asarray(Image.merge(mode, planes).convert("RGB"))
        assert np.abs(found - meant).mean() < 3
        assert slide.levels[0].transfer_syntax == "JPEG"
        assert [each.code for each in slide.warnings] == ["no-spacing"]


@pytest.mark.parametrize("compression", ["webp", "jpegxl", "jpeg2000"])
def test_lossless_pictures_are_exact(tmp_path: Path, compression: str) -> None:
    data = gradient(200, 250)
    arguments: dict[str, Any] = {
        "webp": {"lossless": True},
        "jpegxl": {"lossless": True},
        "jpeg2000": {"reversible": True, "codecformat": "J2K"},
    }[compression]
    path = write(
        tmp_path / "a.tif",
        data,
        photometric="rgb",
        compression=compression,
        compressionargs=arguments,
        **TILED,
    )
    with opened(path) as slide:
        assert np.array_equal(whole(slide), data)


@pytest.mark.parametrize(
    ("tag", "value", "words"),
    [
        (259, 6, "old-style JPEG"),
        (259, 34887, "LERC"),
        (259, 12345, "number 12345"),
        (262, 5, "Photometric Interpretation 5"),
        (258, (4, 4, 4), "samples of 4 bits"),
        (258, (8, 8, 16), "Bits per Sample is 8, 8, 16"),
    ],
)
def test_what_is_not_read_is_refused_by_its_name(
    tmp_path: Path, tag: int, value: Any, words: str
) -> None:
    path = write(tmp_path / "a.tif", gradient(64, 64), photometric="rgb", tile=(64, 64))
    with tifffile.TiffFile(path, mode="r+") as file:
        file.pages.first.tags[tag].overwrite(value)
    with pytest.raises(SlideError, match=words) as caught:
        open_slides([path])
    assert str(caught.value).startswith("a.tif: TIFF directory 0")


def test_a_picture_for_printing_is_refused_by_its_name(tmp_path: Path) -> None:
    data = np.dstack([gradient(200, 300), gradient(200, 300)[..., 0]])
    path = write(tmp_path / "print.tif", data, photometric="separated")
    with pytest.raises(SlideError, match=r"Photometric Interpretation 5 \(CMYK\)"):
        open_slides([path])


@pytest.mark.parametrize("planes", ["contig", "separate"])
def test_color_of_16_bits_says_that_8_are_shown(tmp_path: Path, planes: str) -> None:
    data = gradient(200, 300, np.uint16)
    stored = data if planes == "contig" else np.moveaxis(data, 2, 0)
    path = write(
        tmp_path / "deep.tif", stored, photometric="rgb", planarconfig=planes,
        tile=(128, 128),
    )  # fmt: skip
    with opened(path) as slide:
        assert np.array_equal(whole(slide), data >> 8)
        assert "color-depth" in {each.code for each in slide.warnings}


def test_numbers_with_fractions_are_refused(tmp_path: Path) -> None:
    data = np.zeros((64, 64), np.float32)
    path = write(tmp_path / "a.tif", data, photometric="minisblack", tile=(64, 64))
    with pytest.raises(UnsupportedFile, match="no whole numbers"):
        open_slides([path])


def test_uncompressed_rows_are_read_only_where_the_tile_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "wide.tif"
    tifffile.memmap(path, shape=(2100, 40_000, 3), dtype=np.uint8, photometric="rgb")
    rows = tifffile.memmap(path)
    patch = gradient(60, 60)
    rows[1040:1100, 20_000:20_060] = patch
    rows.flush()
    del rows
    longest = 0
    plain = RandomAccessFile.read_some

    def watched(self: RandomAccessFile, offset: int, length: int) -> bytes:
        nonlocal longest
        longest = max(longest, length)
        return plain(self, offset, length)

    with opened(path) as slide:
        monkeypatch.setattr(RandomAccessFile, "read_some", watched)
        key = TileKey(slide.serial, 0, 20_000 // 512, 1040 // 512)
        tile = slide.read_samples(key)
        assert tile is not EMPTY
        assert tile.shape == (512, 512, 4)
        x, y = 20_000 % 512, 1040 % 512
        assert np.array_equal(tile[y : y + 60, x : x + 60, 2::-1], patch)
        assert longest == 512 * 3


@pytest.mark.parametrize("width", [40_000, 60_000])
def test_a_striped_page_of_full_size_opens_and_shows_its_last_corner(
    tmp_path: Path, width: int
) -> None:
    path = tmp_path / "large.tif"  # a hole of 3.6 or 5.4 GB, but for its end
    tifffile.memmap(path, shape=(30_000, width, 3), dtype=np.uint8, photometric="rgb")[
        -8:, -8:
    ] = 77
    with opened(path) as slide:
        level = slide.levels[0]
        assert level.size == (width, 30_000)
        assert len(slide.levels) > 5  # computed ones above it
        key = TileKey(slide.serial, 0, level.columns - 1, level.rows - 1)
        tile = slide.read_samples(key)
        assert tile is not EMPTY
        assert (tile[-8:, -8:, :3] == 77).all()
        assert (tile[:-8, :-8, :3] == 0).all()


def test_one_huge_compressed_strip_is_refused_before_it_is_decoded(
    tmp_path: Path,
) -> None:
    path = write(
        tmp_path / "a.tif", gradient(64, 64), photometric="rgb", compression="deflate",
        rowsperstrip=64,
    )  # fmt: skip
    with tifffile.TiffFile(path, mode="r+") as file:
        tags = file.pages.first.tags
        for code in (256, 257, 278):
            tags[code].overwrite(30_000)
    with pytest.raises(SlideError, match="take 3433 MiB to decode, expected at most"):
        open_slides([path])


def test_strips_have_no_frames_and_say_so(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", gradient(64, 64), photometric="rgb")
    with opened(path) as slide:
        key = TileKey(slide.serial, 0, 0, 0)
        assert slide.frame_at(key) is None
        with pytest.raises(SlideError, match="is stored in strips"):
            slide.read_frame(key)


def test_frames_are_the_stored_bytes_with_their_tables(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.tif",
        smooth(300, 417),
        photometric="rgb",
        compression="jpeg",
        **TILED,
    )
    content = path.read_bytes()
    with tifffile.TiffFile(path) as file:
        page = file.pages.first
        offsets, counts = page.dataoffsets, page.databytecounts
        tables = page.tags[347].value if 347 in page.tags else b""
    with opened(path) as slide:
        level = slide.levels[0]
        for number, (offset, count) in enumerate(zip(offsets, counts, strict=True)):
            row, column = divmod(number, level.columns)
            key = TileKey(slide.serial, 0, column, row)
            frame = slide.read_frame(key)
            assert frame is not EMPTY
            assert frame.data == content[offset : offset + count]
            assert (frame.offset, frame.frame) == (offset, number + 1)
            assert frame.tables == tables
            assert slide.frame_at(key) == (path, number + 1)


def test_a_tile_outside_the_level_is_a_sentence(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", gradient(64, 64), photometric="rgb", tile=(32, 32))
    with opened(path) as slide, pytest.raises(BrokenFrame, match="no tile 2, 0"):
        slide.read_samples(TileKey(slide.serial, 0, 2, 0))


def test_many_threads_decode_each_strip_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = gradient(1100, 1300)
    path = write(
        tmp_path / "a.tif", data, photometric="rgb", compression="lzw", rowsperstrip=50
    )
    decoded: list[int] = []
    plain = Segments.decode

    def watched(self: Segments, number: int, *how: Any) -> Any:
        decoded.append(number)
        return plain(self, number, *how)

    monkeypatch.setattr(Segments, "decode", watched)
    with opened(path) as slide, ThreadPoolExecutor(8) as threads:
        level = slide.levels[0]
        places = list(product(range(level.rows), range(level.columns)))
        tiles = threads.map(
            lambda place: slide.read_samples(TileKey(slide.serial, 0, *place[::-1])),
            places,
        )
        for (row, column), tile in zip(places, tiles, strict=True):
            y, x = row * 512, column * 512
            assert tile is not EMPTY
            assert np.array_equal(tile[..., 2::-1], data[y : y + 512, x : x + 512])
    assert sorted(decoded) == list(range(22))
