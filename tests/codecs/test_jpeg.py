"""JPEG frames: pixels, sizes, damage and the other processes."""

import io
import sys
import threading
from typing import Any

import imagecodecs
import numpy as np
import pytest
import simplejpeg
from PIL import Image

from tests.codecs.codestreams import (
    BASELINE,
    DHT,
    DQT,
    EXTENDED,
    JPEG_LS,
    LOSSLESS,
    difference,
    frame_format,
    grey_format,
    joined,
    jpeg,
    picture,
    refusal,
    rgb_jpeg,
    segments,
    with_frame,
    with_identifiers,
    without,
)
from viewer.codecs import decoder_for
from viewer.slide.errors import UnsupportedCodec
from viewer.slide.geometry import Size


@pytest.mark.parametrize("subsampling", ["444", "422", "420", "440"])
def test_color_frame_equals_another_decoder(subsampling):
    data = jpeg(picture(), subsampling)
    decoded = decoder_for(frame_format()).decode(data)
    assert decoded.samples.shape == (40, 48, 4)
    assert (decoded.samples[..., 3] == 255).all()
    assert difference(decoded.samples, imagecodecs.jpeg8_decode(data)) <= 1
    assert decoded[1:] == (None, ())


def test_grey_frame_equals_another_decoder():
    grey = picture()[..., :1]
    data = simplejpeg.encode_jpeg(
        np.ascontiguousarray(grey), colorspace="GRAY", colorsubsampling="Gray"
    )
    expected = imagecodecs.jpeg8_decode(data)
    samples = decoder_for(grey_format(BASELINE, (48, 40))).decode(data).samples
    assert samples.dtype == np.uint8
    assert np.array_equal(samples, expected)
    inverted = grey_format(BASELINE, (48, 40), photometric="MONOCHROME1")
    assert np.array_equal(decoder_for(inverted).decode(data).samples, 255 - expected)


@pytest.mark.parametrize("subsampling", ["444", "422", "420", "440", "411"])
@pytest.mark.parametrize("size", [(48, 40), (256, 256), (61, 47), (7, 3), (1, 1)])
@pytest.mark.parametrize("factor", [1, 2, 4, 8])
def test_shrunk_frame_is_close_to_the_area_mean(size, subsampling, factor):
    width, height = size
    data = jpeg(picture(width, height), subsampling)
    decoder = decoder_for(frame_format(size=size))
    whole = decoder.decode(data).samples.astype(float)
    shrunk = decoder.decode(data, shrink=factor).samples
    assert shrunk.shape == (-(-height // factor), -(-width // factor), 4)
    # Whole blocks only: libjpeg fills up the blocks at the edge by repetition.
    rows, columns = height // factor, width // factor
    blocks = whole[: rows * factor, : columns * factor]
    mean = blocks.reshape(rows, factor, columns, factor, 4).mean((1, 3))
    if mean.size:
        assert np.abs(shrunk[:rows, :columns] - mean).mean() < 1.5
        assert np.abs(shrunk[:rows, :columns] - mean).max() <= 12


def test_frame_may_be_cut_to_what_lies_inside_the_matrix():
    decoder = decoder_for(frame_format(size=(64, 64)))
    data = jpeg(picture(48, 40))
    samples = decoder.decode(data, extent=Size(48, 40)).samples
    assert samples.shape == (40, 48, 4)
    whole = decoder.decode(jpeg(picture(64, 64)), extent=Size(48, 40)).samples
    assert whole.shape == (64, 64, 4)


@pytest.mark.parametrize("extent", [None, Size(64, 40), Size(47, 40)])
def test_frame_of_another_size_is_refused(extent):
    decoder = decoder_for(frame_format(size=(64, 64)))
    assert refusal(decoder, jpeg(picture(48, 40)), extent=extent) == (
        "the codestream is 48 x 40, expected 64 x 64"
    )


def test_frame_of_another_size_is_refused_after_one_that_fitted():
    decoder = decoder_for(frame_format(size=(64, 64)))
    data = jpeg(picture(48, 40))
    decoder.decode(data, extent=Size(48, 40))
    assert refusal(decoder, data, extent=Size(64, 40)) == (
        "the codestream is 48 x 40, expected 64 x 64"
    )


def test_small_file_of_an_immense_picture_is_refused_before_decoding(monkeypatch):
    monkeypatch.setattr(simplejpeg, "decode_jpeg", _never)
    data = with_frame(jpeg(np.zeros((8, 8, 3), np.uint8)), size=Size(20000, 20000))
    assert len(data) < 1000
    assert refusal(decoder_for(frame_format(size=(256, 256))), data) == (
        "the codestream is 20000 x 20000, expected 256 x 256"
    )
    assert refusal(decoder_for(frame_format(size=(20000, 20000))), data) == (
        "the frame is 20000 x 20000, which takes 1525 MiB, expected at most 1024 MiB"
    )


def test_frame_with_other_components_is_refused():
    grey = simplejpeg.encode_jpeg(
        np.ascontiguousarray(picture()[..., :1]),
        colorspace="GRAY",
        colorsubsampling="Gray",
    )
    assert refusal(decoder_for(frame_format()), grey) == (
        "the codestream has 1 component, expected 3"
    )
    assert refusal(decoder_for(grey_format(BASELINE, (48, 40))), jpeg(picture())) == (
        "the codestream has 3 components, expected 1"
    )


def _damaged(kind: str) -> bytes:
    data = jpeg(picture(), "420")
    scan = segments(data)[-1][1]
    head = data[: len(data) - len(scan)]
    changed = {
        "cut off": data[: len(data) - 300],
        "without its end": data[:-2],
        "bytes before the end": data[:-2] + b"\x12\x34" + data[-2:],
        "bytes between markers": head + b"\x00\x01\x02" + scan,
    }
    return changed[kind]


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("cut off", "the JPEG data is damaged: Premature end of JPEG file"),
        ("without its end", "the JPEG data is damaged: Premature end of JPEG file"),
        (
            "bytes between markers",
            "the JPEG data is damaged: 3 bytes between its markers",
        ),
    ],
)
def test_damaged_frame_is_shown_and_says_so(kind, sentence):
    decoded = decoder_for(frame_format()).decode(_damaged(kind))
    assert decoded.damage == sentence
    whole = decoder_for(frame_format()).decode(jpeg(picture(), "420")).samples
    # What lies before the damage is right.
    assert np.array_equal(decoded.samples[:8, :16], whole[:8, :16])


