"""The files of a slide in plain words, one of which is chosen."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QSizePolicy, QWidget

from viewer.formats import shown_path
from viewer.slide.files import FileRole
from viewer.slide.model import Slide, stored_levels

_LEVEL: Final = "level "


class Instance(NamedTuple):
    """One file: what it is in words, and its levels' numbers in `Slide.levels`."""

    path: Path
    text: str
    levels: frozenset[int] = frozenset()


def instances_of(slide: Slide) -> Sequence[Instance]:
    """Return the files of a slide in words, in the slide's order.

    A level gets its size, a part of a level its number or its channel, a file left out
    the reason; files that read the same get their names behind it.
    """
    numbers = stored_levels(slide)
    parts = Counter(each.role for each in slide.files)
    seen: Counter[str] = Counter()
    found: list[Instance] = []
    for file in slide.files:
        seen[file.role] += 1
        level = _level(file, numbers)
        text = _words(slide, file, level)
        if level is not None and parts[file.role] > 1:
            text += f" ({_part(file, seen[file.role], parts[file.role])})"
        held = {each for each in numbers if slide.levels[each].file == file.path}
        if level is not None:  # a part of it, maybe not the first
            held.add(level)
        found.append(Instance(file.path, text, frozenset(held)))
    alike = Counter(each.text for each in found)
    return [
        each._replace(text=f"{each.text}: {each.path.name}")
        if alike[each.text] > 1
        else each
        for each in found
    ]


def level_with_file(slide: Slide, level: int) -> int | None:
    """Return a level itself where it is stored, else the finer one it is made from."""
    finer = [each for each in stored_levels(slide) if each <= level]
    return finer[-1] if finer else None


class InstanceChooser(QWidget):
    """A list that drops down, with a switch that lets it follow the view.

    It follows until the user chooses; `follow` or another slide makes it follow again.
    """

    chosen = Signal(object)  # Path: another file is to be shown, by whatever means
    follow_wanted = Signal()  # the user wants what is on screen

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self._instances: Sequence[Instance] = ()
        self.list = QComboBox()
        self.list.setAccessibleName("File of the slide")
        self.list.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.list.setMinimumContentsLength(12)
        policy = QSizePolicy.Policy
        self.list.setSizePolicy(policy.Expanding, policy.Fixed)
        self.list.currentIndexChanged.connect(self._change)
        self.list.activated.connect(self._pin)
        self.follow = QCheckBox("Follow")  # a button shows poorly that it is down
        self.follow.setChecked(True)
        self.follow.setAccessibleName("Follow the view")
        self.follow.setToolTip("Show the file of the level and tile on screen")
        self.follow.clicked.connect(self._switch)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.follow)

    @property
    def is_following(self) -> bool:
        """Whether the level on screen decides which file is shown."""
        return self.follow.isChecked()

    @property
    def current(self) -> Instance | None:
        """The file chosen."""
        row = self.list.currentIndex()
        return self._instances[row] if 0 <= row < len(self._instances) else None

    def show_instances(self, instances: Sequence[Instance]) -> None:
        """Offer the files of another slide; none of them is chosen yet."""
        self._instances = instances
        self.list.blockSignals(True)  # noqa: FBT003 Qt's own signature
        self.list.clear()
        for row, each in enumerate(instances):
            self.list.addItem(each.text)
            self.list.setItemData(
                row, shown_path(each.path), Qt.ItemDataRole.ToolTipRole
            )
        self.list.setCurrentIndex(-1)
        self.list.blockSignals(False)  # noqa: FBT003
        self.follow.setChecked(True)
        self.setEnabled(bool(instances))

    def choose(self, path: Path) -> None:
        """Choose a file in the name of the view."""
        rows = (i for i, each in enumerate(self._instances) if each.path == path)
        self.list.setCurrentIndex(next(rows, -1))

    def choose_level(self, level: int) -> None:
        """Choose the first file of a level, unless one of its files is chosen."""
        current = self.current
        if current is not None and level in current.levels:
            return
        files = (each.path for each in self._instances if level in each.levels)
        first = next(files, None)
        if first is not None:
            self.choose(first)

    def _change(self, _row: int) -> None:
        current = self.current
        self.list.setToolTip("" if current is None else shown_path(current.path))
        if current is not None:
            self.chosen.emit(current.path)

    def _pin(self) -> None:
        self.follow.setChecked(False)

    def _switch(self) -> None:
        if self.is_following:
            self.follow_wanted.emit()


def _level(file: FileRole, numbers: Sequence[int]) -> int | None:
    word = file.role.removeprefix(_LEVEL)
    if word == file.role or not word.isdecimal() or int(word) >= len(numbers):
        return None
    return numbers[int(word)]


def _part(file: FileRole, place: int, count: int) -> str:
    """Return what of its level a file says it holds: a part, channels, planes.

    Others may be missing.
    """
    told = file.reason.partition(" pixels, ")[2]
    return told or f"part {place} of {count}"


def _words(slide: Slide, file: FileRole, level: int | None) -> str:
    role = file.role[:1].upper() + file.role[1:]
    size = file.size
    if level is not None:
        size = slide.levels[level].size
    elif file.role in slide.associated:
        size = slide.associated[file.role].size
    if size is not None and file.role != "not used":
        return f"{role}: {size.width:,} \N{MULTIPLICATION SIGN} {size.height:,}"
    return f"{role}: {file.reason}" if file.reason else role
