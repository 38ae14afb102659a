"""What a preamble begins like."""

from hypothesis import given
from hypothesis import strategies as st

from viewer.formats.dicom.preamble import preamble_problem


@given(st.binary(min_size=128, max_size=128))
def test_every_preamble_that_is_not_empty_has_a_clause(preamble: bytes) -> None:
    clause = preamble_problem(preamble)
    assert bool(clause) == any(preamble) or preamble[:4] in (b"II*\0", b"MM\0*")
    assert not clause.endswith(".")


def test_zeros_and_no_preamble_are_fine() -> None:
    assert preamble_problem(bytes(128)) == ""
    assert preamble_problem(b"") == ""