def test_broken_entropy_data_is_shown_and_says_so():
    data = bytearray(jpeg(picture(), "420"))
    middle = len(data) - 200
    data[middle : middle + 2] = b"\xff\xd0"  # a restart where none is expected
    decoded = decoder_for(frame_format()).decode(bytes(data))
    assert decoded.damage is not None
    assert decoded.damage.startswith("the JPEG data is damaged: Corrupt JPEG data")


@pytest.mark.parametrize("padding", [b"\x00", b"\x00" * 50, b"\xff"])
def test_padding_behind_the_frame_is_no_damage(padding):
    decoded = decoder_for(frame_format()).decode(jpeg(picture()) + padding)
    assert decoded.damage is None


def test_fill_bytes_between_markers_are_no_damage():
    parts = segments(jpeg(picture()))
    filled = [(marker, b"\xff\xff" + part) for marker, part in parts]
    decoded = decoder_for(frame_format()).decode(joined(filled))
    plain = decoder_for(frame_format()).decode(jpeg(picture()))
    assert decoded.damage is None
    assert np.array_equal(decoded.samples, plain.samples)


def _without_last(data: bytes, marker: int) -> bytes:
    parts = segments(data)
    last = max(at for at, part in enumerate(parts) if part[0] == marker)
    return joined([*parts[:last], *parts[last + 1 :]])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda data: without(data, DQT),
            "the JPEG data lacks its tables (quantization 0, quantization 1);"
            " expected a complete codestream",
        ),
        (
            lambda data: without(data, DHT),
            "the JPEG data lacks its tables (Huffman AC 0, Huffman AC 1, Huffman DC 0,"
            " Huffman DC 1); expected a complete codestream",
        ),
        (
            lambda data: _without_last(_without_last(data, DHT), DQT),
            "the JPEG data lacks its tables (Huffman AC 1, quantization 1);"
            " expected a complete codestream",
        ),
        (
            lambda data: data[: data.index(b"\xff\xda")],
            "the JPEG data ends before its first scan",
        ),
        (lambda _: b"\xff\xd8\xff\xd9", "the JPEG data ends before its first scan"),
        (
            lambda data: data[:4] + b"\xff\xf0" + data[6:],
            "the JPEG segment E0 at byte 2 is 65520 bytes long, expected 2 to ",
        ),
        (
            lambda data: data[:4] + b"\x00\x01" + data[6:],
            "the JPEG segment E0 at byte 2 is 1 bytes long, expected 2 to ",
        ),
        (
            lambda data: with_frame(data, process=0xC9),
            "JPEG process SOF9 is not read",
        ),
        (
            lambda data: without(data, 0xC0),
            "the JPEG data has a scan, but no start of frame",
        ),
        (
            lambda data: joined([*segments(data)[:-1], *segments(data)]),
            "the JPEG data has two start-of-frame markers, expected 1",
        ),
    ],
)
def test_undecodable_frame_is_refused_with_a_sentence(change, sentence):
    found = refusal(decoder_for(frame_format()), change(jpeg(picture())))
    assert found == sentence or (sentence.endswith(" to ") and sentence in found)


