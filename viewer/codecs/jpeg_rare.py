"""JPEG of more than 8 bits, lossless JPEG and JPEG-LS, to raw samples."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.codecs.complaint import times, with_complaint
from viewer.codecs.frame import FrameFormat
from viewer.codecs.jpeg_header import JPEG_LS, PROCESSES, JpegHeader
from viewer.codecs.patience import Patience
from viewer.slide.errors import BrokenFrame, UnsupportedCodec

_NEEDED: Final = {
    "1.2.840.10008.1.2.4.57": ("JPEG Lossless", "JPEG8"),
    "1.2.840.10008.1.2.4.70": ("JPEG Lossless", "JPEG8"),
    "1.2.840.10008.1.2.4.80": ("JPEG-LS", "JPEGLS"),
    "1.2.840.10008.1.2.4.81": ("JPEG-LS", "JPEGLS"),
}
"""By transfer syntax: its name, and the part of imagecodecs that decodes it."""

MOST_CALLS: Final = 8
"""Calls of the JPEG-LS decoder at a time, those that were given up among them."""

_SECONDS: Final = 2.0
_SAMPLES_A_SECOND: Final = 1_000_000  # a fortieth of what one core does


def check_rare(syntax: str) -> None:
    """Raise UnsupportedCodec where a transfer syntax needs a library that is absent."""
    if syntax not in _NEEDED:
        return
    name, part = _NEEDED[syntax]
    try:
        import imagecodecs
    except ImportError as error:
        raise UnsupportedCodec(f"{name} needs the package imagecodecs") from error
    if not getattr(imagecodecs, part).available:
        raise UnsupportedCodec(f"{name} needs imagecodecs built with it")


def decode_rare(
    data: bytes, header: JpegHeader, declared: FrameFormat, patience: Patience
) -> tuple[NDArray[np.generic], str | None]:
    """Decode to (rows, columns) or (rows, columns, 3), no color converted. Any thread.

    `patience` is for JPEG-LS, whose decoder damage may keep busy. The second answer is
    the damage that was tolerated. Samples are signed where the attributes say so, since
    these codestreams cannot. Raises BrokenFrame.
    """
    kind = f"{PROCESSES[header.process]} data"
    try:
        if header.process == JPEG_LS:
            raw = _jpeg_ls(data, header, patience)
        else:
            raw = _decoded(data, header)
    except ImportError as error:
        raise BrokenFrame(f"{kind} needs the package imagecodecs") from error
    except TimeoutError as error:
        raise BrokenFrame(
            f"the {kind} is damaged: decoding it took too long and was given up"
        ) from error
    except Exception as error:
        sentence = with_complaint(f"the {kind} cannot be decoded", error)
        raise BrokenFrame(sentence) from error
    columns, rows = header.size
    shape = (rows, columns, 3) if declared.is_color else (rows, columns)
    if raw.shape != shape:
        raise BrokenFrame(
            f"the {kind} decodes to {times(raw.shape)}, expected {times(shape)} samples"
        )
    if declared.signed:
        raw = raw.view(np.int8) if raw.dtype.itemsize == 1 else raw.view(np.int16)
    # libjpeg fills up what is cut off, and here nobody passes on its complaint.
    whole = data.rstrip(b"\x00").endswith(b"\xff\xd9")
    return raw, None if whole else f"the {kind} is damaged: no end of image marker"


def _jpeg_ls(
    data: bytes, header: JpegHeader, patience: Patience
) -> NDArray[np.generic]:
    """Decode with CharLS; raises TimeoutError.

    Where data are damaged, a run may end in numbers that grow without bound (CharLS
    2.4.3), which it counts up to for many seconds.
    """
    import imagecodecs

    width, height = header.size
    samples = width * height * len(header.components)
    return patience.within(
        _SECONDS + samples / _SAMPLES_A_SECOND,
        lambda: imagecodecs.jpegls_decode(data),
    )


def _decoded(data: bytes, header: JpegHeader) -> NDArray[np.generic]:
    import imagecodecs

    # The same color space on both sides: the decoder shall convert nothing.
    space = "ycbcr" if len(header.components) == 3 else "grayscale"
    return imagecodecs.jpeg8_decode(data, colorspace=space, outcolorspace=space)
