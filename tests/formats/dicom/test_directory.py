"""DICOMDIR: which files it leads to, and which names it must not lead anywhere by."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.dicom.raw_files import EXPLICIT, element, item
from tests.synthetic import write_slide
from viewer.formats import Opened, OpenOptions, open_slides
from viewer.formats.dicom import directory
from viewer.formats.dicom.directory import references_of
from viewer.slide.errors import BrokenFile, Cancelled, SlideError

NAMELESS = "DICOMDIR: the record of an image names no file, expected one."


def write_dicomdir(folder: Path, names: Sequence[str]) -> Path:
    """Write a DICOMDIR with an IMAGE record for each Referenced File ID."""
    records = [record(b"PATIENT "), *(record(b"IMAGE ", name) for name in names)]
    path = folder / "DICOMDIR"
    path.write_bytes(
        bytes(128)
        + b"DICM"
        + element(0x00020002, b"UI", b"1.2.840.10008.1.3.10")
        + element(0x00020010, b"UI", EXPLICIT.encode() + b"\0")
        + element(0x00041130, b"CS", b"TEST")
        + element(0x00041220, b"SQ", b"".join(records))
    )
    return path


def record(kind: bytes, name: str | None = None) -> bytes:
    content = element(0x00041430, b"CS", kind)
    if name is not None:
        content += element(0x00041500, b"CS", padded(name.encode()))
    return item(content)


def padded(value: bytes) -> bytes:
    return value + b" " * (len(value) % 2)


@pytest.fixture
def medium(tmp_path: Path) -> Path:
    """A folder with a slide of two levels in folders of its own."""
    root = tmp_path / "medium"
    files = write_slide(root, levels=2, label=False, overview=False)
    (root / "WSI" / "A").mkdir(parents=True)
    for number, path in enumerate(files):
        path.rename(root / "WSI" / "A" / f"IM{number}")
    return root


def close(opened: Opened) -> None:
    for slide in opened.slides:
        slide.close()


def test_naming_it_opens_the_files_that_it_names(medium: Path) -> None:
    write_slide(medium, name="unlisted", levels=1)
    opened = open_slides([write_dicomdir(medium, ["WSI\\A\\IM0", "WSI\\A\\IM1"])])
    (slide,) = opened.slides
    assert [each.path.name for each in slide.files] == ["IM0", "IM1"]
    assert opened.ignored == ()
    close(opened)


def test_a_missing_file_is_said_and_the_others_open(medium: Path) -> None:
    path = write_dicomdir(medium, ["WSI\\A\\IM0", "WSI\\A\\IM7"])
    opened = open_slides([path])
    assert [each.reason for each in opened.ignored] == [
        "DICOMDIR: the file WSI\\A\\IM7 is missing."
    ]
    close(opened)


def test_names_may_be_in_small_letters_on_the_medium(medium: Path) -> None:
    (medium / "WSI").rename(medium / "wsi")
    (medium / "wsi" / "A").rename(medium / "wsi" / "a")
    (medium / "wsi" / "a" / "IM0").rename(medium / "wsi" / "a" / "im0")
    opened = open_slides([write_dicomdir(medium, ["WSI\\A\\IM0"])])
    assert [each.path.name for each in opened.slides[0].files] == ["im0"]
    close(opened)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("..\\outside", "its name leads elsewhere"),
        ("WSI\\..\\..\\outside", "its name leads elsewhere"),
        ("WSI/../../outside", "its name leads elsewhere"),
        (".", "its name leads elsewhere"),
        ("WSI\\\\IM0", "its name leads elsewhere"),
        ("/etc/passwd", "its name is an absolute path"),
        ("\\etc\\passwd", "its name is an absolute path"),
        ("C:\\outside", "its name holds a drive"),
        ("WSI\\IM0:stream", "its name holds a drive"),
        ("A" * 2000, "its name is too long"),
    ],
)
def test_no_name_leads_out_of_the_folder(medium: Path, name: str, words: str) -> None:
    (medium.parent / "outside").write_bytes(b"secret")
    (reference,) = references_of(write_dicomdir(medium, [name]))
    assert reference.path is None
    assert reference.problem.startswith("DICOMDIR: the file ")
    assert reference.problem.endswith(f" is not opened: {words}.")


@pytest.mark.gotcha(92)
def test_a_link_out_of_the_folder_is_not_followed(medium: Path) -> None:
    outside = write_slide(medium.parent / "outside", name="outside", levels=1)[0]
    (medium / "LINK").symlink_to(outside)
    path = write_dicomdir(medium, ["LINK", "..\\outside\\outside-level0.dcm"])
    with pytest.raises(SlideError) as refused:
        open_slides([path])
    assert str(refused.value) == (
        "No slide in DICOMDIR. 2 files were looked at; the first: DICOMDIR: the file"
        " LINK is not opened: a link leads elsewhere."
    )


@given(
    name=st.text(
        st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"),
        min_size=1,
        max_size=40,
    )
)
def test_whatever_the_name_it_stays_inside(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    folder = tmp_path_factory.mktemp("medium")
    for reference in references_of(write_dicomdir(folder, [name])):
        if reference.path is not None:
            assert reference.path.resolve().is_relative_to(folder.resolve())


@pytest.mark.parametrize(
    ("folder", "file"),
    [("wsi", "im0"), ("Wsi", "Im0"), ("WSI", "IM0.;1"), ("wsi", "im0;1")],
)
def test_names_are_found_however_the_system_shows_them(
    medium: Path, folder: str, file: str
) -> None:
    (medium / "WSI" / "A" / "IM0").rename(medium / "WSI" / "A" / file)
    (medium / "WSI").rename(medium / folder)
    opened = open_slides([write_dicomdir(medium, ["WSI\\A\\IM0"])])
    (slide,) = opened.slides
    assert slide.files[0].path == medium / folder / "A" / file
    close(opened)


def test_the_exact_name_is_taken_before_one_like_it(medium: Path) -> None:
    (medium / "WSI" / "A" / "im0").write_bytes(b"not this one")
    (reference,) = references_of(write_dicomdir(medium, ["WSI\\A\\IM0"]))
    assert reference.path == medium / "WSI" / "A" / "IM0"


def test_a_folder_that_is_a_link_out_of_the_medium_is_not_followed(
    medium: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "IM9").write_bytes(b"private")
    (medium / "LINK").symlink_to(tmp_path / "other")
    (reference,) = references_of(write_dicomdir(medium, ["LINK\\IM9"]))
    assert reference.path is None
    assert "a link leads elsewhere" in reference.problem


def test_reading_names_stops_when_nobody_waits(medium: Path) -> None:
    names = [f"WSI\\IM{number}" for number in range(1000)]
    steps: list[int] = []

    def report(done: int, total: int) -> None:
        steps.append(total)
        if total > 300:
            raise Cancelled

    with pytest.raises(Cancelled):
        open_slides([write_dicomdir(medium, names)], OpenOptions(progress=report))
    assert max(steps) < 1000


def test_in_a_folder_it_is_left_out_since_its_files_are_there(medium: Path) -> None:
    write_dicomdir(medium, ["WSI\\A\\IM0"])
    opened = open_slides([medium])
    assert len(opened.slides) == 1
    assert [each.reason for each in opened.ignored] == [
        "DICOMDIR is the directory of a medium (DICOMDIR), whose folder was searched"
        " itself."
    ]
    close(opened)


def test_one_without_records_is_refused(medium: Path) -> None:
    path = write_dicomdir(medium, [])
    with pytest.raises(SlideError, match=r"^DICOMDIR names no files\.$"):
        open_slides([path])


def test_records_are_bounded(medium: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "MOST_RECORDS", 3)
    path = write_dicomdir(medium, ["A", "B", "C"])
    with pytest.raises(BrokenFile, match=r"has 4 records that can be read, expected 1"):
        list(references_of(path))


def test_one_cut_off_is_read_as_far_as_it_goes(medium: Path) -> None:
    path = write_dicomdir(medium, [f"WSI\\A\\IM{number}" for number in range(50)])
    whole = path.read_bytes()
    for length in range(200, len(whole), 97):
        path.write_bytes(whole[:length])
        try:
            references = list(references_of(path))
        except BrokenFile:
            continue
        found = [each.name for each in references if each.path is not None]
        told = [each.problem for each in references if each.path is None]
        assert "is cut off, " in told[0]
        assert told[0].endswith("; files may be missing.")
        assert told[1:] in ([], [NAMELESS])
        assert found == [f"WSI\\A\\IM{number}" for number in range(len(found))]


def test_a_file_named_twice_is_opened_once(medium: Path) -> None:
    path = write_dicomdir(medium, ["WSI\\A\\IM0", "WSI\\A\\IM0"])
    assert len(list(references_of(path))) == 1