def _progressive(scans: int) -> bytes:
    """Repeat the last scan of a progressive frame until there are so many."""
    data = _saved(picture(), progressive=True)
    last = data.rindex(b"\xff\xda")
    missing = scans - data.count(b"\xff\xda")
    return data[:-2] + data[last:-2] * missing + data[-2:]


def _saved(rgb: np.ndarray, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "JPEG", quality=90, **options)
    return buffer.getvalue()


def test_progressive_frame_is_decoded_and_named():
    data = _saved(picture(), progressive=True, subsampling=0)
    decoded = decoder_for(frame_format()).decode(data)
    assert difference(decoded.samples, imagecodecs.jpeg8_decode(data)) <= 1
    assert decoded.finding == (
        "transfer-syntax",
        "the Transfer Syntax asks for baseline JPEG,"
        " but the codestream is progressive JPEG",
    )


def test_frame_with_too_many_scans_is_refused():
    assert refusal(decoder_for(frame_format()), _progressive(501)) == (
        "the JPEG data has 501 scans, expected at most 500"
    )


def test_optimized_tables_of_each_frame_are_read_anew():
    decoder = decoder_for(frame_format(size=(64, 64)))
    for seed in range(4):
        noise = np.random.default_rng(seed).integers(0, 256, (64, 64, 3), np.uint8)
        data = _saved(noise, optimize=True, subsampling=2)
        expected = imagecodecs.jpeg8_decode(data)
        assert difference(decoder.decode(data).samples, expected) <= 1


def test_many_threads_decode_different_headers_on_one_decoder():
    frames = [
        jpeg(picture(), sub, quality) for sub in ("444", "420") for quality in (50, 90)
    ]
    decoder = decoder_for(frame_format())
    expected = [decoder.decode(frame).samples for frame in frames]
    wrong: list[int] = []

    def work(offset: int) -> None:
        for step in range(60):
            at = (step * (offset + 1) + offset) % len(frames)
            if not np.array_equal(decoder.decode(frames[at]).samples, expected[at]):
                wrong.append(at)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_extended_frame_of_12_bits_is_read_as_stored():
    rows, columns = np.mgrid[0:40, 0:48]
    grey = (rows * 60 + columns * 30).astype(np.uint16)
    data = bytes(imagecodecs.jpeg8_encode(grey, level=95, bitspersample=12))
    format12 = grey_format(EXTENDED, (48, 40), bits_allocated=16, bits_stored=12)
    decoded = decoder_for(format12).decode(data)
    assert decoded.samples.dtype == np.uint16
    assert np.abs(decoded.samples.astype(int) - grey).max() < 100
    assert decoded[1:] == (None, ())
    cut = decoder_for(format12).decode(data[:-40])
    assert cut.damage == ("the extended JPEG data is damaged: no end of image marker")


def test_lossless_frames_are_exact():
    rows, columns = np.mgrid[0:40, 0:48]
    grey = (rows * 1500 + columns * 30).astype(np.uint16)
    data = bytes(imagecodecs.jpeg8_encode(grey, lossless=True, bitspersample=16))
    grey16 = grey_format(LOSSLESS, (48, 40), bits_allocated=16, bits_stored=16)
    assert np.array_equal(decoder_for(grey16).decode(data).samples, grey)
    rgb = bytes(imagecodecs.jpeg8_encode(picture(), lossless=True))
    decoded = decoder_for(frame_format(LOSSLESS, "RGB")).decode(rgb)
    assert difference(decoded.samples, picture()) == 0


def test_jpeg_ls_frames_are_exact_and_shrink():
    data = bytes(imagecodecs.jpegls_encode(picture()))
    decoder = decoder_for(frame_format(JPEG_LS, "RGB"))
    assert difference(decoder.decode(data).samples, picture()) == 0
    assert decoder.decode(data, shrink=4).samples.shape == (10, 12, 4)
    assert refusal(decoder, data[: len(data) // 2]).startswith(
        "the JPEG-LS data cannot be decoded: "
    )


def test_jpeg_ls_that_keeps_the_decoder_busy_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
):
    # As CharLS 2.4.3 counts for a quarter of a minute where the file ends here.
    whole = bytes(imagecodecs.jpegls_encode(picture()[..., 0].copy()))
    cut = whole[: whole.index(b"\xff\xda") + 10] + b"\x00"
    decode, done = imagecodecs.jpegls_decode, threading.Event()

    def counting(data: bytes) -> Any:
        return decode(data) if data == whole else done.wait()

    monkeypatch.setattr(imagecodecs, "jpegls_decode", counting)
    decoder = decoder_for(grey_format(JPEG_LS, (48, 40)))
    assert refusal(decoder, cut) == (
        "the JPEG-LS data is damaged: decoding it took too long and was given up"
    )
    assert np.array_equal(decoder.decode(whole).samples, picture()[..., 0])
    done.set()


