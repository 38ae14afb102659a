"""How slides come into the window: dialogs, drops, paste, recent files, progress."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from viewer.formats import Opened
from viewer.slide.model import Personality
from viewer.window.drop import Dropped, DropTarget, refusal
from viewer.window.left_out import left_out
from viewer.window.message_bar import MessageBar
from viewer.window.recent import Entry, Recent
from viewer.window.recent_menu import RecentMenu
from viewer.window.session import Session
from viewer.window.settings import Settings
from viewer.window.start_page import StartPage
from viewer.window.status import StatusLine


class Opening(QObject):
    """Asks the session to open things and tells what comes of it.

    `_refused` are the schemes of addresses dropped together with what is being opened,
    `_named` the paths that the user named for it; both are empty when nothing is.
    `named` are those of what is open, empty where the program chose them.
    `_folder` is where the next file dialog starts.
    """

    def __init__(
        self,
        window: QWidget,
        session: Session,
        status: StatusLine,
        message: MessageBar,
        settings: Settings,
    ) -> None:
        """Connect the session to the status line and the message bar."""
        super().__init__(window)
        self._window = window
        self._session = session
        self._status = status
        self._message = message
        self._folder = settings.folder
        self._refused: Sequence[str] = ()
        self._named: Entry = ()
        self.named: Entry = ()
        self.recent = Recent(settings, self)
        self._drop_target: DropTarget | None = None
        session.started.connect(self._say_opening)
        session.progress.connect(status.show_progress)
        session.opened.connect(self._say_opened)
        session.failed.connect(self._say_failed)
        session.cancelled.connect(self._end)
        status.cancel_wanted.connect(session.cancel)

    def slots(self) -> Mapping[str, Callable[[], object]]:
        """Return what the actions of opening do, by their names."""
        return {
            "open_files": self.ask_files,
            "open_folder": self.ask_folder,
            "paste": self.paste,
            "open_demo": self._session.open_demo,
        }

    def offer(self, page: StartPage) -> None:
        """Do what the start page's buttons say."""
        page.files_wanted.connect(self.ask_files)
        page.folder_wanted.connect(self.ask_folder)
        page.demo_wanted.connect(self._session.open_demo)
        page.show_recent(self.recent).connect(self.open)

    def offer_recent(self, menu: QMenu, before: QAction) -> None:
        """Put the recent files into a menu."""
        recent = RecentMenu(self.recent, menu)
        recent.chosen.connect(self.open)
        menu.insertMenu(before, recent)

    def take_drops(self) -> DropTarget:
        """Take what is dropped on the window, which has all its parts by now."""
        self._drop_target = DropTarget(self._window)
        self._drop_target.accepted.connect(self._drop)
        return self._drop_target

    def open(
        self, paths: Iterable[Path], personality: Personality | None = None
    ) -> None:
        """Open files and folders; the slide on screen stays until they are there.

        `personality` is the side of files that are DICOM and TIFF at once.
        """
        named = tuple(paths)
        self._session.open(named, personality)
        self._named = named  # starting to open has forgotten the older ones

    def paste(self) -> None:
        """Open what the clipboard names."""
        from viewer.window.pasting import pasted

        items = pasted(QGuiApplication.clipboard().mimeData())
        if isinstance(items, str):
            self._message.show_error(items)
        else:
            self._drop(items)

    def ask_files(self) -> None:
        """Let the user choose files."""
        from viewer.window.dialogs import ask_files

        ask_files(self._window, self._folder, self._open_chosen)

    def ask_folder(self) -> None:
        """Let the user choose a folder."""
        from viewer.window.dialogs import ask_folder

        ask_folder(self._window, self._folder, self._open_chosen)

    def _open_chosen(self, paths: Sequence[Path]) -> None:
        self._folder = str(paths[0].parent)
        self.recent.add_folder(self._folder)
        self.open(paths)

    def _drop(self, items: Dropped) -> None:
        self.open(items.paths)
        if items.paths:
            self._refused = items.refused  # to be said with what comes of the rest
        else:
            self._message.show_error(refusal(items.refused))

    def _say_opening(self, name: str) -> None:
        self._refused = self._named = ()
        self._message.hide()
        self._status.show_busy(f"Opening {name}")

    def _say_opened(self, opened: Opened) -> None:
        self._end()
        self.recent.add(self._named)
        self.named, self._named = self._named, ()
        told = left_out(opened.ignored, self._refused)
        if told is not None:
            self._message.show_note(told.sentence, told.details)

    def _say_failed(self, sentence: str) -> None:
        self._end()
        also = [refusal(self._refused)] if self._refused else []
        self._message.show_error(" ".join([sentence, *also]))

    def _end(self) -> None:
        self._status.show_busy(None)
