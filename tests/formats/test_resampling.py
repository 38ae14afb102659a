"""Area means by any factor, against sums over single pixels."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from viewer.formats.resampling import Stretch, covered, resampled


@st.composite
def stretches(draw: st.DrawFn) -> Stretch:
    total = draw(st.integers(1, 40))
    start = draw(st.integers(0, total - 1))
    stop = draw(st.integers(start + 1, total))
    return Stretch(start, stop, total, draw(st.integers(1, 90)))


def shares(along: Stretch) -> np.ndarray:
    """How much of each source pixel each pixel is, counted in common small parts."""
    matrix = np.zeros((along.stop - along.start, along.last - along.first))
    for line, pixel in enumerate(range(along.start, along.stop)):
        begin, end = pixel * along.source, (pixel + 1) * along.source
        for place, source in enumerate(range(along.first, along.last)):
            low, high = source * along.total, (source + 1) * along.total
            matrix[line, place] = max(0, min(end, high) - max(begin, low))
    return matrix / along.source


@given(stretches(), stretches(), st.sampled_from(["color", "grey"]), st.integers(0, 99))
def test_each_pixel_is_the_mean_of_what_lies_under_it(
    across: Stretch, down: Stretch, kind: str, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    shape = (down.last - down.first, across.last - across.first)
    if kind == "color":
        samples = rng.integers(0, 256, (*shape, 4)).astype(np.uint8)
    else:
        samples = rng.integers(0, 65536, shape).astype(np.uint16)
    found = resampled(samples, across, down)
    exact = np.einsum("ij,jk...->ik...", shares(down), samples.astype(float))
    exact = np.einsum("kj,ij...->ik...", shares(across), exact)
    assert found.dtype == samples.dtype
    assert found.shape == exact.shape
    assert np.abs(found - exact).max() <= 0.5 + 1e-4


def test_the_same_grid_leaves_every_sample() -> None:
    samples = np.random.default_rng(1).integers(0, 256, (70, 50, 4)).astype(np.uint8)
    stretch = Stretch(100, 150, 1000, 1000), Stretch(30, 100, 900, 900)
    np.testing.assert_array_equal(resampled(samples, *stretch), samples)


def test_two_samples_halfway_round_up() -> None:
    samples = np.array([[0, 1]], np.uint8)
    assert resampled(samples, Stretch(0, 1, 1, 2), Stretch(0, 1, 1, 1)) == 1


@given(stretches(), stretches(), st.integers(0, 99))
def test_a_pixel_is_known_where_all_under_it_is(
    across: Stretch, down: Stretch, seed: int
) -> None:
    shape = (down.last - down.first, across.last - across.first)
    mask = np.random.default_rng(seed).random(shape) < 0.8
    unknown = shares(down) @ ~mask @ shares(across).T
    np.testing.assert_array_equal(covered(mask, across, down), unknown < 1e-9)
