"""Which of the dropped addresses are paths."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl

from viewer.window.drop import dropped, refusal


def test_local_addresses_are_paths_once_each_in_order() -> None:
    mime = QMimeData()
    mime.setUrls(
        [
            QUrl("file:///slides/b.dcm"),
            QUrl("file:///slides/a%20b.dcm"),
            QUrl("file:///slides/b.dcm"),
        ]
    )
    found = dropped(mime)
    assert found.paths == (Path("/slides/b.dcm"), Path("/slides/a b.dcm"))
    assert found.refused == ()


def test_missing_files_are_not_looked_for() -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("file:///no/such/file")])
    assert dropped(mime).paths == (Path("/no/such/file"),)


@pytest.mark.parametrize(
    ("schemes", "sentence"),
    [
        (("https",), "An address (https) cannot be opened"),
        (("sftp", "https", "https"), "3 addresses (https, sftp) cannot be opened"),
        (("",), "An address (unknown) cannot be opened"),
    ],
)
def test_refusal_names_the_kinds(schemes: tuple[str, ...], sentence: str) -> None:
    assert refusal(schemes).startswith(sentence)
