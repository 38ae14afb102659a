"""What the attributes of an instance say of each of its frames."""

from pydicom.dataset import Dataset

from viewer.codecs import PALETTE_LABEL, FrameFormat, is_encapsulated
from viewer.formats.dicom.facts import number, text
from viewer.formats.dicom.header import Header
from viewer.formats.dicom.palette import read_palette
from viewer.slide.errors import BrokenFile
from viewer.slide.geometry import Size


def read_frame_format(header: Header, tile_size: Size) -> FrameFormat:
    """Read the format of frames of `tile_size`; raises BrokenFile."""
    dataset = header.dataset
    samples = number(dataset, "SamplesPerPixel", 3)
    allocated = number(dataset, "BitsAllocated", 8)
    if samples not in {1, 3} or allocated not in {8, 16}:
        raise BrokenFile(
            f"{header.path.name}: Samples per Pixel {samples} and Bits Allocated "
            f"{allocated}, expected 1 or 3 samples of 8 or 16 bits."
        )
    stored = number(dataset, "BitsStored", allocated)
    stored = stored if 1 <= stored <= allocated else allocated
    # Colors are never below zero (PS3.3 C.8.12.4: unsigned), whatever a file says.
    signed = samples == 1 and number(dataset, "PixelRepresentation", 0) == 1
    photometric = _photometric(dataset, samples)
    palette = None
    if photometric == PALETTE_LABEL and samples == 1:
        palette = read_palette(
            dataset, header.path.name, signed=signed, big_endian=header.big_endian
        )
    return FrameFormat(
        transfer_syntax=header.transfer_syntax,
        photometric=photometric,
        size=tile_size,
        samples_per_pixel=samples,
        bits_allocated=allocated,
        bits_stored=stored,
        signed=signed,
        planar=number(dataset, "PlanarConfiguration", 0),
        bits_below=_bits_below(dataset, allocated, stored),
        palette=palette,
    )


def _photometric(dataset: Dataset, samples: int) -> str:
    said = text(dataset, "PhotometricInterpretation").upper()
    return said or ("RGB" if samples == 3 else "MONOCHROME2")


def _bits_below(dataset: Dataset, allocated: int, stored: int) -> int:
    """Return how far above the lowest bit samples begin; 0 in today's files.

    A High Bit that cannot be is left aside (PS3.5 8.1.1 asks for Bits Stored - 1).
    """
    below = number(dataset, "HighBit", stored - 1) + 1 - stored
    return below if 0 <= below <= allocated - stored else 0


def frame_bytes(frame: FrameFormat) -> int | None:
    """Return the bytes of an uncompressed frame, None where frames are encapsulated.

    PS3.3 C.7.6.3.1.2: YBR_FULL_422 shares its chrominance between two pixels.
    """
    if is_encapsulated(frame.transfer_syntax):
        return None
    samples = 2 if frame.photometric == "YBR_FULL_422" else frame.samples_per_pixel
    pixels = frame.size.width * frame.size.height
    return pixels * samples * frame.bits_allocated // 8
