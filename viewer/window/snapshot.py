"""`coverslip snapshot`: the main window, drawn off screen into a PNG."""

import os
import tempfile
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from viewer.commands.output import PNG, write_output
from viewer.commands.slides import add_personality
from viewer.slide.errors import SlideError

if TYPE_CHECKING:
    from viewer.window.main_window import MainWindow

SUMMARY: Final = "draw the main window with a slide, off screen, into a PNG"

PATIENCE_SECONDS: Final = 120.0
MAP_SECONDS: Final = 10.0
"""How long the minimap may take; it may stand for every frame of a slide."""

LARGEST_SIDE: Final = 16384


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("path", metavar="PATH", help="a file or folder")
    parser.add_argument("-o", "--output", required=True, metavar="OUT.png")
    parser.add_argument(
        "--size", type=_size, default=(1600, 1000), metavar="WIDTHxHEIGHT"
    )
    parser.add_argument(
        "--at", type=_point, metavar="X,Y", help="the center, in level-0 pixels"
    )
    parser.add_argument(
        "--magnification", type=_factor, metavar="M", help="such as 20 for 20x"
    )
    add_personality(parser)
    parser.add_argument(
        "--as-declared",
        action="store_true",
        help="believe Photometric Interpretation where the pixel data says otherwise",
    )


def run(arguments: Namespace) -> int:
    """Open, wait until everything is there, write; raises SlideError and OSError."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # whatever the desktop asks for
    from viewer.window.application import new_application
    from viewer.window.main_window import MainWindow
    from viewer.window.settings import Settings

    application = new_application()
    # Neither the user's arrangement of the window goes in, nor this one out.
    with tempfile.TemporaryDirectory() as folder:
        window = MainWindow(Settings(Path(folder) / "coverslip.ini"))
        try:
            window.resize(*arguments.size)
            window.show()
            picture = _taken(window, arguments)
        finally:
            window.close()
            window.deleteLater()
            application.processEvents()
    write_output(arguments.output, picture, PNG)
    return 0


def _taken(window: "MainWindow", arguments: Namespace) -> bytes:
    failures: list[str] = []
    window.session.failed.connect(failures.append)
    deadline = time.monotonic() + PATIENCE_SECONDS
    window.open([Path(arguments.path)], arguments.personality)
    while window.session.is_opening:
        _wait(deadline, "the slide was not open")
    if failures:
        raise SlideError(failures[0])
    _move(window, arguments)
    if arguments.as_declared:
        window.color.set_declared(True)
    map_deadline = time.monotonic() + MAP_SECONDS
    calm = 0
    while calm < 2:  # twice: the first look may come before a change was noticed
        _wait(deadline, "the picture was not complete")
        is_idle = window.view.is_idle() or time.monotonic() > map_deadline
        calm = calm + 1 if window.is_settled() and is_idle else 0
    _check_size(window, arguments.size)
    return _png(window)


def _check_size(window: "MainWindow", asked: tuple[int, int]) -> None:
    """Raise SlideError where the window could not be made so small."""
    width, height = window.width(), window.height()
    if (width, height) != asked:
        raise SlideError(
            f"--size {asked[0]}x{asked[1]} is less than the window needs with this "
            f"slide; expected {width}x{height} or more."
        )


def _move(window: "MainWindow", arguments: Namespace) -> None:
    from viewer.scene.navigation import pixel_size_at

    view, slide = window.view, window.view.slide
    if slide is None:
        raise SlideError(f"{Path(arguments.path).name}: holds no slide.")
    if arguments.magnification is not None:
        pixel_size = pixel_size_at(slide, arguments.magnification)
        if pixel_size is None:
            raise SlideError(
                f"{slide.name}: --magnification needs a scale, and the slide has none."
            )
        view.set_pixel_size(pixel_size)
    if arguments.at is not None:
        view.center_on(*arguments.at)


def _wait(deadline: float, what: str) -> None:
    """Let the window work for a moment; raises SlideError after the deadline."""
    from PySide6.QtCore import QCoreApplication, QEventLoop

    QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
    if time.monotonic() > deadline:
        raise SlideError(f"{what} after {PATIENCE_SECONDS:.0f} s.")
    time.sleep(0.01)


def _png(window: "MainWindow") -> bytes:
    from PySide6.QtCore import QBuffer, QIODevice

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    window.grab().save(buffer, "PNG")  # pyright: ignore[reportArgumentType, reportCallIssue] - the stub lacks the QIODevice overload
    return bytes(buffer.data().data())


def _size(text: str) -> tuple[int, int]:
    width, height = _numbers(text.lower(), "x", "WIDTHxHEIGHT, such as 1600x1000")
    if not (1 <= width <= LARGEST_SIDE and 1 <= height <= LARGEST_SIDE):
        raise ArgumentTypeError(f"{text}: expected 1 to {LARGEST_SIDE} on each side")
    return int(width), int(height)


def _point(text: str) -> tuple[float, float]:
    return _numbers(text, ",", "X,Y, such as 12000,8000")


def _factor(text: str) -> float:
    value = _number(text.lower().removesuffix("x"))
    if value is None or value <= 0:
        raise ArgumentTypeError(f"{text}: expected a magnification, such as 20")
    return value


def _numbers(text: str, separator: str, expected: str) -> tuple[float, float]:
    first, _, second = text.partition(separator)
    x, y = _number(first), _number(second)
    if x is None or y is None:
        raise ArgumentTypeError(f"{text}: expected {expected}")
    return x, y


def _number(text: str) -> float | None:
    """Return a finite number, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e12 else None
