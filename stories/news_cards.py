"""The cards of news: what happened, in a medallion above a road that leads home."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stories import scene
from stories.cards import CardPicture
from stories.milestones import KIND_ICONS, VOCABULARY
from stories.palette import PALETTES
from stories.scene import WIDTH, Point, Stage
from stories.schema import Chapter


@dataclass(frozen=True)
class NewsCard(CardPicture):
    """
    One thing that has happened, or a kind of things.

    Attributes:
        icon: A word of the vocabulary of icons.
    """

    icon: str

    def svg(self) -> str:
        return _news(self.icon, Stage(self.rtl))


def news_card(icon: str, *, rtl: bool) -> NewsCard:
    """The card with this icon."""
    return NewsCard(rtl, icon)


def news_cards() -> Iterator[NewsCard]:
    """Every card of news, in both directions."""
    icons = {milestone.icon for milestone in VOCABULARY.values()} | set(KIND_ICONS.values())
    for icon in sorted(icons):
        for rtl in (False, True):
            yield news_card(icon, rtl=rtl)


_FAR: tuple[Point, ...] = ((0, 420), (240, 372), (640, 452), (1060, 340), (1280, 372))
_NEAR: tuple[Point, ...] = ((0, 470), (300, 436), (690, 516), (1080, 420), (1280, 450))
_GROUND: tuple[Point, ...] = ((0, 540), (360, 556), (700, 540), (1060, 500), (1280, 520))
_ROAD: tuple[Point, ...] = ((-60, 668), (210, 622), (430, 640), (640, 606), (860, 600), (1080, 520))
_HERE: Point = (640, 606)
_HOME: Point = (1104, 432)


def _news(icon: str, stage: Stage) -> str:
    """A morning: the road is told up to here, and goes on to a house on the hill."""
    palette, dreams = PALETTES[Chapter.FREEDOM], PALETTES[Chapter.DREAMS]
    backdrop = (
        scene.sky(palette)
        + scene.sun(dreams, (640, 262), 214, 250)
        + scene.cloud((210, 150), 190, palette.disc, 0.9)
        + scene.birds(((330, 240), (392, 214), (1010, 150)), palette.near)
        + scene.hill(_FAR, palette.far)
        + scene.hill(_NEAR, palette.near)
        + scene.hill(_GROUND, palette.ground)
    )
    road = scene.curve([stage.point(point) for point in _ROAD])
    here = min(range(len(road)), key=lambda at: abs(road[at][0] - WIDTH / 2))
    home = stage.point(_HOME)
    return scene.document(
        stage.turned(backdrop),
        scene.polyline(road, palette.road, 52),
        scene.line(road[here::6], palette.coming, 7, dots="1 19"),
        scene.polyline(road[: here + 1], palette.disc, 9),
        scene.disc(home, 82, palette.disc, ring=palette.accent, ring_width=6),
        scene.glyph("shelter", (home[0], home[1] - 2), 106, palette.accent),
        scene.disc(stage.point(_HERE), 44, dreams.sun),
        scene.disc(stage.point(_HERE), 35, palette.disc, ring=palette.accent, ring_width=5),
        scene.glyph("heart", stage.point(_HERE), 44, palette.accent, solid=True),
        scene.medallion(icon, (WIDTH / 2, 262), 196, palette),
    )
