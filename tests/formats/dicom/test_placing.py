"""Where scan and overview lie on the glass, and when that is not to be believed."""

from collections.abc import Callable
from math import cos, sin
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset

from tests.synthetic import write_slide
from tests.synthetic_headers import associated_dataset, level_dataset
from tests.synthetic_slide import SyntheticSlide
from viewer.formats import open_slides
from viewer.formats.dicom.header import Header
from viewer.formats.dicom.instance import Instance, read_instance
from viewer.formats.dicom.placing import overview_placement, placement_of
from viewer.slide.geometry import Rect
from viewer.slide.model import Slide
from viewer.slide.placement import Correspondence

LABEL_LEFT = [0.0, -1.0, 0.0, -1.0, 0.0, 0.0]
NOT_DRAWN = ", so the scanned area is not drawn."


def place(
    dataset: Dataset,
    origin: tuple[float, float],
    spacing: tuple[float, float],
    orientation: list[float] | None = None,
) -> None:
    """Write a place on the slide; `spacing` is row, then column, as in DICOM."""
    item = Dataset()
    item.XOffsetInSlideCoordinateSystem = f"{origin[0]:.10g}"
    item.YOffsetInSlideCoordinateSystem = f"{origin[1]:.10g}"
    dataset.TotalPixelMatrixOriginSequence = [item]
    dataset.ImageOrientationSlide = orientation or LABEL_LEFT
    measures = dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    measures.PixelSpacing = [f"{step:.10g}" for step in spacing]


def instance_of(dataset: Dataset, name: str = "level0.dcm") -> Instance:
    syntax = dataset.file_meta.TransferSyntaxUID
    header = Header(
        Path(name), b"", dataset, syntax, False, False, False, 0, (), ()  # noqa: FBT003
    )  # fmt: skip
    return read_instance(header)


def base_dataset(size: tuple[int, int] = (1000, 700)) -> Dataset:
    slide = SyntheticSlide(size=size, tile=(4096, 4096))
    return level_dataset(slide, 0, "level0", slide.frames(0))


def overview_dataset(size: tuple[int, int] = (300, 110)) -> Dataset:
    return associated_dataset(SyntheticSlide(), "overview", size[::-1])


MILLIMETERS = st.floats(-50, 100).map(lambda value: round(value, 6))
STEPS = st.floats(0.0001, 0.05).map(lambda value: round(value, 6))


@given(
    origin=st.tuples(MILLIMETERS, MILLIMETERS),
    spacing=st.tuples(STEPS, STEPS),
    turn=st.one_of(
        st.sampled_from([0, 1.5707963267948966, 3.141592653589793, 4.71238898038469]),
        st.floats(0, 6.28),
    ),
    mirrored=st.booleans(),
    pixel=st.tuples(st.integers(0, 999), st.integers(0, 699)),
)
def test_center_of_each_pixel_is_where_the_standard_puts_it(
    origin: tuple[float, float],
    spacing: tuple[float, float],
    turn: float,
    mirrored: bool,
    pixel: tuple[int, int],
) -> None:
    hand = -1 if mirrored else 1
    across, down = (cos(turn), sin(turn)), (-hand * sin(turn), hand * cos(turn))
    dataset = base_dataset()
    place(dataset, origin, spacing, [*across, 0.0, *down, 0.0])
    placement = placement_of(instance_of(dataset))
    assert placement is not None
    column, row = pixel
    # PS3.3 C.8.12.2: from the center of the first pixel, so many steps of each kind.
    expected = tuple(
        origin[axis]
        + column * spacing[1] * across[axis]
        + row * spacing[0] * down[axis]
        for axis in (0, 1)
    )
    assert placement.to_slide(column + 0.5, row + 0.5) == pytest.approx(
        expected, abs=1e-6
    )
    back = placement.to_pixels(*expected)
    assert back == pytest.approx((column + 0.5, row + 0.5), abs=0.02)


def test_scanned_area_on_the_overview_is_plain_arithmetic() -> None:
    # Overview: 75 x 25 mm at 0.05 mm, corner at 25, 75. Scan: 10 x 8 mm at 0.001 mm,
    # corner 5 mm below it and 25 mm to the right, as seen with the label at the left.
    overview, base = overview_dataset((1500, 500)), base_dataset((10_000, 8_000))
    place(overview, (24.975, 74.975), (0.05, 0.05))
    place(base, (19.9995, 49.9995), (0.001, 0.001))
    found, problem = overview_placement(instance_of(overview), instance_of(base))
    scan = placement_of(instance_of(base))
    assert problem == ""
    assert found is not None
    assert scan is not None
    corners = Correspondence(found, scan).corners(Rect(0, 0, 10_000, 8_000))
    expected = [(500, 100), (700, 100), (700, 260), (500, 260)]
    for corner, there in zip(corners, expected, strict=True):
        assert corner == pytest.approx(there, abs=1e-6)


