"""Guards before native code: does a codestream's header agree with the attributes."""

import numpy as np
from numpy.typing import NDArray

from viewer.codecs.frame import LARGEST_OUTPUT, Finding, FrameFormat
from viewer.slide.errors import BrokenFrame
from viewer.slide.geometry import Size


def check_size(found: Size, declared: FrameFormat, extent: Size | None) -> None:
    """Raise BrokenFrame unless the codestream has the size of the frame or its extent.

    Some converters cut the frames of the last column and row to what lies inside the
    total pixel matrix. Nothing above LARGEST_OUTPUT passes.
    """
    if found not in (declared.size, extent):
        raise BrokenFrame(
            f"the codestream is {found.width} x {found.height},"
            f" expected {declared.size.width} x {declared.size.height}"
        )
    check_output(declared)


def check_output(declared: FrameFormat) -> None:
    """Raise BrokenFrame where decoding a frame would take too much memory."""
    pixel = 4 if declared.is_color else declared.bits_allocated // 8
    needed = declared.size.width * declared.size.height * pixel
    if needed > LARGEST_OUTPUT:
        raise BrokenFrame(
            f"the frame is {declared.size.width} x {declared.size.height}, which takes"
            f" {needed >> 20} MiB, expected at most {LARGEST_OUTPUT >> 20} MiB"
        )


def check_components(count: int, declared: FrameFormat) -> None:
    """Raise BrokenFrame unless the codestream has Samples per Pixel components."""
    if count != declared.samples_per_pixel:
        noun = "component" if count == 1 else "components"
        raise BrokenFrame(
            f"the codestream has {count} {noun}, expected {declared.samples_per_pixel}"
        )


def precision_finding(
    precision: int, declared: FrameFormat, *, signed: bool
) -> Finding | None:
    """Compare with Bits Stored and the sign; raise BrokenFrame if it does not fit."""
    if not 1 <= precision <= declared.bits_allocated:
        raise BrokenFrame(
            f"the codestream has {precision} bits a sample,"
            f" expected at most {declared.bits_allocated}"
        )
    found = precision, signed
    if found == (declared.bits_stored, declared.signed):
        return None
    return Finding(
        "pixel-format",
        f"the codestream has {_samples(*found)},"
        " but Bits Stored and Pixel Representation say"
        f" {_samples(declared.bits_stored, declared.signed)}",
    )


def depth_finding(precision: int, declared: FrameFormat) -> Finding | None:
    """Tell of color that is finer than what is shown of it."""
    if declared.samples_per_pixel != 3 or precision <= 8:
        return None
    return Finding(
        "color-depth",
        f"the color samples have {precision} bits; the upper 8 of them are shown",
    )


def stray_bits_finding(
    samples: NDArray[np.generic], declared: FrameFormat
) -> Finding | None:
    """Tell of bits beside those that Bits Stored and High Bit name: one is wrong.

    `samples` are integers as they lie in the frame, in the machine's byte order. Above
    signed samples the sign may be repeated.
    """
    stored, below = declared.bits_stored, declared.bits_below
    if stored >= declared.bits_allocated:
        return None
    used = int(np.bitwise_or.reduce(samples.view(f"u{samples.dtype.itemsize}"), None))
    if declared.signed:
        used &= (1 << stored + below) - 1
    if not used & ~(((1 << stored) - 1) << below):
        return None
    return Finding(
        "pixel-format",
        f"samples use bits beside the {stored} that Bits Stored names, which are left"
        " out",
    )


def _samples(bits: int, signed: bool) -> str:
    return f"{'signed' if signed else 'unsigned'} samples of {bits} bits"
