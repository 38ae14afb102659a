"""What the attributes of an instance say of each of its frames."""

from viewer.codecs import FrameFormat, is_encapsulated
from viewer.formats.dicom.facts import number, text
from viewer.formats.dicom.header import Header
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
    return FrameFormat(
        transfer_syntax=header.transfer_syntax,
        photometric=text(dataset, "PhotometricInterpretation").upper()
        or ("RGB" if samples == 3 else "MONOCHROME2"),
        size=tile_size,
        samples_per_pixel=samples,
        bits_allocated=allocated,
        bits_stored=stored if 1 <= stored <= allocated else allocated,
        signed=number(dataset, "PixelRepresentation", 0) == 1,
        planar=number(dataset, "PlanarConfiguration", 0),
    )


def frame_bytes(frame: FrameFormat) -> int | None:
    """Return the bytes of an uncompressed frame, None where frames are encapsulated.

    PS3.3 C.7.6.3.1.2: YBR_FULL_422 shares its chrominance between two pixels.
    """
    if is_encapsulated(frame.transfer_syntax):
        return None
    samples = 2 if frame.photometric == "YBR_FULL_422" else frame.samples_per_pixel
    pixels = frame.size.width * frame.size.height
    return pixels * samples * frame.bits_allocated // 8
