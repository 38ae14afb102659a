"""What tags are called: keyword, name and VR of an attribute, private ones too."""

from functools import lru_cache
from typing import Final

from pydicom.datadict import (
    dictionary_description,
    dictionary_VR,
    keyword_for_tag,
    private_dictionary_description,
    private_dictionary_VR,
    tag_for_keyword,
)

VALUE_VRS: Final = frozenset(
    (
        *("AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT"),
        *("OB", "OD", "OF", "OL", "OV", "OW", "PN", "SH", "SL", "SQ", "SS", "ST"),
        *("SV", "TM", "UC", "UI", "UL", "UN", "UR", "US", "UT", "UV"),
    )
)
"""Every VR of PS3.5 table 6.2-1."""


@lru_cache(maxsize=4096)
def keyword_of(tag: int) -> str:
    """Return the keyword, such as "ICCProfile"; empty for private and unknown tags."""
    return keyword_for_tag(tag)


@lru_cache(maxsize=4096)
def name_of(tag: int, creator: str) -> str:
    """Return what the attribute is called, a private one with its creator."""
    if is_private_creator(tag):
        return "Private Creator"
    if _is_private(tag):
        return f"[{creator or 'no private creator'}] {_private_name(tag, creator)}"
    try:
        return dictionary_description(tag)
    except KeyError:
        return "Group Length" if not tag & 0xFFFF else "Unknown attribute"


def words_of(keyword: str) -> str:
    """Return what the attribute of a keyword is called, such as "Pixel Spacing"."""
    tag = tag_for_keyword(keyword)
    return keyword if tag is None else name_of(tag, "")


@lru_cache(maxsize=4096)
def vr_of(tag: int, written: str, creator: str, *, signed: bool) -> str:
    """Return the VR of an attribute.

    `written` is that in the file, empty in implicit VR. What is unknown there is looked
    up; `signed` is what Pixel Representation (0028,0103) says, on which some depend.
    """
    if written in VALUE_VRS and written != "UN":
        return written
    if written and written != "UN":
        return "UN"  # there is no such VR
    found = _looked_up(tag, creator)
    unsigned_vr, signed_vr = _CHOICES.get(found, (found, found))
    return signed_vr if signed else unsigned_vr


def is_private_creator(tag: int) -> bool:
    """Whether the attribute reserves a block of its group (PS3.5 7.8.1)."""
    return _is_private(tag) and 0x10 <= tag & 0xFFFF <= 0xFF


def block_of(tag: int) -> int:
    """Return the tag of the Private Creator of a private attribute; 0 for others."""
    number = tag & 0xFFFF
    return tag & 0xFFFF0000 | number >> 8 if _is_private(tag) and number > 0xFF else 0


# Where the dictionary leaves a choice: the VR, and that of signed pixels.
_CHOICES: Final = {
    "US or SS": ("US", "SS"),
    "US or SS or OW": ("US", "SS"),
    "US or OW": ("OW", "OW"),
    "OB or OW": ("OW", "OW"),
    "OB_OW": ("OW", "OW"),
}


def _is_private(tag: int) -> bool:
    return bool(tag >> 16 & 1)


def _private_name(tag: int, creator: str) -> str:
    try:
        # pydicom writes them in brackets where it does not know who made them.
        return private_dictionary_description(tag, creator).strip("[]")
    except KeyError:
        return "private attribute"


def _looked_up(tag: int, creator: str) -> str:
    if not tag & 0xFFFF:
        return "UL"
    if is_private_creator(tag):
        return "LO"
    try:
        if _is_private(tag):
            return private_dictionary_VR(tag, creator)
        return dictionary_VR(tag)
    except KeyError:
        return "UN"
