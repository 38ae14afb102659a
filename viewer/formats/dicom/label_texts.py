"""What a slide's label says in attributes, and which scanner made the slide.

PS3.3 C.8.12.8 (Slide Label) and C.7.6.22 (Specimen). Nothing of the patient is here.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from pydicom.dataset import Dataset

from viewer.formats.dicom.facts import items, text
from viewer.formats.dicom.instance import Instance

_PLACEHOLDERS: Final = frozenset({"", "unknown", "none", "null"})
_LONGEST: Final = 4000  # characters of one text; Label Text has no limit of its own
_MOST_SPECIMENS: Final = 20
_USING_SUBSTANCE: Final = frozenset({"424361007", "G-C350"})  # SCT, and SRT before it
_STAINING: Final = frozenset({"127790008", "P3-00003"})


def scanner_of(instance: Instance) -> str:
    """Return manufacturer and model in one line; empty where neither is named."""
    dataset = instance.header.dataset
    words = (text(dataset, "Manufacturer"), text(dataset, "ManufacturerModelName"))
    return " ".join(word for word in words if not _is_placeholder(word))


def label_texts(base: Instance, label: Instance | None) -> tuple[tuple[str, str], ...]:
    """Return pairs of heading and text, in the order to be shown.

    What only the label's own instance says is taken from there, the rest from the
    finest level. Placeholders are left out, long texts are cut.
    """
    sources = [each.header.dataset for each in (label, base) if each is not None]
    pairs = [
        ("Label text", _first(sources, "LabelText")),
        ("Barcode", _first(sources, "BarcodeValue")),
        ("Container", text(base.header.dataset, "ContainerIdentifier")),
        *_specimens(base.header.dataset),
    ]
    return tuple(
        (heading, _cut(words)) for heading, words in pairs if not _is_placeholder(words)
    )


def _first(sources: Iterable[Dataset], keyword: str) -> str:
    found = (text(dataset, keyword) for dataset in sources)
    return next((words for words in found if words), "")


def _specimens(dataset: Dataset) -> Iterator[tuple[str, str]]:
    specimens = items(dataset, "SpecimenDescriptionSequence")
    container = text(dataset, "ContainerIdentifier")
    stains: dict[str, None] = {}
    for specimen in specimens[:_MOST_SPECIMENS]:
        identifier = text(specimen, "SpecimenIdentifier")
        words = text(specimen, "SpecimenShortDescription") or text(
            specimen, "SpecimenDetailedDescription"
        )
        if identifier != container:
            yield "Specimen", identifier
        yield "Description", words
        stains.update(dict.fromkeys(_stains(specimen)))
    if len(specimens) > _MOST_SPECIMENS:
        yield "Specimens", f"{len(specimens)} in all"
    yield "Stain", ", ".join(stains)


def _stains(specimen: Dataset) -> Iterator[str]:
    """Give the substances of the staining steps, in words (TID 8003)."""
    for preparation in items(specimen, "SpecimenPreparationSequence"):
        content = items(preparation, "SpecimenPreparationStepContentItemSequence")
        if any(_codes(item, "ConceptCodeSequence") & _STAINING for item in content):
            for item in content:
                if _codes(item, "ConceptNameCodeSequence") & _USING_SUBSTANCE:
                    yield from _words(item)


def _codes(item: Dataset, sequence: str) -> set[str]:
    return {text(code, "CodeValue") for code in items(item, sequence)}


def _words(item: Dataset) -> list[str]:
    meanings = [
        text(code, "CodeMeaning") for code in items(item, "ConceptCodeSequence")
    ]
    return [words for words in (*meanings, text(item, "TextValue")) if words]


def _is_placeholder(words: str) -> bool:
    return words.lower() in _PLACEHOLDERS


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
