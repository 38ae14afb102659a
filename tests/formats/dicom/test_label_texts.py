"""What a label says in attributes, and which scanner it was."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from tests.formats.dicom.test_placing import base_dataset, instance_of, overview_dataset
from tests.synthetic import write_slide
from viewer.formats import open_slides
from viewer.formats.dicom.label_texts import label_texts, scanner_of


def item(**attributes: Any) -> Dataset:
    made = Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made


def code(value: str, meaning: str, scheme: str = "SCT") -> Dataset:
    return item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def staining(*substances: Dataset | str) -> Dataset:
    """Return a staining step of TID 8001 and 8003."""
    processing = item(
        ValueType="CODE",
        ConceptNameCodeSequence=[code("111701", "Processing type", "DCM")],
        ConceptCodeSequence=[code("127790008", "Staining")],
    )
    using = [code("424361007", "Using substance")]
    used = [
        item(ValueType="TEXT", ConceptNameCodeSequence=using, TextValue=each)
        if isinstance(each, str)
        else item(
            ValueType="CODE", ConceptNameCodeSequence=using, ConceptCodeSequence=[each]
        )
        for each in substances
    ]
    return item(SpecimenPreparationStepContentItemSequence=[processing, *used])


def texts(change: Callable[[Dataset], None]) -> tuple[tuple[str, str], ...]:
    dataset = base_dataset()
    change(dataset)
    return label_texts(instance_of(dataset), None)


def test_label_instance_gives_text_and_barcode_the_scan_the_rest() -> None:
    base, label = base_dataset(), overview_dataset((90, 90))
    label.LabelText, label.BarcodeValue = "HE\nblock 2", "S26-1;2"
    label.ContainerIdentifier = "another"
    base.ContainerIdentifier = "S26-1"
    specimen = base.SpecimenDescriptionSequence[0]
    specimen.SpecimenIdentifier = "S26-1-A"
    specimen.SpecimenShortDescription = "Colon, polyp"
    specimen.SpecimenPreparationSequence = [
        staining(code("12710003", "hematoxylin stain")),
        staining(code("36879007", "water soluble eosin stain"), "a drop of something"),
    ]
    assert label_texts(instance_of(base), instance_of(label)) == (
        ("Label text", "HE\nblock 2"),
        ("Barcode", "S26-1;2"),
        ("Container", "S26-1"),
        ("Specimen", "S26-1-A"),
        ("Description", "Colon, polyp"),
        ("Stain", "hematoxylin stain, water soluble eosin stain, a drop of something"),
    )


def test_substances_of_other_steps_are_no_stain() -> None:
    def embed(dataset: Dataset) -> None:
        step = staining(code("311731000", "Paraffin wax"))
        content = step.SpecimenPreparationStepContentItemSequence[0]
        content.ConceptCodeSequence = [code("311732007", "Embedding")]
        specimen = dataset.SpecimenDescriptionSequence[0]
        specimen.SpecimenPreparationSequence = [step]

    assert "Stain" not in dict(texts(embed))


@pytest.mark.parametrize("word", ["Unknown", "UNKNOWN", "none", "", "null"])
def test_placeholders_are_not_shown(word: str) -> None:
    def change(dataset: Dataset) -> None:
        dataset.ContainerIdentifier = word
        dataset.SpecimenDescriptionSequence[0].SpecimenIdentifier = word
        dataset.Manufacturer = word

    assert texts(change) == ()
    dataset = base_dataset()
    change(dataset)
    assert scanner_of(instance_of(dataset)) == "Coverslip tests"


def test_nothing_of_the_patient_is_told() -> None:
    def name(dataset: Dataset) -> None:
        dataset.PatientName, dataset.PatientID = "Doe^Jane", "4711"
        dataset.AccessionNumber = "A-815"

    told = " ".join(words for pair in texts(name) for words in pair)
    assert not any(part in told for part in ("Doe", "4711", "815"))


def test_many_specimens_are_counted_and_long_texts_cut() -> None:
    def swell(dataset: Dataset) -> None:
        dataset.BarcodeValue = "9" * 10_000
        dataset.SpecimenDescriptionSequence = [
            item(SpecimenIdentifier=f"core {number}") for number in range(1000)
        ]

    found = texts(swell)
    assert ("Specimens", "1000 in all") in found
    assert len(found) < 30
    assert all(len(words) <= 4000 for _, words in found)


@given(st.binary(max_size=200))
def test_bad_bytes_are_no_error(junk: bytes) -> None:
    def spoil(dataset: Dataset) -> None:
        for tag, vr in ((0x22000002, "UT"), (0x22000005, "LT"), (0x00400560, "SQ")):
            value = (Tag(tag), vr, len(junk), junk, 0, False, True)
            dataset[tag] = RawDataElement(*value)

    assert isinstance(texts(spoil), tuple)


def test_slide_carries_them(tmp_path: Path) -> None:
    def mark(dataset: Dataset) -> None:
        if dataset.ImageType[2] == "LABEL":
            dataset.LabelText, dataset.BarcodeValue = "HE", "42"

    (slide,) = open_slides(write_slide(tmp_path, levels=1, mutate=mark)).slides
    assert slide.scanner == "Synthetic Coverslip tests"
    assert slide.label_texts == (
        ("Label text", "HE"),
        ("Barcode", "42"),
        ("Container", "synthetic"),
    )
    slide.close()
