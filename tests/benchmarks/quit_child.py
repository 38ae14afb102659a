"""Opens the program's window four times and closes it each time while it decodes.

    python -m tests.benchmarks.quit_child SEED SLIDE...

The program runs from its entry on. Prints, for each window but the last, the seconds
from closing to the end of the event loop and the names of the threads left then; for
the last one "quitting", after which the process has to end.
"""

import sys
import threading
import time

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from viewer.app import main
from viewer.window.main_window import MainWindow

WINDOWS = 4


class Closer:
    """Closes the window that comes, some time after its slide has been shown."""

    def __init__(self, random: np.random.Generator, *, last: bool) -> None:
        self.closed = 0.0
        self._random = random
        self._last = last
        self._close_at = time.perf_counter() + random.uniform(0.0, 1.0)
        self._moved = False
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)
        self._timer.start(5)

    def _look(self) -> None:
        windows = [
            window
            for window in QApplication.topLevelWidgets()
            if isinstance(window, MainWindow) and window.isVisible()
        ]
        if not windows:
            return
        view = windows[0].view
        if view.slide is not None and not self._moved:
            self._moved = True
            view.set_pixel_size(2.0 ** self._random.integers(0, 6))
            # A moment after the tiles of the new place are wished for.
            self._close_at = time.perf_counter() + self._random.uniform(0.0, 0.15)
        if time.perf_counter() > self._close_at:
            self._timer.stop()
            if self._last:
                print("quitting", flush=True)
            self.closed = time.perf_counter()
            windows[0].close()


def run(seed: int, slides: list[str]) -> int:
    """Run the program on one slide after the other."""
    random = np.random.default_rng(seed)
    QApplication(["coverslip"])
    code = 0
    for number in range(WINDOWS):
        closer = Closer(random, last=number == WINDOWS - 1)
        code = main([slides[(seed + number) % len(slides)]])
        if number < WINDOWS - 1:
            taken = time.perf_counter() - closer.closed
            print(code, taken, *_threads(), flush=True)
    return code


def _threads() -> list[str]:
    names = [thread.name.replace(" ", "-") for thread in threading.enumerate()]
    return [name for name in names if name != "MainThread"]


if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1]), sys.argv[2:]))
