"""What an image is on its slide, by Image Type (0008,0008)."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

ROLES: Final = ("VOLUME", "LABEL", "OVERVIEW", "THUMBNAIL")


def role_of(
    image_type: Sequence[str], frame_type: Sequence[str] = ()
) -> tuple[str, str]:
    """Return the role in capitals, and a clause where it is not said as it should be.

    Only value 3 decides where it is a role (openslide#642; PS3.3 C.8.12.4.1.1). Where
    it is not, the role is what is misspelt there, else the role among the other values.
    A value 3 that is no role stays as it is; where it is missing, `frame_type` (Frame
    Type of the whole image) tells, and VOLUME is what remains.
    """
    values = [each.strip(" \0") for each in image_type]
    third = values[2] if len(values) > 2 else ""
    if third in ROLES:
        return third, ""
    found = "\\".join(values)
    role = _meant(third) or _first_role(values)
    role = role or ("" if third else _frame_role(frame_type))
    if role:
        return role, f"Image Type is {found or 'missing'}; {_taken(role)}"
    if third:
        return third.upper(), ""
    return "VOLUME", (
        f"Image Type is {found or 'missing'}, expected four values of which the third "
        "names the role; taken for a VOLUME image"
    )


def _taken(role: str) -> str:
    return f"expected {role} as value 3, for which it is taken"


_ALIKE: Final = 0.8  # of one word's letters are in the other, in their order


def _meant(word: str) -> str:
    return next(iter(get_close_matches(word.upper(), ROLES, 1, _ALIKE)), "")


def _first_role(values: Sequence[str]) -> str:
    return next((each.upper() for each in values if each.upper() in ROLES), "")


def _frame_role(frame_type: Sequence[str]) -> str:
    third = frame_type[2].strip(" \0").upper() if len(frame_type) > 2 else ""
    return third if third in ROLES else ""
