"""Paths of attributes taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.panels.attribute_path import steps_of


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("Modality", ["Modality"]),
        ("OpticalPathSequence[0].ICCProfile", ["OpticalPathSequence", 0, "ICCProfile"]),
        ("A[12].B[3]", ["A", 12, "B", 3]),
        ("(0009,1001)[2].(0009,1002)", ["(0009,1001)", 2, "(0009,1002)"]),
        ("", []),
    ],
)
def test_path_is_words_and_numbers_of_items(path: str, steps: list[str | int]) -> None:
    assert steps_of(path) == steps


@pytest.mark.parametrize("text", ["A[", "A[x]", "A..B", "A[1]]", "A[-1]", "A[1].", "]"])
def test_what_is_no_path_is_said_to_be_none(text: str) -> None:
    assert steps_of(text) is None


@given(st.text(st.sampled_from("A.[]0 9(,)"), max_size=30))
def test_any_text_is_taken_apart_or_not_without_a_fuss(text: str) -> None:
    steps = steps_of(text)
    if steps is not None:
        again = "".join(f"[{x}]" if isinstance(x, int) else f".{x}" for x in steps)
        assert steps_of(again.removeprefix(".")) == steps
