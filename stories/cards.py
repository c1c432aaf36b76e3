"""
The cards: pictures without words, the same for every language that is read in one direction.

A step's card shows where the reader is (which chapter, which step of it, what is told and what is
still to come, by shape and not by colour alone) and what the step is about. Two more stand beside
it: the cover, and how far a need is funded.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from stories import scene
from stories.pack import Pack, Step
from stories.palette import PALETTES, Palette
from stories.scene import HEIGHT, WIDTH, Point, Stage
from stories.schema import GENTLE, Chapter

ENCODER = "resvg 0.5.0, 256 colours, 1"
"""How SVG becomes PNG. A change of it must change this, so that no cache serves old pictures."""

SHARED_WIDTH, SHARED_HEIGHT = 1200, 630
"""Of the picture beside a link: 1.91 to 1, which is what messengers and large sites show whole."""

FUNDING_STEP = 5
"""Percent. A funding card tells no more: 21 pictures are drawn, the figures are in the caption."""


@dataclass(frozen=True)
class CardPicture(ABC):
    """
    A picture that can be drawn; equal ones look the same.

    Attributes:
        rtl: Laid out for a language that is read from right to left.
    """

    rtl: bool

    @abstractmethod
    def svg(self) -> str:
        """The picture, 1280 by 720."""

    @property
    def key(self) -> str:
        """64 hex digits that name the picture's bytes: the same key, the same PNG, for ever."""
        return _key(self)


@dataclass(frozen=True)
class StepCard(CardPicture):
    """
    One step.

    Attributes:
        chapter: Whose colours it has.
        path: The icons of the chapter's steps, in order.
        current: Which of them this is, from 0.
        helpers: The two smaller icons beside it.
    """

    chapter: Chapter
    path: tuple[str, ...]
    current: int
    helpers: tuple[str, str]

    def svg(self) -> str:
        palette, stage = PALETTES[self.chapter], Stage(self.rtl)
        return scene.document(
            _landscape(self.chapter, stage),
            _helpers(self.helpers, palette, stage),
            scene.medallion(self.path[self.current], _MEDALLION, 196, palette),
            _path(self.path, self.current, palette, stage),
            _pills(self.chapter, (self.current + 1) / len(self.path), stage),
        )


@dataclass(frozen=True)
class CoverCard(CardPicture):
    """The calm picture of the start and of lists: through all four chapters, the way leads home."""

    def svg(self) -> str:
        return _cover(Stage(self.rtl))


@dataclass(frozen=True)
class ShareCard(CardPicture):
    """
    The picture that others show beside a link to us: the cover, 1200 by 630.

    It shows nobody's story: what others keep cannot be taken back.
    """

    def svg(self) -> str:
        cut = HEIGHT - SHARED_HEIGHT * WIDTH / SHARED_WIDTH
        return _cover(Stage(self.rtl)).replace(
            f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"',
            f'width="{SHARED_WIDTH}" height="{SHARED_HEIGHT}"'
            f' viewBox="0 {cut:g} {WIDTH} {HEIGHT - cut:g}"',
            1,
        )


@dataclass(frozen=True)
class FundingCard(CardPicture):
    """
    How far a need is funded: the way home, and the sun rises with it.

    Attributes:
        percent: A multiple of `FUNDING_STEP` from 0 to 100.
    """

    percent: int

    def svg(self) -> str:
        return _funding(self.percent, Stage(self.rtl))


def step_card(pack: Pack, step: Step, *, rtl: bool) -> StepCard:
    """The card of *step*; for the gentle card give `pack.gentle_step`."""
    if step.id == GENTLE:
        return StepCard(rtl, step.chapter, (step.icon,), 0, step.helpers)
    path = tuple(other.icon for other in pack.chapter_steps(step.chapter))
    return StepCard(rtl, step.chapter, path, step.index, step.helpers)


def cover_card(*, rtl: bool) -> CoverCard:
    """The cover."""
    return CoverCard(rtl)


def funding_card(percent: int, *, rtl: bool) -> FundingCard:
    """
    How far a need is funded, rounded down to `FUNDING_STEP`: full only when it is.

    Args:
        percent: Whole percent; below 0 counts as 0, above 100 as 100.
    """
    kept = max(0, min(100, percent))
    return FundingCard(rtl, kept - kept % FUNDING_STEP)


