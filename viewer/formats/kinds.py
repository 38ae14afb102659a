"""What files are that no format takes, by their first bytes, in words."""

from typing import Final


def described(head: bytes) -> str:
    """Return what a file is that is no slide: "a PDF document, not a slide"."""
    if not head:
        return "an empty file"
    if is_dicomdir(head):
        return "the directory of a medium (DICOMDIR), whose folder was searched itself"
    for start, words in _SIGNATURES:
        if head.startswith(start):
            return words
    if not head.strip(b"\0"):
        return "a file of zeros, as copying that was broken off leaves it"
    return "neither DICOM nor TIFF nor of another slide format"


def is_dicomdir(head: bytes) -> bool:
    """Whether a DICOM file's first KiB is that of a DICOMDIR (PS3.10 8)."""
    return head[128:132] == b"DICM" and _MEDIA_STORAGE_DIRECTORY in head


def is_zip(head: bytes) -> bool:
    """Whether a file begins as zip archives do (PKWARE APPNOTE 4.3.7), empty too.

    The preamble of a DICOM file may begin so (PS3.10 7.1) and does not decide.
    """
    return head.startswith((_ZIP, b"PK\x05\x06")) and head[128:132] != b"DICM"


_MEDIA_STORAGE_DIRECTORY: Final = b"1.2.840.10008.1.3.10"
_ZIP: Final = b"PK\x03\x04"
_SIGNATURES: Final = (
    (b"II*\0", "a TIFF file of a kind that is not read"),
    (b"MM\0*", "a TIFF file of a kind that is not read"),
    (b"II+\0", "a BigTIFF file of a kind that is not read"),
    (b"MM\0+", "a BigTIFF file of a kind that is not read"),
    (b"\x89PNG", "a PNG picture, not a slide"),
    (b"\xff\xd8\xff", "a JPEG picture, not a slide"),
    (_ZIP, "a zip archive; name it or drop it by itself to open what is in it"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"%PDF", "a PDF document, not a slide"),
    (b"\0\x05\x16\x07", "what macOS keeps beside a file (AppleDouble), not a slide"),
    (b"\x1f\x8b", "a gzip archive, which is not read"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive, which is not read"),
    (b"Rar!", "a RAR archive, which is not read"),
    (b"SQLite format 3\0", "a database, not a slide"),
)
