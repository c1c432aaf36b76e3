"""
What the cards are drawn of: sky, hills, discs, icons and a road, as pieces of SVG.

Every function returns markup. Places are given as in a left-to-right card; `Stage` turns them
around for languages that are read the other way. Nothing here writes a word into a picture: words
belong in the caption, where they can be read aloud, enlarged, copied and translated.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from stories.icons import drawing, icon
from stories.palette import Palette

WIDTH, HEIGHT = 1280, 720
"""Of every card alike, so that a message that is edited in place does not jump."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stage:
    """Which way the card is read."""

    rtl: bool

    def x(self, at: float) -> float:
        """Where something stands that is at *at* in the left-to-right card."""
        return WIDTH - at if self.rtl else at

    def point(self, at: Point) -> Point:
        """The same for a point."""
        return (self.x(at[0]), at[1])

    def turned(self, markup: str) -> str:
        """*markup* as a whole, mirrored if the card is. Not for icons: those stay as they are."""
        if not self.rtl:
            return markup
        return f'<g transform="translate({WIDTH} 0) scale(-1 1)">{markup}</g>'


def document(*parts: str) -> str:
    """A whole card."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
        f' viewBox="0 0 {WIDTH} {HEIGHT}">{"".join(parts)}</svg>'
    )


def sky(palette: Palette) -> str:
    """The sky, over the whole card."""
    return (
        '<defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">'
        f'<stop stop-color="{palette.sky_top}"/>'
        f'<stop offset=".75" stop-color="{palette.sky_low}"/></linearGradient></defs>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="url(#sky)"/>'
    )


def sun(palette: Palette, at: Point, radius: float, glow: float) -> str:
    """
    A sun (or a moon) in its glow.

    The glow is of rings and not of a gradient: a quarter of the time to draw, and 256 colours hold
    it without banding.
    """
    x, y = at
    rings = (
        _circle(x, y, radius + glow * part, f'fill="{palette.sun}" fill-opacity="{opacity}"')
        for part, opacity in ((1.0, 0.12), (0.66, 0.16), (0.33, 0.22))
    )
    return "".join(rings) + _circle(x, y, radius, f'fill="{palette.sun}"')


def cloud(at: Point, size: float, colour: str, opacity: float = 0.6) -> str:
    """A flat-bottomed cloud, *size* wide, resting on *at*."""
    x, y = at
    puffs = ((-0.3, 0.17), (-0.08, 0.26), (0.18, 0.21), (0.34, 0.13))
    shapes = "".join(
        _circle(x + size * dx, y - size * radius, size * radius, "") for dx, radius in puffs
    )
    base = (
        f'<rect x="{_n(x - size * 0.47)}" y="{_n(y - size * 0.2)}" width="{_n(size * 0.94)}"'
        f' height="{_n(size * 0.2)}" rx="{_n(size * 0.1)}"/>'
    )
    return f'<g fill="{colour}" opacity="{opacity}">{shapes}{base}</g>'


def birds(at: Sequence[Point], colour: str) -> str:
    """A few birds, far away."""
    strokes = "".join(f"M{_n(x - 17)} {_n(y - 7)}q10 -5 17 7q7 -12 17 -7" for x, y in at)
    return (
        f'<path d="{strokes}" fill="none" stroke="{colour}" stroke-width="4"'
        ' stroke-linecap="round" stroke-linejoin="round"/>'
    )


def sparkles(at: Sequence[tuple[float, float, float]], colour: str) -> str:
    """Four-pointed stars; each of x, y and size."""
    shapes = "".join(
        f"M{_n(x)} {_n(y - s)}Q{_n(x)} {_n(y)} {_n(x + s)} {_n(y)}Q{_n(x)} {_n(y)} {_n(x)}"
        f" {_n(y + s)}Q{_n(x)} {_n(y)} {_n(x - s)} {_n(y)}Q{_n(x)} {_n(y)} {_n(x)} {_n(y - s)}Z"
        for x, y, s in at
    )
    return f'<path d="{shapes}" fill="{colour}"/>'


def drizzle(at: Sequence[Point], colour: str) -> str:
    """A few strokes of light rain."""
    strokes = "".join(f"M{_n(x)} {_n(y)}l-11 30" for x, y in at)
    return (
        f'<path d="{strokes}" fill="none" stroke="{colour}" stroke-width="4"'
        ' stroke-linecap="round"/>'
    )


def hill(ridge: Sequence[Point], colour: str) -> str:
    """Land whose upper edge goes softly through *ridge*, down to the card's lower edge."""
    return f'<path d="{_smooth(ridge)}L{WIDTH} {HEIGHT}L0 {HEIGHT}Z" fill="{colour}"/>'


def line(points: Sequence[Point], colour: str, width: float, *, dots: str = "") -> str:
    """A soft line through *points*; *dots* is a dash pattern."""
    pattern = f' stroke-dasharray="{dots}"' if dots else ""
    return (
        f'<path d="{_smooth(points)}" fill="none" stroke="{colour}" stroke-width="{_n(width)}"'
        f' stroke-linecap="round" stroke-linejoin="round"{pattern}/>'
    )


