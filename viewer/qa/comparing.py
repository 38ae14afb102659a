"""What every part of a comparison is given: two slides, paired, and how to compare."""

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from viewer.qa.finding import Finding
from viewer.qa.run import Run
from viewer.slide.errors import SlideError
from viewer.slide.model import Slide


class Tolerance(NamedTuple):
    """How far pixels may be apart, of 255 for colors and 8-bit samples.

    Only what is given counts. By default nothing may differ: what is enough for a
    purpose is for the one who has it to say.

    largest: any sample of any pixel; mean: of all samples; psnr: decibels at least;
    ssim: of any differing tile at least; identical: share of pixels at least, 0 to 1.
    """

    largest: int | None = None
    mean: float | None = None
    psnr: float | None = None
    ssim: float | None = None
    identical: float | None = None

    @property
    def is_given(self) -> bool:
        """Whether anything may differ at all."""
        return any(each is not None for each in self)

    def __str__(self) -> str:
        """Return it as `parsed` reads it."""
        given = self._asdict().items()
        return ",".join(
            f"{name}={value:g}" for name, value in given if value is not None
        )

    @classmethod
    def parsed(cls, text: str) -> "Tolerance":
        """Read "3" (largest) or "largest=3,mean=0.5,psnr=40"; raises SlideError."""
        named: dict[str, float] = {}
        for part in text.split(","):
            name, _, value = part.rpartition("=")
            name = {"": "largest", "max": "largest"}.get(name.strip(), name.strip())
            try:
                named[name] = float(value)
            except ValueError:
                named[name] = -1
            if name not in cls._fields or not named[name] >= 0:
                raise SlideError(
                    f"--tolerance {text}: expected numbers such as 3 (the largest "
                    f"difference of 255) or {'=N,'.join(cls._fields)}=N."
                )
        if "largest" in named:
            return cls(**{**named, "largest": int(named["largest"])})  # pyright: ignore[reportArgumentType]
        return cls(**named)  # pyright: ignore[reportArgumentType]


class Pixels(Enum):
    """How many tiles are decoded."""

    NONE = "none"
    SAMPLE = "sample"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class CompareOptions:
    """How to compare; `sample` is how many tiles of a level are decoded at most."""

    pixels: Pixels = Pixels.SAMPLE
    tolerance: Tolerance = field(default_factory=Tolerance)
    sample: int = 200


class LevelPair(NamedTuple):
    """A stored level of each slide that show the same, by number in `Slide.levels`.

    The slides that are compared have stored levels alone, or these before all others.
    """

    a: int
    b: int


class LayerPair(NamedTuple):
    """A focal plane or an optical path of each slide that show the same."""

    a: int
    b: int


@dataclass(frozen=True, slots=True)
class Pairing:
    """What of the source belongs to what of the result.

    `levels` are stored ones, the finest first; `associated` the roles that both have.
    `findings` are about what has no partner.
    """

    levels: tuple[LevelPair, ...]
    focal_planes: tuple[LayerPair, ...]
    optical_paths: tuple[LayerPair, ...]
    associated: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


class Sameness(Enum):
    """What two slides are to each other; "looks the same" is none of these."""

    BITS = "identical bits"
    PIXELS = "identical pixels"
    TOLERATED = "same within the tolerance given"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Comparing:
    """A comparison under way: `a` is the source, `b` the result."""

    a: Slide
    b: Slide
    pairing: Pairing
    options: CompareOptions
    run: Run
