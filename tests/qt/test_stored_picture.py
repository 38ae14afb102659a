"""Small pictures: read once, drawn with a profile or without, and never too large."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from tests.scene.stage import bgr
from viewer.qt.stored_picture import StoredPicture, read_associated, stored
from viewer.slide.geometry import Size
from viewer.slide.look import Look
from viewer.slide.model import AssociatedImage, Samples


def noise(rows: int, columns: int) -> np.ndarray:
    pixels = np.random.default_rng(1).integers(0, 256, (rows, columns, 4), np.uint8)
    pixels[..., 3] = 255
    return pixels


def profile_of(slides_folder: Path, name: str) -> bytes:
    return (slides_folder / "icc" / name).read_bytes()


def association(pixels: Samples, **facts: object) -> AssociatedImage:
    size = Size(pixels.shape[1], pixels.shape[0])
    return AssociatedImage(size, Path("label.dcm"), lambda: pixels, **facts)  # type: ignore[arg-type]


def image_bytes(image: QImage) -> np.ndarray:
    return bgr(image)


def test_without_color_management_pixels_are_as_stored() -> None:
    pixels = noise(20, 30)
    drawn = StoredPicture(pixels, b"not a profile").drawn(managed=False)
    assert (image_bytes(drawn.image) == pixels[..., :3]).all()
    assert drawn.complaint == ""


def test_broken_profile_leaves_colors_and_says_so() -> None:
    pixels = noise(20, 30)
    drawn = StoredPicture(pixels, b"x" * 200).drawn(managed=True)
    assert (image_bytes(drawn.image) == pixels[..., :3]).all()
    assert drawn.complaint.startswith("Colors are shown as stored: ")
    assert drawn.complaint.endswith(".")
    assert "200 bytes" in drawn.complaint


def test_profile_changes_colors_as_little_cms_does() -> None:
    from io import BytesIO

    from PIL import Image, ImageCms

    source = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    profile = source.tobytes()
    swapped = _with_red_and_blue_swapped(profile)
    pixels = noise(16, 16)
    drawn = StoredPicture(pixels, swapped).drawn(managed=True)
    rgb = Image.fromarray(np.ascontiguousarray(pixels[..., 2::-1]))
    expected = ImageCms.profileToProfile(
        rgb, ImageCms.ImageCmsProfile(BytesIO(swapped)), source
    )
    assert expected is not None
    assert (image_bytes(drawn.image)[..., ::-1] == np.asarray(expected)).all()
    assert (image_bytes(drawn.image) != pixels[..., :3]).any()


def _with_red_and_blue_swapped(profile: bytes) -> bytes:
    """Exchange the names of the red and blue colorants in the tag table."""
    changed = profile.replace(b"rXYZ", b"tmp1", 1).replace(b"bXYZ", b"rXYZ", 1)
    return changed.replace(b"tmp1", b"bXYZ", 1)


def test_too_large_a_picture_is_kept_smaller_by_area_mean() -> None:
    pixels = noise(64, 128)
    kept = stored(pixels, Look(), None, most=pixels.nbytes // 3)
    assert kept.bgrx.shape == (32, 64, 4)
    means = pixels.reshape(32, 2, 64, 2, 4).mean(axis=(1, 3))
    assert np.abs(kept.bgrx - means).max() <= 0.5


def test_grey_picture_is_drawn_over_its_range_and_has_no_profile() -> None:
    grey = np.array([[0, 2048, 4095]], np.uint16)
    image = association(grey, grey_range=(0, 4095), icc_profile=b"x" * 200)
    kept = read_associated(image)
    assert kept.profile is None
    assert kept.bgrx[0, :, 0].tolist() == [0, 128, 255]


@pytest.mark.slides
def test_display_p3_red_is_brighter_than_srgb_can_be(slides_folder: Path) -> None:
    red = np.zeros((1, 1, 4), np.uint8)
    red[..., 2], red[..., 3] = 200, 255
    profile = profile_of(slides_folder, "displayp3.icc")
    drawn = StoredPicture(red, profile).drawn(managed=True)
    assert image_bytes(drawn.image)[0, 0, 2] > 200
