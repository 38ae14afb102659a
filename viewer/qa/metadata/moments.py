"""Dates and times as scanners and DICOM write them."""

import re
from datetime import datetime
from typing import Final, NamedTuple


class Moment(NamedTuple):
    """A day and, where it is told, a time of it, with minutes from UTC."""

    date: str
    time: str = ""
    offset: int | None = None

    def agrees(self, other: "Moment") -> bool:
        """Whether both mean one moment, as far as both are told.

        Either side may have left out the time, its seconds' fraction or its zone, and
        may have written it in another zone.
        """
        if self == other:
            return True
        length = min(len(self.time), len(other.time))
        if self.date == other.date and self.time[:length] == other.time[:length]:
            return True
        ours, theirs = self.minutes, other.minutes
        return ours is not None and ours == theirs

    @property
    def minutes(self) -> int | None:
        """Minutes in UTC since 1970, None where they are not told."""
        if self.offset is None or not self.time:
            return None
        try:
            there = datetime.strptime(f"{self.date}{self.time[:4]}Z", "%Y%m%d%H%M%z")
        except ValueError:
            return None
        return int(there.timestamp()) // 60 - self.offset


def moment_of(text: str) -> Moment | None:
    """Return what a text means; None where it is no date.

    DICOM's "20091229095915.0+0100", ISO 8601, TIFF's "2017:02:07 13:06:43",
    "2011/05/23" and Aperio's "12/29/09 09:59:15 GMT-0500".
    """
    written = text.strip()
    found = _YEAR_FIRST.match(written) or _YEAR_LAST.match(written)
    if found is None:
        return None
    year = found["year"] if len(found["year"]) == 4 else f"20{found['year']}"
    month, day = found["month"].zfill(2), found["day"].zfill(2)
    if not ("01" <= month <= "12" and "01" <= day <= "31"):
        return None
    rest = written[found.end() :]
    clock = _TIME.search(rest)
    told = "".join(clock[part] or "" for part in "hms") if clock else ""
    return Moment(f"{year}{month}{day}", told, _offset(rest))


_YEAR_FIRST: Final = re.compile(
    r"(?P<year>(?:19|20)\d\d)[-:/.]?(?P<month>\d\d)[-:/.]?(?P<day>\d\d)(?=\D|\d{2,6}|$)"
)
_YEAR_LAST: Final = re.compile(
    r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4}|\d\d)(?!\d)"
)
_TIME: Final = re.compile(r"(?P<h>[0-2]\d):?(?P<m>[0-5]\d):?(?P<s>[0-5]\d)?")
_ZONE: Final = re.compile(r"(?P<sign>[+-])(?P<h>\d\d):?(?P<m>\d\d)$")


def _offset(text: str) -> int | None:
    """Return the minutes from UTC that a text ends with."""
    if text.endswith("Z"):
        return 0
    found = _ZONE.search(text)
    if found is None:
        return None
    minutes = 60 * int(found["h"]) + int(found["m"])
    return -minutes if found["sign"] == "-" else minutes
