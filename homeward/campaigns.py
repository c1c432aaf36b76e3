"""Campaigns, for the command line: their links, and what they reached, as lines."""

import datetime as dt

from homeward.assembly import opened_house
from homeward.deployment import bot_username
from homeward.errors import NotDone
from homeward.explaining import explaining
from homeward.settings import Settings, reveal
from locales.known import LOCALES
from services import arrivals, campaign_report, campaigns
from services.campaigns import MOST_OF_A_NAME, Campaign, Report, Unknown, Wrong
from services.house import House


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
    with explaining(settings.database):
        async with opened_house(settings) as house:
            made = await campaigns.create(
                house,
                name=name,
                case=case,
                locale=locale,
                begins_at=begins_at,
                ends_at=ends_at,
            )
            match made:
                case Campaign():
                    return await _links(settings, house, made)
                case Unknown(named):
                    raise NotDone(f"There is no case {named!r}.")
                case Wrong("name"):
                    raise NotDone(f"Give it a name of 1 to {MOST_OF_A_NAME} characters.")
                case Wrong("locale"):
                    known = ", ".join(LOCALES)
                    raise NotDone(f"There is no language {locale!r}. There are: {known}.")
                case _:
                    raise NotDone("It would end before it begins.")


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


def lines_of(found: Report) -> list[str]:
    """The report for a terminal: the funnels, then sums, then days and languages."""
    campaign = found.landing.campaign
    rows = [*campaign_report.in_chat(found), *campaign_report.on_web(found)]
    width = max(len(row.words) for row in rows)
    lines = [f"{campaign.name} ({campaign.code})"]
    lines += [f"  {row.words:<{width}}  {row.told:>6}  {row.share:>5}".rstrip() for row in rows]
    lines += [f"  given: {words}" for words in campaign_report.sums(found)]
    for title, opened in (
        ("day", campaign_report.by_day(found)),
        ("language", campaign_report.by_language(found)),
    ):
        lines.append(f"  opened, by {title}: in the chat, on the web")
        lines += [f"    {each.what:<{width}}{each.in_chat:>6}{each.on_web:>6}" for each in opened]
    return lines


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
