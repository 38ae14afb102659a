"""What proves a report: sizes, hashes, UIDs, and that files stayed as they were."""

import os
import threading
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pydicom
import pytest

from tests.synthetic import write_slide
from viewer import __version__
from viewer.formats.files import RandomAccessFile
from viewer.qa.finding import Severity
from viewer.qa.report.evidence import EvidenceCase, Source
from viewer.qa.run import Run
from viewer.slide.errors import Cancelled

BIG = os.urandom(1 << 20) * 9 + b"end"  # more than two blocks are read of it


@pytest.fixture
def big(tmp_path: Path) -> Path:
    path = tmp_path / "big.svs"
    path.write_bytes(BIG)
    return path


def test_files_have_size_hash_and_uid(tmp_path: Path, big: Path) -> None:
    (dicom,) = write_slide(tmp_path / "d", levels=1, label=False, overview=False)
    case = EvidenceCase([Source(big, "a"), Source(dicom, "b")], Run())
    ours, theirs = case.closed({}, "").files
    assert (ours.path, ours.side, ours.size) == (str(big), "a", len(BIG))
    assert ours.sha256 == sha256(BIG).hexdigest()
    assert ours.sop_instance_uid == ""
    assert theirs.sha256 == sha256(dicom.read_bytes()).hexdigest()
    expected = pydicom.dcmread(dicom, stop_before_pixels=True).SOPInstanceUID
    assert theirs.sop_instance_uid == expected


def test_one_file_on_both_sides_is_listed_of_both_and_read_once(big: Path) -> None:
    totals: set[int] = set()
    run = Run(lambda _what, _done, total: totals.add(total))
    case = EvidenceCase([Source(big, "a"), Source(big, "b")], run)
    assert [each.side for each in case.closed({}, "").files] == ["a", "b"]
    assert totals == {len(BIG)}


def test_it_says_with_what_how_and_when(big: Path) -> None:
    found = EvidenceCase([Source(big)], Run()).closed({"sample": 3}, "All of it.")
    assert found.program == f"coverslip {__version__}"
    assert any(each.startswith("pillow ") for each in found.codecs)
    assert found.options == {"sample": 3}
    assert found.sampled == "All of it."
    assert found.seconds >= 0
    assert datetime.fromisoformat(found.time).tzinfo is not None


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def rewrite(path: Path) -> None:
    status = path.stat()
    path.write_bytes(BIG[::-1])
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (grow, f"had {len(BIG):,} bytes at first and has {len(BIG) + 4:,} now"),
        (rewrite, "was written to in the meantime"),
        (Path.unlink, "is not there any more"),
    ],
)
def test_a_file_that_changes_is_an_error(
    big: Path, change: Callable[[Path], None], words: str
) -> None:
    case = EvidenceCase([Source(big)], Run())
    assert case.changes() == []
    change(big)
    (finding,) = case.changes()
    assert finding.severity is Severity.ERROR
    assert words in finding.message
    assert finding.file == big


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_hashed(
    tmp_path: Path, big: Path
) -> None:
    gone = tmp_path / "gone.svs"
    case = EvidenceCase([Source(gone), Source(big)], Run())
    (finding,) = case.changes()
    assert finding.severity is Severity.WARNING
    assert "gone.svs" in finding.message
    first, second = case.closed({}, "").files
    assert (first.sha256, second.sha256) == ("", sha256(BIG).hexdigest())


def test_progress_counts_bytes(big: Path) -> None:
    told: list[tuple[str, int, int]] = []
    EvidenceCase([Source(big)], Run(lambda *words: told.append(words))).changes()
    assert told[-1] == ("Hashing", len(BIG), len(BIG))


def test_hashing_is_stopped_within_a_file(
    big: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = threading.Event()
    hold = threading.Event()

    class Held:
        """A hash that waits in its first block until hashing is to stop."""

        blocks = 0

        def update(self, _block: bytes) -> None:
            Held.blocks += 1
            asked.set()
            hold.wait(10)

        def hexdigest(self) -> str:
            return ""

    monkeypatch.setattr("hashlib.sha256", Held)

    def cancelled() -> bool:
        if asked.is_set():
            threading.Timer(0.05, hold.set).start()
        return asked.is_set()

    with pytest.raises(Cancelled):
        EvidenceCase([Source(big)], Run(cancelled=cancelled)).changes()
    assert Held.blocks == 1


def test_files_are_looked_at_while_they_are_hashed_until_nobody_wants_it(
    big: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = threading.Event()

    class Held:
        """A hash that waits in its first block."""

        blocks = 0

        def update(self, _block: bytes) -> None:
            Held.blocks += 1
            hold.wait(10)

    monkeypatch.setattr("hashlib.sha256", Held)
    with EvidenceCase([Source(big)], Run()):
        threading.Timer(0.05, hold.set).start()
    assert Held.blocks <= 1


def test_a_file_that_was_changed_while_it_was_hashed_and_put_back_is_an_error(
    big: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, content = big.stat(), big.read_bytes()

    def opened(path: Path) -> RandomAccessFile:
        path.write_bytes(b"other")
        return RandomAccessFile(path)

    monkeypatch.setattr("viewer.qa.report.evidence.RandomAccessFile", opened)
    case = EvidenceCase([Source(big)], Run())
    case.closed({}, "")
    big.write_bytes(content)
    os.utime(big, ns=(status.st_atime_ns, status.st_mtime_ns))
    (finding,) = case.changes()
    assert (finding.severity, finding.found) == (Severity.ERROR, "5 bytes")
