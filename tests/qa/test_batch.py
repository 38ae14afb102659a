"""Which slide of one folder is which of another."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st

from tests.synthetic import write_slide
from viewer.formats import Opened, OpenOptions, open_slides
from viewer.qa import batch
from viewer.qa.batch import (
    MOST_LEFT_OUT,
    ListedSlide,
    Listing,
    list_slides,
    match_slides,
)
from viewer.slide.errors import SlideError
from viewer.slide.model import stored_levels


def listed(name: str, *stems: str) -> ListedSlide:
    path = Path(f"/x/{name}-{'-'.join(stems)}")
    return ListedSlide(name, stems, (path,), title=(*stems, name)[0])


def listing(*slides: ListedSlide) -> Listing:
    return Listing(slides, ())


def test_stems_come_before_container_identifiers() -> None:
    a = listing(listed("container", "s1"), listed("s1", "s2"))
    b = listing(listed("s1", "s2"), listed("container", "s1"))
    pairs = match_slides(a, b).pairs
    assert [(each.a.stems, each.b.stems) for each in pairs] == [
        (("s1",), ("s1",)),
        (("s2",), ("s2",)),
    ]


def test_a_container_identifier_or_the_name_of_the_source_file_pairs() -> None:
    a = listing(listed("X-1", "scan001"), listed("CMU-2", "CMU-2"))
    b = listing(listed("CMU-2", "1.2.840.1"), listed("X-1", "1.2.840.2"))
    matches = match_slides(a, b)
    assert [each.b.stems for each in matches.pairs] == [("1.2.840.2",), ("1.2.840.1",)]
    assert matches.findings == ()


def test_two_of_one_name_are_not_guessed_at() -> None:
    a = listing(listed("s1", "s1"))
    b = listing(listed("x", "s1", "left"), listed("y", "s1", "right"))
    matches = match_slides(a, b)
    assert matches.pairs == ()
    assert [each.side for each in matches.findings] == ["a", "b", "b"]
    assert "several slides have a name of it (s1, s1)" in matches.findings[0].message


@given(st.lists(st.tuples(*[st.sampled_from("abcdef")] * 2), max_size=6, unique=True))
def test_every_slide_is_in_one_pair_or_in_one_finding(
    names: list[tuple[str, str]],
) -> None:
    a = listing(*(listed(name, stem) for name, stem in names))
    b = listing(*(listed(stem, name, "b") for name, stem in names[::2]))
    pairs, findings = match_slides(a, b)
    ours = [each.a for each in pairs], [each.b for each in pairs]
    alone = [each.file for each in findings]
    for folder, paired in zip((a, b), ours, strict=True):
        assert len(set(paired)) == len(paired)
        for slide in folder.slides:
            assert (slide in paired) + (slide.paths[0] in alone) >= 1


def test_slides_are_listed_by_file_and_by_folder_and_opened_again(
    tmp_path: Path,
) -> None:
    small = {"levels": 2, "size": (300, 200), "label": False, "overview": False}
    write_slide(tmp_path / "case 1", name="c1", **small)
    (single,) = write_slide(tmp_path / "tmp", name="c2", **{**small, "levels": 1})
    single.rename(tmp_path / "case 2.dcm")
    (tmp_path / "tmp").rmdir()
    (tmp_path / "notes.txt").write_text("nothing")
    found = list_slides(tmp_path, OpenOptions())
    assert [each.stems for each in found.slides] == [("case 2",), ("case 1",)]
    assert [each.path.name for each in found.ignored] == ["notes.txt"]
    for each, levels in zip(found.slides, (1, 2), strict=True):
        with each.opened(OpenOptions()) as slide:
            assert slide.name == each.name
            assert len(stored_levels(slide)) == levels


def test_folders_within_folders_and_one_folder_of_all_are_paired(
    tmp_path: Path,
) -> None:
    for name in ("s1", "s2"):
        pixels = np.zeros((200, 300, 3), np.uint8)
        (tmp_path / "a").mkdir(exist_ok=True)
        tifffile.imwrite(tmp_path / "a" / f"{name}.tif", pixels, tile=(256, 256))
        few = {"levels": 2, "size": (300, 200), "label": False, "overview": False}
        write_slide(tmp_path / "b" / name / "study" / "series", name="same", **few)
        for path in write_slide(tmp_path / name, name=name, **few):
            (tmp_path / "c").mkdir(exist_ok=True)
            path.rename(tmp_path / "c" / f"{name}-{path.name}")
    sources = list_slides(tmp_path / "a", OpenOptions())
    for folder in ("b", "c"):
        results = list_slides(tmp_path / folder, OpenOptions())
        pairs, findings = match_slides(sources, results)
        assert [each.a.title for each in pairs] == ["s1.tif", "s2.tif"]
        assert all(each.a.stems[0] in str(each.b.paths[0]) for each in pairs)
        assert findings == ()
        if folder == "b":
            titles = [str(Path(each, "study", "series")) for each in ("s1", "s2")]
            assert [each.b.title for each in pairs] == titles


def test_no_slide_is_called_by_its_container_identifier(tmp_path: Path) -> None:
    """It may be a patient's number; reports name files."""
    for name in ("4711", "4712"):
        files = write_slide(tmp_path / name, name=name, levels=2, size=(300, 200))
        for number, path in enumerate(files):
            path.rename(tmp_path / f"im{number}-{name[-1]}.dcm")
        (tmp_path / name).rmdir()
    found = list_slides(tmp_path, OpenOptions())
    assert sorted(each.name for each in found.slides) == ["4711", "4712"]
    assert [each.title[:7] for each in found.slides] == ["im0-1.d", "im0-2.d"]
    findings = match_slides(found, Listing((), ())).findings
    assert len(findings) == 2
    assert not any("471" in each.message for each in findings)


