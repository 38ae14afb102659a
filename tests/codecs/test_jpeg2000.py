"""JPEG 2000 frames: pixels, color, damage and the guess where no header says it."""

import sys
import threading

import imagecodecs
import numpy as np
import pytest

from tests.codecs.codestreams import (
    JPEG_2000,
    difference,
    frame_format,
    grey_format,
    jpeg2000,
    picture,
    refusal,
    slide_like,
    subsampled_jpeg2000,
    ycbcr_of,
)
from viewer.codecs import decoder_for
from viewer.slide.errors import BrokenFile, UnsupportedCodec
from viewer.slide.geometry import Size
from viewer.slide.model import ColorReading

AS_DECLARED = ColorReading.AS_DECLARED


def _decoder(photometric="RGB", size=(48, 40), examples=()):
    return decoder_for(frame_format(JPEG_2000, photometric, size), lambda: examples)


@pytest.mark.parametrize("label", ["YBR_ICT", "YBR_RCT"])
def test_transformed_frame_is_exact_and_unremarkable(label):
    decoded = _decoder(label).decode(jpeg2000(picture()))
    assert difference(decoded.samples, picture()) == 0
    assert (decoded.samples[..., 3] == 255).all()
    assert decoded[1:] == (None, ())


def test_lossy_frame_is_close():
    decoded = _decoder("YBR_ICT").decode(jpeg2000(picture(), level=45))
    assert 0 < difference(decoded.samples, picture()) < 12


def test_untransformed_rgb_frame_is_exact_and_unremarkable():
    decoded = _decoder().decode(jpeg2000(picture(), transform=False))
    assert difference(decoded.samples, picture()) == 0
    assert decoded[1:] == (None, ())


@pytest.mark.parametrize("label", ["RGB", "YBR_FULL_422", "YBR_FULL"])
def test_component_transform_beats_the_label(label):
    decoded = _decoder(label).decode(jpeg2000(picture()))
    assert difference(decoded.samples, picture()) == 0
    assert decoded.finding == (
        "color-label",
        f"Photometric Interpretation is {label}, but the codestream has a component"
        " transform (YBR_ICT or YBR_RCT); shown as RGB",
    )


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("label", ["YBR_ICT", "YBR_FULL_422", "YBR_RCT"])
@pytest.mark.parametrize("kind", ["YCbCr", "RGB"])
def test_untransformed_samples_under_a_ybr_label_are_guessed_by_the_background(
    kind, label, dark
):
    rgb = slide_like()
    if dark:
        rgb = np.full((64, 64, 3), 4, np.uint8)
        rgb[20:50, 20:50] = (40, 125, 130)  # the brightest would pass for YCbCr
    stored = ycbcr_of(rgb) if kind == "YCbCr" else rgb
    frame = jpeg2000(stored, transform=False)
    decoded = _decoder(label, (64, 64), [frame]).decode(frame)
    assert difference(decoded.samples, rgb) <= 2
    assert decoded.finding == (
        "color-guessed",
        f"Photometric Interpretation is {label}, but the codestream has no component"
        f" transform; the samples look like {kind}; shown as {kind}",
    )


