"""Rules about the headers of codestreams, against what the attributes say of frames."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from viewer.codecs import FrameFormat, is_encapsulated
from viewer.codecs.boxes import unboxed_jpeg2000
from viewer.codecs.codestream import codestream_of
from viewer.codecs.jpeg2000_header import Jpeg2000Header, read_jpeg2000_header
from viewer.codecs.jpeg_color import jpeg_color, libjpeg_reads_ycbcr
from viewer.codecs.jpeg_header import (
    PROGRESSIVE,
    SEQUENTIAL,
    JpegHeader,
    read_jpeg_header,
)
from viewer.qa.finding import Rule, Severity
from viewer.slide.errors import BrokenFrame
from viewer.slide.model import ColorReading

PX1: Final = Rule(
    id="PX1",
    severity=Severity.ERROR,
    title="JPEG frames have the color that Photometric Interpretation says",
    why="Programs that believe the attribute show false colors, often pink or green.",
    clause="PS3.3 C.7.6.3.1.2, PS3.5 8.2.1",
    evidence="libdicom#80, openslide#558, bioformats#4161",
    number=4,
)
QA5: Final = Rule(
    id="QA5",
    severity=Severity.NOTE,
    title="chroma is subsampled as Photometric Interpretation says",
    why="Decoders follow the codestream, so that the picture is right all the same.",
    clause="PS3.3 C.7.6.3.1.2",
    evidence="wsidicomizer calls 4:4:4 YBR_FULL_422; 4:2:0 is tolerated there",
    number=5,
)
PX2: Final = Rule(
    id="PX2",
    severity=Severity.ERROR,
    title="the codestream is of the kind that the attributes say",
    why="Programs that believe the attributes show false colors, or refuse the frames, "
    "or call lossless what is not.",
    clause="PS3.5 8.2.4, PS3.3 C.7.6.3.1.2, C.8.12.4.1.5",
    evidence="openslide#772, openslide#646, wsidicomizer#158",
    number=21,
)
PX3: Final = Rule(
    id="PX3",
    severity=Severity.ERROR,
    title="codestreams have the size, samples and bits of the attributes",
    why="Programs refuse such a frame, or place its pixels wrongly.",
    clause="PS3.5 8.2, PS3.3 C.8.12.4.1",
    evidence="wsidicomizer --add-missing-levels cuts frames at the edges",
    number=6,
)

PHOTOMETRIC: Final = "PhotometricInterpretation"


class Oddity(NamedTuple):
    """What one frame was found to be, in a clause that goes for others like it.

    `kind` tells oddities of one rule apart; frames with the same are counted together.
    """

    rule: Rule
    clause: str
    found: str = ""
    expected: str = ""
    tag: str = PHOTOMETRIC
    severity: Severity | None = None
    kind: str = ""


def header_oddities(data: bytes, declared: FrameFormat) -> Iterator[Oddity]:
    """Yield what the header of a codestream contradicts; never raises. Any thread.

    What is no codestream, or one without a whole header, is for a decoder to refuse.
    """
    if not is_encapsulated(declared.transfer_syntax):
        return
    yield from _sizes(data, declared)
    for magic, look in _LOOKS:
        if data.startswith(magic):
            try:
                yield from look(data, declared)
            except BrokenFrame:
                return


def _sizes(data: bytes, declared: FrameFormat) -> Iterator[Oddity]:
    found = codestream_of(data)
    if found is None or found.size is None:
        return
    if found.size != declared.size:
        yield _differs(
            "x".join(map(str, found.size)),
            "x".join(map(str, declared.size)),
            "Columns",
            "pixels",
        )
    if found.samples != declared.samples_per_pixel:
        yield _differs(
            str(found.samples),
            str(declared.samples_per_pixel),
            "SamplesPerPixel",
            "samples a pixel",
        )
    if found.bits != declared.bits_stored:
        yield _differs(
            str(found.bits), str(declared.bits_stored), "BitsStored", "bits a sample"
        )


def _differs(found: str, expected: str, tag: str, what: str) -> Oddity:
    return Oddity(
        PX3,
        f"the codestream has {found} {what}, expected {expected}",
        found=f"{found} {what}",
        expected=f"{expected} {what}",
        tag=tag,
        kind=tag,
    )


def _jpeg(data: bytes, declared: FrameFormat) -> Iterator[Oddity]:
    header = read_jpeg_header(data)
    if not declared.is_color or len(header.components) != 3:
        return
    said = declared.photometric
    contradiction = jpeg_color(header, declared, ColorReading.AS_ENCODED).finding
    if contradiction is not None and header.adobe == 0 and header.is_subsampled:
        # wsidicomizer gives this marker to the YCbCr frames of a TIFF file.
        yield Oddity(
            PX1,
            f"Photometric Interpretation is {said} and chroma is subsampled, but an "
            "Adobe marker (transform 0) says that the codestream is RGB, which "
            "decoders believe",
            found="an Adobe marker for RGB",
            expected="none, or one with transform 1",
            kind="marker",
        )
    elif contradiction is not None:
        found = "RGB" if declared.declares_ycbcr else "YCbCr"
        clause = contradiction.message.partition(";")[0]
        yield Oddity(PX1, clause, found=found, expected=said)
    elif said == "RGB" and _looks_like_ycbcr(header):
        yield Oddity(
            PX1,
            "Photometric Interpretation is RGB, but nothing in the codestream says so "
            "(no Adobe marker, components not called R, G, B), so that many decoders "
            "take it for YCbCr",
            found="no mark of RGB",
            expected="an Adobe marker with transform 0",
            severity=Severity.WARNING,
            kind="unmarked",
        )
    else:
        yield from _subsampling(header, said)


def _looks_like_ycbcr(header: JpegHeader) -> bool:
    is_lossy = header.process in SEQUENTIAL or header.process == PROGRESSIVE
    return is_lossy and libjpeg_reads_ycbcr(header) is True


def _subsampling(header: JpegHeader, said: str) -> Iterator[Oddity]:
    """Compare sampling factors; 4:2:0 counts as YBR_FULL_422, which all call it."""
    expected = _SUBSAMPLED.get(said)
    if expected is None:
        return
    first, second = header.components[:2]
    ways = first.across // second.across, first.down // second.down
    found = _WAYS.get(ways, f"1 in {ways[0]} x {ways[1]}")
    if found not in (expected, _TOLERATED.get(said)):
        yield Oddity(
            QA5,
            f"Photometric Interpretation is {said}, which is {expected}, but chroma is "
            f"stored {found}",
            found=found,
            expected=expected,
        )


_SUBSAMPLED: Final = {"YBR_FULL_422": "4:2:2", "YBR_FULL": "4:4:4"}
_TOLERATED: Final = {"YBR_FULL_422": "4:2:0"}
_WAYS: Final = {(1, 1): "4:4:4", (2, 1): "4:2:2", (2, 2): "4:2:0", (1, 2): "4:4:0"}


def _jpeg2000(data: bytes, declared: FrameFormat) -> Iterator[Oddity]:
    header = read_jpeg2000_header(unboxed_jpeg2000(data)[0])
    if len(header.sampling) == 3 and declared.is_color:
        yield from _transform(header, declared.photometric)
    if declared.transfer_syntax in _LOSSLESS and not header.reversible:
        yield Oddity(
            PX2,
            "the Transfer Syntax is a lossless one, but the wavelet is the lossy 9/7",
            found="wavelet 9/7",
            expected="wavelet 5/3",
            tag="FileMetaInformation.TransferSyntaxUID",
            kind="lossless",
        )


def _transform(header: Jpeg2000Header, said: str) -> Iterator[Oddity]:
    due = "YBR_RCT" if header.reversible else "YBR_ICT"
    wavelet = "5/3" if header.reversible else "9/7"
    if said in _TRANSFORMED and not header.transformed:
        yield Oddity(
            PX2,
            f"Photometric Interpretation is {said}, but the codestream has no "
            "component transform (MCT is 0)",
            found="MCT 0",
            expected="MCT 1",
            kind="transform",
        )
    elif header.transformed and said in _TRANSFORMED and said != due:
        yield Oddity(
            PX2,
            f"Photometric Interpretation is {said}, but with the wavelet {wavelet} the "
            f"component transform is that of {due}",
            found=said,
            expected=due,
            severity=Severity.WARNING,
            kind="wavelet",
        )
    elif header.transformed and said not in _TRANSFORMED:
        yield Oddity(
            PX2,
            f"Photometric Interpretation is {said}, but the codestream has a component "
            f"transform (MCT is 1)",
            found=said,
            expected=due,
            severity=Severity.WARNING if said == "RGB" else None,
            kind="label",
        )
    elif not header.transformed and said == "YBR_FULL_422":
        yield Oddity(
            PX2,
            f"Photometric Interpretation is {said} and the codestream has no component "
            "transform (MCT is 0), so that nothing tells whether samples are YCbCr "
            "or RGB",
            found=said,
            expected=f"RGB, or {due} with a component transform",
            kind="untold",
        )
    elif not header.transformed and said == "YBR_FULL":
        # Right by PS3.5 8.2.4, but no slide may have it by PS3.3 C.8.12.4.1.5.
        yield Oddity(
            PX2,
            f"Photometric Interpretation is {said}, which slides do not have; programs "
            "that know slides only may take the samples for RGB",
            found=said,
            expected=f"RGB, or {due} with a component transform",
            severity=Severity.WARNING,
            kind="untold",
        )


_TRANSFORMED: Final = frozenset({"YBR_ICT", "YBR_RCT"})
_LOSSLESS: Final = frozenset(
    f"1.2.840.10008.1.2.4.{number}" for number in (90, 201, 202)
)
_Look = Callable[[bytes, FrameFormat], Iterator[Oddity]]
_LOOKS: Final[tuple[tuple[bytes, _Look], ...]] = (
    (b"\xff\xd8", _jpeg),
    (b"\xff\x4f\xff\x51", _jpeg2000),
    (b"\0\0\0\x0cjP  ", _jpeg2000),
)
