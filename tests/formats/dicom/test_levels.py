"""A level that cannot be opened costs itself, not its slide."""

from pathlib import Path

import pytest
from pydicom import dcmread

from tests.synthetic import SyntheticSlide, expected_level, write, write_slide
from viewer.formats import open_slide, open_slides
from viewer.formats.dicom.image import DicomImage
from viewer.slide.errors import BrokenFile, SlideError
from viewer.slide.geometry import Size
from viewer.slide.model import Slide, TileKey, stored_levels

NO_POSITIONS = (
    "the tiling is TILED_SPARSE, but the frames have no positions (Plane Position "
    "Slide Sequence is missing)"
)
PALETTE = (
    "Explicit VR Little Endian with Photometric Interpretation PALETTE COLOR is not "
    "read (Samples per Pixel 3, Bits Allocated 8, Bits Stored 8, Planar Configuration "
    "0, {} x {})"
)


def edit(path: Path, **attributes: object) -> None:
    dataset = dcmread(path)
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    dataset.save_as(path)


def lose_positions(path: Path) -> None:
    edit(path, DimensionOrganizationType="TILED_SPARSE")


def use_a_palette(path: Path) -> None:
    edit(path, PhotometricInterpretation="PALETTE COLOR")


def roles(slide: Slide) -> dict[str, tuple[str, str]]:
    return {file.path.name: (file.role, file.reason) for file in slide.files}


def messages(slide: Slide, code: str) -> list[str]:
    return [each.message for each in slide.warnings if each.code == code]


def test_a_level_in_between_is_left_out_and_the_others_stay(tmp_path: Path) -> None:
    files = write_slide(tmp_path, name="s")
    use_a_palette(files[1])
    slide = open_slide(tmp_path)
    try:
        sizes = [tuple(slide.levels[n].size) for n in stored_levels(slide)]
        assert sizes == [(1000, 700), (250, 175)]
        reason = PALETTE.format(256, 256)
        assert roles(slide) == {
            "s-level0.dcm": ("level 0", "VOLUME, 1000 x 700 pixels"),
            "s-level1.dcm": ("not used", reason),
            "s-level2.dcm": ("level 1", "VOLUME, 250 x 175 pixels"),
            "s-label.dcm": ("label", "LABEL, 160 x 200 pixels"),
            "s-overview.dcm": ("overview", "OVERVIEW, 300 x 110 pixels"),
        }
        assert messages(slide, "level-refused") == [
            f"s-level1.dcm is not used: {reason}; the level of 500 x 350 pixels is "
            "missing."
        ]
    finally:
        slide.close()


def test_without_the_finest_level_the_next_is_level_0(tmp_path: Path) -> None:
    description = SyntheticSlide(name="s")
    files = write(tmp_path, description)
    lose_positions(files[0])
    for path in (tmp_path, *files[1:]):
        slide = open_slide(path)
        try:
            assert tuple(slide.levels[0].size) == (500, 350)
            assert slide.levels[0].downsample == (1.0, 1.0)
            spacing = slide.levels[0].spacing
            assert spacing is not None
            assert spacing.x == pytest.approx(0.001)  # that of level 1, not of level 0
            samples = slide.read_samples(TileKey(slide.serial, 0, 1, 1))
            truth = expected_level(description, 1)[256:350, 256:500]
            assert (samples[..., 2::-1] == truth).all()  # type: ignore[index]
            assert roles(slide)["s-level0.dcm"] == ("not used", NO_POSITIONS)
            assert roles(slide)["s-level1.dcm"][0] == "level 0"
            assert messages(slide, "level-refused") == [
                f"s-level0.dcm is not used: {NO_POSITIONS}; the finest level, 1000 x "
                "700 pixels, is missing."
            ]
        finally:
            slide.close()


def test_a_slide_without_any_level_is_left_out_file_by_file(tmp_path: Path) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    write_slide(good, name="good", levels=1, label=False, overview=False)
    files = write_slide(bad, name="s", levels=2, overview=False)
    lose_positions(files[0])
    use_a_palette(files[1])
    opened = open_slides([tmp_path])
    for slide in opened.slides:
        slide.close()
    assert [slide.name for slide in opened.slides] == ["good"]
    assert {each.path.name: each.reason for each in opened.ignored} == {
        "s-level0.dcm": f"s-level0.dcm: {NO_POSITIONS}.",
        "s-level1.dcm": f"s-level1.dcm: {PALETTE.format(256, 256)}.",
        "s-label.dcm": "s-label.dcm belongs to the slide of s-level0.dcm, which cannot "
        f"be opened: {NO_POSITIONS}.",
    }


@pytest.mark.parametrize(("number", "thing"), [(0, NO_POSITIONS), (1, PALETTE)])
def test_the_file_that_was_named_has_its_own_reason(
    tmp_path: Path, number: int, thing: str
) -> None:
    files = write_slide(tmp_path, name="s", levels=2, label=False, overview=False)
    lose_positions(files[0])
    use_a_palette(files[1])
    with pytest.raises(SlideError) as error:
        open_slide(files[number])
    sentence = f"s-level{number}.dcm: {thing.format(256, 256)}."
    assert str(error.value) == sentence


