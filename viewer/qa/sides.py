"""What sentences and tables call the two slides of a comparison."""

from typing import Final, Literal

from viewer.slide.geometry import Size
from viewer.slide.model import Slide


def called(slide: Slide, side: Literal["a", "b"]) -> str:
    """Return "the source NAME" or "the result NAME", the name being that of a file."""
    return f"the {_WORDS[side]} {file_name(slide)}"


def file_name(slide: Slide) -> str:
    """Return the name of the file that the slide begins with, UIDs shortened."""
    name = slide.files[0].path.name if slide.files else slide.name
    return name if len(name) <= _LONGEST else f"{name[:_HEAD]}...{name[-_TAIL:]}"


def in_pixels(size: Size) -> str:
    """Return a size as people write it."""
    return f"{size.width} x {size.height}"


def counted(number: int, thing: str) -> str:
    """Return "1 level", "3 levels"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def capital(sentence: str) -> str:
    """Return a sentence with its first letter a capital one."""
    return sentence[:1].upper() + sentence[1:]


_WORDS: Final = {"a": "source", "b": "result"}
_LONGEST: Final = 40
_HEAD: Final = 14
_TAIL: Final = 16
