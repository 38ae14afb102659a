"""A real SlideView with a real session, and clocks on what its user would feel."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtWidgets import QApplication

from viewer.scene.slide_view import SlideView
from viewer.slide.model import Slide
from viewer.window.application import new_application
from viewer.window.session import Session

WIDTH: Final = 1600
HEIGHT: Final = 1000
BUDGET: Final = 512 << 20
"""The cache's bytes: what the program takes for a screen of this size."""


@dataclass
class Paints:
    """What each painting of the view took, and whether it was then complete.

    `busy` is the processor time of the GUI thread: without waiting for a core or for
    Python's lock.
    """

    seconds: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    complete: list[bool] = field(default_factory=list)


class TimedView(SlideView):
    """A slide view that times its paintings while `paints` is set."""

    paints: Paints | None = None

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint, with a clock around it."""
        started, began = time.perf_counter(), time.thread_time()
        super().paintEvent(event)
        taken, busy = time.perf_counter() - started, time.thread_time() - began
        if self.paints is not None:
            self.paints.seconds.append(taken)
            self.paints.busy.append(busy)
            self.paints.complete.append(self.is_complete())


class Stage:
    """One view of 1600 x 1000 on one slide."""

    def __init__(self, application: QApplication) -> None:
        self.application = application
        self.session = Session(BUDGET)
        self.view = TimedView(self.session.loader)
        self.session.tiles_arrived.connect(self.view.tiles_loaded)
        self.view.resize(WIDTH, HEIGHT)
        self.view.show()

    def opened(self, folder: Path) -> Slide:
        """Open a slide, without showing it."""
        self.session.failed.connect(_give_up)
        self.session.open([folder])
        run_until(lambda: bool(self.session.slides), 60)
        return self.session.slides[0]

    def show(self, slide: Slide) -> None:
        """Show a slide and wait until it is complete and nothing is loading."""
        self.view.show_slide(slide)
        run_until(self.view.is_complete, 120)
        self.settle()

    def settle(self, seconds: float = 10) -> None:
        """Wait until everything wished for has been loaded and painted."""
        self.run_for(0.05)
        loader = self.session.loader
        run_until(lambda: not loader.waiting(), seconds)
        self.run_for(0.05)

    def run_for(self, seconds: float) -> None:
        """Run the event loop for so long."""
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop, loop.quit)
        loop.exec()

    def seconds_until_complete(
        self, move: Callable[[], None], patience: float
    ) -> float:
        """Return the time from a movement until the view is painted complete."""
        loop = QEventLoop()

        def look() -> None:
            if self.view.is_complete():
                loop.quit()

        self.view.frame_painted.connect(look)
        QTimer.singleShot(round(patience * 1000), loop, loop.quit)
        started = time.perf_counter()
        move()
        loop.exec()
        taken = time.perf_counter() - started
        self.view.frame_painted.disconnect(look)
        return taken

    def picture(self) -> NDArray[np.uint8]:
        """Return what is on screen, (rows, columns, 3) RGB."""
        paints, self.view.paints = self.view.paints, None
        image = self.view.viewport().grab().toImage()
        self.view.paints = paints
        image = image.convertToFormat(QImage.Format.Format_RGB32)
        rows = np.frombuffer(image.constBits(), np.uint8)
        bgrx = rows.reshape(image.height(), image.bytesPerLine() // 4, 4)
        return bgrx[:, : image.width(), 2::-1].copy()


@contextmanager
def stage() -> Iterator[Stage]:
    """Set up the one stage of this process and take it down."""
    application = new_application()
    made = Stage(application)
    try:
        yield made
    finally:
        made.view.show_slide(None)
        made.view.close()
        made.session.close()


@contextmanager
def lateness(seconds: list[float]) -> Iterator[None]:
    """Fill a list with how late each tick of a 1 ms timer of the GUI thread comes."""
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        seconds.append(max(0.0, now - last - 0.001))
        last = now

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start(1)
    try:
        yield
    finally:
        tick()  # what is late now counts as well
        timer.stop()


def peak_memory() -> int:
    """Return the most bytes this process has held in memory so far."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def run_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Run the event loop until a condition holds, at most so long; say if it did.

    The condition is looked at every 2 ms.
    """
    loop, deadline = QEventLoop(), time.perf_counter() + seconds
    look = QTimer(loop)
    look.timeout.connect(
        lambda: loop.quit() if condition() or time.perf_counter() > deadline else None
    )
    look.start(2)
    loop.exec()
    look.stop()
    return condition()


def _give_up(sentence: str) -> None:
    sys.exit(f"a benchmark's slide does not open: {sentence}")
