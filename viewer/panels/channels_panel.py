"""Channels: which optical paths are shown, in which color, from black to brightest."""

from dataclasses import replace
from typing import ClassVar, Final

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QIcon, QMouseEvent, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import (
    QColorDialog,
    QGridLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from viewer.panels.channel_controls import ChannelControls
from viewer.panels.panel import Panel
from viewer.qt.palettes import mixed
from viewer.slide.channel_set import ChannelSet, PathState, path_name
from viewer.slide.model import Slide

_ROWS: Final = 6  # channels that can be seen without scrolling, where there are so many
_FRAME: Final = 0.8  # of the way from the ground to the text
_TIP: Final = (
    "Space or a click on the box shows or hides a channel, Alt and a click shows it "
    "alone (Alt+1 to Alt+9 switch the first nine, Alt+0 shows all)"
)


class ChannelsPanel(Panel):
    """Lists the optical paths of a slide; what is below concerns the chosen one.

    Invariant: it shows `_channels`, which is what was shown to it last: what the user
    changes is sent, and comes back. GUI thread.
    """

    title: ClassVar[str] = "Channels"

    toggled = Signal(int)
    """An optical path to be shown or hidden."""

    alone_wanted = Signal(int)
    """An optical path to be shown alone, or with all others again."""

    drawn = Signal(object)
    """A Channel as the user wants it."""

    range_wanted = Signal(int)
    """An optical path whose range is to be found in its pixels."""

    all_wanted = Signal()
    reset_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a slide."""
        super().__init__(parent)
        self._channels: ChannelSet | None = None
        self.list = _ChannelList()
        self.list.setAccessibleName("Channels")
        self.list.setToolTip(_TIP)
        self.list.itemChanged.connect(self._switch)
        self.list.currentRowChanged.connect(self._choose)
        self.list.alone_wanted.connect(self.alone_wanted)
        self.color = _button("Color …", "Choose the color of this channel")
        self.color.clicked.connect(self._ask_color)
        self.auto = _button(
            "Auto", "Find black and brightest in the pixels of this channel"
        )
        self.auto.clicked.connect(lambda: self.range_wanted.emit(self._row))
        self.all = _button("All", "Show all channels (Alt+0)")
        self.all.clicked.connect(self.all_wanted)
        self.reset = _button("Reset", "Show and draw all channels as at first")
        self.reset.clicked.connect(self.reset_wanted)
        self.controls = ChannelControls()
        self.controls.changed.connect(self.drawn)
        self._lay_out()
        self.show_channels(None)

    def show_slide(self, slide: Slide | None) -> None:
        """Wait for the channels of the slide, which come by themselves."""

    def show_channels(self, channels: ChannelSet | None) -> None:
        """Show what is shown and how, without sending it."""
        before, self._channels = self._channels, channels
        states = () if channels is None else channels.states
        self.list.blockSignals(True)  # noqa: FBT003 Qt's own signature
        same = before is not None and _paths(before) == _paths(channels)
        if not same:
            self.list.clear()
            for _state in states:
                QListWidgetItem(self.list)
            self.list.setCurrentRow(0)
        for number, state in enumerate(states):
            self._write(number, state)
        self.list.blockSignals(False)  # noqa: FBT003
        self._choose()
        if not same:
            self.list.updateGeometry()
            self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        """Frame the colors anew after a change between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.show_channels(self._channels)

    def sizeHint(self) -> QSize:
        """Return the height of the rows, up to some, and of what is below them."""
        least = self.minimumSizeHint()
        more = self.list.sizeHint().height() - self.list.minimumSizeHint().height()
        return QSize(least.width(), least.height() + more)

    @property
    def _row(self) -> int:
        return max(0, self.list.currentRow())

    def _write(self, number: int, state: PathState) -> None:
        item = self.list.item(number)
        name = path_name(state.path, number)
        checked = Qt.CheckState.Checked if state.is_on else Qt.CheckState.Unchecked
        item.setCheckState(checked)
        words = f"{name}\n{_range_words(state)}"
        item.setText(words)
        item.setToolTip(f"{name}. {_TIP}")
        item.setIcon(self._swatch(state))

    def _switch(self, item: QListWidgetItem) -> None:
        number = self.list.row(item)
        if self._channels is None:
            return
        self.toggled.emit(number)
        if number < self.list.count():  # the last one shown stays
            self.list.blockSignals(True)  # noqa: FBT003
            self._write(number, self._channels.states[number])
            self.list.blockSignals(False)  # noqa: FBT003

    def _choose(self, _row: int = 0) -> None:
        """Show the chosen channel below."""
        state = None
        if self._channels is not None and self._row < len(self._channels.states):
            state = self._channels.states[self._row]
        is_grey = state is not None and state.is_grey
        for widget in (self.color, self.auto):
            widget.setEnabled(is_grey)
        has_grey = self._channels is not None and any(
            each.is_grey for each in self._channels.states
        )
        self.all.setEnabled(has_grey)
        self.reset.setEnabled(self._channels is not None)
        self.controls.show_state(state if is_grey else None)

    def _ask_color(self) -> None:
        if self._channels is None:
            return
        channel = self._channels.states[self._row].channel
        dialog = QColorDialog(QColor(*channel.color), self)
        dialog.setWindowTitle("Color of the channel")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(
            lambda color: self._take_color(channel.optical_path, color)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType] - stubs: signals are untyped
        )
        dialog.open()

    def _take_color(self, number: int, color: QColor) -> None:
        if self._channels is not None and number < len(self._channels.states):
            channel = self._channels.states[number].channel
            rgb = color.red(), color.green(), color.blue()
            self.drawn.emit(replace(channel, color=rgb))

    def _swatch(self, state: PathState) -> QIcon:
        """Return a square of the channel's color; colors of slides have none."""
        if not state.is_grey:
            return QIcon()
        side = self.fontMetrics().height()
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(round(side * ratio), round(side * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(QColor(*state.channel.color))
        painter = QPainter(pixmap)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawRect(0, 0, side - 1, side - 1)
        painter.end()
        icon = QIcon(pixmap)
        icon.addPixmap(pixmap, QIcon.Mode.Selected)  # which Qt would tint
        return icon

    def _lay_out(self) -> None:
        buttons = QGridLayout()  # two by two: four in a row are too wide in large text
        for place, button in enumerate((self.color, self.auto, self.all, self.reset)):
            buttons.addWidget(button, place // 2, place % 2)
        layout = QVBoxLayout(self)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.controls)
        layout.addLayout(buttons)


class _ChannelList(QListWidget):
    """A list that is as high as its rows, up to some; Alt and a click is its own."""

    alone_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setItemDelegate(_FramedBoxes(self))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Let Alt show one channel alone."""
        row = self.indexAt(event.position().toPoint()).row()
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and row >= 0:
            self.setCurrentRow(row)
            self.alone_wanted.emit(row)
            event.accept()
            return
        super().mousePressEvent(event)

    def sizeHint(self) -> QSize:
        """Return the height of the rows."""
        return QSize(200, self._height(_ROWS))

    def minimumSizeHint(self) -> QSize:
        """Return the height of three rows, as far as there are so many."""
        return QSize(80, self._height(3))

    def _height(self, most: int) -> int:
        rows = max(1, min(most, self.count()))
        row = self.sizeHintForRow(0) if self.count() else self.fontMetrics().height()
        return rows * row + 2 * self.frameWidth()


class _FramedBoxes(QStyledItemDelegate):
    """Boxes to tick that can be seen where they are empty, on a dark ground too.

    The style makes their frame from the color of windows, a little darker.
    """

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Put a color between text and ground in the place of the window's."""
        super().initStyleOption(option, index)
        palette = QPalette(option.palette)
        ground, text = palette.base().color(), palette.text().color()
        palette.setColor(QPalette.ColorRole.Window, mixed(ground, text, _FRAME))
        option.palette = palette


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip.partition(" (")[0])
    button.setAutoDefault(False)
    return button


def _paths(channels: ChannelSet | None) -> list[object]:
    return [] if channels is None else [state.path for state in channels.states]


def _range_words(state: PathState) -> str:
    if not state.is_grey:
        return "colors"
    channel = state.channel
    gamma = "" if channel.gamma == 1 else f", gamma {channel.gamma:.2f}"
    return f"{channel.low:,.0f} to {channel.high:,.0f} ({state.origin.value}){gamma}"
