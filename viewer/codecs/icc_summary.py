"""What an ICC profile says about itself in its header (ICC.1 clause 7.2)."""

from typing import Final

from viewer.codecs.frame import Finding
from viewer.codecs.icc import profile_description

HEADER_BYTES: Final = 128


def profile_facts(icc: bytes, length: int | None = None) -> list[tuple[str, str]]:
    """Return name and words of each fact, the most telling first; empty for no profile.

    `icc` may be only the beginning of a profile of `length` bytes, which then has no
    description. Never raises. Any thread.
    """
    if len(icc) < HEADER_BYTES or icc[36:40] != b"acsp":
        return []
    size = int.from_bytes(icc[:4], "big")
    there = len(icc) if length is None else length
    whole = len(icc) >= there
    facts = [
        ("Description", profile_description(icc) if whole else "not read, too long"),
        ("Device class", _named(icc[12:16], _CLASSES)),
        ("Color space", _signature(icc[16:20])),
        ("Connection space", _signature(icc[20:24])),
        ("Version", f"{icc[8]}.{icc[9] >> 4}.{icc[9] & 15}"),
        ("Size", _size(size, there)),
        (
            "Rendering intent",
            _intent(icc[64:68]),
        ),
        ("Created", _created(icc[24:36])),
        ("Platform", _named(icc[40:44], _PLATFORMS)),
        ("Manufacturer", _signature(icc[48:52])),
        ("Creator", _signature(icc[80:84])),
        ("Tags", _tags(icc)),
    ]
    return [(name, words) for name, words in facts if words]


def profile_findings(icc: bytes) -> list[Finding]:
    """Return what the header of a slide's profile says that it should not.

    "icc-broken" where the profile is damaged, so that it may not be usable, and
    "icc-class" where it is not of an input device, as PS3.3 C.11.15.1.1 asks for. Only
    the header is looked at; never raises. Any thread.
    """
    if len(icc) < HEADER_BYTES or icc[36:40] != b"acsp":
        problem = f"the ICC profile of {len(icc)} bytes has no header of a profile"
        return [Finding("icc-broken", problem)]
    found: list[Finding] = []
    size, space = int.from_bytes(icc[:4], "big"), icc[16:20]
    if not len(icc) - 3 <= size <= len(icc):  # DICOM pads, and some pad to four bytes
        problem = f"the ICC profile says that it has {size} bytes, but has {len(icc)}"
        found.append(Finding("icc-broken", problem))
    elif space != b"RGB ":
        named = _signature(space) or "unknown"
        problem = f"the ICC profile is for {named} colors, expected RGB"
        found.append(Finding("icc-broken", problem))
    if icc[12:16] != b"scnr":
        named = _named(icc[12:16], _CLASSES) or "unknown"
        message = f"the ICC profile is of class {named}, expected input device (scnr)"
        found.append(Finding("icc-class", f"{message}; it is applied all the same"))
    return found


def profile_line(facts: list[tuple[str, str]]) -> str:
    """Return the facts that identify a profile in one line."""
    known = dict(facts)
    first = [known[name] for name in ("Description", "Device class") if name in known]
    spaces = f"{known.get('Color space', '?')} to {known.get('Connection space', '?')}"
    return ", ".join([*first, spaces, f"version {known.get('Version', '?')}"])


_CLASSES: Final = {
    b"scnr": "input device",
    b"mntr": "display device",
    b"prtr": "output device",
    b"link": "device link",
    b"spac": "color space",
    b"abst": "abstract",
    b"nmcl": "named colors",
}
_PLATFORMS: Final = {
    b"APPL": "Apple",
    b"MSFT": "Microsoft",
    b"SGI ": "Silicon Graphics",
    b"SUNW": "Sun Microsystems",
}
_INTENTS: Final = {
    0: "perceptual",
    1: "relative colorimetric",
    2: "saturation",
    3: "absolute colorimetric",
}
_MOST_TAGS: Final = 100


def _signature(four: bytes) -> str:
    text = four.decode("ascii", "replace")
    return "".join(sign for sign in text if sign.isprintable()).strip()


def _named(four: bytes, names: dict[bytes, str]) -> str:
    written = _signature(four)
    return f"{names[four]} ({written})" if four in names else written


def _size(size: int, there: int) -> str:
    # DICOM pads values to an even number of bytes.
    if size in {there, there - 1}:
        return f"{size} bytes"
    return f"{size} bytes by its header, but there are {there}"


def _intent(four: bytes) -> str:
    number = int.from_bytes(four, "big")
    return _INTENTS.get(number, f"unknown ({number})")


def _created(date: bytes) -> str:
    year, month, day, hour, minute, second = (
        int.from_bytes(date[at : at + 2], "big") for at in range(0, 12, 2)
    )
    if not year:
        return ""
    return f"{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"


def _tags(icc: bytes) -> str:
    count = min(int.from_bytes(icc[128:132], "big"), _MOST_TAGS)
    found = [icc[132 + 12 * tag : 136 + 12 * tag] for tag in range(count)]
    return " ".join(_signature(four) for four in found if len(four) == 4)
