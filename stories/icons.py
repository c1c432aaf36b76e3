"""
The closed vocabulary of icons a story may be told with, and where each drawing comes from.

A story can show nothing but these: there is no way to bring in a picture. They are objects, places
and weather, drawn calmly; hardship is told by rain, a closed door or an hourglass, never by a
suffering body, and never by bonds or bars (`BANNED` and its test keep it so).
Sources for that rule: acf.hhs.gov/otip look-beneath-surface image library;
freedomunited.org/my-story-my-dignity-guidelines (read 2026-11).
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from locales.text import N_

FOLDER = Path(__file__).with_name("icons")
"""Holds the drawings, one folder a set, and the sets' licence texts under LICENSES/."""


class UnknownIcon(ValueError):
    """The name is not in the vocabulary of `stories/icons.py`."""


@dataclass(frozen=True, slots=True)
class Icon:
    """
    One word of the vocabulary.

    Attributes:
        name: What it means, which is what a story says: `job_offer`, not `handshake`.
        drawing: Set and file without its ending: `phosphor/handshake`, `healthicons/village`.
        alt: What can be seen, in English; a message of the catalog.
    """

    name: str
    drawing: str
    alt: str


@dataclass(frozen=True, slots=True)
class Credit:
    """Whom to thank for drawings, on the page of credits. `url` is the project's home."""

    name: str
    author: str
    licence: str
    url: str
    licence_file: Path


@dataclass(frozen=True, slots=True)
class Drawing:
    """The inside of an SVG: its viewBox (all are square) and the markup, in `currentColor`."""

    view_box: str
    markup: str


_HOME = (
    Icon("home_village", "healthicons/palm_branches_roof", N_("A house with a palm leaf roof")),
    Icon("village", "healthicons/village", N_("Houses close together")),
    Icon("family", "phosphor/users-four", N_("A family")),
    Icon("friends", "phosphor/users-three", N_("Three people")),
    Icon("small_child", "phosphor/baby", N_("A small child")),
    Icon("palm_tree", "phosphor/tree-palm", N_("A palm tree")),
    Icon("island", "phosphor/island", N_("An island with a palm tree")),
    Icon("farm", "phosphor/farm", N_("A farm with fields")),
    Icon("rice", "phosphor/grains", N_("Ears of grain")),
    Icon("farm_work", "healthicons/agriculture_worker", N_("A person who works in the fields")),
    Icon("cow", "phosphor/cow", N_("A cow")),
    Icon("wallet", "phosphor/wallet", N_("A wallet")),
    Icon("coins", "phosphor/coins", N_("Coins")),
    Icon("bill", "phosphor/receipt", N_("A bill to pay")),
    Icon("debt", "phosphor/hand-coins", N_("A hand and coins")),
)

_LEAVING = (
    Icon("job_offer", "phosphor/handshake", N_("Two hands shake")),
    Icon("job", "phosphor/briefcase", N_("A work bag")),
    Icon("message", "phosphor/chat-circle-dots", N_("A message")),
    Icon("advert", "phosphor/megaphone", N_("A megaphone")),
    Icon("contract", "phosphor/signature", N_("A signature")),
    Icon("form", "phosphor/file-text", N_("A written page")),
    Icon("suitcase", "phosphor/suitcase-rolling", N_("A suitcase")),
    Icon("goodbye", "phosphor/hand-waving", N_("A hand waves")),
    Icon("bus", "phosphor/bus", N_("A bus")),
    Icon("truck", "phosphor/truck", N_("A truck")),
    Icon("ferry", "phosphor/boat", N_("A boat seen from the front")),
    Icon("airplane", "phosphor/airplane-tilt", N_("An airplane")),
    Icon("road", "phosphor/road-horizon", N_("A road that leads far away")),
    Icon("signpost", "phosphor/signpost", N_("A signpost")),
    Icon("border", "phosphor/barricade", N_("A barrier across the road")),
    Icon("city", "phosphor/buildings", N_("Tall buildings")),
)

