"""ScaleButton: the scale of the view, and the zoom presets to choose from."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from viewer.qt.camera import MAGNIFIED_MOST, Camera
from viewer.scene.navigation import MAGNIFICATIONS, magnification, pixel_size_at
from viewer.scene.slide_view import SlideView
from viewer.slide.model import Slide

WIDEST: Final = "0.000x   00.00 µm/px"
"""Room is kept for a text like this, so that nothing jumps while the view zooms."""

SAME: Final = 0.01
"""A preset is marked where the view is as near to it as this."""


class ScaleButton(QToolButton):
    """Says the scale; a click, Space or an arrow key opens the presets.

    The menu is made when it is opened, for what a view can show depends on its size.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty, with a menu that offers nothing yet."""
        super().__init__(parent)
        self._view: SlideView | None = None
        self._presets = QMenu(self)
        self._presets.setToolTipsVisible(True)
        self._presets.aboutToShow.connect(self._fill)
        self.setMenu(self._presets)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoRaise(True)
        self.setAccessibleName("Scale and zoom")

    def offer(self, view: SlideView) -> None:
        """Let the user choose the scale of a view."""
        self._view = view

    def sizeHint(self) -> QSize:
        """Return room for the text and for the arrow behind it."""
        hint = super().sizeHint()
        if not self.text():
            return hint
        widths = map(self.fontMetrics().horizontalAdvance, (self.text(), WIDEST))
        return QSize(max(widths) + 9 * self._arrow_width() // 4, hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text from the left and the arrow at the right, in the middle.

        Qt would paint the text in the middle, where it sways as digits come and go, and
        a speck of an arrow into the corner.
        """
        del event
        # Late, for the enums of styles slow the start.
        from PySide6.QtWidgets import QStyle, QStyleOptionToolButton

        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text = ""  # pyright: ignore[reportAttributeAccessIssue] - stubs lack it
        features = QStyleOptionToolButton.ToolButtonFeature
        option.features &= ~(features.HasMenu | features.Menu)  # pyright: ignore[reportAttributeAccessIssue]
        style, painter = self.style(), QPainter(self)
        style.drawComplexControl(
            QStyle.ComplexControl.CC_ToolButton, option, painter, self
        )
        width = self._arrow_width()
        inside = self.rect().adjusted(width // 2, 0, -width // 2, 0)
        painter.setPen(self.palette().color(self.foregroundRole()))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | middle, self.text())
        inside.setLeft(inside.right() - width)
        option.rect = inside  # pyright: ignore[reportAttributeAccessIssue]
        style.drawPrimitive(
            QStyle.PrimitiveElement.PE_IndicatorArrowDown, option, painter, self
        )
        painter.end()

    def _arrow_width(self) -> int:
        return self.fontMetrics().height() * 2 // 3

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the presets by the arrow as well, as boxes of choices do."""
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self.showMenu()
        else:
            super().keyPressEvent(event)

    def _fill(self) -> None:
        self._presets.clear()
        view = self._view
        slide = None if view is None else view.slide
        if view is None or slide is None:
            return
        limit = _largest_pixel_size(view, slide)
        shown = view.viewport_state().pixel_size
        for key, factor in MAGNIFICATIONS.items():
            pixel_size = pixel_size_at(slide, factor)
            self._add(
                f"{factor:g}x\t{key}",
                partial(view.show_magnification, factor),
                _why_not(pixel_size, limit),
                checked=pixel_size is not None and abs(shown / pixel_size - 1) < SAME,
            )
        self._presets.addSeparator()
        native = magnification(slide, 1.0)
        told = "" if native is None else f" ({native:.3g}x)"
        self._add(
            f"Native pixels{told}\t9",
            view.show_native,
            "",
            checked=abs(shown - 1) < SAME,
        )
        self._add("Whole slide\t0", view.fit, "", checked=False)

    def _add(
        self, text: str, slot: Callable[[], None], why_not: str, *, checked: bool
    ) -> None:
        action = self._presets.addAction(text)
        action.setEnabled(not why_not)
        action.setToolTip(why_not)
        action.setCheckable(checked)
        action.setChecked(checked)
        action.triggered.connect(lambda _checked=False: slot())  # pyright: ignore[reportUnknownLambdaType] - stubs: signals are untyped


def _largest_pixel_size(view: SlideView, slide: Slide) -> float:
    area, pixel_size = view.viewport_state().area, view.viewport_state().pixel_size
    width, height = slide.levels[0].size
    camera = Camera(width, height, area.width / pixel_size, area.height / pixel_size)
    return camera.largest_size


def _why_not(pixel_size: float | None, limit: float) -> str:
    if pixel_size is None:
        return "The scale of this slide is unknown."
    if pixel_size < 1 / MAGNIFIED_MOST:
        return f"More than {MAGNIFIED_MOST:g} screen pixels for a pixel of this slide."
    return "The slide would be too small to see." if pixel_size > limit else ""
