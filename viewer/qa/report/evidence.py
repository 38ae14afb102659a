"""What proves a report: the files that were looked at, and with what."""

import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime
from pathlib import Path
from threading import Event, Lock
from typing import Any, Final, NamedTuple, Self

from viewer import __version__
from viewer.codecs.versions import codec_versions
from viewer.formats import shown_path
from viewer.formats.files import FileStamp, RandomAccessFile, stamp_of
from viewer.qa.finding import Finding, Rule, Severity, Side
from viewer.qa.report.report import Evidence, FileEvidence
from viewer.qa.run import Run
from viewer.slide.errors import Cancelled, SlideError

CHANGED: Final = Rule(
    "EV1",
    Severity.ERROR,
    "Files stay as they are while they are looked at",
    "What was found is then of no file that is there, and its SHA-256 proves nothing.",
)

_BLOCK: Final = 1 << 22


class Source(NamedTuple):
    """A file that takes part, and of which slide."""

    path: Path
    side: Side = ""


class EvidenceCase:
    """Evidence as it comes together; files are hashed while others look at them.

    Invariant: every file has the stamp that it had at first, or is told as changed.
    Used by one thread, as a context: leaving it ends the hashing.
    """

    def __init__(self, sources: Iterable[Source], run: Run) -> None:
        """Begin to hash all files, on all cores, and return at once.

        One file that is part of both slides is read once.
        """
        self._begun = time.monotonic()
        self._time = datetime.now().astimezone().isoformat(timespec="seconds")
        self._sources = tuple(dict.fromkeys(sources))
        paths = dict.fromkeys(source.path for source in self._sources)
        self._stamps = {path: _stamp(path) for path in paths}
        self._hashing = _Hashing(list(paths), run)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the hashing, wherever it is."""
        self._hashing.stop()

    def changes(self) -> list[Finding]:
        """Wait until all is hashed; return what has become of files since the start.

        What could not be hashed is told as well. Raises Cancelled.
        """
        findings: list[Finding] = []
        for path, hashed in self._hashing.results().items():
            first, now = self._stamps[path], _stamp(path)
            if first is None or (hashed.problem and now == first):
                findings.append(_unread(path, hashed.problem))
            elif now != first:
                findings.append(_change(path, first, now))
            elif hashed.stamp != first:  # and was put back afterwards
                findings.append(_change(path, first, hashed.stamp))
        return findings

    def closed(self, options: Mapping[str, Any], sampled: str) -> Evidence:
        """Wait until all is hashed and return the evidence; raises Cancelled.

        `options` are those given, `sampled` is what was looked at.
        """
        self._hashing.results()
        return Evidence(
            files=tuple(self._file(source) for source in self._sources),
            program=f"coverslip {__version__}",
            codecs=tuple(codec_versions()),
            options=dict(options),
            time=self._time,
            seconds=round(time.monotonic() - self._begun, 3),
            sampled=sampled,
        )

    def _file(self, source: Source) -> FileEvidence:
        hashed = self._hashing.results()[source.path]
        return FileEvidence(
            path=shown_path(source.path),
            size=hashed.stamp.size,
            sha256=hashed.sha256,
            sop_instance_uid=hashed.sop_instance_uid,
            side=source.side,
        )


class _Hashed(NamedTuple):
    stamp: FileStamp
    sha256: str
    sop_instance_uid: str = ""
    problem: str = ""


class _Hashing:
    """Files being hashed in the background; stopped once, or done."""

    def __init__(self, paths: Sequence[Path], run: Run) -> None:
        self._run = run
        self._reading = _Reading()
        self._total = sum(_size(path) for path in paths)
        self._pool = ThreadPoolExecutor(run.threads, "hash")
        self._begun = {
            path: self._pool.submit(self._reading.hashed, path) for path in paths
        }
        self._done: dict[Path, _Hashed] | None = None

    def results(self) -> dict[Path, _Hashed]:
        """Wait for all, with progress."""
        if self._done is None:
            waiting = set(self._begun.values())
            try:
                while waiting:
                    _, waiting = wait(waiting, timeout=0.1)
                    self._run.report("Hashing", self._reading.done, self._total)
            finally:
                self.stop()
            self._done = {path: each.result() for path, each in self._begun.items()}
        return self._done

    def stop(self) -> None:
        self._reading.stop()
        self._pool.shutdown(wait=True, cancel_futures=True)


class _Reading:
    """Files being read on several threads: how far they are, and whether to stop."""

    def __init__(self) -> None:
        self._stopped = Event()
        self._lock = Lock()
        self.done = 0

    def stop(self) -> None:
        self._stopped.set()

    def hashed(self, path: Path) -> _Hashed:
        try:
            file = RandomAccessFile(path)
        except SlideError as error:
            return _Hashed(FileStamp(0, 0), "", problem=str(error))
        try:
            return _Hashed(file.stamp, self._sha256(file), _sop_instance_uid(file))
        except Cancelled:
            raise
        except SlideError as error:
            return _Hashed(file.stamp, "", problem=str(error))
        finally:
            file.close()

    def _sha256(self, file: RandomAccessFile) -> str:
        from hashlib import sha256

        digest, offset = sha256(), 0
        while offset < file.size:
            if self._stopped.is_set():
                raise Cancelled("Hashing was stopped.")
            block = file.read(offset, min(_BLOCK, file.size - offset))
            digest.update(block)
            offset += len(block)
            with self._lock:
                self.done += len(block)
        return digest.hexdigest()


def _stamp(path: Path) -> FileStamp | None:
    try:
        return stamp_of(path)
    except OSError:
        return None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # opening it says what is wrong


def _sop_instance_uid(file: RandomAccessFile) -> str:
    """Return the SOP Instance UID of a DICOM file, "" of other files."""
    if file.read_some(0, 132)[128:] != b"DICM":
        return ""
    from viewer.formats.dicom.facts import text
    from viewer.formats.dicom.header import read_header

    try:
        return text(read_header(file).dataset, "SOPInstanceUID")
    except SlideError:
        return ""


def _unread(path: Path, problem: str) -> Finding:
    return CHANGED.finding(
        f"The file {path.name} could not be hashed: {problem}",
        Severity.WARNING,
        file=path,
    )


def _change(path: Path, before: FileStamp, now: FileStamp | None) -> Finding:
    if now is None:
        what, found = "is not there any more", "no file"
    elif now.size != before.size:
        what = f"had {before.size:,} bytes at first and has {now.size:,} now"
        found = f"{now.size} bytes"
    else:
        what, found = "was written to in the meantime", "written to"
    return CHANGED.finding(
        f"The file {path.name} {what}; look at it again.",
        file=path,
        found=found,
        expected=f"{before.size} bytes, as it was",
    )
