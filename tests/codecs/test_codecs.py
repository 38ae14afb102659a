"""The table of codecs: what is read, what is refused, and frames of another kind."""

import pytest

from tests.codecs.codestreams import (
    BASELINE,
    JPEG_2000,
    NATIVE,
    difference,
    frame_format,
    grey_format,
    jpeg,
    jpeg2000,
    picture,
    refusal,
)
from viewer.codecs import CODECS, decoder_for, is_encapsulated, syntax_name
from viewer.slide.errors import UnsupportedCodec
from viewer.slide.warnings import CODES

UNREAD = ["1.2.840.10008.1.2.4.93", "1.2.840.10008.1.2.4.92"]
JPEG_XL = "1.2.840.10008.1.2.4.110"


def test_names_are_words_and_unknown_syntaxes_keep_their_number():
    assert syntax_name(BASELINE) == "JPEG Baseline"
    assert syntax_name("1.2.3") == "1.2.3"
    names = [codec.name for codec in CODECS.values()]
    assert len(set(names)) == len(names)


def test_names_are_those_of_the_standard():
    from pydicom.uid import UID

    for uid, codec in CODECS.items():
        known = UID(uid).name.replace("-", " ").lower()
        if known == uid:  # newer than the dictionary
            continue
        for word in codec.name.replace("-", " ").lower().split():
            assert word.strip(",") in known.replace("hierarchical", ""), (uid, word)


@pytest.mark.parametrize("uid", CODECS)
def test_only_the_four_native_syntaxes_are_not_encapsulated(uid):
    from pydicom.uid import UID

    if uid.endswith(".1.98"):  # native samples, but in items
        assert is_encapsulated(uid)
    elif not UID(uid).is_private and UID(uid).is_transfer_syntax:
        assert is_encapsulated(uid) == UID(uid).is_encapsulated


@pytest.mark.parametrize("uid", [*UNREAD, "1.2.3", ""])
def test_unread_syntax_is_refused_in_words(uid):
    with pytest.raises(UnsupportedCodec) as caught:
        decoder_for(frame_format(uid, "RGB"))
    name = syntax_name(uid) or "an unnamed transfer syntax"
    assert (
        str(caught.value) == f"{name} with Photometric Interpretation RGB is not read"
    )


@pytest.mark.parametrize(
    "declared",
    [
        frame_format(photometric="PALETTE COLOR", samples_per_pixel=1),
        frame_format(photometric="YBR_PARTIAL_420"),
        frame_format(photometric=""),
        frame_format(photometric="RGB", samples_per_pixel=1),
        frame_format(photometric="RGB", samples_per_pixel=4),
        frame_format(photometric="MONOCHROME2"),
        frame_format(photometric="RGB", bits_allocated=32, bits_stored=32),
        frame_format(photometric="RGB", bits_allocated=8, bits_stored=12),
        frame_format(photometric="RGB", bits_allocated=8, bits_stored=0),
        frame_format(photometric="RGB", planar=2),
        frame_format(photometric="RGB", size=(0, 40)),
        frame_format(photometric="RGB", size=(48, -1)),
        grey_format(NATIVE, (48, 40), bits_allocated=1, bits_stored=1),
    ],
)
@pytest.mark.parametrize("syntax", [BASELINE, JPEG_2000, NATIVE])
def test_impossible_attributes_are_refused_in_words(declared, syntax):
    with pytest.raises(UnsupportedCodec) as caught:
        decoder_for(declared._replace(transfer_syntax=syntax))
    label = declared.photometric or "(none)"
    assert str(caught.value) == (
        f"{syntax_name(syntax)} with Photometric Interpretation {label} is not read"
        f" (Samples per Pixel {declared.samples_per_pixel},"
        f" Bits Allocated {declared.bits_allocated},"
        f" Bits Stored {declared.bits_stored},"
        f" Planar Configuration {declared.planar},"
        f" {declared.size.width} x {declared.size.height})"
    )


def test_component_transform_without_its_codec_is_refused():
    with pytest.raises(UnsupportedCodec) as caught:
        decoder_for(frame_format(NATIVE, "YBR_RCT"))
    assert str(caught.value) == (
        "uncompressed samples with Photometric Interpretation YBR_RCT are not read"
    )


def test_frame_of_the_other_family_is_decoded_as_what_it_is():
    under_2000 = decoder_for(frame_format(JPEG_2000, "YBR_FULL_422"))
    decoded = under_2000.decode(jpeg(picture()))
    assert difference(decoded.samples, picture()) <= 12
    assert decoded.finding == (
        "transfer-syntax",
        "the Transfer Syntax is of JPEG 2000, but the frame is JPEG;"
        " decoded as what it is",
    )
    under_jpeg = decoder_for(frame_format(BASELINE, "RGB"))
    decoded = under_jpeg.decode(jpeg2000(picture(), transform=False))
    assert difference(decoded.samples, picture()) == 0
    assert decoded.finding is not None
    assert decoded.finding.message == (
        "the Transfer Syntax is of JPEG, but the frame is JPEG 2000;"
        " decoded as what it is"
    )
    assert under_jpeg.decode(jpeg(picture()), shrink=2).samples.shape == (20, 24, 4)


@pytest.mark.parametrize(
    ("data", "found"), [(b"", "nothing"), (bytes(300), "00 00"), (b"\xff", "FF")]
)
@pytest.mark.parametrize(
    ("syntax", "name"),
    [(BASELINE, "JPEG"), (JPEG_2000, "JPEG 2000"), (JPEG_XL, "JPEG XL")],
)
def test_frame_of_no_family_is_refused(data, found, syntax, name):
    assert refusal(decoder_for(frame_format(syntax)), data) == (
        f"the frame does not start as {name} does (found {found})"
    )


def test_every_finding_has_a_code_that_warnings_know():
    label = decoder_for(frame_format(BASELINE, "RGB")).decode(jpeg(picture())).finding
    stray = decoder_for(frame_format(JPEG_2000, "RGB")).decode(jpeg(picture())).finding
    assert label is not None
    assert stray is not None
    assert {label.code, stray.code} == {"color-label", "transfer-syntax"} <= set(CODES)
