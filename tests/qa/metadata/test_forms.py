"""One thing in the forms of several formats, against arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.qa.metadata import forms

lengths = st.floats(0.01, 50)


@given(lengths)
def test_one_scale_has_one_form_whoever_wrote_it(um: float) -> None:
    mm = um / 1000
    found = [
        forms.micrometers(f"9.0\\{mm!r}"),  # row, then column
        forms.ome_length(f"{um!r}"),
        forms.ome_length(f"{um!r} µm"),
        forms.ome_length(f"{mm!r} mm"),
        forms.resolution(f"{round(1e12 / um)}/100000000 3 (centimeter)"),
        forms.resolution(f"{25400 / um!r} inch"),
    ]
    assert [float(each) for each in found] == pytest.approx([um] * 6, rel=1e-5)


@pytest.mark.parametrize(
    "text", ["", "nothing", "0/1 3 (centimeter)", "72/1 1 (none)", "3 furlongs"]
)
def test_what_is_no_scale_has_no_form(text: str) -> None:
    assert forms.resolution(text) == ""
    assert forms.ome_length(text) == ""


def test_origins_that_converters_make_up_are_not_measured() -> None:
    assert forms.measured("25.0 50.0") == ""
    assert forms.measured("20 40") == ""
    assert forms.measured("0 0") == ""
    assert forms.measured("12.50 33") == "12.5 33"
    assert forms.measured("here") == ""


def test_a_magnification_is_a_number() -> None:
    assert forms.lens("20x") == forms.lens("20") == forms.lens("20X ") == "20"
