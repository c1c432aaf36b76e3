"""The colours of the cards: one table a chapter, and the contrast they must keep."""

from dataclasses import dataclass

from stories.schema import Chapter

LEAST_CONTRAST = 3.0
"""Of anything that carries meaning in a picture. Source: WCAG 2.2, success criterion 1.4.11."""


@dataclass(frozen=True, slots=True)
class Palette:
    """
    The colours of one chapter, as `#RRGGBB`.

    Attributes:
        sky_top: The sky, from here
        sky_low: to here at the horizon.
        far: The hills behind.
        near: The hills in front, on which the helpers stand.
        ground: Where the path lies.
        road: The path's bed, only a little lighter than the ground.
        ink: The helpers.
        accent: The icon in the medallion.
        disc: The medallion, the steps already told, the line that joins them.
        coming: The outlines of the steps still to come.
        sun: The light, and the ring around the current step.
    """

    sky_top: str
    sky_low: str
    far: str
    near: str
    ground: str
    road: str
    ink: str
    accent: str
    disc: str
    coming: str
    sun: str

    def meaningful_pairs(self) -> dict[str, tuple[str, str]]:
        """What must be told apart, by name: each pair keeps `LEAST_CONTRAST`."""
        return {
            "icon in the medallion": (self.accent, self.disc),
            "helper on the sky above": (self.ink, self.sky_top),
            "helper on the sky below": (self.ink, self.sky_low),
            "helper on the far hill": (self.ink, self.far),
            "helper on the near hill": (self.ink, self.near),
            "icon of a told step": (self.ground, self.disc),
            "told step on the ground": (self.disc, self.ground),
            "told step on the road": (self.disc, self.road),
            "coming step on the ground": (self.coming, self.ground),
            "coming step on the road": (self.coming, self.road),
            "ring of the current step on the ground": (self.sun, self.ground),
            "ring of the current step on the road": (self.sun, self.road),
            "heart on the way": (self.ink, self.sun),
        }


PALETTES: dict[Chapter, Palette] = {
    # A warm morning.
    Chapter.BEFORE: Palette(
        sky_top="#FDF0DC",
        sky_low="#F6CFA2",
        far="#E5B083",
        near="#D09569",
        ground="#9E6140",
        road="#A66846",
        ink="#4A2F23",
        accent="#9A4524",
        disc="#FFF8EC",
        coming="#F6DFC6",
        sun="#FFDB94",
    ),
    # A cool dusk: calm blues, neither black nor red.
    Chapter.EXPLOITATION: Palette(
        sky_top="#D3DDE8",
        sky_low="#A9B9CC",
        far="#8B9DB5",
        near="#71859F",
        ground="#425670",
        road="#4A5F7A",
        ink="#1B2838",
        accent="#2F4A6B",
        disc="#F1F5F9",
        coming="#C6D2DF",
        sun="#E9EFF5",
    ),
    # Green, after rain.
    Chapter.FREEDOM: Palette(
        sky_top="#EAF7F2",
        sky_low="#BDE3D6",
        far="#90CAB6",
        near="#68B09A",
        ground="#2F7563",
        road="#387E6B",
        ink="#12403A",
        accent="#17695A",
        disc="#F5FCF9",
        coming="#C8E6DC",
        sun="#FFF1B8",
    ),
    # The sun comes up.
    Chapter.DREAMS: Palette(
        sky_top="#FFF3D3",
        sky_low="#F9CDBE",
        far="#E0AFCB",
        near="#BA8FC5",
        ground="#744C8D",
        road="#7D5596",
        ink="#3E2352",
        accent="#7A3F94",
        disc="#FFF9EF",
        coming="#E7D3EC",
        sun="#FFD76A",
    ),
}


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two `#RRGGBB` colours, 1 to 21. Source: WCAG 2.2, definition."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    if channel <= 0.04045:
        return channel / 12.92
    return float(((channel + 0.055) / 1.055) ** 2.4)
