"""Figures of compared pixels: facts for JSON, tables for people."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from viewer.qa.pixels.associated import AssociatedPixels
from viewer.qa.pixels.difference import Difference, joined
from viewer.qa.pixels.layers import LayerPixels
from viewer.qa.pixels.tile_outcome import Fate
from viewer.qa.pixels.words import (
    largest_words,
    layer_name,
    looked_words,
    percent,
    tile_words,
)
from viewer.qa.report.section import Table


def pixel_facts(
    layers: Sequence[LayerPixels], associated: Sequence[AssociatedPixels]
) -> dict[str, Any]:
    """Return what JSON says of pixels; `associated` are label, overview, thumbnail."""
    return {
        "tiles": sum(each.places for each in layers),
        "looked_at": sum(each.looked for each in layers),
        "identical": sum(each.same for each in layers),
        "difference": _figures(joined(each.difference for each in layers)),
        "layers": [
            {
                "level_a": each.layer.level.a,
                "level_b": each.layer.level.b,
                "focal_plane_a": each.layer.focal_plane.a,
                "focal_plane_b": each.layer.focal_plane.b,
                "optical_path_a": each.layer.optical_path.a,
                "optical_path_b": each.layer.optical_path.b,
                "same_grid": each.grid.is_same,
                "tiles": each.places,
                "looked_at": each.looked,
                "identical": each.same,
                "fates": {
                    fate.name.lower(): count
                    for fate in Fate
                    if (count := each.count(fate))
                },
                "difference": _figures(each.difference),
                "worst": [
                    {"tile": list(tile.place), **_figures(tile.difference)}
                    for tile in each.worst
                ],
            }
            for each in layers
        ],
        "associated": {each.role: each.facts for each in associated},
    }


def _figures(found: Difference) -> dict[str, Any]:
    """Return figures for JSON, which knows no infinity: PSNR is null then."""
    return {
        "largest": round(found.largest, 6),
        "mean": round(found.mean, 6),
        "psnr": None if found.is_none else round(found.psnr, 4),
        "identical_pixels": found.identical,
        "ssim": round(found.similarity, 6),
        "lowest_ssim": round(found.least_similar, 6),
    }


def pixel_tables(layers: Sequence[LayerPixels]) -> Iterator[Table]:
    """Yield a table of the levels, then one of the worst tiles of each that differs."""
    if layers:
        yield Table(
            "Pixels by level",
            ("Level", "Looked at", "Identical", *_FIGURES),
            tuple(
                (
                    layer_name(each),
                    looked_words(each.looked, each.places),
                    f"{each.same:,}",
                    *_cells(each.difference),
                )
                for each in layers
            ),
        )
    for each in layers:
        if each.worst:
            yield Table(
                f"Worst tiles of {layer_name(each)}",
                ("Tile", *_FIGURES),
                tuple(
                    (tile_words(tile.place), *_cells(tile.difference))
                    for tile in each.worst
                ),
            )


_FIGURES: Final = ("Largest", "Mean of 255", "PSNR", "Identical pixels", "SSIM")


def _cells(found: Difference) -> tuple[str, ...]:
    if found.is_none:
        return ("0", "0", "", "100 %", "1") if found.pixels else ("",) * 5
    return (
        largest_words(found),
        f"{found.mean:.4g}",
        f"{found.psnr:.2f} dB",
        percent(found.identical),
        f"{found.similarity:.4f}",
    )
