"""Attributes as text for the clipboard: value, path, row, JSON."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from viewer.panels.attribute_model import cells
from viewer.panels.attribute_pages import Page
from viewer.qt.tasks import Task, run
from viewer.slide.errors import SlideError, UnsupportedFile
from viewer.slide.metadata import Attribute

LARGEST: Final = 20_000_000
"""Characters that are copied at most."""


class Copy(NamedTuple):
    """One way to copy an attribute; `text` runs on a worker and may raise SlideError.

    `what` names it in a sentence; `keys` are shown in the menu.
    """

    title: str
    what: str
    keys: str
    text: Callable[[Attribute], str]


def value_text(attribute: Attribute) -> str:
    """Return the whole value."""
    return attribute.value if attribute.full is None else attribute.full()


def path_text(attribute: Attribute) -> str:
    """Return the path, such as OpticalPathSequence[0].ICCProfile."""
    return attribute.path or attribute.keyword or attribute.tag or attribute.name


def row_text(attribute: Attribute) -> str:
    """Return the cells of the row as they are shown, with tabs between them."""
    return "\t".join(" ".join(cell.split()) for cell in cells(attribute))


def json_text(attribute: Attribute) -> str:
    """Return the DICOM JSON Model, indented (PS3.18 F.2), an attribute under its tag.

    Sequences are put together item by item, so that one that is too large is refused
    before it fills the memory. Raises SlideError.
    """
    pieces: list[str] = []
    length = 0
    for piece in _json_pieces(attribute):
        pieces.append(piece)
        length += len(piece)
        if length > LARGEST:
            raise UnsupportedFile(
                f"{path_text(attribute)}: its JSON has more than "
                f"{LARGEST // 1_000_000} million characters, too many to be copied; "
                "the command coverslip metadata --format json writes all of it."
            )
    return "".join(pieces)


COPIES: Final[Sequence[Copy]] = (
    Copy("Copy &Value", "the value", "Ctrl+C", value_text),
    Copy("Copy &Path", "the path", "Ctrl+Shift+C", path_text),
    Copy("Copy &Row", "the row", "", row_text),
    Copy("Copy as &JSON", "the JSON", "", json_text),
)


class Clipboard(QObject):
    """Puts texts on the clipboard that are made in the background; the last one wins.

    GUI thread.
    """

    told = Signal(str)
    """A sentence: what was copied, or why nothing was."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Start with nothing to copy."""
        super().__init__(parent)
        self._task: Task | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a text is being made."""
        return self._task is not None

    def copy(self, attribute: Attribute, copy: Copy) -> None:
        """Make a text of an attribute and put it on the clipboard."""
        self.stop()
        self._task = run(
            partial(copy.text, attribute), partial(self._put, copy.what), self._fail
        )

    def stop(self) -> None:
        """Leave the clipboard as it is."""
        if self._task is not None:
            self._task.abandon()
            self._task = None

    def _put(self, what: str, text: str) -> None:
        self._task = None
        if not text:
            self.told.emit("Nothing was copied: there is no value.")
            return
        QGuiApplication.clipboard().setText(text)
        letters = "1 character" if len(text) == 1 else f"{len(text):,} characters"
        self.told.emit(f"Copied {what}: {letters}.")

    def _fail(self, error: Exception) -> None:
        self._task = None
        if not isinstance(error, SlideError):
            self.told.emit("An internal error: nothing was copied.")
            raise error
        self.told.emit(str(error))


def _json_pieces(attribute: Attribute) -> Iterator[str]:
    if isinstance(attribute, Page):
        yield from _array(_items(attribute))
    elif not attribute.tag:  # an item, or a format without a model of its own
        yield _dumped(_model(attribute))
    else:
        tag = "".join(letter for letter in attribute.tag if letter.isalnum())
        yield f'{{\n  "{tag}": '
        if attribute.vr == "SQ" and attribute.has_children:
            yield '{\n    "vr": "SQ",\n    "Value": '
            yield from _array(attribute.children(), 4)
            yield "\n  }"
        else:
            yield _indented(_dumped(_model(attribute)), 2)
        yield "\n}"


def _items(page: Page) -> Iterator[Attribute]:
    for each in page.children():
        if isinstance(each, Page):
            yield from _items(each)
        else:
            yield each


def _array(items: Iterable[Attribute], indent: int = 0) -> Iterator[str]:
    margin = "\n" + " " * indent
    yield "["
    for number, item in enumerate(items):
        yield ("," if number else "") + margin + "  "
        yield _indented(_dumped(_model(item)), indent + 2)
    yield margin + "]"


def _model(attribute: Attribute) -> object:
    if attribute.as_json is not None:
        return attribute.as_json()
    raise UnsupportedFile(f"{path_text(attribute)}: there is no JSON model for it.")


def _dumped(model: object) -> str:
    import json  # not needed for the window's first paint

    return json.dumps(model, indent=2, ensure_ascii=False)


def _indented(text: str, indent: int) -> str:
    return text.replace("\n", "\n" + " " * indent)
