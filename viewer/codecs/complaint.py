"""What foreign decoders complain of, in words for the screen."""

import re
from collections.abc import Iterable
from typing import Final

# As libjpeg-turbo ("tjDecompress2(): ") and CharLS ("charls_decode returned ") begin.
_FUNCTION: Final = re.compile(r"^\w+(\(\): | returned )")
_CODE: Final = re.compile(r"\w_\w|\w\(")


def with_complaint(sentence: str, error: Exception) -> str:
    """Return the sentence and, behind a colon, what a foreign library said, if words.

    Names of its functions are left out: they say nothing to who looks at a slide.
    """
    words = _FUNCTION.sub("", str(error)).rstrip(". \n")
    return sentence if not words or _CODE.search(words) else f"{sentence}: {words}"


def times(shape: Iterable[int]) -> str:
    """Write a shape as the product that it is."""
    return " x ".join(map(str, shape))
