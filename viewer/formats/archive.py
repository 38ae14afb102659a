"""Zip archives: unpacked into a folder of their own, within bounds.

Whoever made the archive chose every number in it. The sizes in its directory are
bounds nevertheless: zipfile gives no more of a file than its size says.
"""

import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from viewer.formats.files import RandomAccessFile
from viewer.formats.kinds import is_zip
from viewer.formats.opening import Ignored, OpenOptions
from viewer.formats.unpacked import Unpacked
from viewer.slide.errors import BrokenFile

MOST_MEMBERS: Final = 100_000
"""Files of one archive."""

MOST_BYTES: Final = 256 << 30
"""What comes out of one archive, all files together."""

MOST_RATIO: Final = 200
"""By so much a large file of an archive may grow when it is unpacked."""

LARGE: Final = 16 << 20
"""Bytes from which on a file's growth is looked at: small ones may be of one color."""

LARGE_TOTAL: Final = 2 << 30
"""Bytes from which on the growth of all files together is looked at."""

SPARE: Final = 256 << 20
"""Bytes of the disk that stay free for others."""


def unpack(path: Path, options: OpenOptions, ignored: list[Ignored]) -> Unpacked:
    """Unpack all files of an archive that can be; what cannot goes to `ignored`.

    `options` is told how far it is, in MiB, and may stop the work. Raises BrokenFile
    where the archive as a whole cannot be read, is too large or the disk too full,
    Cancelled; nothing stays then.
    """
    file = RandomAccessFile(path)
    try:
        with _opened(file) as archive:
            return _unpacked(path, archive, options, ignored)
    finally:
        file.close()


def _opened(file: RandomAccessFile) -> zipfile.ZipFile:
    _check_directory(file)
    try:
        return zipfile.ZipFile(file.stream())
    except Exception as error:
        raise BrokenFile(
            f"{file.path.name}: is no zip archive that can be read ({error})."
        ) from error


_CHUNK: Final = 1 << 20
_END: Final = b"PK\x05\x06"
_LONGEST_END: Final = 22 + 65535
_LARGEST_DIRECTORY: Final = 32 << 20
_END_64: Final = b"PK\x06\x06"
_ENCRYPTED: Final = 0x41  # bits of the flags: encrypted, strongly encrypted
_LINK: Final = 0o120000
_KINDS: Final = 0o170000
_READ: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_OTHERS: Final = {
    9: "Deflate64",
    12: "bzip2",
    14: "LZMA",
    93: "Zstandard",
    95: "XZ",
    98: "PPMd",
}
"""By their numbers (APPNOTE 4.4.5); of some, zipfile bounds no memory."""


def _check_directory(file: RandomAccessFile) -> None:
    """Refuse a directory that would fill the memory, before zipfile reads it whole."""
    start = max(0, file.size - _LONGEST_END)
    tail = file.read_some(start, _LONGEST_END)
    at = tail.rfind(_END)
    size = 0
    if at >= 0 and len(tail) >= at + 16:
        (size,) = struct.unpack_from("<I", tail, at + 12)
    at = tail.rfind(_END_64)
    if at >= 0 and len(tail) >= at + 48:
        size = max(size if size != 0xFFFFFFFF else 0, _size_64(tail, at))
    if size > _LARGEST_DIRECTORY:
        raise BrokenFile(
            f"{file.path.name}: the archive's directory has {size:,} bytes, expected at"
            f" most {_LARGEST_DIRECTORY:,}."
        )


def _size_64(tail: bytes, at: int) -> int:
    (size,) = struct.unpack_from("<Q", tail, at + 40)
    return size


def _told_members(archive: zipfile.ZipFile) -> int:
    """Return how many entries the end of the archive tells of (APPNOTE 4.3.16)."""
    found = archive.infolist()
    end = archive.fp
    if end is None:
        return len(found)
    size = end.seek(0, 2)
    end.seek(max(0, size - _LONGEST_END))
    tail = end.read(_LONGEST_END)
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 12:
        return len(found)
    (told,) = struct.unpack_from("<H", tail, at + 10)
    return len(found) if told == 0xFFFF else told  # ZIP64 tells it elsewhere


