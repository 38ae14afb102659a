"""What the 128 bytes before "DICM" begin like (PS3.10 7.1; CVE-2019-11687).

They are free, so that a file can be TIFF as well, which is legitimate. It can be a
program as well, which nobody should run or hand to another program by accident.
"""

from typing import Final

LENGTH: Final = 128
"""Bytes of a preamble."""


def preamble_problem(preamble: bytes) -> str:
    """Return a clause on a preamble that is neither empty nor a TIFF header; "" else.

    `preamble` is 128 bytes, or none where there is no preamble.
    """
    if not preamble.strip(b"\0"):
        return ""
    for signature, length in _TIFF:
        if preamble.startswith(signature):
            return _behind(preamble[length:])
    words = foreign_beginning(preamble)
    if words:
        return (
            f"the preamble begins like {words}, expected zeros or a TIFF header; "
            "the file is read as DICOM and should not be run or opened otherwise"
        )
    shown = preamble[:4].hex(" ").upper()
    return f"the preamble begins with {shown}, expected zeros or a TIFF header"


def foreign_beginning(data: bytes) -> str:
    """Return what program, archive or document some bytes begin like; "" for others."""
    return next((words for start, words in _OTHERS if data.startswith(start)), "")


def _behind(rest: bytes) -> str:
    found = len(rest) - rest.count(0)
    if not found:
        return ""
    count = "1 byte" if found == 1 else f"{found} bytes"
    return f"the preamble has {count} behind its TIFF header, expected zeros"


_TIFF: Final = (
    (b"II*\0", 8),
    (b"MM\0*", 8),
    (b"II+\0", 16),
    (b"MM\0+", 16),
)
"""Signatures of TIFF and BigTIFF, and the length of their headers."""

_OTHERS: Final = (
    (b"MZ", "a Windows program (MZ)"),
    (b"\x7fELF", "a Linux program (ELF)"),
    (b"\xfe\xed\xfa\xce", "a macOS program (Mach-O)"),
    (b"\xfe\xed\xfa\xcf", "a macOS program (Mach-O)"),
    (b"\xce\xfa\xed\xfe", "a macOS program (Mach-O)"),
    (b"\xcf\xfa\xed\xfe", "a macOS program (Mach-O)"),
    (b"\xca\xfe\xba\xbe", "a macOS or Java program"),
    (b"#!", "a script (#!)"),
    (b"PK", "a zip archive (PK)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"BZh", "a bzip2 archive"),
    (b"MSCF", "a cabinet archive"),
    (b"%PDF", "a PDF document"),
    (b"<", "an HTML or XML document"),
    (b"GIF8", "a GIF picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
)
