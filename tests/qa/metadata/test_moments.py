"""Dates and times as scanners write them, against Python's own."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.qa.metadata.agreement import same_moment
from viewer.qa.metadata.moments import moment_of

moments = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)).map(  # noqa: DTZ001
    lambda each: each.replace(microsecond=0)
)
FORMATS = (
    "%Y%m%d%H%M%S",
    "%Y%m%d%H%M%S.250000",
    "%Y-%m-%dT%H:%M:%S",
    "%Y:%m:%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%m/%d/%y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
)


@given(moments, st.sampled_from(FORMATS), st.sampled_from(FORMATS))
def test_one_moment_is_known_however_it_is_written(
    moment: datetime, one: str, other: str
) -> None:
    assert same_moment(moment.strftime(one), moment.strftime(other))


@given(moments, st.sampled_from(FORMATS), st.timedeltas(timedelta(minutes=1)))
def test_another_moment_is_another(
    moment: datetime, form: str, later: timedelta
) -> None:
    other = moment + min(later, timedelta(days=300))
    assert not same_moment(moment.strftime(form), other.strftime(form))


@given(moments, st.integers(-12 * 60, 14 * 60), st.integers(-12 * 60, 14 * 60))
def test_one_moment_in_two_zones_is_one(moment: datetime, one: int, other: int) -> None:
    there = moment.replace(second=0, tzinfo=UTC)
    written = [
        there.astimezone(timezone(timedelta(minutes=minutes))).strftime(form)
        for minutes, form in (
            (one, "%Y%m%d%H%M%S%z"),
            (other, "%m/%d/%Y %H:%M:%S GMT%z"),
        )
    ]
    assert same_moment(*written)


def test_a_day_alone_agrees_with_any_time_of_it() -> None:
    assert same_moment("2011/05/23", "20110523130643")
    assert not same_moment("2011/05/23", "20110524")


def test_a_zone_told_by_one_side_alone_decides_nothing() -> None:
    assert same_moment("12/29/09 09:59:15 GMT-0500", "20091229095915")
    assert not same_moment("12/29/09 09:59:15", "20091229145915+0000")


@pytest.mark.parametrize(
    "words", ["", "yesterday", "20211340", "13/45/09", "1/2", "99999999", "CMU-1"]
)
def test_what_is_no_date_is_none(words: str) -> None:
    assert moment_of(words) is None


def test_days_that_no_month_has_do_no_harm() -> None:
    assert not same_moment("20110231100000+0100", "20110301100000+0200")