def test_an_archive_is_opened_again_as_a_whole(tmp_path: Path) -> None:
    for name in ("c1", "c2"):
        write_slide(tmp_path / "in" / name, name=name, levels=1, size=(300, 200))
    (tmp_path / "out").mkdir()
    with ZipFile(tmp_path / "out" / "case.zip", "w") as archive:
        for path in sorted((tmp_path / "in").rglob("*.dcm")):
            archive.write(path, path.relative_to(tmp_path / "in"))
    found = list_slides(tmp_path / "out", OpenOptions())
    assert [each.stems for each in found.slides] == [("case",), ("case",)]
    for each in found.slides:
        with each.opened(OpenOptions()) as slide:
            assert slide.name == each.name


def test_a_slide_that_has_gone_is_one_sentence(tmp_path: Path) -> None:
    write_slide(tmp_path / "case", levels=1)
    (each,) = list_slides(tmp_path, OpenOptions()).slides
    shutil.rmtree(tmp_path / "case")
    with pytest.raises(SlideError), each.opened(OpenOptions()):
        pass


def test_what_is_no_folder_cannot_be_searched(tmp_path: Path) -> None:
    with pytest.raises(SlideError, match="cannot be searched"):
        list_slides(tmp_path / "none", OpenOptions())


def test_many_files_left_out_are_counted(tmp_path: Path) -> None:
    for number in range(MOST_LEFT_OUT + 3):
        (tmp_path / f"{number}.txt").write_text("nothing")
    write_slide(tmp_path, levels=1)
    found = list_slides(tmp_path, OpenOptions())
    matches = match_slides(found, found)
    ours = [each for each in matches.findings if each.side == "a"]
    assert len(ours) == MOST_LEFT_OUT + 1
    assert "3 files more" in ours[-1].message
    assert len(matches.pairs) == 1


def test_of_many_files_one_slide_is_open_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("c1", "c2", "c3"):
        pixels = np.zeros((512, 512, 3), np.uint8)
        tifffile.imwrite(tmp_path / f"{name}.tif", pixels, tile=(256, 256))
    most: list[int] = []

    def counted(paths: Iterable[str | Path], options: OpenOptions) -> Opened:
        opened = open_slides(paths, options)
        most.append(len(opened.slides))
        return opened

    monkeypatch.setattr(batch, "open_slides", counted)
    found = list_slides(tmp_path, OpenOptions())
    assert [each.title for each in found.slides] == ["c1.tif", "c2.tif", "c3.tif"]
    assert most == [1, 1, 1]
