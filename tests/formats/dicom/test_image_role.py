"""What an image is on its slide, by Image Type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.formats.dicom.image_role import ROLES, role_of

WORDS = st.one_of(
    st.sampled_from([*ROLES, "NONE", "RESAMPLED", ""]), st.text(max_size=9)
)


@pytest.mark.parametrize("role", ROLES)
@given(others=st.lists(WORDS, min_size=3, max_size=5))
def test_a_role_as_value_3_decides_alone(role: str, others: list[str]) -> None:
    kind = [*others[:2], role, *others[2:]]
    assert role_of(kind, ["a", "b", "LABEL"]) == (role, "")


@given(st.lists(WORDS, max_size=5), st.lists(WORDS, max_size=4))
def test_there_always_is_a_role_or_value_3(kind: list[str], frames: list[str]) -> None:
    role, problem = role_of(kind, frames)
    if role not in ROLES:
        assert role == kind[2].strip(" \0").upper()
        assert problem == ""
    elif len(kind) < 3 or kind[2].strip(" \0") != role:
        assert role in problem


@pytest.mark.parametrize(
    ("third", "role"),
    [
        ("VOLUM", "VOLUME"),
        ("VOLUMES", "VOLUME"),
        ("LABLE", "LABEL"),
        ("Overview", "OVERVIEW"),
        ("OVERVEIW", "OVERVIEW"),
        ("THUMBNAILS", "THUMBNAIL"),
        ("SEGMENTATION", "SEGMENTATION"),
        ("LOCALIZER", "LOCALIZER"),
    ],
)
def test_misspelt_roles_are_known_and_others_left(third: str, role: str) -> None:
    assert role_of(["ORIGINAL", "PRIMARY", third, "NONE"])[0] == role


def test_the_frames_tell_where_the_image_does_not() -> None:
    frames = ["ORIGINAL", "PRIMARY", "LABEL", "NONE"]
    assert role_of([], frames) == (
        "LABEL",
        "Image Type is missing; expected LABEL as value 3, for which it is taken",
    )
    assert role_of(["DERIVED", "PRIMARY", "MAP"], frames) == ("MAP", "")