def test_guess_follows_the_examples_and_asks_once_for_all_threads():
    calls: list[int] = []
    white = np.full((64, 64, 3), 245, np.uint8)
    examples = [
        b"no codestream",
        jpeg2000(ycbcr_of(white), transform=False),
        jpeg2000(ycbcr_of(slide_like()), transform=False),
    ]

    def offered():
        calls.append(1)
        yield from examples

    decoder = decoder_for(frame_format(JPEG_2000, "YBR_ICT", (64, 64)), offered)
    # Alone, this frame would pass for RGB: it has no background.
    tissue = np.full((64, 64, 3), (70, 75, 80), np.uint8)
    frame = jpeg2000(tissue, transform=False)
    findings: list[object] = []
    threads = [
        threading.Thread(target=lambda: findings.append(decoder.decode(frame).finding))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
    assert {str(finding) for finding in findings} == {str(findings[0])}
    assert "look like YCbCr" in str(findings[0])


def test_examples_are_not_asked_for_where_headers_decide():
    def never():
        raise AssertionError("asked for examples")

    for label, transform in (("YBR_ICT", True), ("RGB", False), ("RGB", True)):
        decoder = decoder_for(frame_format(JPEG_2000, label), never)
        decoder.decode(jpeg2000(picture(), transform=transform))
    decoder = decoder_for(frame_format(JPEG_2000, "YBR_ICT"), never)
    decoder.decode(jpeg2000(picture(), transform=False), color=AS_DECLARED)


def test_examples_that_cannot_be_read_leave_the_frame_at_hand():
    def broken():
        raise BrokenFile("the share went away")
        yield b""

    decoder = decoder_for(frame_format(JPEG_2000, "YBR_ICT", (64, 64)), broken)
    decoded = decoder.decode(jpeg2000(ycbcr_of(slide_like()), transform=False))
    assert difference(decoded.samples, slide_like()) <= 2


@pytest.mark.parametrize(
    ("label", "transform", "converted"),
    [
        ("YBR_ICT", True, False),
        ("RGB", True, False),
        ("RGB", False, False),
        ("YBR_FULL", True, True),
        ("YBR_ICT", False, True),
        ("YBR_FULL_422", False, True),
    ],
)
def test_label_alone_decides_when_told_so(label, transform, converted):
    stored = ycbcr_of(slide_like()) if converted else slide_like()
    decoder = _decoder(label, (64, 64))
    frame = jpeg2000(stored, transform=transform)
    decoded = decoder.decode(frame, color=AS_DECLARED)
    assert difference(decoded.samples, slide_like()) <= 2


@pytest.mark.parametrize("steps", [(2, 1), (2, 2)])
def test_subsampled_chroma_is_ycbcr(steps):
    full = ycbcr_of(np.kron(slide_like(32, 32), np.ones((2, 2, 1), np.uint8)))
    planes = [full[..., 0], *(full[:: steps[1], :: steps[0], at] for at in (1, 2))]
    frame = subsampled_jpeg2000(planes, steps)
    expected = np.kron(slide_like(32, 32), np.ones((2, 2, 1), np.uint8))
    decoded = _decoder("YBR_FULL_422", (64, 64)).decode(frame)
    assert difference(decoded.samples, expected) <= 3
    assert decoded.finding is None
    told = _decoder("RGB", (64, 64)).decode(frame).finding
    assert told == (
        "color-label",
        "Photometric Interpretation is RGB, but the codestream has subsampled chroma;"
        " shown as YCbCr",
    )


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
@pytest.mark.parametrize("label", ["MONOCHROME2", "MONOCHROME1"])
def test_grey_frame_is_exact(bits, label):
    kind = np.uint8 if bits == 8 else np.uint16
    grey = (np.arange(1920).reshape(40, 48) * 37 % (1 << bits)).astype(kind)
    data = jpeg2000(grey, bitspersample=bits)
    declared = grey_format(
        JPEG_2000,
        (48, 40),
        photometric=label,
        bits_allocated=8 if bits == 8 else 16,
        bits_stored=bits,
    )
    decoded = decoder_for(declared).decode(data)
    expected = grey if label == "MONOCHROME2" else (1 << bits) - 1 - grey
    assert decoded.samples.dtype == kind
    assert np.array_equal(decoded.samples, expected)
    assert decoded.finding is None


def test_color_of_16_bits_keeps_its_upper_8():
    deep = picture().astype(np.uint16) << 8 | 77
    declared = frame_format(JPEG_2000, "YBR_RCT", bits_allocated=16, bits_stored=16)
    decoded = decoder_for(declared).decode(jpeg2000(deep))
    assert difference(decoded.samples, picture()) == 0


@pytest.mark.parametrize("factor", [2, 4, 8])
def test_shrunk_frame_is_the_area_mean(factor):
    samples = _decoder("YBR_RCT").decode(jpeg2000(picture()), shrink=factor).samples
    blocks = (
        picture().astype(float).reshape(40 // factor, factor, 48 // factor, factor, 3)
    )
    assert np.abs(samples[..., 2::-1] - blocks.mean((1, 3))).max() <= 0.5


def test_high_throughput_frame_is_exact():
    data = bytes(imagecodecs.htj2k_encode(picture()))
    declared = frame_format("1.2.840.10008.1.2.4.201", "YBR_RCT")
    decoded = decoder_for(declared).decode(data)
    assert difference(decoded.samples, picture()) == 0
    assert decoded[1:] == (None, ())


def test_frame_cut_to_the_matrix_passes_and_another_size_does_not():
    decoder = _decoder("YBR_RCT", (64, 64))
    data = jpeg2000(picture())
    assert decoder.decode(data, extent=Size(48, 40)).samples.shape == (40, 48, 4)
    assert refusal(decoder, data) == "the codestream is 48 x 40, expected 64 x 64"


def _with_image(data: bytes, at: int, value: bytes) -> bytes:
    """Change SIZ, whose parameters begin at byte 6."""
    return data[: 6 + at] + value + data[6 + at + len(value) :]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda data: _with_image(data, 2, (20000).to_bytes(4, "big") * 2),
            "the codestream is 20000 x 20000, expected 48 x 40",
        ),
        (
            lambda data: _with_image(data, 18, b"\x00\x00\x00\x01" * 2),
            "the JPEG 2000 data has 1920 tiles, expected at most 1025",
        ),
        (
            lambda data: _with_image(data, 18, bytes(8)),
            "the JPEG 2000 image is 48 x 40 in tiles of 0 x 0, expected positive sizes",
        ),
        (
            lambda data: _with_image(data, 36, b"\x0b"),
            "the JPEG 2000 components differ in precision, expected one",
        ),
        (
            lambda data: _with_image(data, 36, b"\x0f\x01\x01" * 3),
            "the codestream has 16 bits a sample, expected at most 8",
        ),
        (
            lambda data: _with_image(data, 37, b"\x00"),
            "the JPEG 2000 sampling is 0, expected 1 to 255",
        ),
        (
            lambda data: _with_image(data, 37, b"\x02\x02"),
            "the JPEG 2000 components are sampled 2x2, 1x1, 1x1, expected 1x1 or"
            " chroma of 2x1 or 2x2",
        ),
        (
            lambda data: data.replace(b"\xff\x52", b"\xff\x64", 1),
            "the JPEG 2000 header has no coding style (COD)",
        ),
        (
            lambda data: data[:51] + b"\x00\x00" + data[53:],
            "the JPEG 2000 header has 0000 at byte 51, expected a marker",
        ),
        (
            lambda data: data[:3] + b"\x52" + data[4:],
            "the JPEG 2000 data starts with FF 4F FF 52, expected FF 4F FF 51",
        ),
    ],
)
def test_impossible_header_is_refused_before_decoding(change, sentence, monkeypatch):
    monkeypatch.setattr(imagecodecs, "jpeg2k_decode", _never)
    assert refusal(_decoder("YBR_RCT"), change(jpeg2000(picture()))) == sentence