def test_signed_samples_begin_at_zero():
    signed = np.arange(-960, 960, dtype=np.int16).reshape(40, 48)
    data = bytes(imagecodecs.jpegls_encode(signed.view(np.uint16)))
    declared = grey_format(
        JPEG_LS, (48, 40), bits_allocated=16, bits_stored=16, signed=True
    )
    samples = decoder_for(declared).decode(data).samples
    assert np.array_equal(samples.astype(int), signed.astype(int) + 32768)


def test_precision_that_fits_is_reported_and_believed():
    grey = np.arange(1920, dtype=np.uint16).reshape(40, 48)
    data = bytes(imagecodecs.jpegls_encode(grey << 5))
    declared = grey_format(JPEG_LS, (48, 40), bits_allocated=16, bits_stored=12)
    decoded = decoder_for(declared).decode(data)
    assert np.array_equal(decoded.samples, grey << 5)
    assert decoded.finding == (
        "pixel-format",
        "the codestream has unsigned samples of 16 bits, but Bits Stored and Pixel"
        " Representation say unsigned samples of 12 bits",
    )
    assert refusal(decoder_for(grey_format(JPEG_LS, (48, 40))), data) == (
        "the codestream has 16 bits a sample, expected at most 8"
    )


def _never(*_: object, **__: object) -> None:
    raise AssertionError("decoded what should have been refused")


def _parted(data: bytes) -> tuple[bytes, bytes]:
    """Return a frame without its tables, and the tables as TIFF keeps them."""
    tables = [part for marker, part in segments(data) if marker in {DQT, DHT}]
    return without(data, DQT, DHT), b"\xff\xd8" + b"".join(tables) + b"\xff\xd9"


@pytest.mark.gotcha(41)
@pytest.mark.parametrize("subsampling", ["444", "422", "420"])
def test_tables_that_are_kept_elsewhere_are_put_in(subsampling):
    whole = jpeg(picture(), subsampling)
    abbreviated, tables = _parted(whole)
    decoder = decoder_for(frame_format(tables=tables))
    expected = decoder_for(frame_format()).decode(whole).samples
    for _ in range(2):  # planned, then by the plan
        assert np.array_equal(decoder.decode(abbreviated).samples, expected)
    assert decoder.decode(abbreviated, shrink=2).samples.shape == (20, 24, 4)


@pytest.mark.gotcha(41)
def test_tables_of_a_frame_itself_come_before_those_kept_elsewhere():
    _, coarse = _parted(jpeg(picture(), quality=20))
    whole = jpeg(picture(), quality=95)
    expected = decoder_for(frame_format()).decode(whole).samples
    decoded = decoder_for(frame_format(tables=coarse)).decode(whole)
    assert np.array_equal(decoded.samples, expected)
    assert decoded[1:] == (None, ())


@pytest.mark.gotcha(27)
@pytest.mark.parametrize("label", ["RGB", "YBR_FULL_422"])
def test_abbreviated_frame_without_marks_is_what_the_label_says(label):
    flat = np.full((40, 48, 3), (200, 60, 120), np.uint8)
    whole = jpeg(flat) if label != "RGB" else rgb_jpeg(flat)
    bare = with_identifiers(without(whole, 0xE0, 0xEE), b"\1\2\3")
    abbreviated, tables = _parted(bare)
    declared = frame_format(photometric=label, tables=tables)
    decoded = decoder_for(declared).decode(abbreviated)
    assert difference(decoded.samples, flat) <= 2
    assert decoded[1:] == (None, ())


@pytest.mark.parametrize("tables", [b"\xff\xd8\xff\xd9", b"nonsense", b"\xff"])
def test_tables_without_tables_leave_them_missing(tables):
    abbreviated, _ = _parted(jpeg(picture()))
    assert refusal(decoder_for(frame_format(tables=tables)), abbreviated).startswith(
        "the JPEG data lacks its tables ("
    )


def test_decoded_pixels_do_not_start_where_libjpeg_avoids_the_caches():
    decoder = decoder_for(frame_format())
    kept = [decoder.decode(jpeg(picture())).samples for _ in range(20)]
    starts = {each.__array_interface__["data"][0] % 32 for each in kept}
    assert starts == {16}


@pytest.mark.parametrize(
    ("syntax", "name"), [(LOSSLESS, "JPEG Lossless"), (JPEG_LS, "JPEG-LS")]
)
def test_rare_kind_without_its_library_is_refused_in_words(monkeypatch, syntax, name):
    monkeypatch.setitem(sys.modules, "imagecodecs", None)
    with pytest.raises(UnsupportedCodec) as caught:
        decoder_for(frame_format(syntax, "RGB"))
    assert str(caught.value) == f"{name} needs the package imagecodecs"
    assert decoder_for(frame_format()).decode(jpeg(picture())).damage is None