def test_scan_turned_half_round_has_its_first_pixel_at_the_far_corner() -> None:
    overview, base = overview_dataset((1500, 500)), base_dataset((10_000, 8_000))
    place(overview, (24.975, 74.975), (0.05, 0.05))
    place(base, (12.0005, 40.0005), (0.001, 0.001), [0, 1, 0, 1, 0, 0])
    found, _ = overview_placement(instance_of(overview), instance_of(base))
    scan = placement_of(instance_of(base))
    assert found is not None
    assert scan is not None
    between = Correspondence(found, scan)
    assert between.to_picture(0, 0) == pytest.approx((700, 260), abs=1e-6)
    assert between.to_picture(10_000, 8_000) == pytest.approx((500, 100), abs=1e-6)
    assert between.to_base(600, 180) == pytest.approx((5_000, 4_000), abs=1e-4)


def _delete(keyword: str) -> Callable[[Dataset], None]:
    return lambda dataset: delattr(dataset, keyword)


def _orientation(*values: float) -> Callable[[Dataset], None]:
    return lambda dataset: setattr(dataset, "ImageOrientationSlide", list(values))


def _origin(x: str, y: str) -> Callable[[Dataset], None]:
    def change(dataset: Dataset) -> None:
        item = dataset.TotalPixelMatrixOriginSequence[0]
        item.XOffsetInSlideCoordinateSystem = x
        item.YOffsetInSlideCoordinateSystem = y

    return change


def _spacing(*values: str) -> Callable[[Dataset], None]:
    def change(dataset: Dataset) -> None:
        shared = dataset.SharedFunctionalGroupsSequence[0]
        shared.PixelMeasuresSequence[0].PixelSpacing = list(values)

    return change


def _reduced(change: Callable[[Dataset], None]) -> Callable[[Dataset], None]:
    """Let a scan be one that was reduced, whose pixels may be large."""

    def both(dataset: Dataset) -> None:
        dataset.ImageType[3] = "RESAMPLED"
        change(dataset)

    return both


def _nowhere(dataset: Dataset) -> None:
    del dataset.ImageOrientationSlide
    del dataset.TotalPixelMatrixOriginSequence


def _sizeless(dataset: Dataset) -> None:
    del dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence
    del dataset.ImagedVolumeWidth
    del dataset.ImagedVolumeHeight


OVERVIEW = [
    (_nowhere, "The overview says nothing of where it lies on the slide"),
    (
        _delete("ImageOrientationSlide"),
        "The overview has no Image Orientation (Slide)",
    ),
    (
        _delete("TotalPixelMatrixOriginSequence"),
        "The overview has no Total Pixel Matrix Origin",
    ),
    (
        _orientation(0, 0, 0, 0, 0, 0),
        "The overview has the Image Orientation (Slide) 0, 0, 0, 0, 0, 0, expected two "
        "unit vectors at right angles in the plane of the slide",
    ),
    (
        _orientation(1, 0, 0, 1, 0, 0),
        "The overview has the Image Orientation (Slide) 1, 0, 0, 1, 0, 0, expected two "
        "unit vectors at right angles in the plane of the slide",
    ),
    (
        _orientation(1, 0, 0, 0, 0, 1),
        "The overview has the Image Orientation (Slide) 1, 0, 0, 0, 0, 1, expected two "
        "unit vectors at right angles in the plane of the slide",
    ),
    (
        _orientation(float("nan"), -1, 0, -1, 0, 0),
        "The overview has the Image Orientation (Slide) nan, -1, 0, -1, 0, 0, expected "
        "two unit vectors at right angles in the plane of the slide",
    ),
    (_sizeless, "The overview gives neither Pixel Spacing nor its size in millimeters"),
    (
        _origin("20000", "60000"),  # micrometers
        "By its coordinates the scan lies outside the overview",
    ),
    (
        lambda dataset: setattr(dataset, "FrameOfReferenceUID", "1.2.3"),
        "The overview and the scan have different Frames of Reference, which cannot "
        "be compared",
    ),
]
SCAN = [
    (_nowhere, "The scan says nothing of where it lies on the slide"),
    (
        _origin("0", "0"),
        "The scan's origin is given as 0, 0 mm, which converters write where they do "
        "not know it",
    ),
    (
        _origin("25.0", "50.0"),
        "The scan's origin is given as 25, 50 mm, which converters write where they "
        "do not know it",
    ),
    (
        _origin("24.9", "59.9"),
        "The overview and the scan give the same origin (24.9, 59.9 mm), which cannot "
        "be true of both",
    ),
    (_origin("10", "90"), "By its coordinates the scan lies outside the overview"),
    (
        _reduced(_spacing("0.05", "0.05")),
        "The scanned area would be 50 x 35 mm, larger than the overview (60 x 22 mm)",
    ),
]