def disc(at: Point, radius: float, fill: str, *, ring: str = "", ring_width: float = 0) -> str:
    """A disc, with a ring on its edge if one is asked for."""
    edge = f' stroke="{ring}" stroke-width="{_n(ring_width)}"' if ring else ""
    return _circle(at[0], at[1], radius, f'fill="{fill}"{edge}')


def pill(at: Point, size: Point, fill: str, ring: str) -> str:
    """A bar with round ends; *at* is its upper left corner."""
    (x, y), (width, height) = at, size
    return (
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"'
        f' rx="{_n(height / 2)}" fill="{fill}" stroke="{ring}" stroke-width="2.5"/>'
    )


def glyph(name: str, centre: Point, size: float, colour: str, *, solid: bool = False) -> str:
    """An icon of the vocabulary, *size* wide and high around *centre*."""
    found = drawing(name, solid=solid)
    side = float(found.view_box.split()[2])
    # Health Icons leave more of their square empty than Phosphor's do.
    size *= 1.12 if icon(name).drawing.startswith("healthicons/") else 1
    x, y = centre[0] - size / 2, centre[1] - size / 2
    return (
        f'<g transform="translate({_n(x)} {_n(y)}) scale({size / side:.4f})" fill="{colour}"'
        f' color="{colour}">{found.markup}</g>'
    )


def medallion(name: str, centre: Point, radius: float, palette: Palette) -> str:
    """The big disc with what the step is about."""
    return (
        _circle(*centre, radius + 16, f'fill="{palette.disc}" fill-opacity=".45"')
        + disc(centre, radius, palette.disc, ring=palette.accent, ring_width=7)
        + glyph(name, centre, radius * 1.3, palette.accent)
    )


def wave(left: Point, right: Point, count: int, sway: float) -> list[Point]:
    """*count* points from *left* to *right*, swaying up and down in turn."""
    step = (right[0] - left[0]) / max(1, count - 1)
    rise = (right[1] - left[1]) / max(1, count - 1)
    return [
        (left[0] + step * at, left[1] + rise * at + (sway if at % 2 else -sway))
        for at in range(count)
    ]


def along(points: Sequence[Point], part: float) -> list[Point]:
    """The first *part* (0 to 1, by length) of the broken line through *points*."""
    lengths = [math.dist(a, b) for a, b in pairwise(points)]
    left = sum(lengths) * part
    found = [points[0]]
    for (x, y), (to_x, to_y), length in zip(points, points[1:], lengths, strict=False):
        if length >= left:
            share = left / length if length else 0
            return [*found, (x + (to_x - x) * share, y + (to_y - y) * share)]
        left -= length
        found.append((to_x, to_y))
    return found


def polyline(points: Sequence[Point], colour: str, width: float) -> str:
    """A broken line; with many points it is a curve."""
    text = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
    return (
        f'<polyline points="{text}" fill="none" stroke="{colour}" stroke-width="{_n(width)}"'
        ' stroke-linecap="round" stroke-linejoin="round"/>'
    )


def ribbon(points: Sequence[Point], widths: Sequence[float], colour: str) -> str:
    """A band along *points* that changes its width: a road that goes into the distance."""
    left, right = [], []
    for at, ((x, y), width) in enumerate(zip(points, widths, strict=True)):
        (from_x, from_y), (to_x, to_y) = (
            points[max(0, at - 1)],
            points[min(len(points) - 1, at + 1)],
        )
        length = math.dist((from_x, from_y), (to_x, to_y)) or 1
        aside_x, aside_y = (
            (to_y - from_y) / length * width / 2,
            (from_x - to_x) / length * width / 2,
        )
        left.append((x + aside_x, y + aside_y))
        right.append((x - aside_x, y - aside_y))
    text = " ".join(f"{_n(x)},{_n(y)}" for x, y in [*left, *reversed(right)])
    return f'<polygon points="{text}" fill="{colour}"/>'


def curve(points: Sequence[Point], pieces: int = 24) -> list[Point]:
    """Many points on a soft curve through *points* (Catmull-Rom, ends repeated)."""
    found = [points[0]]
    padded = [points[0], *points, points[-1]]
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for at in range(1, pieces + 1):
            found.append(_between(before, start, end, after, at / pieces))
    return found


def _between(before: Point, start: Point, end: Point, after: Point, t: float) -> Point:
    def one(a: float, b: float, c: float, d: float) -> float:
        return 0.5 * (
            2 * b
            + (c - a) * t
            + (2 * a - 5 * b + 4 * c - d) * t**2
            + (3 * b - a - 3 * c + d) * t**3
        )

    return (
        one(before[0], start[0], end[0], after[0]),
        one(before[1], start[1], end[1], after[1]),
    )


def _smooth(points: Sequence[Point]) -> str:
    """A path through *points* that is level at each of them."""
    (x, y), *rest = points
    text = f"M{_n(x)} {_n(y)}"
    for to_x, to_y in rest:
        middle = (x + to_x) / 2
        text += f"C{_n(middle)} {_n(y)} {_n(middle)} {_n(to_y)} {_n(to_x)} {_n(to_y)}"
        x, y = to_x, to_y
    return text


def _circle(x: float, y: float, radius: float, attributes: str) -> str:
    return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" {attributes}/>'


def _n(number: float) -> str:
    """A coordinate, to a tenth, without a useless `.0`."""
    return f"{number:.1f}".removesuffix(".0")
