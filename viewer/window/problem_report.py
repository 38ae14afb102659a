"""The text report of a slide's problems: for a letter to whoever made the file."""

from collections.abc import Iterator, Sequence

from viewer.codecs import syntax_name
from viewer.formats import Ignored
from viewer.panels.problems_panel import Problems, TileProblem, place_in_words
from viewer.slide.model import Level, Slide, stored_levels
from viewer.window.about import versions

MOST_TILES = 1000
"""Tiles listed one by one; the others are counted."""


def problem_report(slide: Slide, problems: Problems, ignored: Sequence[Ignored]) -> str:
    """Return what is known of a slide and its problems, as lines of text.

    File names are in it, since the user asks for it; values of attributes are not. Not
    for the GUI thread: it imports every library to ask for its version.
    """
    parts = (
        [f"Slide {slide.name} ({slide.format})"],
        ["Versions", *(f"  {line}" for line in versions().splitlines())],
        _levels(slide),
        ["Files", *(_file(slide, number) for number in range(len(slide.files)))],
        ["Left out", *(f"  {each.path.name}: {each.reason}" for each in ignored)],
        ["Warnings", *(f"  {each.code}: {each.message}" for each in problems.warnings)],
        ["Tiles that cannot be shown", *_tiles(slide, problems.failed)],
        ["Tiles shown in spite of damage", *_tiles(slide, problems.damaged)],
    )
    return "\n\n".join("\n".join([*part, *_none(part)]) for part in parts) + "\n"


def _none(part: Sequence[str]) -> Sequence[str]:
    is_empty = len(part) == 1 and not part[0].startswith("Slide ")
    return ["  none"] if is_empty else []


def _levels(slide: Slide) -> list[str]:
    lines = ["Levels"]
    for number, index in enumerate(stored_levels(slide)):
        level = slide.levels[index]
        spacing = "no spacing"
        if level.spacing is not None:
            x, y = level.spacing.x * 1000, level.spacing.y * 1000
            spacing = f"{x:.6g} x {y:.6g} um/px"
        lines.append(
            f"  level {number}: {level.size.width} x {level.size.height} pixels, tiles "
            f"of {level.tile_size.width} x {level.tile_size.height}, "
            f"{_frames(level)}, {_syntax(level)}{level.photometric}, {spacing}"
        )
    return lines


def _frames(level: Level) -> str:
    if not level.frames:  # OpenSlide gives pixels and no frames
        return "frames unknown"
    return f"{level.frames} {'frame' if level.frames == 1 else 'frames'}"


def _syntax(level: Level) -> str:
    """Return how frames are coded, where anything tells."""
    syntax = level.transfer_syntax
    return f"{syntax_name(syntax)}, " if syntax else ""


def _file(slide: Slide, number: int) -> str:
    file = slide.files[number]
    return f"  {file.path.name}: {file.role} ({file.reason})"


def _tiles(slide: Slide, tiles: Sequence[TileProblem]) -> Iterator[str]:
    for tile, sentence in tiles[:MOST_TILES]:
        yield f"  {place_in_words(slide, tile)}: {sentence}"
    if len(tiles) > MOST_TILES:
        yield f"  and {len(tiles) - MOST_TILES:,} more"
