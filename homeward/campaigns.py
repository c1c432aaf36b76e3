"""
Campaigns, for the command line: their links, and what they reached, as lines, as CSV, as a picture.

Counts below `LEAST_SHOWN` are never told: together with a day and a language a small one can point
at one person.
"""

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape

from homeward.assembly import opened_house
from homeward.deployment import bot_username
from homeward.errors import NotDone
from homeward.explaining import explaining
from homeward.settings import Settings, reveal
from locales.known import LOCALES
from services import arrivals, campaigns
from services.campaigns import Campaign, Report, Stage, Unknown
from services.house import House
from values.money import Money

LEAST_SHOWN = 5
"""Source: safety research for this project; the usual threshold of small counts in statistics."""

Row = tuple[str, int]
"""What was reached, and how many did."""


async def create(
    settings: Settings,
    *,
    name: str,
    case: str | None,
    locale: str | None,
    begins_at: dt.datetime | None,
    ends_at: dt.datetime | None,
) -> list[str]:
    """Make a campaign; hand back its links, a line each. Raises NotDone with what to do instead."""
    name = name.strip()
    if not 1 <= len(name) <= 60:
        raise NotDone("Give it a name of 1 to 60 characters.")
    if locale is not None and locale not in LOCALES:
        raise NotDone(f"There is no language {locale!r}. There are: {', '.join(LOCALES)}.")
    if begins_at and ends_at and ends_at <= begins_at:
        raise NotDone("It would end before it begins.")
    with explaining(settings.database):
        async with opened_house(settings) as house:
            if begins_at is None and ends_at is not None and ends_at <= house.clock():
                raise NotDone("It would end before it begins.")
            made = await campaigns.create(
                house,
                name=name,
                case=case,
                locale=locale,
                begins_at=begins_at,
                ends_at=ends_at,
            )
            if isinstance(made, Unknown):
                raise NotDone(f"There is no case {made.named!r}.")
            return await _links(settings, house, made)


async def links(settings: Settings, code: str) -> list[str]:
    """The links of a campaign, a line each. Raises NotDone: there is none with this code."""
    with explaining(settings.database):
        async with opened_house(settings) as house:
            found = await _report(house, code)
            return await _links(settings, house, found.landing.campaign)


async def listed(settings: Settings) -> list[str]:
    """A line for each campaign, the newest first."""
    with explaining(settings.database):
        async with opened_house(settings) as house:
            return [_line(each) for each in await campaigns.every(house)]


async def report(settings: Settings, code: str) -> Report:
    """What a campaign reached. Raises NotDone: there is none with this code."""
    with explaining(settings.database):
        async with opened_house(settings) as house:
            return await _report(house, code)


def funnel(found: Report) -> list[Row]:
    """How many came how far, from the link to the plan and the gift; all days and languages."""
    reached: Counter[int] = Counter()
    for count in found.counts:
        reached[count.stage] += count.times
    steps = sorted(stage for stage in reached if Stage.STEP <= stage < Stage.NEED)
    return [
        ("opened on the web", reached[Stage.OPENED_ON_WEB]),
        ("opened in the chat", reached[Stage.OPENED]),
        *((f"saw step {stage}", reached[stage]) for stage in steps),
        ("saw the plan", reached[Stage.NEED]),
        ("gave", sum(gift.gifts for gift in found.given)),
    ]


def shown(number: int) -> str:
    """A count as it may be told: 0, `<5`, or itself."""
    return str(number) if number == 0 or number >= LEAST_SHOWN else f"<{LEAST_SHOWN}"


def lines_of(found: Report) -> list[str]:
    """The report for a terminal: the funnel, then sums, then days and languages."""
    campaign = found.landing.campaign
    rows = funnel(found)
    width = max(len(words) for words, _ in rows)
    lines = [f"{campaign.name} ({campaign.code})"]
    lines += [f"  {words:<{width}}  {shown(number):>6}" for words, number in rows]
    lines += [f"  given: {words}" for words in _sums(found)]
    opened = [count for count in found.counts if count.stage in (Stage.OPENED_ON_WEB, Stage.OPENED)]
    lines += _by("by day", ((count.day, count.times) for count in opened))
    lines += _by("by language", ((count.locale, count.times) for count in opened))
    return lines