def _members(
    archive: zipfile.ZipFile, path: Path, ignored: list[Ignored]
) -> list[zipfile.ZipInfo]:
    """Return the members to unpack, and say of the others why not."""
    # Not is_dir(), which raises where a damaged directory leaves a name empty.
    found = [each for each in archive.infolist() if not each.filename.endswith("/")]
    if len(found) > MOST_MEMBERS:
        raise BrokenFile(
            f"{path.name}: the archive has {len(found):,} files, expected at most"
            f" {MOST_MEMBERS:,}."
        )
    told = _told_members(archive)
    if told != len(archive.infolist()):
        reason = (
            f"{path.name}: the archive's directory has {len(archive.infolist()):,}"
            f" entries that can be read, expected {told:,}; files may be missing."
        )
        ignored.append(Ignored(path, reason))
    wanted: list[zipfile.ZipInfo] = []
    for member in found:
        problem = _refusal(member)
        if problem:
            ignored.append(_left_out(path, member, problem))
        elif not _is_of_macos(member.filename):
            wanted.append(member)
    _check_total(path, wanted)
    return wanted


def _check_total(path: Path, wanted: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse what would fill the disk, in many small files too."""
    total = sum(each.file_size for each in wanted)
    packed = sum(each.compress_size for each in wanted)
    most = min(MOST_BYTES, max(LARGE_TOTAL, MOST_RATIO * packed))
    if total > most:
        raise BrokenFile(
            f"{path.name}: what is in the archive has {total:,} bytes, expected at most"
            f" {most:,}."
        )


def _refusal(member: zipfile.ZipInfo) -> str:
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted; unpack the archive with its password"
    if member.external_attr >> 16 & _KINDS == _LINK:
        return "is a link, which is not followed"
    if member.compress_type not in _READ:
        method = _OTHERS.get(member.compress_type, f"method {member.compress_type}")
        return f"is packed with {method}, which is not read; unpack the archive first"
    if member.file_size > LARGE:
        ratio = member.file_size / max(1, member.compress_size)
        if ratio > MOST_RATIO:
            return (
                f"would grow {ratio:,.0f} times when it is unpacked, expected at most"
                f" {MOST_RATIO}"
            )
    return ""


def _is_of_macos(name: str) -> bool:
    """Whether it is what macOS adds beside each file, which nobody put there."""
    return name.startswith("__MACOSX/")


def _left_out(path: Path, member: zipfile.ZipInfo, problem: str) -> Ignored:
    name = _printable(member.filename)
    return Ignored(path, f"{path.name}: {name} {problem}.")


def _printable(name: str) -> str:
    return "".join(each if each.isprintable() else "\ufffd" for each in name)[:200]


def _unpacked(
    path: Path,
    archive: zipfile.ZipFile,
    options: OpenOptions,
    ignored: list[Ignored],
) -> Unpacked:
    members = _members(archive, path, ignored)
    total = sum(member.file_size for member in members)
    unpacked = Unpacked(path)
    written = 0

    def count(length: int) -> None:
        nonlocal written
        written += length
        options.report(written >> 20, max(1, total >> 20))

    try:
        _check_space(path, unpacked, total)
        for member in members:
            problem = _take(archive, member, unpacked, count)
            if problem:
                ignored.append(_left_out(path, member, problem))
    except OSError as error:
        unpacked.remove()
        raise BrokenFile(
            f"{path.name}: cannot be unpacked: {error.strerror or error}."
        ) from error
    except BaseException:
        unpacked.remove()
        raise
    return unpacked


def _check_space(path: Path, unpacked: Unpacked, total: int) -> None:
    free = unpacked.free_bytes()
    if total + SPARE > free:
        raise BrokenFile(
            f"{path.name}: what is in the archive needs {total:,} bytes, and"
            f" {SPARE:,} must stay free; the disk has {free:,}."
        )


def _take(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    unpacked: Unpacked,
    count: Callable[[int], None],
) -> str:
    """Unpack one member; return what was wrong with it, in words."""
    count(0)
    name = ""
    try:
        with archive.open(member) as source:
            chunk = source.read(_CHUNK)
            if is_zip(chunk):
                return "is an archive in an archive, which is not opened"
            with unpacked.create(member.filename) as target:
                name = target.name
                while chunk:
                    target.write(chunk)
                    count(len(chunk))
                    chunk = source.read(_CHUNK)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, struct.error):
        if name:
            os.unlink(name)  # noqa: PTH108  of a file object, whose name it is
        return "is damaged: what comes out is not what the archive was made from"
    except (NotImplementedError, RuntimeError) as error:
        return f"cannot be unpacked ({error})"
    return ""
