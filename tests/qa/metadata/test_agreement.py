"""When words say the same, and when they may tell who somebody is."""

import pytest

from viewer.qa.metadata import agreement


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Aperio", "Leica Biosystems", True),
        ("Hamamatsu Photonics", "HAMAMATSU", True),
        ("Philips", "Hamamatsu", False),
    ],
)
def test_makers_are_known_by_a_name_they_share(
    one: str, other: str, same: bool
) -> None:
    assert agreement.same_maker(one, other) is same
    assert agreement.same_maker(other, one) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Aperio Image Library v10.0.51", "v10.0.51\\Sun Oct 2", True),
        ("NDP.scan 2.5.89", "NDP.scan 2.5.89", True),
        ("v10.0.51", "v11.2.1", False),
        ("Image Library", "Another Library", False),
    ],
)
def test_versions_are_found_in_longer_texts(one: str, other: str, same: bool) -> None:
    assert agreement.shares_words(one, other) is same


def test_numbers_are_the_same_within_a_percent() -> None:
    assert agreement.same_number("0.4990", "0.499")
    assert agreement.same_number("0,4990", "0.50")
    assert not agreement.same_number("20", "40")
    assert not agreement.same_number("20", "many")


def test_places_may_be_counted_from_either_end_of_the_glass() -> None:
    assert agreement.same_place("23.449873 25.691574", "23.449873 49.7423")
    assert agreement.same_place("23.449873 25.691574", "23.449873 25.691574")
    assert not agreement.same_place("23.449873 25.691574", "20 40")
    assert not agreement.same_place("23.449873 25.691574", "23.449873 10")


@pytest.mark.parametrize(
    ("name", "text", "private"),
    [
        ("StripeWidth", "2040", False),
        ("Parmset", "USM Filter", False),
        ("ImageID", "1004486", True),
        ("User", "12", True),
        ("Case Number", "4711", True),
        ("Something", "Jane Doe", True),
        ("Barcode", "1", True),
    ],
)
def test_words_of_vendors_may_name_somebody(
    name: str, text: str, private: bool
) -> None:
    assert agreement.may_name_somebody(name, text) is private


def test_what_stands_for_unknown_is_nothing() -> None:
    assert agreement.is_nothing(" UNKNOWN ")
    assert agreement.is_nothing("")
    assert not agreement.is_nothing("Unknown Pleasures")
