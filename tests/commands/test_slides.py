"""What a terminal is told while slides are opened."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.synthetic import write_slide
from viewer.commands import progress
from viewer.commands.slides import opened


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_terminal_is_told_and_a_pipe_is_not(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    is_terminal: bool,
) -> None:
    write_slide(tmp_path, levels=1)
    monkeypatch.setattr(progress, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr("sys.stderr.isatty", lambda: is_terminal)
    with opened([str(tmp_path)]) as found:
        assert len(found.slides) == 1
    said = capsys.readouterr().err
    assert ("Opening: " in said) is is_terminal
    assert said.strip().endswith("%") is is_terminal


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell is used")
def test_standard_error_may_be_closed(tmp_path: Path) -> None:
    write_slide(tmp_path, levels=1)
    words = shlex.join([sys.executable, "-m", "viewer", "info", str(tmp_path)])
    ran = subprocess.run(
        ["/bin/sh", "-c", f"{words} 2>&-"], stdout=subprocess.PIPE, check=False
    )
    assert ran.returncode == 0
    assert b"level 0: 1000 x 700" in ran.stdout
