"""The session: which slides are open, and what loads their tiles."""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal, SignalInstance

from viewer.formats import Ignored, Opened, OpenOptions
from viewer.qt.images import Picture, picture_of
from viewer.qt.mailbox import Mailbox
from viewer.qt.samples import RecentSamples
from viewer.qt.tasks import run
from viewer.slide.errors import BrokenFile, Cancelled, SlideError
from viewer.slide.look import DisplayTile
from viewer.slide.model import Personality, Slide
from viewer.tiles.cache import TileCache
from viewer.tiles.loader import TileLoader
from viewer.window import faults
from viewer.window.allocation import reuse_freed_memory
from viewer.window.slide_opening import PathSource, SlideOpening, Step, close_all

QUIT_SECONDS = 0.4
"""How long quitting waits for threads before it leaves them to the process's end.

Together with the rest of closing it stays below half a second.
"""

SAMPLES_SHARE: Final = 6
"""A part of the budget, one in so many, keeps samples for a change of look.

Where nothing is done to samples they are the pictures, and take nothing beside them.
"""


class Session(QObject):
    """Opens and closes slides, and owns the loader and cache of their tiles.

    At most one opening is under way, and a newer one wins: the older one's slides are
    closed, whenever they come. Every slide in `slides` is open; one that left it is
    closed as soon as nobody reads it any more. All of it is for the GUI thread.
    """

    started = Signal(str)  # what is being opened, in words
    progress = Signal(int, int)  # files done, files known
    opened = Signal(object)  # Opened; the slides it replaces are closed after this
    previewed = Signal(object)  # Opened: coarse, until the slide itself is opened
    failed = Signal(str)  # a sentence; the slides stay
    cancelled = Signal()
    tiles_arrived = Signal(list)  # of DisplayTile

    def __init__(self, budget: int, parent: QObject | None = None) -> None:
        """Start the loader's threads; `budget` is that of all caches, in bytes."""
        super().__init__(parent)
        self.slides: tuple[Slide, ...] = ()
        self.ignored: tuple[Ignored, ...] = ()  # by the opening of `slides`
        self._readable: dict[int, Slide] = {}
        self._opening: SlideOpening | None = None
        self._tiles = Mailbox(self)
        self._tiles.arrived.connect(self.tiles_arrived)
        self._steps = Mailbox(self)
        self._steps.arrived.connect(self._report)
        self._previews = Mailbox(self)
        self._previews.arrived.connect(self._show_previews)
        self.samples = RecentSamples(budget // SAMPLES_SHARE)
        self.loader: TileLoader[DisplayTile, Picture] = TileLoader(
            self._load,
            TileCache[DisplayTile, Picture](budget - self.samples.budget),
            self._tiles.post,
            threads=max(2, min(8, os.cpu_count() or 2)),
            is_final=_is_complete,
            on_released=self._close_slide,
        )

    @property
    def is_opening(self) -> bool:
        """Whether an answer is still to come."""
        return self._opening is not None

    def open(
        self, paths: Iterable[Path], personality: Personality | None = None
    ) -> None:
        """Open what is found in files and folders, in the background.

        `personality` is the side of files that are DICOM and TIFF at once.
        """
        wanted = list(paths)
        if wanted:
            self._begin(
                _described(wanted), lambda _options, _preview: wanted, personality
            )

    def open_demo(self) -> None:
        """Open the demo slide; where it is not drawn yet, a preview comes first."""
        self._begin("the demo slide", _demo_paths)

    def cancel(self) -> None:
        """Give up what is being opened; the slides on screen stay."""
        if self._stop_opening():
            self.cancelled.emit()

    def release(self, slide: Slide) -> None:
        """Close one slide; its readers may finish first."""
        self.slides = tuple(other for other in self.slides if other is not slide)
        self.loader.release(slide.serial)

    def close(self) -> None:
        """Stop everything, within half a second even if a file does not answer."""
        deadline = time.monotonic() + QUIT_SECONDS
        opening = self._opening
        self._stop_opening()
        for slide in self.slides:
            self.release(slide)
        self._tiles.close()
        self._steps.close()
        self._previews.close()
        self.loader.close(QUIT_SECONDS)
        if opening is not None:
            opening.ended.wait(max(0.0, deadline - time.monotonic()))

    def _begin(
        self, name: str, paths: PathSource, personality: Personality | None = None
    ) -> None:
        self._stop_opening()
        opening = SlideOpening(
            paths, self._steps.post, self._previews.post, personality
        )
        self._opening = opening
        self.started.emit(name)
        opening.task = run(
            opening.work,
            lambda _none: self._finish(opening),
            lambda error: self._fail(opening, error),
        )

    def _stop_opening(self) -> bool:
        opening, self._opening = self._opening, None
        if opening is None:
            return False
        opening.give_up()
        return True

    def _report(self, steps: Sequence[Step]) -> None:
        opening, done, known = steps[-1]
        if opening is self._opening:
            self.progress.emit(done, known)

    def _finish(self, opening: SlideOpening) -> None:
        opened = opening.take()
        if opening is not self._opening or opened is None:
            return
        self._opening = None
        self._replace(opened, self.opened)

    def _show_previews(self, openings: Sequence[SlideOpening]) -> None:
        for opening in openings:
            opened = opening.take_preview()
            if opened is not None and opening is self._opening:
                self._replace(opened, self.previewed)
            elif opened is not None:
                close_all(opened)

    def _replace(self, opened: Opened, signal: SignalInstance) -> None:
        old = self.slides
        self.slides = opened.slides
        self.ignored = opened.ignored
        self._readable.update((slide.serial, slide) for slide in opened.slides)
        signal.emit(opened)
        for slide in old:
            self.release(slide)

    def _fail(self, opening: SlideOpening, error: Exception) -> None:
        if opening is not self._opening:
            return
        self._opening = None
        if isinstance(error, Cancelled):
            self.cancelled.emit()
        elif isinstance(error, SlideError):
            self.failed.emit(str(error))
        else:
            self.failed.emit(faults.record(error).sentence)

    def _load(self, tile: DisplayTile) -> Picture:
        """Worker threads."""
        slide = self._readable.get(tile.slide)
        if slide is None:
            raise BrokenFile("The slide of this tile is closed.")
        return picture_of(slide, tile, recent=self.samples)

    def _close_slide(self, serial: int) -> None:
        """Close a slide nobody reads any more. Any thread."""
        slide = self._readable.pop(serial, None)
        if slide is not None:
            self.samples.forget(serial)
            slide.close()


def _is_complete(picture: Picture) -> bool:
    return picture.complete


def _described(paths: Sequence[Path]) -> str:
    return paths[0].name or str(paths[0]) if len(paths) == 1 else f"{len(paths)} items"


def _demo_paths(
    options: OpenOptions, preview: Callable[[Path], None]
) -> Sequence[Path]:
    from viewer.demo import demo_slide

    reuse_freed_memory()

    def report(share: float) -> None:
        options.report(round(share * 100), 100)

    return [demo_slide(progress=report, preview=preview)]
