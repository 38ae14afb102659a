"""The optical paths of one instance (PS3.3 C.8.12.5)."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Final

from pydicom.dataset import Dataset

from viewer.codecs import FrameFormat
from viewer.codecs.icc_summary import profile_findings
from viewer.formats.dicom.absent import absent_color, is_cielab
from viewer.formats.dicom.facts import floats, items, text, value_of
from viewer.formats.dicom.grey_window import window_of
from viewer.formats.dicom.header import Header
from viewer.formats.dicom.light import color_of, wavelength_of
from viewer.formats.dicom.path_palette import palette_of
from viewer.slide.model import OpticalPath
from viewer.slide.warnings import SlideWarning

_ABSENT: Final = "RecommendedAbsentPixelCIELabValue"
_PROFILE_CODES: Final = frozenset({"icc-broken", "icc-class"})
_BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"


def read_optical_paths(
    header: Header, frame: FrameFormat, warnings: list[SlideWarning]
) -> tuple[OpticalPath, ...]:
    """Read the optical paths, at least one; oddities are added to `warnings`."""
    dataset = header.dataset
    absent = floats(dataset, _ABSENT)
    if value_of(dataset, _ABSENT) is not None and not is_cielab(absent):
        found = text(dataset, _ABSENT)[:80] or "empty"
        sentence = f"{header.path.name}: {_ABSENT} is {found}, expected 3 numbers."
        warnings.append(SlideWarning("metadata", sentence, header.path))
    unnamed = OpticalPath(
        identifier="",
        icc_profile=_profile(dataset),
        absent=absent_color(absent, (), is_color=frame.is_color),
        grey_range=None if frame.is_color else (0, 2**frame.bits_stored - 1),
        window=None if frame.is_color else window_of(dataset, frame),
    )
    sequence = items(dataset, "OpticalPathSequence")
    named = [
        _optical_path(item, place, unnamed, absent)
        for place, item in enumerate(sequence)
    ]
    paths = tuple(named) or (unnamed,)
    if frame.is_color:
        warnings += _profile_warnings(header, paths)
        return paths
    big = header.transfer_syntax == _BIG_ENDIAN
    colored: list[OpticalPath] = []
    for path, item in zip(paths, sequence, strict=False):
        palette = None
        try:
            palette = palette_of(item, frame, big_endian=big)
        except ValueError as error:
            sentence = f"{header.path.name}: optical path {path.identifier}: {error}."
            warnings.append(SlideWarning("metadata", sentence, header.path))
        color = color_of(item, big_endian=big)
        colored.append(replace(path, color=color, palette=palette))
    return tuple(colored) or paths


def without_repeats(warnings: Sequence[SlideWarning]) -> list[SlideWarning]:
    """Return warnings with each oddity of a profile once, whichever files share it."""
    kept: list[SlideWarning] = []
    told: set[str] = set()
    for warning in warnings:
        what = warning.message.partition(": ")[2]
        if warning.code in _PROFILE_CODES and what in told:
            continue
        told.add(what)
        kept.append(warning)
    return kept


def _profile_warnings(
    header: Header, paths: Sequence[OpticalPath]
) -> list[SlideWarning]:
    """Say what is odd about the profiles, each oddity once (PS3.3 C.11.15.1.1)."""
    profiles = dict.fromkeys(path.icc_profile for path in paths if path.icc_profile)
    findings = {
        code: message
        for profile in profiles
        for code, message in profile_findings(profile)
    }
    name = header.path.name
    return [
        SlideWarning(code, f"{name}: {message}.", header.path)
        for code, message in findings.items()
    ]


def _optical_path(
    item: Dataset, number: int, unnamed: OpticalPath, absent: Sequence[float]
) -> OpticalPath:
    power = floats(item, "ObjectiveLensPower")
    light = {
        text(code, "CodeValue") for code in items(item, "IlluminationTypeCodeSequence")
    }
    return replace(
        unnamed,
        identifier=text(item, "OpticalPathIdentifier") or str(number + 1),
        description=text(item, "OpticalPathDescription"),
        icc_profile=_profile(item) or unnamed.icc_profile,
        objective_power=power[0] if power and 0 < power[0] < inf else None,
        absent=absent_color(absent, light, is_color=unnamed.grey_range is None),
        wavelength=wavelength_of(item),
    )


def _profile(dataset: Dataset) -> bytes | None:
    value = value_of(dataset, "ICCProfile")
    return bytes(value) if isinstance(value, bytes) and value else None