def share_card() -> ShareCard:
    """The picture of a link to us."""
    return ShareCard(rtl=False)


def all_cards(pack: Pack) -> Iterator[CardPicture]:
    """Every card of a story, in both directions: what its readers can come to see."""
    for rtl in (False, True):
        for step in (*pack.steps, pack.gentle_step):
            yield step_card(pack, step, rtl=rtl)


def common_cards() -> Iterator[CardPicture]:
    """The cards that all stories share: the cover, and how far a plan is funded."""
    yield share_card()
    for rtl in (False, True):
        yield cover_card(rtl=rtl)
        for percent in range(0, 101, FUNDING_STEP):
            yield funding_card(percent, rtl=rtl)


@lru_cache(maxsize=4096)
def _key(picture: CardPicture) -> str:
    told = f"{picture.svg()}\n{WIDTH}x{HEIGHT}\n{ENCODER}"
    return hashlib.sha256(told.encode()).hexdigest()


_MEDALLION: Point = (WIDTH / 2, 262)
_FAR: tuple[Point, ...] = ((0, 420), (210, 356), (640, 452), (1060, 344), (1280, 396))
_NEAR: tuple[Point, ...] = ((0, 452), (250, 424), (650, 512), (1040, 424), (1280, 470))
_GROUND: tuple[Point, ...] = ((0, 528), (330, 540), (640, 526), (960, 540), (1280, 526))


def _landscape(chapter: Chapter, stage: Stage) -> str:
    """The sky and the land of a chapter, turned to the reader's direction."""
    palette = PALETTES[chapter]
    return stage.turned(
        scene.sky(palette)
        + _weather(chapter, palette)
        + scene.hill(_FAR, palette.far)
        + scene.hill(_NEAR, palette.near)
        + scene.hill(_GROUND, palette.ground)
    )


def _weather(chapter: Chapter, palette: Palette) -> str:
    """Each chapter has its own time of day."""
    match chapter:
        case Chapter.BEFORE:
            return (
                scene.sun(palette, (250, 176), 54, 150)
                + scene.cloud((1010, 170), 190, palette.disc, 0.75)
                + scene.birds(((905, 118), (960, 92), (1180, 214)), palette.near)
            )
        case Chapter.EXPLOITATION:
            return (
                scene.sun(palette, (1040, 140), 46, 120)
                + scene.cloud((236, 168), 250, palette.disc, 0.7)
                + scene.cloud((930, 92), 130, palette.disc, 0.5)
                + scene.drizzle(
                    ((150, 196), (204, 208), (262, 196), (318, 208), (180, 250), (292, 250)),
                    palette.far,
                )
            )
        case Chapter.FREEDOM:
            return (
                scene.sun(palette, (250, 160), 62, 190)
                + scene.cloud((1030, 150), 180, palette.disc, 0.9)
                + scene.birds(((400, 96), (455, 70), (860, 120), (1150, 220)), palette.near)
            )
        case Chapter.DREAMS:
            return scene.sun(palette, (640, 300), 230, 260) + scene.sparkles(
                ((170, 150, 20), (300, 84, 13), (990, 84, 14), (1116, 150, 20), (1190, 70, 10)),
                palette.far,
            )


def _helpers(names: tuple[str, str], palette: Palette, stage: Stage) -> str:
    """The two smaller icons, standing on the hills."""
    places = ((232, 360), (1052, 356))
    return "".join(
        scene.glyph(name, stage.point(place), 176, palette.ink)
        for name, place in zip(names, places, strict=True)
    )


def _path(icons: tuple[str, ...], current: int, palette: Palette, stage: Stage) -> str:
    """The chapter's steps: told ones filled, the current one ringed, coming ones outlined."""
    count = len(icons)
    margin = 116 + 30 * max(0, 7 - count)
    spots = scene.wave((margin, 606), (WIDTH - margin, 606), count, 11 if count > 1 else 0)
    if count == 1:
        spots = [(WIDTH / 2, 606)]
    points = [stage.point(spot) for spot in spots]
    road = [stage.point(end) for end in ((-40, 600), *spots, (WIDTH + 40, 612))]
    parts = [
        scene.line(road, palette.road, 34),
        scene.line(points[current:], palette.coming, 6, dots="1 17") if current < count - 1 else "",
        scene.line(points[: current + 1], palette.disc, 8) if current else "",
    ]
    for at, (name, point) in enumerate(zip(icons, points, strict=True)):
        parts.append(_spot(name, point, at - current, palette))
    return "".join(parts)


