"""What counts as seen: by time, by magnification, by area."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QImage

from viewer.scene.seen import SECONDS, Dwelling, SeenMap
from viewer.slide.geometry import Rect, Size


def square(x: float, side: float = 100) -> Rect:
    return Rect(x, 0, side, side)


def test_a_place_is_seen_after_so_long_and_not_before() -> None:
    dwelling = Dwelling()
    dwelling.look_at(square(0), 10.0)
    assert dwelling.seen(10.0 + SECONDS - 0.01) is None
    assert dwelling.seen(10.0 + SECONDS) == square(0)


def test_while_panning_what_stays_in_view_is_seen() -> None:
    dwelling = Dwelling()
    for step in range(61):  # a second, at 60 pixels a second
        dwelling.look_at(square(step), step / 60)
    seen = dwelling.seen(1.0)
    assert seen is not None
    assert abs(seen.x - 60) < 1e-9
    assert abs(seen.right - (60 - 60 * SECONDS + 100)) <= 1


def test_what_was_passed_quickly_is_not_seen() -> None:
    dwelling = Dwelling()
    for step in range(60):
        dwelling.look_at(square(50 * step), step / 60)
        assert dwelling.seen(step / 60) is None


def test_too_little_magnified_is_not_seen_and_breaks_the_time() -> None:
    dwelling = Dwelling()
    dwelling.look_at(square(0), 0.0)
    dwelling.look_at(None, 0.2)
    dwelling.look_at(square(0), 0.21)
    assert dwelling.seen(0.4) is None
    assert dwelling.seen(0.21 + SECONDS) == square(0)


def test_another_slide_begins_anew() -> None:
    dwelling = Dwelling()
    dwelling.look_at(square(0), 0.0)
    dwelling.clear()
    assert dwelling.seen(100.0) is None


@given(
    st.lists(st.tuples(st.integers(1, 200), st.integers(-50, 50)), min_size=1),
    st.integers(0, 500),
)
def test_what_is_seen_was_in_view_at_every_moment(
    steps: list[tuple[int, int]], after: int
) -> None:
    """Against looking at every moment of the time, a millisecond apart."""
    dwelling, now, x = Dwelling(), 0, 0
    history: list[tuple[int, int]] = []
    for waited, moved in steps:
        now, x = now + waited, x + moved
        history.append((now, x))
        dwelling.look_at(square(x), now / 1000)
    last = now + after + 0.5  # never on the moment of a change
    seen = dwelling.seen(last / 1000)
    moments = [last - 1000 * SECONDS + number for number in range(301)]
    if moments[0] < history[0][0]:
        assert seen is None
        return
    shown = [[at for since, at in history if since <= moment][-1] for moment in moments]
    left, right = max(shown), min(shown) + 100
    assert seen == (Rect(left, 0, right - left, 100) if left < right else None)


def share(mask: QImage) -> float:
    values = np.frombuffer(mask.constBits(), np.uint8)
    rows = values.reshape(mask.height(), mask.bytesPerLine())[:, : mask.width()]
    return float(rows.mean()) / 255


def test_the_share_seen_is_right_within_two_hundredths() -> None:
    seen = SeenMap(Size(100_000, 40_000))
    assert share(seen.mask) == 0
    for x in range(0, 50_000, 1600):
        for y in range(0, 40_000, 1000):
            seen.add(Rect(x, y, min(1600, 50_000 - x), 1000))
    assert abs(share(seen.mask) - 0.5) < 0.02
    seen.add(Rect(-1e6, -1e6, 3e6, 3e6))
    assert share(seen.mask) == 1


def test_a_slide_of_any_shape_has_a_mask_that_is_small() -> None:
    for size in (Size(1, 1), Size(500_000, 10), Size(3, 400_000), Size(300, 200)):
        mask = SeenMap(size).mask
        assert 1 <= mask.width() <= 512
        assert 1 <= mask.height() <= 512
