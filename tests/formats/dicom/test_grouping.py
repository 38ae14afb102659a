"""Which files make one slide, what each of them is, and why."""

import shutil
from pathlib import Path

import pytest
from pydicom import Dataset, dcmread

from tests.synthetic import write_slide
from viewer.formats import Opened, open_slides
from viewer.slide.errors import SlideError
from viewer.slide.model import stored_levels


class Found:
    """What opening gave, as plain words."""

    def __init__(self, opened: Opened) -> None:
        self.names = [slide.name for slide in opened.slides]
        self.sizes = [
            [tuple(slide.levels[n].size) for n in stored_levels(slide)]
            for slide in opened.slides
        ]
        self.roles = [
            {role.path.name: role.role for role in slide.files}
            for slide in opened.slides
        ]
        self.reasons = {
            role.path.name: role.reason
            for slide in opened.slides
            for role in slide.files
        }
        self.ignored = {each.path.name: each.reason for each in opened.ignored}
        self.warnings = {
            warning.code: warning.message
            for slide in opened.slides
            for warning in slide.warnings
        }
        self.associated = [sorted(slide.associated) for slide in opened.slides]
        for slide in opened.slides:
            slide.close()


def found(*paths: Path) -> Found:
    return Found(open_slides(paths))


def edit(path: Path, **attributes: object) -> None:
    dataset = dcmread(path)
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    dataset.save_as(path)


def test_one_file_opens_its_slide_with_the_other_files_of_the_folder(
    tmp_path: Path,
) -> None:
    files = write_slide(tmp_path, thumbnail=True)
    for path in files:
        opened = found(path)
        assert opened.sizes == [[(1000, 700), (500, 350), (250, 175)]]
        assert opened.associated == [["label", "overview", "thumbnail"]]
        assert opened.ignored == {}


def test_another_series_in_the_folder_is_not_listed_with_one_file(
    tmp_path: Path,
) -> None:
    mine = write_slide(tmp_path, name="mine")
    write_slide(tmp_path, name="strange")
    (tmp_path / "notes.txt").write_text("hello")
    opened = found(mine[1])
    assert len(opened.names) == 1
    assert all(name.startswith("mine") for name in opened.roles[0])
    assert opened.ignored == {}


def test_several_slides_in_one_folder_stay_apart(tmp_path: Path) -> None:
    write_slide(tmp_path / "deep" / "er", name="one")
    write_slide(tmp_path, name="two", size=(600, 600), levels=2)
    opened = found(tmp_path)
    assert sorted(map(len, opened.sizes)) == [2, 3]
    for roles in opened.roles:
        assert len({name.split("-")[0] for name in roles}) == 1


