"""JPEG frames: baseline and progressive by libjpeg-turbo, the rare ones elsewhere."""

from typing import Any, Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from viewer.codecs.agreement import (
    check_components,
    check_size,
    depth_finding,
    precision_finding,
)
from viewer.codecs.complaint import with_complaint
from viewer.codecs.frame import Decoded, Examples, Finding, FrameFormat, found
from viewer.codecs.jpeg_color import jpeg_color, libjpeg_reads_ycbcr
from viewer.codecs.jpeg_header import (
    PROCESSES,
    PROGRESSIVE,
    SEQUENTIAL,
    JpegHeader,
    read_jpeg_header,
    with_tables,
    with_transform,
)
from viewer.codecs.jpeg_rare import MOST_CALLS, check_rare, decode_rare
from viewer.codecs.patience import Patience
from viewer.codecs.raw import finished, shrunk
from viewer.slide.errors import BrokenFrame
from viewer.slide.geometry import Size
from viewer.slide.model import ColorReading, Samples

MOST_SCANS: Final = 500
"""Scans of one frame: each costs a pass over the picture, and a few bytes only."""

_EXPECTED_PROCESSES: Final = {
    "1.2.840.10008.1.2.4.50": (0xC0,),
    "1.2.840.10008.1.2.4.51": (0xC1, 0xC0),
    "1.2.840.10008.1.2.4.57": (0xC3,),
    "1.2.840.10008.1.2.4.70": (0xC3,),
    "1.2.840.10008.1.2.4.80": (0xF7,),
    "1.2.840.10008.1.2.4.81": (0xF7,),
}


class _Plan(NamedTuple):
    """What to do with frames whose header is `prefix`, which many of an image share.

    `header_bytes` stand in the place of the prefix where libjpeg would read it wrong or
    lack its tables.
    """

    prefix: bytes
    reading: ColorReading
    header: JpegHeader
    header_bytes: bytes | None
    ycbcr: bool
    rare: bool
    many_scans: bool
    damage: str | None
    findings: tuple[Finding, ...]


