"""FavoredSamples: keeps at hand what a new look of the view will need first."""

from PySide6.QtCore import QObject

from viewer.qt.samples import RecentSamples
from viewer.scene.slide_view import SlideView
from viewer.slide.model import TileKey
from viewer.tiles.plan import target_places


class FavoredSamples(QObject):
    """Has the samples of what is in view kept longest, of all optical paths shown.

    GUI thread.
    """

    def __init__(self, view: SlideView, samples: RecentSamples) -> None:
        """Follow a view, which owns this."""
        super().__init__(view)
        self._view = view
        self._samples = samples
        view.viewport_changed.connect(self._favor)
        view.look_changed.connect(self._favor)
        view.slide_changed.connect(self._favor)

    def _favor(self) -> None:
        view = self._view
        slide = view.slide
        if slide is None:
            self._samples.favor(())
            return
        self._samples.favor(
            TileKey(slide.serial, *place, view.focal_plane, path)
            for place in target_places(slide.levels, view.goal_state())
            for path in view.look.optical_paths
        )
