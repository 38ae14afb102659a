"""A report as a page: stands alone, is escaped, can be read aloud."""

import re
from base64 import b64decode
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.qa.reports import PATIENT, PNG, RULE, report
from viewer.qa.report.html import report_html
from viewer.qa.report.report import Report
from viewer.qa.report.section import Picture, Section, Table

EMPTY_ELEMENTS = {"meta", "br", "img"}


class Page(HTMLParser):
    """Collects elements and text; fails where elements do not nest."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page.decode("utf-8"))
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in EMPTY_ELEMENTS:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.text += data

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


def page_of(whole: Report, **options: bool) -> Page:
    return Page(report_html(whole, **options))


def test_verdict_findings_tables_and_evidence_are_there() -> None:
    text = page_of(report()).text
    for words in (
        "Different",
        "The label is missing in the result b.dcm.",
        "A slide without one is nobody's.",
        "1 error, no warnings, 1 note.",
        "The scale is 0.499 um a pixel in both.",
        "ab" * 32,
        "1.2.3.4",
        "A sample was decoded: 200 of 31,204 tiles.",
        "coverslip 9.9",
    ):
        assert words in text


def test_severity_is_said_in_words() -> None:
    page = report_html(report()).decode()
    assert re.search(r'<th scope="row" class="severity error">error</th>', page)


def test_pictures_are_inside_and_told_in_words() -> None:
    (image,) = page_of(report()).all("img")
    source = image["src"] or ""
    assert source.startswith("data:image/png;base64,")
    assert b64decode(source.partition(",")[2]) == PNG
    assert (image["alt"], image["width"]) == ("Differences of level 0", "1")


def test_nothing_is_fetched() -> None:
    page = report_html(report()).decode()
    assert not re.search(r"https?:|//[a-z]|@import|url\(|<script|<link", page)


def test_it_can_be_read_aloud() -> None:
    page = page_of(report(members=(report(subject="pair one"),)))
    assert page.all("html") == [{"lang": "en"}]
    headings = [tag for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert headings.count("h1") == 1
    levels = [int(tag[1]) for tag in headings]
    assert all(below - above <= 1 for above, below in pairwise(levels))
    assert all(each.get("scope") in ("col", "row") for each in page.all("th"))
    anchors = {each.get("id") for _, each in page.elements if each.get("id")}
    links = [each["href"] or "" for each in page.all("a")]
    assert links
    assert {link.removeprefix("#") for link in links} <= anchors


def test_patient_data_are_withheld_unless_asked_for() -> None:
    assert PATIENT not in page_of(report()).text
    assert "withheld" in page_of(report()).text
    assert PATIENT in page_of(report(), with_patient_data=True).text


@settings(max_examples=30)
@given(st.text(st.characters()))
@pytest.mark.parametrize("start", ["", "<script>alert(1)</script>", '"><img src=x>'])
def test_whatever_a_slide_says_is_text(start: str, more: str) -> None:
    words = start + more
    finding = RULE.finding(words, tag=words, found=words, expected=words)
    table = Table(words, (words,), ((words,),))
    pictures = (Picture(words, PNG),)
    section = Section("s", words, (finding,), (words,), {}, (table,), pictures)
    plain = page_of(report(sections=(replace(section, name="t"),)))
    hostile = page_of(report(sections=(section,), subject=words, reason=words))
    assert [tag for tag, _ in plain.elements] == [tag for tag, _ in hostile.elements]
    assert len(hostile.all("img")) == 1
    assert not hostile.all("script")


def test_control_characters_do_not_reach_the_page() -> None:
    page = report_html(report(reason="a\0b\x1bc\x85d")).decode()
    assert "a\ufffdb\ufffdc\ufffdd" in page


def test_signs_that_turn_words_around_do_not_reach_the_page() -> None:
    page = report_html(report(reason="a\u202eb\u2067c\u200fd")).decode()
    assert not set(page) & set("\u202e\u2067\u200f")


def test_words_are_broken_only_where_they_are_long() -> None:
    uid = "1.2.826.0.1.3680043.8.498.1"
    table = Table("UIDs", ("uid", "of"), ((uid, "level 0"), ("none", uid)))
    text = report_html(report(sections=(Section("x", "X", tables=(table,)),))).decode()
    assert f'<th scope="row" class="long">{uid}</th><td>level 0</td>' in text
    assert f'<th scope="row">none</th><td class="long">{uid}</td>' in text


def test_the_verdict_over_many_comes_before_their_list() -> None:
    page = report_html(report(members=(report(subject="pair one"),))).decode()
    assert page.index('class="verdict') < page.index("<nav") < page.index("Findings")


def test_errors_of_members_color_the_verdict_over_them() -> None:
    joined = report(kind="check", sections=(), members=(report(kind="check"),))
    words = report_html(joined).decode()
    assert words.count('class="verdict bad"') == 2


def test_it_prints_black_on_white() -> None:
    page = report_html(report()).decode()
    assert "@media print" in page
    assert "@media screen and (prefers-color-scheme: dark)" in page