def opened(folder: Path, change: Callable[[Dataset], None]) -> Slide:
    """Write and open a slide whose overview is 60 x 22 mm, but for a change."""

    def mutate(dataset: Dataset) -> None:
        if dataset.ImageType[2] == "OVERVIEW":
            place(dataset, (24.9, 59.9), (0.2, 0.2))
        else:
            place(dataset, (20.0, 41.0), (0.0005, 0.0005))
        change(dataset)

    files = write_slide(folder, levels=1, mutate=mutate)
    (slide,) = open_slides(files).slides
    return slide


def _only(role: str, change: Callable[[Dataset], None]) -> Callable[[Dataset], None]:
    return lambda dataset: change(dataset) if dataset.ImageType[2] == role else None


def test_sound_geometry_has_a_placement_and_no_sentence(tmp_path: Path) -> None:
    slide = opened(tmp_path, lambda _: None)
    overview = slide.associated["overview"]
    assert overview.placement_problem == ""
    assert overview.placement is not None
    assert overview.placement.origin == pytest.approx((25.0, 60.0))
    assert slide.placement is not None
    assert slide.placement.origin == pytest.approx((20.00025, 41.00025))
    slide.close()


@pytest.mark.parametrize(("change", "clause"), OVERVIEW)
def test_an_overview_that_cannot_be_placed_says_why(
    tmp_path: Path, change: Callable[[Dataset], None], clause: str
) -> None:
    slide = opened(tmp_path, _only("OVERVIEW", change))
    overview = slide.associated["overview"]
    assert overview.placement is None
    assert overview.placement_problem == clause + NOT_DRAWN
    slide.close()


@pytest.mark.parametrize(("change", "clause"), SCAN)
def test_a_scan_that_cannot_be_placed_says_why(
    tmp_path: Path, change: Callable[[Dataset], None], clause: str
) -> None:
    slide = opened(tmp_path, _only("VOLUME", change))
    overview = slide.associated["overview"]
    assert overview.placement is None
    assert overview.placement_problem == clause + NOT_DRAWN
    slide.close()


def test_imaged_volume_stands_in_for_pixel_spacing() -> None:
    overview = overview_dataset((1500, 500))
    place(overview, (24.975, 74.975), (0.05, 0.05))
    del overview.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence
    overview.ImagedVolumeWidth, overview.ImagedVolumeHeight = 75.0, 25.0
    placement = placement_of(instance_of(overview))
    assert placement is not None
    assert placement.to_slide(1500, 500) == pytest.approx((0, 0), abs=1e-6)


def test_a_scan_that_fills_the_overview_may_begin_where_it_does() -> None:
    overview, base = overview_dataset((1000, 400)), base_dataset((10_000, 4_000))
    for dataset, step in ((overview, 0.01), (base, 0.001)):
        place(dataset, (0, 0), (step, step), [1, 0, 0, 0, 1, 0])
    found, problem = overview_placement(instance_of(overview), instance_of(base))
    assert found is not None
    assert problem == ""


@pytest.mark.slides
@pytest.mark.parametrize(
    ("folder", "drawn", "part"),
    [
        ("dual/pixelmed-svs-jpeg-rgb-classic", True, ""),
        ("cmu-wsidicomizer", False, "neither Pixel Spacing"),
        ("cmu-wsidicomizer-passthrough", False, "neither Pixel Spacing"),
        ("ndpi-wsidicomizer-jpeg", False, "25, 50 mm"),
        ("ndpi-wsidicomizer-j2k", False, "25, 50 mm"),
    ],
)
def test_real_converters_are_believed_only_where_they_know(
    slides_folder: Path, folder: str, drawn: bool, part: str
) -> None:
    (slide,) = open_slides([slides_folder / folder]).slides
    overview = slide.associated["overview"]
    assert (overview.placement is not None) == drawn
    assert part in overview.placement_problem
    slide.close()
