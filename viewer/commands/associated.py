"""`coverslip associated`: the label, overview or thumbnail as a PNG."""

from argparse import ArgumentParser, Namespace
from typing import Final

from viewer.commands.output import write_png
from viewer.commands.slides import add_personality, one_slide
from viewer.slide.errors import SlideError

SUMMARY: Final = "write the label, overview or thumbnail as a PNG"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("path", metavar="PATH", help="a file or folder")
    parser.add_argument("image", choices=("label", "overview", "thumbnail"))
    parser.add_argument("--slide", type=int, default=0, help="which slide of PATH")
    add_personality(parser)
    parser.add_argument("-o", "--output", required=True, metavar="OUT.png")


def run(arguments: Namespace) -> int:
    """Write the image as stored, with its own profile; raises SlideError."""
    with one_slide(arguments.path, arguments.slide, arguments.personality) as slide:
        image = slide.associated.get(arguments.image)
        if image is None:
            found = ", ".join(slide.associated) or "none"
            raise SlideError(
                f"{slide.name}: there is no {arguments.image} image (found: {found})."
            )
        samples = image.read()
    if samples.ndim == 3:
        samples = samples[..., 2::-1]
    write_png(arguments.output, samples.copy(), image.icc_profile)
    return 0