def test_files_are_found_by_content_and_strangers_have_a_reason(
    tmp_path: Path,
) -> None:
    files = write_slide(tmp_path, levels=1, label=False, overview=False)
    files[0].rename(tmp_path / "no extension at all")
    (tmp_path / "liar.dcm").write_bytes(b"not DICOM" * 100)
    (tmp_path / "empty.dcm").write_bytes(b"")
    (tmp_path / "picture.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(100))
    opened = found(tmp_path)
    assert opened.roles == [{"no extension at all": "level 0"}]
    assert opened.ignored == {
        "liar.dcm": "liar.dcm is neither DICOM nor TIFF nor of another slide format.",
        "empty.dcm": "empty.dcm is an empty file.",
        "picture.jpg": "picture.jpg is a JPEG picture, not a slide.",
    }


def test_copies_are_used_once_and_the_named_file_wins(tmp_path: Path) -> None:
    files = write_slide(tmp_path, levels=2, label=False, overview=False)
    copy = tmp_path / "zz copy.dcm"
    shutil.copy(files[0], copy)
    opened = found(tmp_path)
    assert opened.sizes == [[(1000, 700), (500, 350)]]
    assert opened.ignored == {"zz copy.dcm": f"a copy of {files[0].name}"}
    opened = found(copy)
    assert opened.roles[0]["zz copy.dcm"] == "level 0"
    assert opened.ignored == {files[0].name: "a copy of zz copy.dcm"}


def test_same_uid_with_other_bytes_is_a_warning_that_names_both(
    tmp_path: Path,
) -> None:
    files = write_slide(tmp_path, levels=1, label=False, overview=False)
    other = tmp_path / "zz.dcm"
    shutil.copy(files[0], other)
    edit(other, PatientComments="edited")
    opened = found(tmp_path)
    sentence = opened.warnings["duplicate-uid"]
    assert files[0].name in sentence
    assert "zz.dcm" in sentence
    assert opened.ignored["zz.dcm"].startswith("has the same SOP Instance UID as")


def test_copy_of_the_same_name_is_told_apart_by_its_folder(tmp_path: Path) -> None:
    (one,) = write_slide(tmp_path / "a", levels=1, label=False, overview=False)
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    assert found(tmp_path).ignored == {one.name: f"a copy of {one}"}


def test_levels_are_sorted_by_size_whatever_their_spacing(tmp_path: Path) -> None:
    def lie(dataset: Dataset) -> None:
        if "SharedFunctionalGroupsSequence" in dataset:
            shared = dataset.SharedFunctionalGroupsSequence[0]
            if "PixelMeasuresSequence" in shared:
                shared.PixelMeasuresSequence[0].PixelSpacing = [0.0005, 0.0005]

    write_slide(tmp_path, factor=3.7, mutate=lie)
    opened = found(tmp_path)
    assert opened.sizes == [[(1000, 700), (270, 189), (73, 51)]]
    assert "spacing-repeated" in opened.warnings


def test_other_values_of_image_type_are_listed_with_their_value(
    tmp_path: Path,
) -> None:
    files = write_slide(tmp_path, levels=2, label=False, overview=False)
    edit(files[1], ImageType=["DERIVED", "PRIMARY", "LOCALIZER", "NONE"])
    opened = found(tmp_path)
    assert opened.sizes == [[(1000, 700)]]
    assert opened.reasons[files[1].name] == (
        "value 3 of Image Type is LOCALIZER, expected VOLUME, LABEL, OVERVIEW, "
        "THUMBNAIL"
    )
    assert "image-type" in opened.warnings


@pytest.mark.gotcha(58)
def test_thumbnail_is_never_a_level(tmp_path: Path) -> None:
    write_slide(tmp_path, levels=1, thumbnail=True)
    opened = found(tmp_path)
    assert opened.sizes == [[(1000, 700)]]
    assert "thumbnail" in opened.associated[0]


@pytest.mark.gotcha(56)
def test_only_value_3_of_image_type_decides(tmp_path: Path) -> None:
    files = write_slide(tmp_path, levels=2, label=False, overview=False)
    edit(files[1], ImageType=["ORIGINAL", "PRIMARY", "VOLUME", "RESAMPLED"])
    assert found(tmp_path).sizes == [[(1000, 700), (500, 350)]]


def test_series_without_volume_shows_its_largest_image_and_says_so(
    tmp_path: Path,
) -> None:
    files = write_slide(tmp_path, levels=2)
    for path in files[:2]:
        path.unlink()
    opened = found(tmp_path)
    assert len(opened.sizes) == 1
    assert "no-volume" in opened.warnings


def test_a_lone_label_opens_as_a_plain_picture(tmp_path: Path) -> None:
    files = write_slide(tmp_path, levels=1)
    label = next(path for path in files if "label" in path.name)
    lone = tmp_path / "alone" / label.name
    lone.parent.mkdir()
    label.rename(lone)
    opened = found(lone)
    assert opened.roles == [{label.name: "level 0"}]


def test_two_pyramids_of_one_series_are_two_slides(tmp_path: Path) -> None:
    one = write_slide(tmp_path, name="one", pyramid_uid="1.2.3.1", series_uid="1.2.3")
    two = write_slide(
        tmp_path, name="two", pyramid_uid="1.2.3.2", series_uid="1.2.3", size=(800, 800)
    )
    study = dcmread(one[0], stop_before_pixels=True).StudyInstanceUID
    container = dcmread(one[0], stop_before_pixels=True).ContainerIdentifier
    for path in two:
        edit(path, StudyInstanceUID=study, ContainerIdentifier=container)
    opened = found(tmp_path)
    assert sorted(sizes[0] for sizes in opened.sizes) == [(800, 800), (1000, 700)]


def test_a_level_of_another_shape_is_left_out_and_said(tmp_path: Path) -> None:
    uids = {"series_uid": "1.2.3", "study_uid": "1.2", "pyramid_uid": "1.2.4"}
    first = write_slide(tmp_path, name="a", levels=1, **uids)
    second = write_slide(tmp_path, name="b", levels=1, size=(300, 300), **uids)
    edit(second[0], ContainerIdentifier=dcmread(first[0]).ContainerIdentifier)
    opened = found(tmp_path)
    assert opened.sizes == [[(1000, 700)]]
    assert opened.warnings["level-shape"] == (
        f"{second[0].name} is not used: its shape (300 x 300 pixels) does not fit the "
        "base level's (1000 x 700 pixels)."
    )


def test_what_is_no_slide_is_refused_with_what_it_is(tmp_path: Path) -> None:
    files = write_slide(tmp_path, levels=1, label=False, overview=False)
    edit(
        files[0],
        SOPClassUID="1.2.840.10008.5.1.4.1.1.6.1",
        Modality="US",
    )
    with pytest.raises(
        SlideError,
        match=r"is not a whole-slide image but: Ultrasound Image Storage "
        r"\(modality US, 1000 x 700 pixels, 12 frames\)\.",
    ):
        open_slides([files[0]])


def test_missing_path_and_empty_folder_have_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SlideError, match=r"^nowhere\.dcm does not exist\.$"):
        open_slides([tmp_path / "nowhere.dcm"])
    with pytest.raises(SlideError, match="there are no files"):
        open_slides([tmp_path])


def test_parts_of_a_concatenation_make_one_level(tmp_path: Path) -> None:
    files = write_slide(tmp_path, levels=1, parts=3, label=False, overview=False)
    assert len(files) == 3
    opened = found(tmp_path)
    assert opened.sizes == [[(1000, 700)]]
    assert set(opened.roles[0].values()) == {"level 0"}
    assert opened.warnings == {}
    files[1].unlink()
    assert "concatenation" in found(tmp_path).warnings
