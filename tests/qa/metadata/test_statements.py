"""What slides say, out of their trees: by path, by vendor, by OME-XML."""

from pathlib import Path

import numpy as np
import tifffile
from pydicom import Dataset, dcmread

from tests.qa.two_slides import comparing, rows, write_svs
from tests.synthetic import write_slide
from viewer.formats import open_slide, read_metadata
from viewer.formats.tiff.ome_facts import MOST_FACTS, ome_facts
from viewer.qa.metadata import compare_metadata
from viewer.qa.metadata.stated import stated
from viewer.qa.metadata.statements import Statements, statements_of
from viewer.qa.metadata.tree import node_at, numbers_at, text_at
from viewer.slide.metadata import Attribute

OME = """<?xml version="1.0" encoding="UTF-8"?>
<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">
 <Instrument ID="Instrument:0">
  <Microscope Manufacturer="Zeiss" Model="Axioscan 7" SerialNumber="4711"/>
  <Objective ID="Objective:0" NominalMagnification="20" LensNA="0.8"/>
 </Instrument>
 <Image ID="Image:0" Name="Miller">
  <AcquisitionDate>2021-05-06T07:08:09</AcquisitionDate>
  <Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint8" SizeX="300" SizeY="200"
   SizeC="3" SizeZ="1" SizeT="1" PhysicalSizeX="{x}" PhysicalSizeXUnit="{unit}"
   PhysicalSizeY="{x}" PhysicalSizeYUnit="{unit}">
   <Channel ID="Channel:0:0" SamplesPerPixel="3"/><TiffData/>
  </Pixels>
 </Image>
</OME>"""


def write_ome(path: Path, x: str = "0.5", unit: str = "µm") -> Path:
    with tifffile.TiffWriter(path) as file:
        file.write(
            np.zeros((200, 300, 3), np.uint8),
            tile=(64, 64),
            photometric="rgb",
            description=OME.format(x=x, unit=unit).encode(),
            metadata=None,
        )
    return path


def said(path: Path) -> Statements:
    slide = open_slide(path)
    try:
        return statements_of(slide)
    finally:
        slide.close()


def test_single_values_are_found_by_their_path(tmp_path: Path) -> None:
    (file,) = write_slide(tmp_path, levels=1, label=False, overview=False)
    root, dataset = read_metadata(file), dcmread(file)
    spacing = "SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].PixelSpacing"
    assert numbers_at(root, spacing) == (0.0005, 0.0005)
    assert text_at(root, "SOPInstanceUID") == dataset.SOPInstanceUID
    assert text_at(root, "ImageType") == "\\".join(dataset.ImageType)
    assert numbers_at(root, "SOPInstanceUID") == ()
    for missing in ("SOPInstance", "NoSuchThing", "OpticalPathSequence[7].ICCProfile"):
        assert node_at(root, missing) is None
        assert text_at(root, missing) == ""


def test_only_what_lies_on_the_way_is_opened() -> None:
    def fail() -> list[Attribute]:
        raise AssertionError("opened")

    closed = Attribute("", "", "other", "", 0, "", fail, "Other")
    wanted = Attribute("", "", "wanted", "", 1, "42", None, "Wanted")
    root = Attribute("", "", "root", "", 0, "", lambda: [closed, wanted])
    assert text_at(root, "Wanted") == "42"


def test_an_svs_says_what_its_description_does(tmp_path: Path) -> None:
    found = said(write_svs(tmp_path / "a.svs"))
    assert found.text("aperio.ScanScope ID") == "SS1302"
    assert found.text("aperio.Date+aperio.Time") == "12/29/09 09:59:15"
    assert found.text("aperio.Nothing+aperio.Time") == ""
    assert found.text("slide.lossy") == "no"
    assert "aperio.AppMag" in found.vendor
    assert not any(each.startswith("tiff.") for each in found.vendor)


def test_an_ome_tiff_says_what_its_xml_does(tmp_path: Path) -> None:
    found = said(write_ome(tmp_path / "a.ome.tif"))
    assert found.text("ome.Instrument.Microscope.Model") == "Axioscan 7"
    assert found.text("ome.Instrument.Objective[0].LensNA") == "0.8"
    assert found.text("ome.Image.AcquisitionDate") == "2021-05-06T07:08:09"
    assert found.text("ome.Image.Pixels.PhysicalSizeX") == "0.5"


def test_an_ome_tiff_is_compared_with_its_conversion(tmp_path: Path) -> None:
    def converted(dataset: Dataset) -> None:
        dataset.AcquisitionDateTime = "20210506070809"
        dataset.Manufacturer = "Carl Zeiss"
        dataset.ManufacturerModelName = "Axioscan 7"
        dataset.DeviceSerialNumber = "4711"

    write_ome(tmp_path / "a.ome.tif", "0.0005", "mm")
    write_slide(
        tmp_path / "b",
        size=(300, 200),
        levels=1,
        label=False,
        overview=False,
        mutate=converted,
    )
    with comparing(tmp_path / "a.ome.tif", tmp_path / "b") as both:
        section = compare_metadata(both)
    table = rows(section, "Properties")
    verdicts = {name: table[name][2] for name in table}
    assert verdicts["Time of scanning"] == "converted"
    assert verdicts["Manufacturer"] == "converted"
    assert verdicts["Model"] == verdicts["Serial number of the scanner"] == "same"
    assert verdicts["Micrometers a pixel"] == "converted"
    assert verdicts["Aperture of the lens"] == "lost"
    assert not any("Miller" in each.message for each in section.findings)


def test_xml_that_cannot_be_read_says_nothing() -> None:
    assert ome_facts("<OME><Image>") == {}
    assert ome_facts('<!DOCTYPE x [<!ENTITY a "b">]><OME>&a;</OME>') == {}
    many = "".join(f'<Channel Name="c{number}"/>' for number in range(5000))
    assert len(ome_facts(f"<OME><Image>{many}</Image></OME>")) == MOST_FACTS


def test_deep_xml_is_not_followed_for_ever() -> None:
    deep = "<a>" * 500 + "</a>" * 500
    assert ome_facts(f'<OME><Image Name="x">{deep}</Image></OME>') == {
        "Image.Name": "x"
    }


def test_the_scale_is_stated_as_it_is_written(tmp_path: Path) -> None:
    write_slide(tmp_path / "b", spacing=(0.5, 0.25), label=False, overview=False)
    slide = open_slide(tmp_path / "b")
    found = stated(slide)
    assert slide.levels[0].spacing is None  # not believed
    assert tuple(found.spacings[0]) == (0.25, 0.5)  # x is Pixel Spacing's second
    assert set(found.spacings) == {0, 1, 2}
    slide.close()


def test_private_attributes_of_others_are_not_pixelmeds(tmp_path: Path) -> None:
    def change(dataset: Dataset) -> None:
        dataset.private_block(0x0009, "SOMEBODY", create=True).add_new(3, "LO", "x")
        block = dataset.private_block(0x0009, "PixelMed Publishing", create=True)
        block.add_new(3, "LO", "digest")

    write_slide(tmp_path / "b", levels=1, label=False, overview=False, mutate=change)
    assert said(tmp_path / "b").text("pixelmed.digest") == "digest"
