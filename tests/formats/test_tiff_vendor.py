"""Vendors whose TIFF files are left to OpenSlide."""

from pathlib import Path
from typing import Any

import pytest
import tifffile

from tests.formats.tiff.whole import gradient
from viewer.formats.tiff_vendor import vendor_of


@pytest.mark.parametrize(
    ("vendor", "how"),
    [
        ("philips", {"software": "Philips DP v1.0"}),
        ("trestle", {"software": "MedScan"}),
        (
            "leica",
            {"description": '<scn xmlns="http://www.leica-microsystems.com/scn/2010">'},
        ),
        ("ventana", {"extratags": [(700, 1, 12, b"<iScan a='b'", True)]}),
        ("hamamatsu", {"extratags": [(65420, 4, 1, 1, True)]}),
        (None, {"description": "Aperio Image Library v12"}),
        (None, {"software": "tifffile"}),
    ],
)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_vendors_are_told_by_their_marks(
    tmp_path: Path, vendor: str | None, how: dict[str, Any], order: Any, big: bool
) -> None:
    path = tmp_path / "slide.tif"
    tifffile.imwrite(
        path,
        gradient(64, 64),
        photometric="rgb",
        metadata=None,
        byteorder=order,
        bigtiff=big,
        **how,
    )
    assert vendor_of(path) == vendor


@pytest.mark.parametrize(
    "content", [b"", b"II*\0", b"II*\0\xff\xff\xff\x7f", b"MM\0+" + b"\xff" * 40]
)
def test_what_is_no_sound_tiff_file_has_no_vendor(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "slide.tif"
    path.write_bytes(content)
    assert vendor_of(path) is None
    assert vendor_of(tmp_path / "nothing") is None
