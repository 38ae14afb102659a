"""Oddities of codestreams and color, each in a slide of its own, with exact answers."""

import threading
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias

import imagecodecs
import numpy as np
import pytest
from jpeg_ls import encode_array
from numpy.typing import NDArray
from PIL import Image
from pydicom import Dataset, dcmread
from pydicom.uid import UID

from tests.codecs.codestreams import (
    BASELINE,
    DHT,
    DQT,
    JPEG_2000,
    JPEG_LS,
    NATIVE,
    jpeg,
    jpeg2000,
    rgb_jpeg,
    slide_like,
    with_identifiers,
    without,
    ycbcr_of,
)
from tests.synthetic import write_instance
from tests.synthetic_headers import level_dataset
from tests.synthetic_slide import SyntheticSlide
from viewer import open_slide
from viewer.slide.errors import BrokenFrame, SlideError
from viewer.slide.geometry import Size
from viewer.slide.model import EMPTY, Empty, Slide, TileKey
from viewer.slide.region import Place, read_region

Pixels: TypeAlias = NDArray[Any]

EDGE = 64
RLE = "1.2.840.10008.1.2.5"
JPEG_XL = "1.2.840.10008.1.2.4.110"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return what writes one level of tiles that an encoder makes."""

    def written(
        whole: Pixels,
        encode: Callable[[Pixels], bytes],
        syntax: str,
        photometric: str,
        attributes: Mapping[str, Any] | None = None,
    ) -> Path:
        rows, columns = whole.shape[:2]
        slide = SyntheticSlide(
            size=(columns, rows), tile=(min(EDGE, columns), min(EDGE, rows)), levels=1
        )
        frames = slide.frames(0)
        dataset = level_dataset(slide, 0, "level0", frames)
        dataset.file_meta.TransferSyntaxUID = UID(syntax)
        bits = 8 * whole.dtype.itemsize
        told: dict[str, Any] = {
            "SamplesPerPixel": 1 if whole.ndim == 2 else 3,
            "PhotometricInterpretation": photometric,
            "BitsAllocated": bits,
            "BitsStored": bits,
            "HighBit": bits - 1,
            **(attributes or {}),
        }
        for keyword, value in told.items():
            setattr(dataset, keyword, value)
        path = tmp_path / "slide.dcm"
        tiles = [
            np.ascontiguousarray(
                whole[frame.row * EDGE :, frame.column * EDGE :][:EDGE, :EDGE]
            )
            for frame in frames
        ]
        write_instance(path, dataset, [encode(tile) for tile in tiles])
        return path

    return written


def shown(path: Path) -> tuple[Pixels, list[str]]:
    """Return level 0 as drawn, RGB, and the codes of all warnings."""
    slide = open_slide(path)
    region = read_region(slide, Place(0, 0, 0, slide.levels[0].size))
    slide.close()
    assert region.failures == ()
    return region.pixels.astype(np.int16), codes(slide)


def stored(path: Path) -> tuple[Pixels, list[str]]:
    """Return the samples of level 0, and the codes of all warnings."""
    slide = open_slide(path)
    level = slide.levels[0]
    lines = [
        np.hstack([samples_at(slide, column, row) for column in range(level.columns)])
        for row in range(level.rows)
    ]
    slide.close()
    return np.vstack(lines), codes(slide)


def samples_at(slide: Slide, column: int, row: int) -> Pixels:
    samples = slide.read_samples(TileKey(slide.serial, 0, column, row))
    assert not isinstance(samples, Empty)
    return samples


def codes(slide: Slide) -> list[str]:
    return [warning.code for warning in slide.warnings]


def refusal(path: Path) -> str:
    """Return the sentence with which the first tile is refused."""
    slide = open_slide(path)
    with pytest.raises(BrokenFrame) as caught:
        slide.read_samples(TileKey(slide.serial, 0, 0, 0))
    slide.close()
    assert codes(slide) == ["broken-frame"]
    return str(caught.value)


def far(one: Pixels, other: Pixels) -> int:
    """Return the largest difference of two samples."""
    return int(np.abs(one.astype(int) - other.astype(int)).max())


def chart() -> Pixels:
    """Draw 8 x 8 flat patches of 16 pixels: all combinations of four values."""
    values = np.array([10, 90, 170, 250], np.uint8)
    colors = np.stack(np.meshgrid(values, values, values), -1).reshape(8, 8, 3)
    return colors.repeat(16, 0).repeat(16, 1)


def jpeg_xl(tile: Pixels, **how: Any) -> bytes:
    return bytes(imagecodecs.jpegxl_encode(tile, lossless=True, **how))


@pytest.mark.gotcha(26)
def test_jpeg_of_rgb_with_an_adobe_marker_is_rgb_whatever_the_label_says(write):
    pixels, told = shown(write(chart(), rgb_jpeg, BASELINE, "YBR_FULL_422"))
    assert far(pixels, chart()) <= 4
    assert told == ["color-label"]


@pytest.mark.gotcha(27)
def test_jpeg_without_any_mark_of_its_color_is_what_the_label_says(write):
    flat = np.full((64, 64, 3), (200, 60, 120), np.uint8)

    def unmarked(tile: Pixels) -> bytes:
        return with_identifiers(without(rgb_jpeg(tile), 0xEE, 0xE0), b"\1\2\3")

    pixels, told = shown(write(flat, unmarked, BASELINE, "RGB"))
    assert far(pixels, flat) <= 2
    assert told == []


@pytest.mark.gotcha(28)
def test_jpeg_whose_components_are_called_r_g_b_is_rgb(write):
    flat = np.full((64, 64, 3), (200, 60, 120), np.uint8)

    def named(tile: Pixels) -> bytes:
        return with_identifiers(without(rgb_jpeg(tile), 0xEE, 0xE0), b"RGB")

    pixels, told = shown(write(flat, named, BASELINE, "RGB"))
    assert far(pixels, flat) <= 2
    assert told == []


@pytest.mark.gotcha(29)
def test_jpeg_of_ycbcr_labelled_rgb_is_converted(write):
    pixels, told = shown(write(chart(), jpeg, BASELINE, "RGB"))
    assert far(pixels, chart()) <= 4
    assert told == ["color-label"]


@pytest.mark.gotcha(30)
@pytest.mark.parametrize(
    ("syntax", "photometric", "encode", "bound"),
    [
        (BASELINE, "YBR_FULL_422", jpeg, 4),
        (NATIVE, "YBR_FULL", lambda tile: ycbcr_of(tile).tobytes(), 2),
        (JPEG_2000, "YBR_RCT", jpeg2000, 0),
        (RLE, "YBR_FULL", lambda tile: packed(ycbcr_of(tile)), 2),
        (JPEG_XL, "RGB", jpeg_xl, 0),
    ],
)
def test_color_chart_has_its_colors_by_every_way(
    write, syntax, photometric, encode, bound
):
    pixels, told = shown(write(chart(), encode, syntax, photometric))
    assert far(pixels, chart()) <= bound
    assert told == []


def packed(tile: Pixels) -> bytes:
    """Return a frame in RLE whose segments are all literal (PS3.5 annex G)."""
    planes = [tile] if tile.ndim == 2 else list(np.moveaxis(tile, -1, 0))
    size = tile.dtype.itemsize
    segments = [
        imagecodecs.packbits_encode(
            np.ascontiguousarray(plane)
            .view(np.uint8)
            .reshape(-1, size)[:, size - 1 - octet]
            .tobytes()
        )
        for plane in planes
        for octet in range(size)
    ]
    segments = [bytes(each) + b"\0" * (len(each) % 2) for each in segments]
    starts = [64 + sum(map(len, segments[:at])) for at in range(len(segments))]
    header = np.zeros(16, "<u4")
    header[0], header[1 : len(starts) + 1] = len(starts), starts
    return header.tobytes() + b"".join(segments)


@pytest.mark.gotcha(31)
@pytest.mark.parametrize(("label", "level"), [("YBR_RCT", 0), ("YBR_ICT", 60)])
def test_component_transform_of_jpeg_2000_is_undone(write, label, level):
    path = write(chart(), lambda tile: jpeg2000(tile, level=level), JPEG_2000, label)
    pixels, told = shown(path)
    assert far(pixels, chart()) <= (0 if level == 0 else 4)
    assert told == []


@pytest.mark.gotcha(32, 33)
@pytest.mark.parametrize("label", ["YBR_ICT", "YBR_FULL", "YBR_FULL_422"])
@pytest.mark.parametrize("made_of", ["YCbCr", "RGB"])
def test_jpeg_2000_without_a_transform_is_told_apart_by_its_background(
    write, label, made_of
):
    whole = slide_like(128, 128)

    def encode(tile: Pixels) -> bytes:
        samples = ycbcr_of(tile) if made_of == "YCbCr" else tile
        return jpeg2000(samples, transform=False)

    pixels, told = shown(write(whole, encode, JPEG_2000, label))
    assert far(pixels, whole) <= (2 if made_of == "YCbCr" else 0)
    assert told == ["color-guessed"]


@pytest.mark.gotcha(34)
def test_jpeg_of_420_labelled_422_is_no_matter(write):
    path = write(chart(), lambda tile: jpeg(tile, "420"), BASELINE, "YBR_FULL_422")
    pixels, told = shown(path)
    middles = np.s_[8::16, 8::16]
    assert far(pixels[middles], chart()[middles]) <= 4
    assert told == []


@pytest.mark.gotcha(35)
@pytest.mark.parametrize(
    ("syntax", "encode"), [(BASELINE, jpeg), (JPEG_2000, jpeg2000)]
)
def test_codestream_of_another_size_is_refused_before_it_is_decoded(
    write, syntax, encode
):
    path = write(chart(), lambda tile: encode(tile[:48]), syntax, "RGB")
    assert refusal(path) == (
        "slide.dcm: frame 1: the codestream is 64 x 48, expected 64 x 64."
    )


@pytest.mark.gotcha(36)
@pytest.mark.parametrize(
    ("syntax", "encode", "bound"),
    [
        (JPEG_2000, jpeg, 4),
        (BASELINE, lambda tile: jpeg2000(tile, transform=False), 0),
        (BASELINE, jpeg_xl, 0),
        (RLE, jpeg, 4),
        ("1.2.840.10008.1.2.8.1", jpeg, 4),
    ],
)
def test_frame_of_another_kind_than_the_transfer_syntax_is_shown(
    write, syntax, encode, bound
):
    pixels, told = shown(write(chart(), encode, syntax, "RGB"))
    assert far(pixels, chart()) <= bound
    assert told[0] == "transfer-syntax"


@pytest.mark.gotcha(36)
def test_jp2_file_is_cut_to_its_codestream(write):
    def boxed(tile: Pixels) -> bytes:
        return bytes(imagecodecs.jpeg2k_encode(tile, level=0, codecformat="jp2"))

    assert boxed(chart()[:64, :64])[4:8] == b"jP  "
    pixels, told = shown(write(chart(), boxed, JPEG_2000, "YBR_RCT"))
    assert far(pixels, chart()) == 0
    assert told == ["boxed-codestream"]


@pytest.mark.gotcha(37)
def test_precision_of_the_codestream_wins_over_bits_stored(write):
    grey = (np.arange(64 * 64, dtype=np.uint16) % 4096).reshape(64, 64)

    def encode(tile: Pixels) -> bytes:
        return jpeg2000(tile, transform=False, bitspersample=12)

    samples, told = stored(write(grey, encode, JPEG_2000, "MONOCHROME2"))
    assert np.array_equal(samples, grey)
    assert told == ["pixel-format"]


@pytest.mark.gotcha(37)
def test_sign_of_the_codestream_wins_over_pixel_representation(write):
    signed = np.linspace(-128, 127, 64 * 64).round().astype(np.int8).reshape(64, 64)
    path = write(
        signed.view(np.uint8),
        lambda tile: jpeg2000(tile.view(np.int8), transform=False),
        JPEG_2000,
        "MONOCHROME2",
    )
    samples, told = stored(path)
    assert np.array_equal(samples.astype(int), signed.astype(int) + 128)
    assert told == ["pixel-format"]


@pytest.mark.gotcha(38)
@pytest.mark.parametrize("bits", [10, 12, 16])
@pytest.mark.parametrize("syntax", [NATIVE, RLE, JPEG_2000, JPEG_LS, JPEG_XL])
def test_deep_grey_keeps_every_bit_and_is_drawn_from_black_to_white(
    write, syntax, bits
):
    grey = np.linspace(0, 2**bits - 1, 64 * 64).round().astype(np.uint16)
    encode: dict[str, Callable[[Pixels], bytes]] = {
        NATIVE: lambda tile: tile.tobytes(),
        RLE: packed,
        JPEG_2000: lambda tile: jpeg2000(tile, transform=False, bitspersample=bits),
        JPEG_LS: lambda tile: np.asarray(encode_array(tile)).tobytes(),
        JPEG_XL: lambda tile: jpeg_xl(tile, bitspersample=bits),
    }
    path = write(
        grey.reshape(64, 64),
        encode[syntax],
        syntax,
        "MONOCHROME2",
        {"BitsStored": bits, "HighBit": bits - 1},
    )
    samples, told = stored(path)
    assert np.array_equal(samples.ravel(), grey)
    assert told == []
    drawn, _ = shown(path)
    assert (drawn[0, 0] == 0).all()
    assert (drawn[-1, -1] == 255).all()


@pytest.mark.gotcha(38)
@pytest.mark.parametrize("syntax", [NATIVE, RLE, JPEG_LS])
def test_signed_grey_keeps_its_order(write, syntax):
    signed = np.linspace(-32768, 32767, 64 * 64).round().astype(np.int16)
    encode: dict[str, Callable[[Pixels], bytes]] = {
        NATIVE: lambda tile: tile.tobytes(),
        RLE: packed,
        JPEG_LS: lambda tile: bytes(imagecodecs.jpegls_encode(tile)),
    }
    path = write(
        signed.view(np.uint16).reshape(64, 64),
        encode[syntax],
        syntax,
        "MONOCHROME2",
        {"PixelRepresentation": 1},
    )
    samples, told = stored(path)
    assert np.array_equal(samples.ravel().astype(int), signed.astype(int) + 32768)
    assert told == []


@pytest.mark.gotcha(40)
def test_slide_of_one_pixel_in_jpeg_2000_is_shown(write):
    dot = np.array([[[200, 60, 120]]], np.uint8)

    def encode(tile: Pixels) -> bytes:
        return jpeg2000(tile, transform=False, resolutions=1)

    pixels, told = shown(write(dot, encode, JPEG_2000, "RGB"))
    assert pixels.tolist() == [[[200, 60, 120]]]
    assert told == []


@pytest.mark.gotcha(41)
def test_jpeg_whose_tables_are_kept_elsewhere_is_refused_by_name(write):
    path = write(
        chart(), lambda tile: without(jpeg(tile), DQT, DHT), BASELINE, "YBR_FULL_422"
    )
    assert refusal(path) == (
        "slide.dcm: frame 1: the JPEG data lacks its tables (Huffman AC 0, Huffman AC"
        " 1, Huffman DC 0, Huffman DC 1, quantization 0, quantization 1); expected a"
        " complete codestream."
    )


@pytest.mark.gotcha(42)
def test_jpeg_of_a_thousand_scans_is_refused(write):
    def encode(tile: Pixels) -> bytes:
        written = BytesIO()
        Image.fromarray(tile).save(written, "JPEG", progressive=True)
        data = written.getvalue()
        last = data[data.rindex(b"\xff\xda") : -2]
        return data[:-2] + last * 1000 + data[-2:]

    sentence = refusal(write(chart(), encode, BASELINE, "YBR_FULL_422"))
    assert sentence.endswith("scans, expected at most 500.")


@pytest.mark.gotcha(43)
def test_jpeg_2000_is_the_same_on_many_threads(write):
    path = write(
        np.tile(chart(), (3, 3, 1)),
        lambda tile: jpeg2000(tile, level=40),
        JPEG_2000,
        "YBR_ICT",
    )
    slide = open_slide(path)
    level = slide.levels[0]
    places = [(c, r) for c in range(level.columns) for r in range(level.rows)]
    alone = [samples_at(slide, *place) for place in places]
    wrong: list[tuple[int, int]] = []

    def read_all() -> None:
        for place, expected in zip(places, alone, strict=True):
            if not np.array_equal(samples_at(slide, *place), expected):
                wrong.append(place)

    threads = [threading.Thread(target=read_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    slide.close()
    assert wrong == []


@pytest.mark.gotcha(47)
def test_palette_color_is_looked_up(write):
    numbers = (np.arange(64 * 64) % 256).astype(np.uint8).reshape(64, 64)
    red, green, blue = np.arange(256), 255 - np.arange(256), np.arange(256) // 2
    told: dict[str, Any] = {}
    for name, table in (("Red", red), ("Green", green), ("Blue", blue)):
        keyword = f"{name}PaletteColorLookupTable"
        told[f"{keyword}Descriptor"] = [256, 0, 8]
        told[f"{keyword}Data"] = table.astype(np.uint8).tobytes()
    path = write(numbers, lambda t: t.tobytes(), NATIVE, "PALETTE COLOR", told)
    pixels, warned = shown(path)
    expected = np.stack([red, green, blue], -1)[numbers]
    assert np.array_equal(pixels, expected)
    assert warned == []


@pytest.mark.gotcha(48)
def test_jpeg_that_is_cut_off_is_shown_as_damaged(write):
    frames = iter(range(4))

    def encode(tile: Pixels) -> bytes:
        data = jpeg(tile, quality=98)
        picture = data.index(b"\xff\xda")
        half = (picture + len(data)) // 2
        return data[:half] if next(frames) == 1 else data

    path = write(chart(), encode, BASELINE, "YBR_FULL_422")
    slide = open_slide(path)
    level = slide.levels[0]
    assert level.size == Size(128, 128)
    top = samples_at(slide, 1, 0)[:16, :, 2::-1]
    assert far(top, chart()[:16, 64:]) <= 4
    for column, row in ((0, 0), (0, 1), (1, 1)):
        assert samples_at(slide, column, row) is not EMPTY
    slide.close()
    assert list(slide.damaged) == [TileKey(slide.serial, 0, 1, 0)]
    assert codes(slide) == ["damaged-frame"]
    assert slide.warnings[0].message.startswith(
        "slide.dcm: frame 2: the JPEG data is damaged: "
    )


@pytest.mark.gotcha(47)
def test_palette_of_an_optical_path_with_segments_of_16_bits_is_looked_up(write):
    numbers = (np.arange(64 * 64) % 300).astype(np.uint16).reshape(64, 64)
    ramp = np.array([0, 1, 0, 1, 255, 65535], "<u2").tobytes()
    told: dict[str, Any] = {"BitsStored": 12, "HighBit": 11}
    path = write(numbers, lambda t: t.tobytes(), NATIVE, "PALETTE COLOR", told)
    dataset = dcmread(path)
    palette = Dataset()
    for name in ("Red", "Green", "Blue"):
        keyword = f"{name}PaletteColorLookupTable"
        setattr(palette, f"{keyword}Descriptor", [256, 20, 16])
        setattr(palette, f"Segmented{keyword}Data", ramp)
    dataset.OpticalPathSequence[0].PaletteColorLookupTableSequence = [palette]
    dataset.save_as(path)
    pixels, warned = shown(path)
    grey = np.clip(numbers.astype(int) - 20, 0, 255)
    assert np.array_equal(pixels, np.stack([grey] * 3, -1))
    assert warned == []


@pytest.mark.gotcha(47)
def test_palette_color_without_a_palette_is_refused_in_words(write):
    numbers = np.zeros((64, 64), np.uint8)
    path = write(numbers, lambda tile: tile.tobytes(), NATIVE, "PALETTE COLOR")
    with pytest.raises(SlideError) as caught:
        open_slide(path)
    assert "PALETTE COLOR is not read (Samples per Pixel 1" in str(caught.value)


@pytest.mark.gotcha(38)
def test_samples_in_the_upper_bits_are_moved_down(write):
    grey = np.linspace(0, 4095, 64 * 64).round().astype(np.uint16).reshape(64, 64)
    path = write(
        grey << 4,
        lambda tile: tile.tobytes(),
        NATIVE,
        "MONOCHROME2",
        {"BitsStored": 12, "HighBit": 15},
    )
    samples, told = stored(path)
    assert np.array_equal(samples, grey)
    assert told == []


def test_color_of_16_bits_is_shown_with_8_and_told(write):
    whole = chart().astype(np.uint16) * 257
    for syntax, encode in ((NATIVE, lambda tile: tile.tobytes()), (RLE, packed)):
        pixels, told = shown(write(whole, encode, syntax, "RGB"))
        assert np.array_equal(pixels, chart())
        assert told == ["color-depth"]
