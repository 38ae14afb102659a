"""What is open, what is being opened, and what happens to what nobody wants."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.scene.fake_slide import FakeSlide
from tests.window.conftest import HeldReader, fake_slide
from viewer.formats import Opened, OpenOptions
from viewer.slide.errors import UnsupportedFile
from viewer.slide.look import DisplayTile, Look
from viewer.slide.model import Samples, TileKey
from viewer.window.session import Session

BUDGET = 64 * 2**20


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    session = Session(BUDGET)
    yield session
    session.close()
    session.deleteLater()


class Heard:
    """What a session said, in order."""

    def __init__(self, session: Session) -> None:
        self.said: list[tuple[object, ...]] = []
        for name in ("started", "progress", "opened", "failed", "cancelled"):
            getattr(session, name).connect(self._listener(name))

    def _listener(self, name: str) -> Callable[..., None]:
        return lambda *what: self.said.append((name, *what))

    def names(self) -> list[object]:
        return [said[0] for said in self.said]


def reads(monkeypatch: pytest.MonkeyPatch, reader: Callable[..., Opened]) -> None:
    monkeypatch.setattr("viewer.window.slide_opening.open_slides", reader)


def test_a_folder_is_opened_with_its_progress(
    session: Session, slide_folder: Path, qtbot: QtBot
) -> None:
    heard = Heard(session)
    with qtbot.waitSignal(session.opened):
        session.open([slide_folder])
    assert heard.said[0] == ("started", slide_folder.name)
    assert heard.names()[-1] == "opened"
    steps = [said[1:] for said in heard.said if said[0] == "progress"]
    assert steps
    assert all(0 <= done <= known for done, known in steps)  # type: ignore[operator]
    assert [slide.name for slide in session.slides] == [
        slide.name
        for slide in heard.said[-1][1].slides  # type: ignore[attr-defined]
    ]
    assert not session.is_opening


def test_nothing_to_open_starts_nothing(session: Session) -> None:
    heard = Heard(session)
    session.open([])
    assert heard.said == []
    assert not session.is_opening


def test_newer_opening_wins_and_the_older_slide_is_closed(
    session: Session, stubborn_reader: HeldReader, qtbot: QtBot
) -> None:
    heard = Heard(session)
    session.open([Path("old")])
    session.open([Path("new")])
    with qtbot.waitSignal(session.opened):
        stubborn_reader.going.set()
    assert [slide.name for slide in session.slides] == ["new"]
    qtbot.waitUntil(lambda: "old" in stubborn_reader.slides)
    qtbot.waitUntil(lambda: not stubborn_reader.slides["old"].is_open)
    assert stubborn_reader.slides["new"].is_open
    assert heard.names().count("opened") == 1
    assert "failed" not in heard.names()
    assert "cancelled" not in heard.names()


def test_cancelling_keeps_the_slides_and_closes_what_comes_late(
    session: Session, stubborn_reader: HeldReader, qtbot: QtBot
) -> None:
    heard = Heard(session)
    session.open([Path("late")])
    assert stubborn_reader.running.acquire(timeout=2)
    session.cancel()
    assert heard.names() == ["started", "cancelled"]
    stubborn_reader.going.set()
    qtbot.waitUntil(lambda: "late" in stubborn_reader.slides)
    qtbot.waitUntil(lambda: not stubborn_reader.slides["late"].is_open)
    qtbot.wait(20)
    assert heard.names() == ["started", "cancelled"]


def test_a_result_that_waits_in_the_mail_is_closed_when_cancelled(
    session: Session, stubborn_reader: HeldReader, qtbot: QtBot
) -> None:
    stubborn_reader.going.set()
    session.open([Path("posted")])
    deadline = time.monotonic() + 2
    while session._opening and not session._opening.ended.is_set():
        assert time.monotonic() < deadline
        time.sleep(0.002)  # the event loop stands still: the answer is not delivered
    session.cancel()
    assert not stubborn_reader.slides["posted"].is_open
    assert session.slides == ()


def test_cancelling_nothing_says_nothing(session: Session) -> None:
    heard = Heard(session)
    session.cancel()
    assert heard.said == []


def test_failure_is_one_sentence_and_the_slide_stays(
    session: Session, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    kept = fake_slide()
    reads(monkeypatch, lambda _paths, _options: Opened((kept,), ()))
    with qtbot.waitSignal(session.opened):
        session.open([Path("good")])

    def refuse(_paths: object, _options: OpenOptions) -> Opened:
        raise UnsupportedFile("notes.txt: is text, expected a slide.")

    reads(monkeypatch, refuse)
    with qtbot.waitSignal(session.failed) as failed:
        session.open([Path("notes.txt")])
    assert failed.args == ["notes.txt: is text, expected a slide."]
    assert session.slides == (kept,)
    assert kept.is_open


def test_a_bug_while_opening_is_a_sentence_and_a_log_without_names(
    session: Session, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def stumble(_paths: object, _options: OpenOptions) -> Opened:
        raise KeyError("canary-file-name")

    reads(monkeypatch, stumble)
    with qtbot.waitSignal(session.failed) as failed:
        session.open([Path("canary-file-name")])
    assert failed.args is not None
    sentence = failed.args[0]
    assert sentence.startswith("an internal error stopped this (KeyError); the report")
    log = Path(sentence.split("report is in ")[1].rstrip("."))
    text = log.read_text()
    assert "KeyError" in text
    assert "canary" not in text


def test_the_replaced_slide_is_closed_after_the_new_one_is_shown(
    session: Session, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    old, new = fake_slide(), fake_slide()
    was_open: list[bool] = []
    reads(monkeypatch, lambda _paths, _options: Opened((old,), ()))
    with qtbot.waitSignal(session.opened):
        session.open([Path("old")])
    session.opened.connect(lambda _opened: was_open.append(old.is_open))
    reads(monkeypatch, lambda _paths, _options: Opened((new,), ()))
    with qtbot.waitSignal(session.opened):
        session.open([Path("new")])
    assert was_open == [True]
    qtbot.waitUntil(lambda: not old.is_open)
    assert new.is_open


class SlowSlide(FakeSlide):
    """Its reads last until they are let go; it notes whether it was closed in one."""

    def __init__(self) -> None:
        super().__init__(fake_slide().levels, self.wait)
        self.reading = threading.Event()
        self.going = threading.Event()
        self.was_open_at_the_end: bool | None = None

    def wait(self, level: object, key: TileKey) -> Samples:
        from tests.scene.fake_slide import flat

        self.reading.set()
        self.going.wait(5)
        self.was_open_at_the_end = self.is_open
        return flat(self.levels[key.level], key)


def test_a_slide_is_closed_only_after_its_last_read(
    session: Session, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    slide = SlowSlide()
    reads(monkeypatch, lambda _paths, _options: Opened((slide,), ()))
    with qtbot.waitSignal(session.opened):
        session.open([Path("slow")])
    session.loader.want(self_owner := object(), [tile_of(slide)])
    assert slide.reading.wait(2)
    session.release(slide)
    assert session.slides == ()
    assert slide.is_open
    slide.going.set()
    qtbot.waitUntil(lambda: not slide.is_open)
    assert slide.was_open_at_the_end is True
    session.loader.want(self_owner, [])


def test_tiles_arrive_in_the_mail(
    session: Session, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    slide = fake_slide()
    reads(monkeypatch, lambda _paths, _options: Opened((slide,), ()))
    with qtbot.waitSignal(session.opened):
        session.open([Path("slide")])
    with qtbot.waitSignal(session.tiles_arrived) as arrived:
        session.loader.want("test", [tile_of(slide)])
    assert arrived.args == [[tile_of(slide)]]


def test_quitting_while_a_dead_share_is_opened_takes_half_a_second(
    stubborn_reader: HeldReader, qtbot: QtBot
) -> None:
    session = Session(BUDGET)
    heard = Heard(session)
    session.open([Path("never")])
    assert stubborn_reader.running.acquire(timeout=2)
    started = time.monotonic()
    session.close()
    assert time.monotonic() - started < 1.5  # it would be for ever
    stubborn_reader.going.set()
    qtbot.waitUntil(lambda: "never" in stubborn_reader.slides)
    qtbot.waitUntil(lambda: not stubborn_reader.slides["never"].is_open)
    assert heard.names() == ["started"]
    session.deleteLater()


def test_quitting_while_reading_closes_the_slide_behind_the_last_read(
    monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    slide = SlowSlide()
    reads(monkeypatch, lambda _paths, _options: Opened((slide,), ()))
    session = Session(BUDGET)
    with qtbot.waitSignal(session.opened):
        session.open([Path("slow")])
    session.loader.want("test", [tile_of(slide)])
    assert slide.reading.wait(2)
    session.close()
    assert slide.is_open
    slide.going.set()
    qtbot.waitUntil(lambda: not slide.is_open)
    session.deleteLater()


def tile_of(slide: FakeSlide) -> DisplayTile:
    return DisplayTile(slide.serial, 0, 0, 0, 0, Look())


def test_demo_is_drawn_with_progress_then_opened(
    session: Session, slide_folder: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def draw(*, progress: Callable[[float], None], preview: object) -> Path:
        progress(0.5)
        return slide_folder

    monkeypatch.setattr("viewer.demo.demo_slide", draw)
    heard = Heard(session)
    with qtbot.waitSignal(session.opened):
        session.open_demo()
    assert heard.said[0] == ("started", "the demo slide")
    assert len(session.slides) == 1


def test_drawing_the_demo_stops_when_cancelled(
    session: Session, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    started, stopped = threading.Event(), threading.Event()

    def draw(*, progress: Callable[[float], None], preview: object) -> Path:
        started.set()
        try:
            while True:
                progress(0.1)
                time.sleep(0.002)
        finally:
            stopped.set()

    monkeypatch.setattr("viewer.demo.demo_slide", draw)
    session.open_demo()
    assert started.wait(2)
    session.cancel()
    assert stopped.wait(2)