class JpegDecoder:
    """Decodes JPEG of every process that is read.

    Invariant: `_plan` is that of a frame decoded lately on any thread; it is replaced
    whole and never changed.
    """

    def __init__(self, declared: FrameFormat, _: Examples) -> None:
        check_rare(declared.transfer_syntax)
        # It has stubs, but lacks the marker (py.typed) that says so.
        from simplejpeg import decode_jpeg  # pyright: ignore[reportMissingTypeStubs]

        self._decode_jpeg = decode_jpeg
        self._declared = declared
        self._size = declared.size
        self._layout = "BGRX" if declared.is_color else "GRAY"
        self._plan: _Plan | None = None
        self._patience = Patience(MOST_CALLS)

    def decode(
        self,
        data: bytes,
        *,
        extent: Size | None = None,
        color: ColorReading = ColorReading.AS_ENCODED,
        shrink: int = 1,
    ) -> Decoded:
        """Decode one frame; see Decoder. `shrink` is done in the frequency domain."""
        plan = self._plan
        if (
            plan is None
            or plan.reading is not color
            or not data.startswith(plan.prefix)
        ):
            plan = self._plan = self._planned(data, color, extent)
        if plan.header.size != self._size:
            check_size(plan.header.size, self._declared, extent)
        if plan.many_scans:
            _check_scans(data)
        if plan.header_bytes is not None:
            data = plan.header_bytes + data[len(plan.prefix) :]
        if plan.rare:
            raw, damage = decode_rare(data, plan.header, self._declared, self._patience)
            samples = finished(
                raw,
                self._declared,
                bits=plan.header.precision,
                ycbcr=plan.ycbcr,
                shrink=shrink,
            )
            return Decoded(samples, damage or plan.damage, plan.findings)
        bgrx, damage = self._turbo(data, plan, shrink)
        if not self._declared.is_color:
            bgrx = self._grey(bgrx)
        return Decoded(bgrx, damage or plan.damage, plan.findings)

    def _planned(
        self, data: bytes, reading: ColorReading, extent: Size | None
    ) -> _Plan:
        """Read the header and check it against the attributes."""
        declared = self._declared
        whole = with_tables(data, declared.tables) if declared.tables else data
        header = read_jpeg_header(whole)
        check_size(header.size, declared, extent)
        check_components(len(header.components), declared)
        odd_samples = precision_finding(
            header.precision, declared, signed=declared.signed
        )
        ycbcr, odd_color = jpeg_color(header, declared, reading)
        rare = header.precision != 8 or header.process not in (*SEQUENTIAL, PROGRESSIVE)
        transform = None
        if declared.is_color and not rare and libjpeg_reads_ycbcr(header) != ycbcr:
            transform = int(ycbcr)
        header_bytes = None
        if transform is not None or header.stray:
            header_bytes = with_transform(whole, header, transform)
        elif whole is not data:
            header_bytes = whole[: header.length]
        damage = None
        if header.stray:
            damage = (
                f"the JPEG data is damaged: {header.stray} bytes between its markers"
            )
        return _Plan(
            data[: header.length - (len(whole) - len(data))],
            reading,
            header,
            header_bytes,
            ycbcr,
            rare,
            many_scans=(
                header.process == PROGRESSIVE or header.scanned < len(header.components)
            ),
            damage=damage,
            findings=found(
                self._process_finding(header),
                odd_color,
                odd_samples,
                depth_finding(header.precision, declared),
            ),
        )

    def _process_finding(self, header: JpegHeader) -> Finding | None:
        expected = _EXPECTED_PROCESSES.get(self._declared.transfer_syntax)
        if expected is None or header.process in expected:
            return None
        return Finding(
            "transfer-syntax",
            f"the Transfer Syntax asks for {PROCESSES[expected[0]]}, but the codestream"
            f" is {PROCESSES[header.process]}",
        )

    def _turbo(
        self, data: bytes, plan: _Plan, shrink: int
    ) -> tuple[Samples, str | None]:
        """Decode 8 bits a sample and shrink; the damage is that of the codestream."""
        if shrink == 1:
            width, height = plan.header.size
            pixel = 4 if self._declared.is_color else 1
            return self._tolerant(data, {"buffer": _buffer(width * height * pixel)})
        # libjpeg shrinks chroma of 4:2:2 as it shrinks luma, and leaves it too coarse:
        # there it may go only so far that chroma comes out at the size asked for.
        factor = max(1, shrink // plan.header.lopsided)
        width, height = plan.header.size
        # The factor alone does nothing: it only limits what the sizes ask for.
        samples, damage = self._tolerant(
            data,
            {
                "min_width": -(-width // factor),
                "min_height": -(-height // factor),
                "min_factor": factor,
                "fastupsample": factor < shrink,
            },
        )
        return shrunk(samples, shrink // factor), damage

    def _tolerant(
        self, data: bytes, how: dict[str, Any]
    ) -> tuple[NDArray[np.uint8], str | None]:
        """Decode strictly if possible; the damage where it was not."""
        try:
            samples = self._decode_jpeg(data, self._layout, **how)
        except Exception as error:  # noqa: BLE001 - libjpeg's words, tried again below
            damage = with_complaint("the JPEG data is damaged", error)
        else:
            return cast("NDArray[np.uint8]", samples), None
        try:
            samples = self._decode_jpeg(data, self._layout, strict=False, **how)
        except Exception as error:
            sentence = with_complaint("the JPEG data cannot be decoded", error)
            raise BrokenFrame(sentence) from error
        return cast("NDArray[np.uint8]", samples), damage

    def _grey(self, grey: Samples) -> Samples:
        raw = grey[..., 0]
        return finished(
            raw.view(np.int8) if self._declared.signed else raw,
            self._declared,
            bits=8,
            ycbcr=False,
            shrink=1,
        )


def _buffer(size: int) -> NDArray[np.uint8]:
    """Return memory that starts in the middle of 32 bytes.

    Where it starts at a multiple of them libjpeg-turbo writes around the processor's
    caches, which costs a fifth of the decoding, and again when pixels are read.
    """
    memory = np.empty(size + 32, np.uint8)
    start = (16 - memory.__array_interface__["data"][0]) % 32
    return memory[start : start + size]


def _check_scans(data: bytes) -> None:
    """Refuse what would keep a thread busy for minutes (libjpeg-turbo issue 284)."""
    # An FF of the picture is followed by 00 (T.81 B.1.1.5), so this counts scans.
    scans = data.count(b"\xff\xda")
    if scans > MOST_SCANS:
        raise BrokenFrame(
            f"the JPEG data has {scans} scans, expected at most {MOST_SCANS}"
        )