def _spot(name: str, at: Point, distance: int, palette: Palette) -> str:
    """One step of the path; *distance* from the current one, below 0 if it is told already."""
    if distance == 0:
        return (
            scene.disc(at, 63, palette.sun)
            + scene.disc(at, 54, palette.disc, ring=palette.accent, ring_width=5)
            + scene.glyph(name, at, 72, palette.accent, solid=True)
        )
    if distance < 0:
        return scene.disc(at, 40, palette.disc) + scene.glyph(name, at, 54, palette.ground)
    edge = scene.disc(at, 38, palette.ground, ring=palette.coming, ring_width=4)
    return edge + scene.glyph(name, at, 50, palette.coming)


def _pills(chapter: Chapter, told: float, stage: Stage) -> str:
    """
    The four chapters: told ones full, the current one longer and filled as far as it is *told*,
    coming ones outlined.
    """
    palette = PALETTES[chapter]
    long, short, high, gap = 108.0, 44.0, 14.0, 18.0
    x, y = (WIDTH - long - 3 * short - 3 * gap) / 2, 688.0
    parts = []
    order = list(Chapter)
    for each in order:
        width = long if each is chapter else short
        full = order.index(each) < order.index(chapter)
        left = stage.x(x) - (width if stage.rtl else 0)
        fill = palette.disc if full else palette.ground
        parts.append(scene.pill((left, y), (width, high), fill, palette.disc))
        if each is chapter:
            part = max(high, width * told)
            start = left + width - part if stage.rtl else left
            parts.append(scene.pill((start, y), (part, high), palette.sun, palette.disc))
        x += width + gap
    return "".join(parts)


_COVER_ROAD: tuple[Point, ...] = (
    (96, 780),
    (300, 628),
    (640, 590),
    (884, 520),
    (760, 462),
    (500, 420),
    (520, 372),
    (740, 330),
    (868, 262),
)
_COVER_STEPS: tuple[tuple[str, Point, float, Chapter], ...] = (
    ("home_village", (296, 612), 66, Chapter.BEFORE),
    ("umbrella", (878, 522), 57, Chapter.EXPLOITATION),
    ("open_door", (494, 404), 48, Chapter.FREEDOM),
    ("star", (728, 330), 40, Chapter.DREAMS),
)
_COVER_LANDS: tuple[tuple[Chapter, tuple[Point, ...], tuple[Point, ...]], ...] = (
    (
        Chapter.DREAMS,
        ((0, 300), (240, 262), (560, 330), (900, 242), (1280, 318)),
        ((0, 352), (400, 318), (700, 372), (1040, 300), (1280, 336)),
    ),
    (
        Chapter.FREEDOM,
        ((0, 372), (330, 412), (720, 366), (1060, 402), (1280, 352)),
        ((0, 440), (420, 420), (760, 452), (1100, 420), (1280, 446)),
    ),
    (
        Chapter.EXPLOITATION,
        ((0, 470), (300, 500), (700, 456), (1000, 492), (1280, 450)),
        ((0, 540), (380, 512), (820, 556), (1280, 508)),
    ),
    (
        Chapter.BEFORE,
        ((0, 548), (360, 588), (760, 560), (1280, 612)),
        ((0, 640), (420, 610), (860, 656), (1280, 640)),
    ),
)
_COVER_TREES: tuple[tuple[str, Point, float, Chapter], ...] = (
    ("palm_tree", (1110, 566), 150, Chapter.BEFORE),
    ("palm_tree", (1222, 604), 96, Chapter.BEFORE),
    ("seedling", (150, 398), 64, Chapter.FREEDOM),
    ("seedling", (1096, 384), 64, Chapter.FREEDOM),
)


