"""`coverslip info`: the slides found, in words or as JSON."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from viewer.commands.output import JSON, write_output
from viewer.commands.slides import add_personality, opened
from viewer.formats import Opened, shown_path
from viewer.slide.errors import SlideError
from viewer.slide.model import Level, Slide, TileKey, stored_levels

SUMMARY: Final = "say which slides files and folders hold"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="files or folders")
    parser.add_argument(
        "--json",
        nargs="?",
        const="-",
        metavar="FILE",
        help="write JSON, to standard output where FILE is left out",
    )
    add_personality(parser)


def run(arguments: Namespace) -> int:
    """Print what was found; raises SlideError."""
    with opened(arguments.paths, arguments.personality) as found:
        if arguments.json is None:
            print("\n".join(_lines(found)))
            return 0
        written = json.dumps(described(found), indent=2)  # ASCII fits any terminal
    if arguments.json == "-":
        print(written)
        return 0
    write_output(arguments.json, f"{written}\n".encode(), JSON)
    return 0


def described(found: Opened) -> dict[str, Any]:
    """Return what `--json` writes."""
    return {
        "slides": [_slide(slide) for slide in found.slides],
        "ignored": [
            {"path": shown_path(each.path), "reason": each.reason}
            for each in found.ignored
        ],
    }


def _slide(slide: Slide) -> dict[str, Any]:
    from viewer.codecs.icc import profile_description

    spacing = slide.levels[0].spacing
    _look_at_frames(slide)  # both may add warnings
    personalities = list(slide.personalities())
    profile = slide.optical_paths[0].icc_profile
    return {
        "name": slide.name,
        "format": slide.format,
        "personalities": personalities,
        "levels": [_level(slide.levels[number]) for number in stored_levels(slide)],
        "focal_planes": len(slide.focal_planes),
        "optical_paths": [
            {"identifier": path.identifier, "description": path.description}
            for path in slide.optical_paths
        ],
        "mpp": None if spacing is None else [_um(spacing.x), _um(spacing.y)],
        "objective_power": slide.objective_power,
        "associated": {
            name: {"width": image.size.width, "height": image.size.height}
            for name, image in slide.associated.items()
        },
        "icc": None
        if profile is None
        else {"description": profile_description(profile), "bytes": len(profile)},
        "files": [
            {"path": shown_path(file.path), "role": file.role, "reason": file.reason}
            for file in slide.files
        ],
        "warnings": [
            {
                "code": warning.code,
                "message": warning.message,
                "file": None if warning.file is None else shown_path(warning.file),
            }
            for warning in slide.warnings
        ],
    }


def _look_at_frames(slide: Slide) -> None:
    """Read a tile of each stored level, for what only frames can tell."""
    for number in stored_levels(slide):
        level = slide.levels[number]
        key = TileKey(slide.serial, number, level.columns // 2, level.rows // 2)
        with suppress(SlideError):  # a broken frame is a warning of the slide by then
            slide.read_samples(key)


def _level(level: Level) -> Mapping[str, Any]:
    return {
        "width": level.size.width,
        "height": level.size.height,
        "tile_width": level.tile_size.width,
        "tile_height": level.tile_size.height,
        "downsample": (level.downsample.x + level.downsample.y) / 2,
        "mpp_x": None if level.spacing is None else _um(level.spacing.x),
        "mpp_y": None if level.spacing is None else _um(level.spacing.y),
        "frames": level.frames,
        "transfer_syntax": level.transfer_syntax,
        "photometric": level.photometric,
    }


def _um(millimeters: float) -> float:
    """Return micrometers without the noise of a binary product."""
    return float(f"{millimeters * 1000:.12g}")


def _lines(found: Opened) -> list[str]:
    lines: list[str] = []
    for slide in found.slides:
        lines.extend([*_slide_lines(slide), ""])
    if found.ignored:
        lines.append(f"Left out: {len(found.ignored)}")
        lines.extend(
            f"  {shown_path(each.path)}: {each.reason}" for each in found.ignored
        )
    return lines


def _slide_lines(slide: Slide) -> list[str]:
    facts = _slide(slide)
    mpp, power = facts["mpp"], facts["objective_power"]
    scale = "scale unknown" if mpp is None else f"{mpp[0]:g} x {mpp[1]:g} um/px"
    lens = "" if power is None else f", objective {power:g}x"
    colors = [_color(slide.icc_profile(n, 0)) for n in stored_levels(slide)]
    differ = len(set(colors)) > 1
    color = "ICC profiles differ between levels" if differ else colors[0]
    lines = [f"{slide.name} ({_doors(facts)}): {scale}{lens}, {color}"]
    for number, level in enumerate(facts["levels"]):
        lines.append(
            f"  level {number}: {level['width']} x {level['height']} in tiles of "
            f"{level['tile_width']} x {level['tile_height']}, "
            f"downsample {level['downsample']:.5g}, {_counted(level['frames'])}, "
            f"{level['photometric']}" + differ * f", {colors[number]}"
        )
    for name, size in facts["associated"].items():
        lines.append(f"  {name}: {size['width']} x {size['height']}")
    lines.extend(
        f"  {Path(file['path']).name}: {file['role']} ({file['reason']})"
        for file in facts["files"]
    )
    lines.extend(f"  warning: {each['message']}" for each in facts["warnings"])
    return lines


def _doors(facts: Mapping[str, Any]) -> str:
    return " + ".join(facts["personalities"]) or facts["format"]


def _color(profile: bytes | None) -> str:
    from viewer.codecs.icc import profile_description, profile_problem

    if profile is None:
        return "no ICC profile"
    problem = profile_problem(profile)
    name = f"ICC profile {profile_description(profile)}"
    return f"{name}, not usable: {problem}" if problem else name


def _counted(frames: int) -> str:
    if not frames:  # OpenSlide gives pixels and no frames
        return "frames unknown"
    return "1 frame" if frames == 1 else f"{frames} frames"
