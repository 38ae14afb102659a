"""What a DICOM file says of its picture that TIFF tags can say too."""

from dataclasses import dataclass

from viewer.codecs import FrameFormat, is_encapsulated
from viewer.formats.dicom.examination import Examined
from viewer.formats.dicom.facts import floats, items, number, text, value_of
from viewer.formats.dicom.frame_format import frame_bytes
from viewer.slide.geometry import Size, Spacing


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """One picture of frames, of a slide or of anything else.

    `size` is the total pixel matrix, or one frame where there is none. `layers` are its
    focal planes times its optical paths. `spacing` is in mm, None where it is not told.
    `icc_profile` is that of the first optical path.
    """

    size: Size
    frames: int
    layers: int
    format: FrameFormat
    spacing: Spacing | None
    icc_profile: bytes | None

    @property
    def is_encapsulated(self) -> bool:
        """Whether the frames are codestreams in items."""
        return is_encapsulated(self.format.transfer_syntax)

    @property
    def frame_bytes(self) -> int | None:
        """The bytes of an uncompressed frame, None where frames are encapsulated."""
        return frame_bytes(self.format)

    @property
    def tiles(self) -> int:
        """How many frames make one picture."""
        across = -(-self.size.width // self.format.size.width)
        return across * -(-self.size.height // self.format.size.height)


def picture_facts(examined: Examined) -> PictureFacts | None:
    """Return the facts of a file; None where it tells no size, hence has no picture.

    Of what is no slide as far as the attributes go. Any thread; never raises.
    """
    instance = examined.instance
    if instance is None:
        return _of_any(examined)
    return PictureFacts(
        size=instance.size,
        frames=instance.frames,
        layers=len(instance.planes) * len(instance.optical_paths),
        format=instance.format,
        spacing=instance.spacing,
        icc_profile=instance.optical_paths[0].icc_profile,
    )


def _of_any(examined: Examined) -> PictureFacts | None:
    dataset = examined.dataset
    frame = Size(number(dataset, "Columns", 0), number(dataset, "Rows", 0))
    size = Size(
        number(dataset, "TotalPixelMatrixColumns", frame.width),
        number(dataset, "TotalPixelMatrixRows", frame.height),
    )
    samples = number(dataset, "SamplesPerPixel", 1)
    allocated = number(dataset, "BitsAllocated", 8)
    if min(*frame, *size, samples, allocated) < 1:
        return None
    frames = max(1, number(dataset, "NumberOfFrames", 1))
    spacing = floats(dataset, "PixelSpacing")
    profile = value_of(dataset, "ICCProfile")
    for path in items(dataset, "OpticalPathSequence")[:1]:
        profile = value_of(path, "ICCProfile")
    across = -(-size.width // frame.width) * -(-size.height // frame.height)
    told = len(spacing) == 2 and min(spacing) > 0
    return PictureFacts(
        size=size,
        frames=frames,
        layers=max(1, frames // across),
        format=FrameFormat(
            transfer_syntax=examined.header.transfer_syntax,
            photometric=text(dataset, "PhotometricInterpretation").upper(),
            size=frame,
            samples_per_pixel=samples,
            bits_allocated=allocated,
            bits_stored=number(dataset, "BitsStored", allocated),
            signed=number(dataset, "PixelRepresentation", 0) == 1,
            planar=number(dataset, "PlanarConfiguration", 0),
        ),
        spacing=Spacing(spacing[1], spacing[0]) if told else None,
        icc_profile=profile if isinstance(profile, bytes) else None,
    )
