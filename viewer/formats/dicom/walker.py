"""One walk over the top-level elements of a data set, without reading their values."""

from collections.abc import Callable, Iterator
from typing import Final

from viewer.formats.dicom.element_headers import PIXEL_DATA, Element, Headers
from viewer.formats.dicom.frame_items import FrameItems, read_frame_items
from viewer.formats.dicom.item_scan import scan_items
from viewer.formats.files import ReadableFile

MOST_ELEMENTS: Final = 100_000
"""Elements of one data set that are walked; a slide has about a hundred."""

PER_FRAME: Final = 0x52009230
"""Per-Frame Functional Groups Sequence."""


def walk(
    file: ReadableFile,
    offset: int,
    *,
    implicit: bool,
    big_endian: bool,
    keep: Callable[[FrameItems], None] = lambda _: None,
) -> Iterator[Element]:
    """Yield the elements from `offset` on, one level deep (PS3.5 section 7).

    Sequences of undefined length are stepped over structurally, so that a nested Pixel
    Data is never taken for the slide's. Pixel Data of undefined length is yielded and
    ends the walk; so do the end of the file, an element that reaches beyond it (it is
    yielded), what cannot be an element, and the limits above. Never raises but
    BrokenFile from reading. `keep` is called with Per-Frame Functional Groups of
    undefined length, which have to be read to find their end.
    """
    headers = Headers(file, big_endian=big_endian)
    for _ in range(MOST_ELEMENTS):
        element = headers.element(offset, implicit=implicit)
        if element is None or element.tag < 0x00010000 or element.tag >> 16 == 0xFFFE:
            return  # NULs and stray delimiters are no elements
        yield element
        if element.length is None:
            if element.tag == PIXEL_DATA:
                return
            # PS3.5 6.2.2: an unknown VR of undefined length holds implicit VR.
            nested_implicit = implicit or element.vr == "UN"
            order = ">" if big_endian else "<"
            end = _end_of_frames(file, element, order, nested_implicit, keep)
            if end is None:
                end = headers.skip(element.offset, implicit=nested_implicit)
            if end is None:
                return
            offset = end
        else:
            offset = element.offset + element.length
        if offset >= file.size:
            return


def _end_of_frames(
    file: ReadableFile,
    element: Element,
    order: str,
    implicit: bool,
    keep: Callable[[FrameItems], None],
) -> int | None:
    """Return where Per-Frame Functional Groups end, many times faster than `skip`.

    None for any other sequence, and where something in it is odd.
    """
    if element.tag != PER_FRAME:
        return None
    items = read_frame_items(file, element.offset, None, implicit=implicit, order=order)
    if items is not None:
        keep(items)
        return items.end
    places = scan_items(
        file,
        element.offset,
        file.size,
        implicit=implicit,
        order=order,
        delimited=True,
    )
    return None if places.problem else places.end