def test_grey_frame_under_a_color_label_is_refused():
    data = jpeg2000(picture()[..., 0], transform=False)
    assert refusal(_decoder(), data) == "the codestream has 1 component, expected 3"


def test_missing_end_marker_is_damage():
    decoded = _decoder("YBR_RCT").decode(jpeg2000(picture())[:-2])
    assert decoded.damage == (
        "the JPEG 2000 data is damaged: no end of codestream marker (EOC)"
    )
    assert difference(decoded.samples, picture()) == 0


@pytest.mark.parametrize("padding", [b"\x00", bytes(50)])
def test_padding_behind_the_frame_is_no_damage(padding):
    decoded = _decoder("YBR_RCT").decode(jpeg2000(picture()) + padding)
    assert decoded.damage is None


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_cut_off_frame_is_refused(kept):
    data = jpeg2000(picture())
    sentence = refusal(_decoder("YBR_RCT"), data[: int(len(data) * kept)])
    assert sentence == "the JPEG 2000 data is damaged or cut off"


def test_pylibjpeg_takes_the_place_of_imagecodecs(monkeypatch):
    monkeypatch.setitem(sys.modules, "imagecodecs", None)
    decoder = _decoder("YBR_RCT")
    assert difference(decoder.decode(jpeg2000(picture())).samples, picture()) == 0
    grey = np.arange(1920, dtype=np.uint16).reshape(40, 48)
    declared = grey_format(JPEG_2000, (48, 40), bits_allocated=16, bits_stored=16)
    samples = decoder_for(declared).decode(jpeg2000(grey)).samples
    assert np.array_equal(samples, grey)


