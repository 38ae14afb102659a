"""Whether the overview shows the scan where, and the way round, that is said of it."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from viewer.qa.finding import Finding, Rule, Severity, Side
from viewer.qa.glass.picture import GlassPicture
from viewer.qa.registration.orientation import Way, orientation
from viewer.qa.registration.patches import luma
from viewer.qa.registration.shrinking import shrunk
from viewer.slide.model import Slide

GE2: Final = Rule(
    id="GE2",
    severity=Severity.WARNING,
    title="the overview shows the scan the way round that is said",
    why="The scanned area drawn on the overview would mark other tissue than the scan "
    "shows.",
    clause="PS3.3 C.8.12.2",
    evidence="wsidicomizer: overviews of SVS, label side of MRXS",
    number=16,
)


def overview_mismatch(
    slide: Slide, who: str, scan: NDArray[np.float32], side: Side = ""
) -> Iterator[Finding]:
    """Yield a warning where the overview fits the scan better in another way.

    `who` is what sentences call the slide, `scan` its whole level 0 as a small picture
    (rows, columns). Nothing is said where the scan is too small on the overview, or
    fits it in no way.
    """
    glass = GlassPicture.of(slide)
    if glass is None or min(glass.scan_edges) < _SMALLEST:
        return
    factor = min(1.0, _EDGE / max(glass.scan_edges), _EDGE / max(scan.shape))
    rows, columns = (
        max(1, round(min(edge, length) * factor))
        for edge, length in zip(reversed(glass.scan_edges), scan.shape, strict=True)
    )
    shown = luma(glass.scanned_part(rows, columns))
    found = orientation(shown, shrunk(scan, rows, columns))
    if found is None or found.way is Way.SAME:
        return
    if found.likeness < _LIKE or found.likeness - found.declared < _MARGIN:
        return
    yield GE2.finding(
        f"By its coordinates the overview of {who} should show the scan "
        f"{Way.SAME.value}, but it fits best {found.way.value} (correlation "
        f"{found.likeness:.2f}, {found.declared:.2f} as said).",
        side=side,
        file=slide.associated["overview"].file,
        tag="ImageOrientationSlide",
        found=found.way.value,
        expected=Way.SAME.value,
    )


_SMALLEST: Final = 32  # pixels of the overview: of fewer, chance makes likenesses
_EDGE: Final = 96
_LIKE: Final = 0.6
_MARGIN: Final = 0.2
