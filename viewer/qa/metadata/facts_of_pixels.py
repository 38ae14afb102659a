"""What a slide says by its color profile and its compression, in words to compare."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from viewer.codecs.icc_summary import profile_facts
from viewer.codecs.jpeg2000_header import read_jpeg2000_header
from viewer.slide.errors import SlideError
from viewer.slide.model import EMPTY, Slide, TileKey, stored_levels

PROFILE: Final = "slide.profile"
LOSSY: Final = "slide.lossy"
METHOD: Final = "slide.method"


def facts_of_pixels(slide: Slide, compression: str) -> Mapping[str, str]:
    """Return texts by key: the profile; "yes" or "no" of lossy, and by which method.

    `compression` is the TIFF tag 259 of the finest level, such as "7 (jpeg)", empty
    where it is not known. Lossy is left out where the file does not tell.
    """
    found: dict[str, str] = {}
    profile = slide.optical_paths[0].icc_profile
    if profile:
        found[PROFILE] = _profile_words(profile)
    method = _METHODS.get(compression.partition(" ")[0])
    if method == _JPEG_2000 and _is_reversible(slide):
        method = None
        compression = "1"
    if method:
        found[LOSSY], found[METHOD] = "yes", method
    elif compression.partition(" ")[0] in _LOSSLESS:
        found[LOSSY] = "no"
    return found


_JPEG_2000: Final = "ISO_15444_1"
_METHODS: Final = {
    "6": "ISO_10918_1",
    "7": "ISO_10918_1",
    "33003": _JPEG_2000,
    "33004": _JPEG_2000,
    "33005": _JPEG_2000,
    "34712": _JPEG_2000,
}
"""What TIFF's Compression is called in Lossy Image Compression Method (0028,2114)."""

_LOSSLESS: Final = frozenset({"1", "5", "8", "32773", "32946"})


def _profile_words(profile: bytes) -> str:
    facts = dict(profile_facts(profile))
    name = next(iter(facts.values()), "")
    digest = sha256(profile).hexdigest()[:12]
    return f"{name}, {len(profile)} bytes, SHA-256 {digest}...".removeprefix(", ")


def _is_reversible(slide: Slide) -> bool:
    """Whether the first tile was coded by the wavelet that loses nothing."""
    level = stored_levels(slide)[0]
    try:
        frame = slide.read_frame(TileKey(slide.serial, level, 0, 0))
        return frame is not EMPTY and read_jpeg2000_header(frame.data).reversible
    except SlideError:
        return False
