"""The values of one directory's tags, as what they should be."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from viewer.slide.errors import BrokenFile, UnsupportedFile


class Tags:
    """The values of one directory's tags, as what they should be."""

    def __init__(self, tags: Any, name: str) -> None:
        """Take tifffile's tags of a directory, and what sentences call it."""
        self._tags = tags
        self._name = name

    def has(self, code: int) -> bool:
        """Whether the directory has a tag."""
        return code in self._tags

    def value(self, code: int) -> Any:
        """Return what tifffile made of a tag, None where there is none."""
        return self._tags.valueof(code)

    def vector(self, code: int) -> NDArray[np.uint64] | None:
        """Return whole numbers, None where there are none."""
        found = self.value(code)
        if found is None or isinstance(found, str | bytes):
            return None
        return np.atleast_1d(np.asarray(found, np.uint64))

    def number(
        self,
        code: int,
        default: int | None = None,
        *,
        least: int = 1,
        most: int = 65535,
    ) -> int:
        """Return the first value; raises BrokenFile where it is missing or absurd."""
        found = self.vector(code)
        if found is None or not found.size:
            if default is not None and not self.has(code):
                return default
            raise BrokenFile(f"{self._name}: {_words(code)} is missing")
        if not least <= int(found[0]) <= most:
            raise BrokenFile(
                f"{self._name}: {_words(code)} is {int(found[0])}, expected {least} to "
                f"{most}"
            )
        return int(found[0])

    def text(self, code: int) -> str:
        """Return a text without its ends, "" where there is none."""
        found = self.value(code)
        if isinstance(found, bytes):
            found = found.decode("utf-8", "replace")
        return found.strip("\0 \r\n\t") if isinstance(found, str) else ""

    def data(self, code: int) -> bytes | None:
        """Return bytes, None where there are none."""
        found = self.value(code)
        if isinstance(found, np.ndarray):
            found = cast("NDArray[Any]", found).tobytes()
        return found if isinstance(found, bytes) and found else None

    def broken(self, words: str) -> BrokenFile:
        """Return the error that names the directory."""
        return BrokenFile(f"{self._name}: {words}")

    def unsupported(self, words: str) -> UnsupportedFile:
        """Return the error that names the directory, for what is sound but not read."""
        return UnsupportedFile(f"{self._name}: {words}")


def _words(code: int) -> str:
    return _WORDS.get(code, f"tag {code}")


_WORDS: Final[Mapping[int, str]] = MappingProxyType(
    {
        254: "New Subfile Type",
        255: "Subfile Type",
        256: "Image Width",
        257: "Image Length",
        259: "Compression",
        262: "Photometric Interpretation",
        266: "Fill Order",
        277: "Samples per Pixel",
        278: "Rows per Strip",
        284: "Planar Configuration",
        317: "Predictor",
        322: "Tile Width",
        323: "Tile Length",
    }
)
