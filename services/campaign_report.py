"""
What a campaign reached, as it may be told: counts, none below `LEAST_TOLD`, and never a path.

Together with a day and a language a small count can point at one person. So it is hidden; and where
a sum that is told elsewhere would give it away, the next smallest beside it is hidden too.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import TypeVar

from services.arrivals import Stage
from services.campaigns import Report
from values.money import Money

LEAST_TOLD = 5
"""Source: safety research for this project; the usual threshold of small counts in statistics."""

K = TypeVar("K", bound=Hashable)

_OPENED: Mapping[str, int] = {"chat": Stage.OPENED, "web": Stage.OPENED_ON_WEB}
_WORDS: Mapping[int, str] = {
    Stage.PLAN_ON_WEB: "went on to the plan on the web",
    Stage.OPENED_ON_WEB: "opened on the web",
    Stage.OPENED: "opened in the chat",
    Stage.NEED: "saw the plan in the chat",
    Stage.FOLLOWED: "followed in the chat",
}


@dataclass(frozen=True, slots=True)
class Line:
    """
    One stage.

    Attributes:
        told: How many came so far, as it may be told.
        share: That as a percentage of the stage before, "83%"; empty for the first, and where one
            of both is not told.
        length: The same for a picture; hidden ones are all alike.
    """

    words: str
    told: str
    share: str
    length: int


@dataclass(frozen=True, slots=True)
class Opened:
    """How often the link was opened on a day or in a language, in the chat and on the web."""

    what: str
    in_chat: str
    on_web: str


def hidden(cells: Mapping[K, int], groups: Callable[[K], Iterable[Hashable]]) -> set[K]:
    """
    The cells that must not be told.

    Args:
        groups: Of which sums a cell is a part that somebody may know.
    """
    hide = {key for key, number in cells.items() if 0 < number < LEAST_TOLD}
    members: dict[Hashable, list[K]] = {}
    for key, number in cells.items():
        for group in groups(key) if number else ():
            members.setdefault(group, []).append(key)
    changed = True
    while changed:
        changed = False
        for inside in members.values():
            unseen = [key for key in inside if key in hide]
            seen = sorted((key for key in inside if key not in hide), key=lambda key: cells[key])
            # A sum less all that is told of it is what is not told.
            if seen and unseen and (len(unseen) == 1 or _sum(cells, unseen) < LEAST_TOLD):
                hide.add(seen[0])
                changed = True
    return hide


def in_chat(found: Report) -> list[Line]:
    """From the link through each step to the gift; in the chat everybody counts once a stage."""
    reached = _reached(found)
    steps = sorted(stage for stage in reached if Stage.STEP <= stage < Stage.NEED)
    stages = [Stage.OPENED, *steps, Stage.NEED, Stage.FOLLOWED]
    return _lines([(_word(stage), reached[stage]) for stage in stages], _gave(found, "chat"))


def on_web(found: Report) -> list[Line]:
    """The same on the web, where nobody is recognised and a story is read on one page."""
    reached = _reached(found)
    stages = (Stage.OPENED_ON_WEB, Stage.PLAN_ON_WEB)
    return _lines([(_word(stage), reached[stage]) for stage in stages], _gave(found, "web"))


def by_day(found: Report) -> list[Opened]:
    """How often the link was opened on each day, in UTC."""
    return _opened(found, lambda count: count.day)


def by_language(found: Report) -> list[Opened]:
    """How often the link was opened in each language."""
    return _opened(found, lambda count: count.locale)


def sums(found: Report) -> list[str]:
    """What was given and has arrived, a line each currency; not of a few gifts."""
    gifts: Counter[str] = Counter()
    amounts: Counter[str] = Counter()
    for each in found.given:
        gifts[each.currency] += each.gifts
        amounts[each.currency] += each.amount_minor
    hide = hidden(gifts, lambda _: ("all",))
    return [
        f"in {code}: too few gifts to be told"
        if code in hide
        else f"{Money(amounts[code], code)} in {gifts[code]} gifts"
        for code in sorted(gifts)
    ]


def csv_of(found: Report) -> str:
    """Every count by day, language and stage; one that is hidden is `<5` or `-`."""
    cells: dict[tuple[str, str, int, str], int] = {}
    for count in found.counts:
        cells[count.day, count.locale, count.stage, _word(count.stage)] = count.times
    for gift in found.given:
        key = (gift.day, gift.locale, _GAVE, f"gave in {gift.origin}, {gift.currency}")
        cells[key] = cells.get(key, 0) + gift.gifts

    def groups(key: tuple[str, str, int, str]) -> Iterable[Hashable]:
        day, locale, stage, words = key
        yield words
        if stage in _OPENED.values():
            yield words, "day", day
            yield words, "locale", locale
        if stage == _GAVE:
            yield from words.removeprefix("gave in ").split(", ")

    hide = hidden(cells, groups)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("day", "language", "stage", "count"))
    for key in sorted(cells):
        day, locale, _, words = key
        writer.writerow((day, locale, words, told(cells[key], is_hidden=key in hide)))
    return out.getvalue()


def picture_of(found: Report) -> str:
    """Both funnels as one SVG of bars; hidden counts are drawn alike."""
    rows = [*in_chat(found), *on_web(found)]
    most = max((row.length for row in rows), default=0) or 1
    height = 52 * len(rows) + 56
    bars = "".join(
        f'<text x="20" y="{y}">{escape(row.words)}</text>'
        f'<rect x="20" y="{y + 8}" width="{270 * row.length / most:.1f}" height="18" rx="3"'
        ' fill="#9e6140"/>'
        f'<text x="{28 + 270 * row.length / most:.1f}" y="{y + 23}">{escape(row.told)}</text>'
        for y, row in zip(range(66, height, 52), rows, strict=False)
    )
    name = escape(found.landing.campaign.name)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 {height}" role="img"'
        ' font-family="sans-serif" font-size="15" fill="#1d2b33">'
        f"<title>{name}</title>"
        '<rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="20" y="30" font-size="18">{name}</text>'
        f"{bars}</svg>\n"
    )


def told(number: int, *, is_hidden: bool) -> str:
    """A count as it may be told: itself, `<5`, or `-` where it would give away another one."""
    if not is_hidden:
        return str(number)
    return f"<{LEAST_TOLD}" if number < LEAST_TOLD else "-"


_GAVE = 3000
"""Stands for a gift where stages are put in order."""


def _reached(found: Report) -> Counter[int]:
    reached: Counter[int] = Counter()
    for count in found.counts:
        reached[count.stage] += count.times
    return reached


def _gave(found: Report, origin: str) -> tuple[str, int, bool]:
    """Words, how many, and whether that must be hidden, for other sums are told too."""
    gifts = Counter({"chat": 0, "web": 0})
    for each in found.given:
        gifts[each.origin] += each.gifts
    place = "in the chat" if origin == "chat" else "on the web"
    return f"gave {place}", gifts[origin], origin in hidden(gifts, lambda _: ("all",))


def _lines(stages: list[tuple[str, int]], gave: tuple[str, int, bool]) -> list[Line]:
    cells = [(words, number, 0 < number < LEAST_TOLD) for words, number in stages]
    found: list[Line] = []
    before = 0
    for words, number, is_hidden in [*cells, gave]:
        share = "" if is_hidden or not before else f"{100 * number // before}%"
        length = LEAST_TOLD if is_hidden else number
        found.append(Line(words, told(number, is_hidden=is_hidden), share, length))
        before = 0 if is_hidden else number
    return found


def _opened(found: Report, part: Callable[..., str]) -> list[Opened]:
    columns: dict[str, Counter[str]] = {}
    for place, stage in _OPENED.items():
        columns[place] = Counter()
        for count in found.counts:
            if count.stage == stage:
                columns[place][part(count)] += count.times
    hide = {place: hidden(cells, lambda _: ("all",)) for place, cells in columns.items()}

    def cell(place: str, what: str) -> str:
        return told(columns[place][what], is_hidden=what in hide[place])

    every = sorted({what for cells in columns.values() for what in cells})
    return [Opened(what, cell("chat", what), cell("web", what)) for what in every]


def _sum(cells: Mapping[K, int], keys: Iterable[K]) -> int:
    return sum(cells[key] for key in keys)


def _word(stage: int) -> str:
    return _WORDS.get(stage, f"saw step {stage}")
