"""CIELab to sRGB: against Little CMS and published colors."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from tests.profiles import LAB, SRGB
from viewer.codecs.lab import srgb_of_lab, srgb_of_stored


@pytest.fixture(scope="module")
def little_cms() -> ImageCms.ImageCmsTransform:
    """Without its shortcut through a grid, which is up to 30 values off."""
    return ImageCms.ImageCmsTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(LAB)),
        ImageCms.ImageCmsProfile(io.BytesIO(SRGB)),
        "LAB",
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.NOOPTIMIZE,
    )


def test_every_color_is_that_of_little_cms(
    little_cms: ImageCms.ImageCmsTransform,
) -> None:
    colors = [
        (lightness, a, b)
        for lightness in range(0, 256, 15)
        for a in range(0, 256, 12)
        for b in range(0, 256, 12)
    ]
    # Pillow takes a* and b* as signed bytes and holds them 128 higher.
    packed = bytes(
        value for light, a, b in colors for value in (light, a ^ 128, b ^ 128)
    )
    picture = Image.frombytes("LAB", (len(colors), 1), packed)
    applied = little_cms.apply(picture)
    assert applied is not None
    for place, (lightness, a, b) in enumerate(colors):
        expected = applied.getpixel((place, 0))
        found = srgb_of_lab(lightness / 2.55, a - 128, b - 128)
        assert found == pytest.approx(expected, abs=1), (lightness, a, b)


@pytest.mark.parametrize(
    ("lab", "rgb"),
    [
        # sRGB's own colors as CIELab under D50 (Lindbloom's calculator, Bradford).
        ((100, 0, 0), (255, 255, 255)),
        ((0, 0, 0), (0, 0, 0)),
        ((54.29, 80.81, 69.89), (255, 0, 0)),
        ((87.82, -79.29, 80.99), (0, 255, 0)),
        ((29.57, 68.30, -112.03), (0, 0, 255)),
        ((53.39, 0, 0), (127, 127, 127)),
    ],
)
def test_known_colors(lab: tuple[float, float, float], rgb: tuple[int, ...]) -> None:
    assert srgb_of_lab(*lab) == pytest.approx(rgb, abs=1)


def test_stored_values_are_scaled_as_the_standard_says() -> None:
    # PS3.3 C.10.7.1.1: 8080H is 0 of a* and b*, FFFFH is 100 of L*.
    assert srgb_of_stored((0xFFFF, 0x8080, 0x8080)) == (255, 255, 255)
    assert srgb_of_stored((0, 0x8080, 0x8080)) == (0, 0, 0)
    red = (round(54.29 * 655.35), round((80.81 + 128) * 257), round(197.89 * 257))
    assert srgb_of_stored(red) == pytest.approx((255, 0, 0), abs=1)


@given(st.tuples(*[st.integers(0, 65535)] * 3))
def test_every_stored_value_is_a_color(stored: tuple[int, int, int]) -> None:
    assert all(0 <= each <= 255 for each in srgb_of_stored(stored))


@pytest.mark.parametrize(
    "values", [(), (1, 2), (1, 2, 3, 4), (-1, 0, 0), (0, 0, 65536)]
)
def test_other_numbers_are_refused(values: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="no CIELab value"):
        srgb_of_stored(values)
