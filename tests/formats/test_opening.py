"""Which files are looked at, and what becomes of those that are no slides."""

import os
import threading
from pathlib import Path

import pytest

from tests.synthetic import write_slide
from viewer.formats import Ignored, Opened, open_slides
from viewer.slide.errors import SlideError


def opened(folder: Path) -> Opened:
    found = open_slides([folder])
    for slide in found.slides:
        slide.close()
    return found


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are of POSIX")
def test_pipe_is_left_out_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    write_slide(tmp_path, levels=1, label=False, overview=False)
    os.mkfifo(pipe)
    # Whoever waits for a writer is let go, so that the test fails and does not hang.
    rescue = threading.Timer(5, lambda: os.close(os.open(pipe, os.O_RDWR)))
    rescue.start()
    found = opened(tmp_path)
    assert rescue.is_alive()
    rescue.cancel()
    reason = "pipe: is a device or a pipe, not a file."
    assert found.ignored == (Ignored(pipe, reason),)
    with pytest.raises(SlideError, match=f"^{reason}$"):
        open_slides([pipe])


def test_folder_that_cannot_be_searched_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_slide(tmp_path, levels=1, label=False, overview=False)
    closed = tmp_path / "closed"
    closed.mkdir()
    scandir = os.scandir

    def refusing(path: str) -> object:  # a test run as root is refused nothing
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    reason = "closed cannot be searched: Permission denied."
    assert opened(tmp_path).ignored == (Ignored(closed, reason),)


def test_link_to_a_folder_is_listed_and_not_followed(tmp_path: Path) -> None:
    write_slide(tmp_path, levels=1, label=False, overview=False)
    link = tmp_path / "round"
    link.symlink_to(tmp_path, target_is_directory=True)
    reason = "round is a link to a folder, which is not followed."
    assert opened(tmp_path).ignored == (Ignored(link, reason),)