def test_a_label_that_cannot_be_decoded_is_said_at_once(tmp_path: Path) -> None:
    files = write_slide(tmp_path, name="s", levels=1)
    use_a_palette(files[1])
    slide = open_slide(tmp_path)
    try:
        refusal = (
            f"s-label.dcm: the label image cannot be shown: {PALETTE.format(160, 200)}."
        )
        assert messages(slide, "image-refused") == [refusal]
        assert tuple(slide.levels[0].size) == (1000, 700)
        with pytest.raises(SlideError) as error:
            slide.associated["label"].read()
        assert str(error.value) == refusal
        overview = slide.associated["overview"].read()
        assert overview.shape == (110, 300, 4)
    finally:
        slide.close()


def test_a_damaged_overview_is_no_damaged_tile(tmp_path: Path) -> None:
    files = write_slide(tmp_path, name="s", levels=1, syntax="jpeg", label=False)
    data = bytearray(files[1].read_bytes())
    middle = data.index(b"\xff\xd8\xff") + 900
    data[middle : middle + 60] = b"\xff\x01" * 30
    files[1].write_bytes(data)
    slide = open_slide(tmp_path)
    try:
        assert slide.associated["overview"].read().shape == (110, 300, 4)
        (warning,) = (each for each in slide.warnings if each.code == "damaged-frame")
        assert warning.file == files[1]
        assert not slide.damaged
    finally:
        slide.close()


def test_levels_are_closed_when_what_comes_after_them_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_slide(tmp_path, name="s", levels=3)
    closed: list[Size] = []
    close = DicomImage.close

    def note(image: DicomImage) -> None:
        closed.append(image.size)
        close(image)

    def fail(*_arguments: object) -> None:
        raise BrokenFile("s-level0.dcm: its label is nonsense.")

    monkeypatch.setattr(DicomImage, "close", note)
    monkeypatch.setattr("viewer.formats.dicom.label_texts", fail)
    with pytest.raises(SlideError, match="its label is nonsense"):
        open_slide(tmp_path)
    assert closed == [(1000, 700), (500, 350), (250, 175)]


def test_files_know_their_pictures_and_how_they_are_stored(tmp_path: Path) -> None:
    write_slide(tmp_path, name="s", levels=1, syntax="jpeg", overview=False)
    slide = open_slide(tmp_path)
    slide.close()
    facts = {each.path.name: (each.size, each.transfer_syntax) for each in slide.files}
    assert facts == {
        "s-level0.dcm": ((1000, 700), "1.2.840.10008.1.2.4.50"),
        "s-label.dcm": ((160, 200), "1.2.840.10008.1.2.4.50"),
    }


def test_a_copy_concerns_the_file_it_copies(tmp_path: Path) -> None:
    files = write_slide(tmp_path, name="s", levels=2, label=False, overview=False)
    copy = tmp_path / "zz.dcm"
    copy.write_bytes(files[1].read_bytes())
    opened = open_slides([files[0]])
    opened.slides[0].close()
    assert [(each.path, each.reason, each.concerns) for each in opened.ignored] == [
        (copy, "a copy of s-level1.dcm", {files[1]})
    ]


def test_an_image_that_fits_no_slide_concerns_those_of_its_series(
    tmp_path: Path,
) -> None:
    one = write_slide(
        tmp_path, name="one", series_uid="1.2.3", study_uid="1.2", label=False,
        levels=1, overview=False,
    )  # fmt: skip
    two = write_slide(
        tmp_path, name="two", series_uid="1.2.3", study_uid="1.2", levels=1,
        overview=False,
    )  # fmt: skip
    edit(two[1], ContainerIdentifier="three")
    opened = open_slides([tmp_path])
    for slide in opened.slides:
        slide.close()
    assert [(each.path, each.concerns) for each in opened.ignored] == [
        (two[1], {one[0], two[0]})
    ]


@pytest.mark.parametrize(
    ("objective", "micrometers", "is_told"),
    [(20, 0.5, False), (20, 0.4, False), (40, 0.5, True), (20, 0.25, True)],
)
def test_an_objective_that_contradicts_pixel_spacing_is_a_warning(
    tmp_path: Path, objective: float, micrometers: float, is_told: bool
) -> None:
    spacing = micrometers / 1000
    write_slide(
        tmp_path, name="s", levels=1, objective_power=objective,
        spacing=(spacing, spacing),
    )  # fmt: skip
    slide = open_slide(tmp_path)
    slide.close()
    sentence = (
        f"s-level0.dcm: Objective Lens Power is {objective}, which goes with about "
        f"{10 / objective:.3g} um, but Pixel Spacing is {micrometers:.3g} um; Pixel "
        "Spacing is followed."
    )
    assert messages(slide, "objective") == ([sentence] if is_told else [])
