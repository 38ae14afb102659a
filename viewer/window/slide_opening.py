"""One wish to open slides, worked on in the background."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from viewer.formats import Opened, OpenOptions, open_slides
from viewer.qt.tasks import Task
from viewer.slide.model import Personality
from viewer.window.allocation import give_back_freed_tiles

PathSource = Callable[[OpenOptions, Callable[[Path], None]], Sequence[Path]]
"""Says what to open; may draw it first. Called on the opening thread.

The second argument shows a coarse slide until then.
"""


class SlideOpening:
    """One wish to open: its slides belong to whoever takes them, or are closed.

    `_opened` and `_preview` are set at most once; after `give_up` no slide of them
    stays open.
    """

    def __init__(
        self,
        paths: PathSource,
        post: Callable[[object], None],
        announce: Callable[[object], None],
        personality: Personality | None = None,
    ) -> None:
        """Take what says what to open, and where steps and a preview are told of."""
        self.task: Task | None = None
        self.ended = threading.Event()
        self._paths = paths
        self._post = post
        self._announce = announce
        self._personality: Personality | None = personality
        self._lock = threading.Lock()
        self._given_up = False
        self._opened: Opened | None = None
        self._preview: Opened | None = None

    def work(self) -> None:
        """Read the slides. The opening thread."""
        try:
            opened = self._read()
            with self._lock:
                if not self._given_up:
                    self._opened = opened
                    return
            close_all(opened)
        finally:
            self.ended.set()

    def take(self) -> Opened | None:
        """Hand over what was opened; the taker closes it."""
        with self._lock:
            opened, self._opened = self._opened, None
        return opened

    def take_preview(self) -> Opened | None:
        """Hand over what is shown until then; the taker closes it."""
        with self._lock:
            opened, self._preview = self._preview, None
        return opened

    def give_up(self) -> None:
        """Nobody waits any more: stop soon, close what was opened."""
        with self._lock:
            self._given_up = True
            waiting = [each for each in (self._opened, self._preview) if each]
            self._opened = self._preview = None
        if self.task is not None:
            self.task.abandon()
        for opened in waiting:
            close_all(opened)

    def _read(self) -> Opened:
        options = OpenOptions(
            progress=lambda done, known: self._post((self, done, known)),
            cancelled=lambda: self._given_up,
            personality=self._personality,
        )
        paths = self._paths(options, self._show)
        give_back_freed_tiles()  # before the first is read
        return open_slides(paths, options)

    def _show(self, path: Path) -> None:
        opened = open_slides([path], OpenOptions(cancelled=lambda: self._given_up))
        with self._lock:
            if not self._given_up:
                self._preview = opened
                self._announce(self)
                return
        close_all(opened)


Step = tuple[SlideOpening, int, int]
"""An opening, the files it has done, and those it knows of."""


def close_all(opened: Opened) -> None:
    """Close the slides of an opening that nobody wants."""
    for slide in opened.slides:
        slide.close()