def _cover(stage: Stage) -> str:
    """Four lands, one behind the other, and a road through all of them to a house in the sun."""
    dreams = PALETTES[Chapter.DREAMS]
    backdrop = (
        scene.sky(dreams)
        + scene.sun(dreams, (900, 190), 124, 200)
        + scene.cloud((290, 160), 220, dreams.disc, 0.8)
        + scene.cloud((560, 104), 130, dreams.disc, 0.6)
        + scene.birds(((640, 196), (694, 172), (1150, 150)), dreams.near)
    )
    for chapter, far, near in _COVER_LANDS:
        palette = PALETTES[chapter]
        backdrop += scene.hill(far, palette.far) + scene.hill(near, palette.near)
    road = scene.curve([stage.point(point) for point in _COVER_ROAD])
    parts = [stage.turned(backdrop)]
    for name, place, size, chapter in _COVER_TREES:
        parts.append(scene.glyph(name, stage.point(place), size, PALETTES[chapter].ground))
    parts.append(scene.ribbon(road, [9 + (y - 262) * 0.08 for _, y in road], dreams.disc))
    parts.append(scene.disc(stage.point((900, 182)), 86, dreams.disc))
    parts.append(scene.glyph("shelter", stage.point((900, 178)), 124, dreams.accent))
    for name, place, radius, chapter in _COVER_STEPS:
        palette, at = PALETTES[chapter], stage.point(place)
        parts.append(scene.disc(at, radius, palette.disc, ring=palette.accent, ring_width=6))
        parts.append(scene.glyph(name, at, radius * 1.3, palette.accent))
    return scene.document(*parts)


_FUNDING_ROAD: tuple[Point, ...] = (
    (136, 580),
    (320, 622),
    (520, 590),
    (700, 600),
    (870, 560),
    (988, 462),
)
_FUNDING_HOME: Point = (1070, 376)


def _funding(percent: int, stage: Stage) -> str:
    """A road of twenty parts to a house on the hill; the sun rises behind it."""
    palette = PALETTES[Chapter.DREAMS]
    part = percent / 100
    backdrop = (
        scene.sky(palette)
        + scene.sun(palette, (520, 420 - 200 * part), 104, 110 + 120 * part)
        + scene.cloud((230, 190), 190, palette.disc, 0.8)
        + scene.cloud((820, 120), 140, palette.disc, 0.6)
        + scene.hill(((0, 392), (330, 440), (700, 396), (1064, 316), (1280, 356)), palette.far)
        + scene.hill(((0, 456), (330, 492), (740, 456), (1064, 396), (1280, 424)), palette.near)
        + scene.hill(((0, 506), (400, 528), (740, 512), (1100, 470), (1280, 490)), palette.ground)
    )
    if percent == 100:
        stars = ((884, 330, 20), (930, 236, 15), (1196, 228, 22), (1236, 324, 13))
        backdrop += scene.sparkles(stars, palette.accent)
    road = scene.curve([stage.point(point) for point in _FUNDING_ROAD])
    home = stage.point(_FUNDING_HOME)
    return scene.document(stage.turned(backdrop), *_way(road, home, percent, palette))


def _way(road: list[Point], home: Point, percent: int, palette: Palette) -> list[str]:
    """
    The road with its house: the funded part is a broad line, the rest is stones.

    A heart walks along it; when everything is there, the house itself is lit.
    """
    done = scene.along(road, percent / 100)
    full = percent == 100
    parts = [scene.polyline(road, palette.road, 60)]
    for stone in range(20):
        at = scene.along(road, stone / 20)[-1]
        radius = 13 if stone % 5 == 0 else 8
        parts.append(scene.disc(at, radius, palette.ground, ring=palette.coming, ring_width=4))
    if percent:
        parts.append(scene.polyline(done, palette.sun, 30))
    fill = palette.sun if full else palette.disc
    parts.append(scene.disc(home, 132, palette.disc))
    parts.append(scene.disc(home, 118, fill, ring=palette.accent, ring_width=7))
    if full:
        parts.append(scene.glyph("shelter", home, 160, palette.ink))
        return parts
    parts.append(scene.glyph("shelter", home, 150, palette.accent))
    parts.append(scene.disc(done[-1], 64, palette.sun, ring=palette.ink, ring_width=5))
    parts.append(scene.glyph("helping_hand", done[-1], 86, palette.ink))
    return parts