_EXPLOITATION = (
    Icon("papers", "phosphor/identification-card", N_("An identity card")),
    Icon("papers_taken", "phosphor/hand-grabbing", N_("A hand that takes hold")),
    Icon("factory", "phosphor/factory", N_("A factory")),
    Icon("factory_work", "healthicons/factory_worker", N_("A person who works in a factory")),
    Icon("building_work", "phosphor/hard-hat", N_("A hard hat")),
    Icon("shovel", "phosphor/shovel", N_("A shovel")),
    Icon("housework", "phosphor/broom", N_("A broom")),
    Icon("domestic_work", "healthicons/domestic_worker_alt", N_("A person who sweeps")),
    Icon("laundry", "phosphor/washing-machine", N_("A washing machine")),
    Icon("cooking", "phosphor/cooking-pot", N_("A cooking pot")),
    Icon("fishing_boat", "phosphor/sailboat", N_("A boat on the water")),
    Icon("anchor", "phosphor/anchor", N_("An anchor")),
    Icon("fish", "phosphor/fish", N_("A fish")),
    Icon("open_sea", "phosphor/waves", N_("Waves")),
    Icon("computer", "phosphor/laptop", N_("A computer")),
    Icon("headset", "phosphor/headset", N_("A headset")),
    Icon("no_phone", "phosphor/device-mobile-slash", N_("A phone, crossed out")),
    Icon("watched", "phosphor/eye", N_("An eye")),
    Icon("closed_door", "phosphor/door", N_("A closed door")),
    Icon("lock", "phosphor/lock-key", N_("A lock")),
    Icon("no_pay", "phosphor/hourglass-medium", N_("An hourglass")),
    Icon("long_hours", "phosphor/clock-countdown", N_("A clock")),
    Icon("no_day_off", "phosphor/calendar-x", N_("A calendar page with a cross")),
    Icon("night", "phosphor/moon-stars", N_("The moon and stars")),
    Icon("rain", "phosphor/cloud-rain", N_("A rain cloud")),
    Icon("umbrella", "phosphor/umbrella", N_("An umbrella")),
    Icon("injury", "phosphor/bandaids", N_("Two plasters")),
)

_FREEDOM = (
    Icon("phone_call", "phosphor/phone-call", N_("A phone that rings")),
    Icon("phone", "phosphor/device-mobile", N_("A phone")),
    Icon("open_door", "phosphor/door-open", N_("An open door")),
    Icon("footsteps", "phosphor/footprints", N_("Footprints")),
    Icon("key", "phosphor/key", N_("A key")),
    Icon("rescue", "phosphor/lifebuoy", N_("A lifebuoy")),
    Icon("protection", "phosphor/shield-check", N_("A shield with a tick")),
    Icon("harbour", "phosphor/lighthouse", N_("A lighthouse")),
    Icon("shelter", "phosphor/house-line", N_("A safe house")),
    Icon("bed", "phosphor/bed", N_("A bed")),
    Icon("meal", "phosphor/bowl-food", N_("A bowl of food")),
    Icon("doctor", "phosphor/stethoscope", N_("A stethoscope")),
    Icon("hospital", "phosphor/hospital", N_("A hospital")),
    Icon("counselling", "phosphor/chats-circle", N_("Two people's words, side by side")),
    Icon("interpreter", "phosphor/user-sound", N_("A person who speaks")),
    Icon("law", "phosphor/scales", N_("A pair of scales")),
    Icon("court", "phosphor/gavel", N_("A judge's hammer")),
    Icon("official_office", "phosphor/bank", N_("A public building")),
    Icon("papers_back", "phosphor/identification-badge", N_("An identity card on a ribbon")),
    Icon("ticket", "phosphor/ticket", N_("A ticket")),
    Icon("way_home", "phosphor/airplane-landing", N_("An airplane that lands")),
    Icon("calendar", "phosphor/calendar-check", N_("A calendar page with a tick")),
)

_DREAMS = (
    Icon("school", "phosphor/graduation-cap", N_("A graduation cap")),
    Icon("book", "phosphor/book-open", N_("An open book")),
    Icon("training", "healthicons/i_training_class", N_("A class with a trainer")),
    Icon("certificate", "phosphor/certificate", N_("A certificate")),
    Icon("shop", "phosphor/storefront", N_("A small shop")),
    Icon("market", "healthicons/market_stall", N_("A market stall")),
    Icon("basket", "phosphor/basket", N_("A basket")),
    Icon("needle", "phosphor/needle", N_("A needle")),
    Icon("scissors", "phosphor/scissors", N_("Scissors")),
    Icon("dress", "phosphor/dress", N_("A dress")),
    Icon("tools", "phosphor/toolbox", N_("A toolbox")),
    Icon("engine", "phosphor/engine", N_("An engine")),
    Icon("bicycle", "phosphor/bicycle", N_("A bicycle")),
    Icon("motorcycle", "phosphor/motorcycle", N_("A motorcycle")),
    Icon("seedling", "phosphor/plant", N_("A young plant")),
    Icon("garden", "phosphor/potted-plant", N_("A plant in a pot")),
    Icon("star", "phosphor/shooting-star", N_("A shooting star")),
    Icon("sunrise", "phosphor/sun-horizon", N_("The sun above the horizon")),
    Icon("butterfly", "phosphor/butterfly", N_("A butterfly")),
    Icon("heart", "phosphor/heart", N_("A heart")),
    Icon("helping_hand", "phosphor/hand-heart", N_("A hand that holds a heart")),
)

