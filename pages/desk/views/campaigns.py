"""Campaigns at the desk: links to spread, and what they reached, in counts."""

import datetime as dt

from aiohttp import hdrs, web

from locales.catalog import KNOWN
from pages.desk.visit import Desk
from services import campaign_report, campaigns, desk_home
from services.arrivals import PAYLOAD
from services.campaigns import Campaign, Report, Unknown, Wrong
from services.permits import Act

_TOLD: dict[str, str] = {
    "name": f"Give it a name of 1 to {campaigns.MOST_OF_A_NAME} letters.",
    "locale": "Choose a language of the list.",
    "dates": "It would end before it begins.",
}
_NOT_A_DAY = "Write the days as the field asks for them."
_A_DAY = dt.timedelta(days=1)


async def show_all(desk: Desk) -> web.Response:
    """Every campaign, and the form for a new one."""
    return await _list(desk)


async def create(desk: Desk) -> web.Response:
    """Make a campaign, or say what is wrong."""
    sent = desk.sent
    try:
        begins, ends = (_day(sent.get(name, "")) for name in ("begins", "ends"))
    except ValueError:
        return await _list(desk, _NOT_A_DAY)
    made = await campaigns.create(
        desk.house,
        name=sent.get("name", ""),
        case=sent.get("case") or None,
        locale=sent.get("locale") or None,
        begins_at=begins,
        ends_at=None if ends is None else ends + _A_DAY,
        by=desk.code,
    )
    match made:
        case Campaign():
            return desk.redirect(f"/campaigns/{made.code}", "campaign")
        case Unknown():
            return await _list(desk, "There is no such case.")
        case Wrong(why):
            return await _list(desk, _TOLD[why])
        case _:
            return await _list(desk, "You may not do this. Ask an admin for the role.")


async def show(desk: Desk) -> web.Response:
    """Its links, and what it reached."""
    found = await _report(desk)
    campaign = found.landing.campaign
    site = desk.pages.site
    return desk.html(
        "campaign.html",
        campaign=campaign,
        landing=found.landing,
        bot_link=None if site.bot_url is None else f"{site.bot_url}?start={PAYLOAD}{campaign.code}",
        web_link=f"{desk.house.public_url}/c/{campaign.code}",
        posters=[KNOWN[code] for code in site.languages.offered],
        funnels=[
            ("In the chat", campaign_report.in_chat(found)),
            ("On the web", campaign_report.on_web(found)),
        ],
        opened=[
            ("Day (UTC)", campaign_report.by_day(found)),
            ("Language", campaign_report.by_language(found)),
        ],
        sums=campaign_report.sums(found),
        least=campaign_report.LEAST_TOLD,
    )


async def table(desk: Desk) -> web.Response:
    """Every count, as CSV."""
    found = await _report(desk)
    response = web.Response(
        text=campaign_report.csv_of(found), content_type="text/csv", charset="utf-8"
    )
    name = f"campaign-{found.landing.campaign.code}.csv"
    response.headers[hdrs.CONTENT_DISPOSITION] = f'attachment; filename="{name}"'
    return response


async def picture(desk: Desk) -> web.Response:
    """The funnels as a picture."""
    drawn = campaign_report.picture_of(await _report(desk))
    return web.Response(text=drawn, content_type="image/svg+xml", charset="utf-8")


async def _list(desk: Desk, problem: str | None = None) -> web.Response:
    there = await desk_home.look(desk.house, desk.here.member)
    return desk.html(
        "campaigns.html",
        200 if problem is None else 422,
        campaigns=await campaigns.every(desk.house),
        cases=[each.case for each in there.cases if each.is_shown],
        languages=[KNOWN[code] for code in desk.pages.site.languages.offered],
        may_make=desk.may(Act.MAKE_CAMPAIGN),
        problem=problem,
        sent=desk.sent,
    )


async def _report(desk: Desk) -> Report:
    found = await campaigns.report(desk.house, desk.request.match_info["campaign"])
    if isinstance(found, Unknown):
        raise web.HTTPNotFound
    return found


def _day(written: str) -> dt.datetime | None:
    """The day's first moment, in UTC; None if nothing was written. ValueError: it is no day."""
    if not written.strip():
        return None
    return dt.datetime.combine(dt.date.fromisoformat(written.strip()), dt.time(), dt.UTC)
