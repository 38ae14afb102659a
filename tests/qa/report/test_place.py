"""How reports name a slide: by paths, which tell it from its neighbors."""

from pathlib import Path

import pytest

from viewer.qa.report.place import shown_files


def made(folder: Path, *names: str) -> list[Path]:
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return paths


def test_one_file_is_its_path(tmp_path: Path) -> None:
    one, _ = made(tmp_path, "a.svs", "b.svs")
    assert shown_files([one]) == str(one)


@pytest.mark.parametrize("names", [("0.dcm", "1.dcm"), ("l0/0.dcm", "l1/1.dcm")])
def test_all_files_of_a_folder_are_that_folder(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    files = made(tmp_path / "case", *names)
    made(tmp_path, "other.dcm", "case/.hidden")
    assert shown_files(files) == str(tmp_path / "case")


def test_slides_that_share_a_folder_are_told_apart(tmp_path: Path) -> None:
    ours = made(tmp_path, "a0.dcm", "a1.dcm", "a2.dcm")
    theirs = made(tmp_path, "b0.dcm", "b1.dcm")
    assert shown_files(ours) == f"{tmp_path / 'a0.dcm'} and 2 more"
    assert shown_files(theirs) == f"{tmp_path / 'b0.dcm'} and 1 more"


def test_files_that_are_gone_are_named_all_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    assert shown_files([folder / "0.dcm", folder / "1.dcm"]) == str(folder)