def csv_of(found: Report) -> str:
    """Every count by day, language and stage; `stage` is a word, `count` may be `<5`."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("day", "language", "stage", "count"))
    for count in found.counts:
        writer.writerow((count.day, count.locale, _word(count.stage), shown(count.times)))
    for gift in found.given:
        writer.writerow((gift.day, gift.locale, f"gave {gift.currency}", shown(gift.gifts)))
    return out.getvalue()


def picture_of(found: Report) -> str:
    """The funnel as an SVG of bars; small counts are drawn alike, as `LEAST_SHOWN`."""
    rows = funnel(found)
    drawn = [(words, number, number and max(number, LEAST_SHOWN)) for words, number in rows]
    most = max((length for _, _, length in drawn), default=0) or 1
    height = 36 * len(rows) + 56
    bars = "".join(
        f'<text x="170" y="{y + 19}" text-anchor="end">{escape(words)}</text>'
        f'<rect x="180" y="{y}" width="{400 * length / most:.1f}" height="26" fill="#9e6140"/>'
        f'<text x="{188 + 400 * length / most:.1f}" y="{y + 19}">{escape(shown(number))}</text>'
        for y, (words, number, length) in zip(range(48, height, 36), drawn, strict=False)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 660 {height}" role="img"'
        ' font-family="sans-serif" font-size="15" fill="#1d2b33">'
        f"<title>{escape(found.landing.campaign.name)}</title>"
        '<rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="20" y="30" font-size="18">{escape(found.landing.campaign.name)}</text>'
        f"{bars}</svg>\n"
    )


def _line(each: Campaign) -> str:
    until = "" if each.ends_at is None else f" until {each.ends_at:%Y-%m-%d}"
    language = each.locale or "any language"
    return f"{each.code}  {each.name}  ({language}, from {each.begins_at:%Y-%m-%d}{until})"


async def _report(house: House, code: str) -> Report:
    found = await campaigns.report(house, code)
    if isinstance(found, Unknown):
        raise NotDone(f"There is no campaign {code!r}. See `homeward campaign list`.")
    return found


async def _links(settings: Settings, house: House, campaign: Campaign) -> list[str]:
    link = f"{house.public_url}/c/{campaign.code}"
    poster = f"{house.public_url}/{campaign.locale or 'en'}/c/{campaign.code}"
    lines = [
        f"Campaign {campaign.code}: {campaign.name}",
        f"link     {link}",
        f"QR code  {link}.svg and {link}.png",
        f"poster   {poster}",
    ]
    if not reveal(settings.telegram_bot_token):
        return [*lines, "Set TELEGRAM_BOT_TOKEN to be told the link into the bot too."]
    bot = f"{settings.telegram_link_base}/{await bot_username(settings)}"
    return [*lines, f"bot      {bot}?start={arrivals.PAYLOAD}{campaign.code}"]


def _sums(found: Report) -> Iterable[str]:
    """What was given in each currency; nothing of a few gifts, whose sum would tell them."""
    gifts: Counter[str] = Counter()
    amounts: Counter[str] = Counter()
    for each in found.given:
        gifts[each.currency] += each.gifts
        amounts[each.currency] += each.amount_minor
    for code in sorted(gifts):
        if gifts[code] < LEAST_SHOWN:
            yield f"in {code}: fewer than {LEAST_SHOWN} gifts"
        else:
            yield f"{Money(amounts[code], code)} in {gifts[code]} gifts"


def _by(title: str, counted: Iterable[tuple[str, int]]) -> Sequence[str]:
    found: Counter[str] = Counter()
    for key, times in counted:
        found[key] += times
    return [f"  opened, {title}:", *(f"    {key}  {shown(found[key])}" for key in sorted(found))]


def _word(stage: int) -> str:
    words = {
        int(Stage.OPENED_ON_WEB): "opened on the web",
        int(Stage.OPENED): "opened in the chat",
        int(Stage.NEED): "saw the plan",
    }
    return words.get(stage, f"saw step {stage}")
