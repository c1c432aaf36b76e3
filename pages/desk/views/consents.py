"""What was consented to: until when, where and in which language; given before who is here."""

import datetime as dt
from dataclasses import dataclass

from aiohttp import web

from pages.desk.views.case_file import read
from pages.desk.visit import Desk
from pages.desk.words import CHANNELS, PURPOSES, chosen, count_of, languages
from services import case_acts, staff
from services.case_acts import Consent, NotAConsent, NotAllowed, Unknown
from services.case_files import LONGEST_CONSENT, MOST_USES

_WHY = {
    "purpose": "Choose what was consented to.",
    "channel": "Choose where: in the chat, on the page, or both.",
    "locale": "Choose one language at least.",
    "until": "Write a last day that is not over, and at most a year ahead.",
    "uses": f"Write how many publications it covers, from 1 to {MOST_USES}; or leave it empty.",
}
_NOTHING = "No such consent holds now. Look below at what does."


@dataclass(frozen=True, slots=True)
class Kept:
    """
    Consents that differ in their language alone.

    Attributes:
        state: "holds", "withdrawn" or "over".
        last_day: On which it holds, or held.
        witness: The code of before whom it was given.
    """

    purpose: str
    channel: str
    state: str
    last_day: dt.date
    uses: int | None
    witness: str
    languages: tuple[str, ...]


async def show(desk: Desk) -> web.Response:
    """What was consented to, and the form for more."""
    return await _page(desk)


async def back(desk: Desk) -> web.Response:
    """Somebody opens the form's address by hand."""
    return desk.redirect(f"/cases/{desk.request.match_info['case']}/consents")


async def give(desk: Desk) -> web.Response:
    """Write down what was consented to before who is here, in several languages at once."""
    case = await desk.case()
    until, uses = _day(desk.sent.get("until", "")), _uses(desk.sent.get("uses", ""))
    if until is None:
        return await _page(desk, _WHY["until"])
    if uses == 0:
        return await _page(desk, _WHY["uses"])
    done = await case_acts.give_consents(
        desk.house,
        case=case.code,
        purpose=desk.sent.get("purpose", ""),
        channels=chosen(desk.sent, "on_", CHANNELS),
        locales=chosen(desk.sent, "in_", _languages(desk)),
        until=until,
        uses=uses,
        by=desk.code,
    )
    match done:
        case NotAConsent(why):
            return await _page(desk, _WHY[why])
        case Unknown() | NotAllowed():
            raise web.HTTPNotFound
    return desk.redirect(f"/cases/{case.code}/consents", "consent_given")


async def withdraw(desk: Desk) -> web.Response:
    """It is not consented to any more, at once; no reason is asked."""
    case = await desk.case()
    done = await case_acts.withdraw_consent(
        desk.house,
        case=case.code,
        purpose=desk.sent.get("purpose", ""),
        channel=desk.sent.get("channel") or None,
        locale=desk.sent.get("language") or None,
        by=desk.code,
    )
    match done:
        case NotAConsent(why):
            return await _page(desk, _WHY[why])
        case Unknown() | NotAllowed():
            raise web.HTTPNotFound
    if not done.number:
        return await _page(desk, _NOTHING)
    told = "withdrawn_and_recalled" if done.recalled else "consent_withdrawn"
    return desk.redirect(f"/cases/{case.code}/consents", told)


async def _page(desk: Desk, problem: str | None = None) -> web.Response:
    sheet = await read(desk, "consents")
    async with desk.house.read() as connection:
        codes = {member.id: member.code for member in await staff.everybody(connection)}
    now = desk.house.clock()
    kept = _kept(desk, sheet.consents, codes)
    return desk.html(
        "consents.html",
        200 if problem is None else 422,
        sheet=sheet,
        holding=[each for each in kept if each.state == "holds"],
        over=[each for each in kept if each.state != "holds"],
        purposes=PURPOSES,
        channels=CHANNELS,
        languages=_languages(desk),
        today=now.date(),
        latest=(now + LONGEST_CONSENT).date(),
        values=desk.sent or {f"on_{channel}": "yes" for channel in CHANNELS},
        problem=problem,
    )


def _kept(desk: Desk, consents: tuple[Consent, ...], codes: dict[int, str]) -> list[Kept]:
    """The consents, those that differ in their language alone together."""
    named, now = _languages(desk), desk.house.clock()
    found: dict[tuple[str, str, str, dt.date, int | None, str], list[str]] = {}
    for one in consents:
        state = "withdrawn" if one.withdrawn_at else "holds" if now < one.valid_until else "over"
        last_day = (one.valid_until - dt.timedelta(microseconds=1)).date()
        witness = codes.get(one.witness_id or 0, "")
        same = (one.purpose, one.channel, state, last_day, one.uses, witness)
        found.setdefault(same, []).append(named.get(one.locale, one.locale))
    return [Kept(*same, tuple(dict.fromkeys(told))) for same, told in found.items()]


def _languages(desk: Desk) -> dict[str, str]:
    return languages(desk.pages.site.languages.i18n("en"))


def _day(written: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(written.strip())
    except ValueError:
        return None


def _uses(written: str) -> int | None:
    """How many; None: any number; zero: what was written is no number."""
    return None if not written.strip() else count_of(written.strip()) or 0
