"""`coverslip info`: the slides found, in words or as JSON."""

import json
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from viewer.commands.output import JSON, write_output
from viewer.commands.slides import add_personality, opened
from viewer.formats import Opened, shown_path
from viewer.slide.channel_set import ChannelSet, path_name
from viewer.slide.errors import SlideError
from viewer.slide.focus import resting_plane
from viewer.slide.model import AssociatedImage, Level, Slide, TileKey, stored_levels

SUMMARY: Final = "say which slides files and folders hold"

_HELP: Final = """\
JSON is {"slides": [...], "ignored": [{path, reason}]}. Keys may come with later
versions; none goes or changes its meaning. null is what is not known. Of each slide:

  name            Container Identifier, or the name of the file or folder
  format          the door it was opened through: dicom, tiff, openslide
  personalities   the sides of a DICOM-TIFF file that --personality can open
  levels          those that files store, the finest first: width, height, tile_width,
                  tile_height, downsample, mpp_x, mpp_y, frames, transfer_syntax (of
                  TIFF tiles the one that DICOM has for their coding), photometric
  focal_planes    how many; focal_plane_positions: micrometers from the slide up
  optical_paths   identifier, description, grey_range (what samples can hold; of grey
                  ones alone), wavelength in nanometers, color [red, green, blue],
                  window (black, brightest), shown (whether it is at first), icc
  mpp             micrometers a pixel of level 0, [x, y]
  objective_power what the file says of the lens
  associated      label, overview, thumbnail: width, height, problem (why it cannot be
                  read)
  icc             the profile of the first optical path: description, bytes
  files           path, role, reason
  warnings        code, message, file
"""
_MOST_PATHS: Final = 64  # that are looked at, whatever a file says it has


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.formatter_class = RawDescriptionHelpFormatter
    parser.epilog = _HELP
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files or folders")
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
    paths, target = arguments.paths, arguments.json
    if not paths and target not in (None, "-"):
        paths, target = [target], "-"  # `info --json PATH` can mean one thing only
    if not paths:
        raise SlideError("info: no file or folder is named; info --help explains.")
    with opened(paths, arguments.personality) as found:
        if target is None:
            print("\n".join(_lines(found)))
            return 0
        written = json.dumps(described(found), indent=2)  # ASCII fits any terminal
    if target == "-":
        print(written)
        return 0
    write_output(target, f"{written}\n".encode(), JSON)
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
    spacing = slide.levels[0].spacing
    _look_at_frames(slide)  # all three may add warnings
    associated = {name: _associated(image) for name, image in slide.associated.items()}
    personalities = list(slide.personalities())
    return {
        "name": slide.name,
        "format": slide.format,
        "personalities": personalities,
        "levels": [_level(slide.levels[number]) for number in stored_levels(slide)],
        "focal_planes": len(slide.focal_planes),
        "focal_plane_positions": list(slide.focal_planes),
        "optical_paths": _optical_paths(slide),
        "mpp": None if spacing is None else [_um(spacing.x), _um(spacing.y)],
        "objective_power": slide.objective_power,
        "associated": associated,
        "icc": _profile(slide.optical_paths[0].icc_profile),
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


def _optical_paths(slide: Slide) -> list[Mapping[str, Any]]:
    shown = ChannelSet.of(slide.optical_paths).on
    return [
        {
            "identifier": path.identifier,
            "description": path.description,
            "grey_range": path.grey_range,
            "wavelength": path.wavelength,
            "color": path.color,
            "window": path.window,
            "shown": number in shown,
            "icc": _profile(path.icc_profile),
        }
        for number, path in enumerate(slide.optical_paths)
    ]


def _associated(image: AssociatedImage) -> Mapping[str, Any]:
    """Read an image, for what only its pixels can tell."""
    problem = None
    try:
        image.read()
    except SlideError as error:
        problem = str(error)
    return {
        "width": image.size.width,
        "height": image.size.height,
        "problem": problem,
    }


def _profile(icc: bytes | None) -> Mapping[str, Any] | None:
    from viewer.codecs.icc import profile_description

    if icc is None:
        return None
    return {"description": profile_description(icc), "bytes": len(icc)}


def _look_at_frames(slide: Slide) -> None:
    """Read a tile of each stored level and path, for what only frames can tell."""
    plane = resting_plane(slide.focal_planes)
    for number in stored_levels(slide):
        level = slide.levels[number]
        middle = level.columns // 2, level.rows // 2
        for path in range(len(slide.optical_paths[:_MOST_PATHS])):
            with suppress(SlideError):  # a broken frame is a warning by then
                slide.read_samples(TileKey(slide.serial, number, *middle, plane, path))


def _level(level: Level) -> Mapping[str, Any]:
    return {
        "width": level.size.width,
        "height": level.size.height,
        "tile_width": level.tile_size.width,
        "tile_height": level.tile_size.height,
        "downsample": (level.downsample.x + level.downsample.y) / 2,
        "mpp_x": None if level.spacing is None else _um(level.spacing.x),
        "mpp_y": None if level.spacing is None else _um(level.spacing.y),
        "frames": level.frames or None,  # OpenSlide gives pixels and no frames
        "transfer_syntax": level.transfer_syntax or None,
        "photometric": level.photometric or None,
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
    lines.extend(_channel_lines(slide))
    if len(slide.focal_planes) > 1:
        heights = ", ".join(f"{height:g}" for height in slide.focal_planes)
        lines.append(f"  {len(slide.focal_planes)} focal planes: {heights} um")
    for name, image in facts["associated"].items():
        problem = (
            "" if image["problem"] is None else f", not usable: {image['problem']}"
        )
        lines.append(f"  {name}: {image['width']} x {image['height']}{problem}")
    lines.extend(
        f"  {Path(file['path']).name}: {file['role']} ({file['reason']})"
        for file in facts["files"]
    )
    lines.extend(f"  warning: {each['message']}" for each in facts["warnings"])
    return lines


def _channel_lines(slide: Slide) -> list[str]:
    """Return a line an optical path, where there is anything to choose."""
    channels = ChannelSet.of(slide.optical_paths)
    if channels.is_plain:
        return []
    lines: list[str] = []
    for number, state in enumerate(channels.states):
        words = [path_name(state.path, number)]
        grey = state.path.grey_range
        words.append("in color" if grey is None else f"grey {grey[0]} to {grey[1]}")
        if grey is not None:
            words.append(f"drawn in #{bytes(state.channel.color).hex()}")
        if not state.is_on:
            words.append("off at first")
        lines.append(f"  optical path {number}: {', '.join(words)}")
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


def _counted(frames: int | None) -> str:
    if frames is None:
        return "frames unknown"
    return "1 frame" if frames == 1 else f"{frames} frames"