GROUPS: dict[str, tuple[Icon, ...]] = {
    "Home": _HOME,
    "On the way": _LEAVING,
    "Work and hardship": _EXPLOITATION,
    "Help and freedom": _FREEDOM,
    "Dreams": _DREAMS,
}
"""The icons by what they are about, in the words of staff, who choose from them."""

VOCABULARY: dict[str, Icon] = {icon.name: icon for group in GROUPS.values() for icon in group}
"""Name to icon, in the order in which a story usually needs them."""

BANNED = re.compile(
    r"arrest|detention|confined|harassment|intimidation|assault|violence|weapon|gun|knife|skull"
    r"|prison|jail|cage|handcuff|chain|rope|sex_worker|traumatism|refused|bandaged|crying|injured"
)
"""What no drawing or name may be called, whatever the set."""

_BOXED = frozenset({"contract", "open_sea"})
"""Their filled variant is a box with the drawing cut out of it, which looks like another icon."""

_BEHIND_ONE = re.compile(r"(\.\d)\d+")
_BEHIND_TWO = re.compile(r"(\.\d{2})\d+")
_SVG = re.compile(r"<svg[^>]*?viewBox=\"([^\"]+)\"[^>]*>(.*)</svg>", re.DOTALL)


def icon(name: str) -> Icon:
    """
    Look *name* up.

    Raises:
        UnknownIcon: it is not in the vocabulary.
    """
    found = VOCABULARY.get(name)
    if found is None:
        raise UnknownIcon(f"{name!r} is not an icon of the vocabulary (stories/icons.py)")
    return found


@cache
def drawing(name: str, *, solid: bool = False) -> Drawing:
    """
    Read the drawing of an icon.

    Args:
        name: A word of the vocabulary.
        solid: The filled variant, for small sizes. Health Icons are filled anyway.

    Raises:
        UnknownIcon: *name* is not in the vocabulary.
    """
    text = drawing_file(name, solid=solid).read_text(encoding="utf-8")
    match = _SVG.search(text)
    if match is None:
        raise ValueError(f"{name}: its file is not an SVG with a viewBox")
    return Drawing(match[1], " ".join(match[2].split()).replace("> <", "><"))


def drawing_file(name: str, *, solid: bool = False) -> Path:
    """Where the drawing of an icon is kept. Raises UnknownIcon as `drawing` does."""
    collection, _, file = icon(name).drawing.partition("/")
    if collection == "healthicons":
        return FOLDER / collection / f"{file}.svg"
    weight = "fill" if solid and name not in _BOXED else "duotone"
    return FOLDER / collection / weight / f"{file}-{weight}.svg"


def icon_svg(name: str) -> str:
    """
    An `<svg>` to put into a page: takes the colour and the size (1em) of the text around it.

    It is hidden from screen readers; the words beside it, or `icon(name).alt`, say what it is.
    """
    found = drawing(name)
    return (
        f'<svg viewBox="{found.view_box}" width="1em" height="1em" fill="currentColor"'
        f' aria-hidden="true" focusable="false">{found.markup}</svg>'
    )


def _coarse(drawn: Drawing) -> str:
    """
    The drawing with fewer decimals: what is left out is less than a quarter of a thousandth of
    its width, and a tenth of what a reader has to load.
    """
    is_large = float(drawn.view_box.split()[2]) > 100
    return (_BEHIND_ONE if is_large else _BEHIND_TWO).sub(r"\1", drawn.markup)


@cache
def sprite(names: frozenset[str] | None = None) -> str:
    """
    `icons.svg`: a `<symbol id="name">` for each icon, used as `<use href="icons.svg#name">`.

    Args:
        names: The icons wanted; None for the whole vocabulary.
    """
    symbols = "".join(
        f'<symbol id="{name}" viewBox="{drawing(name).view_box}">{_coarse(drawing(name))}</symbol>'
        for name in VOCABULARY
        if names is None or name in names
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" fill="currentColor">{symbols}</svg>'


def credits() -> tuple[Credit, ...]:  # noqa: A001 - the page is called so
    """Whose drawings these are."""
    licences = FOLDER / "LICENSES"
    return (
        Credit(
            "Phosphor Icons",
            "Helena Zhang and Tobias Fried",
            "MIT",
            "https://phosphoricons.com",
            licences / "Phosphor.txt",
        ),
        Credit(
            "Health Icons",
            "Resolve to Save Lives",
            "MIT",
            "https://healthicons.org",
            licences / "HealthIcons.txt",
        ),
    )
