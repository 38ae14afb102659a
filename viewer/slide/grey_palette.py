"""GreyPalette: the colors that a file wants grey samples drawn in."""

from typing import Final, NamedTuple

_BYTES: Final = 3


class GreyPalette(NamedTuple):
    """Colors of samples one after the other: RGB, three bytes each, at least two.

    `first` is the sample that the first color stands for. Samples below take the first
    color, those above the last.
    """

    first: int
    colors: bytes

    @property
    def last(self) -> int:
        """The sample that the last color stands for."""
        return self.first + len(self.colors) // _BYTES - 1