def test_without_any_decoder_the_codec_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "imagecodecs", None)
    monkeypatch.setitem(sys.modules, "openjpeg.utils", None)
    with pytest.raises(UnsupportedCodec, match="imagecodecs or pylibjpeg-openjpeg"):
        _decoder("YBR_RCT")


def _never(*_: object, **__: object) -> None:
    raise AssertionError("decoded what should have been refused")


def _boxed(data: bytes, *, palette: bool = False, length: int | None = None) -> bytes:
    """Put a codestream into a JP2 file, by hand (T.800 annex I)."""

    def box(kind: bytes, content: bytes, length: int | None = None) -> bytes:
        size = 8 + len(content) if length is None else length
        return size.to_bytes(4, "big") + kind + content

    colors = box(b"pclr", b"\0\2\3\7\7\7" + bytes(6)) if palette else b""
    header = box(b"jp2h", box(b"ihdr", bytes(14)) + colors)
    return b"".join(
        (
            box(b"jP  ", b"\r\n\x87\n"),
            box(b"ftyp", b"jp2 " + bytes(4) + b"jp2 "),
            header,
            box(b"jp2c", data, length),
        )
    )


@pytest.mark.gotcha(36)
@pytest.mark.parametrize("palette", [False, True])
@pytest.mark.parametrize("length", [None, 0, 0xFFFFFF])
def test_boxes_around_a_codestream_are_cut_away(palette, length):
    grey = picture()[..., 0]
    data = _boxed(jpeg2000(grey, transform=False), palette=palette, length=length)
    declared = grey_format(JPEG_2000, (48, 40))
    decoded = decoder_for(declared).decode(data)
    assert np.array_equal(decoded.samples, grey)
    ignored = "; its palette is ignored" if palette else ""
    assert decoded.findings == (
        (
            "boxed-codestream",
            "the frame is a JP2 file, expected a bare JPEG 2000 codestream" + ignored,
        ),
    )


def test_decoder_never_sees_a_box(monkeypatch):
    seen: list[bytes] = []
    decode = imagecodecs.jpeg2k_decode

    def watched(data: bytes, **how: object) -> object:
        seen.append(data[:4])
        return decode(data, **how)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(imagecodecs, "jpeg2k_decode", watched)
    data = _boxed(jpeg2000(picture()), palette=True)
    decoder_for(frame_format(JPEG_2000, "YBR_RCT")).decode(data)
    assert seen == [b"\xff\x4f\xff\x51"]


def test_jp2_file_without_a_codestream_is_refused():
    decoder = decoder_for(frame_format(JPEG_2000, "YBR_RCT"))
    assert refusal(decoder, _boxed(b"")[:-8]) == (
        "the frame is a JP2 file without a codestream"
    )
