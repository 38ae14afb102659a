"""What slides are called whose container has no name."""

from pathlib import Path

import pytest

from viewer.formats.dicom.slide_plan import name_of

UID = "1.2.826.0.1.3680043.8.498.46702941076792458794464453066648511350"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("S24-17/CMU-1.dcm", "CMU-1"),
        ("S24-17/CMU-1", "CMU-1"),
        ("S24-17/CMU.1", "CMU.1"),
        ("S24-17/1.2.dcm", "1.2"),
        (f"S24-17/{UID}.dcm", "S24-17 \N{HORIZONTAL ELLIPSIS}511350"),
        (f"S24-17/{UID}", "S24-17 \N{HORIZONTAL ELLIPSIS}511350"),
        (
            "idc/0f5a9d3e-47cb-4c1a-9a4e-5d2f3b6c7a81.dcm",
            "idc \N{HORIZONTAL ELLIPSIS}6c7a81",
        ),
        (f"{UID}/{UID}.dcm", UID),
        (f"/{UID}.dcm", UID),
    ],
)
def test_a_slide_is_called_after_its_file_or_where_that_is_a_uid_its_folder(
    path: str, name: str
) -> None:
    assert name_of(Path(path)) == name


def test_a_path_within_the_working_folder_has_a_folder_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "case 7"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert name_of(Path(f"{UID}.dcm")) == "case 7 \N{HORIZONTAL ELLIPSIS}511350"
