"""Recalls and the ends of consents, for the command line."""

import datetime as dt

from homeward.assembly import opened_house
from homeward.errors import NotDone
from homeward.explaining import explaining
from homeward.settings import Settings
from services import recalling
from services.recalling import NeverRecalled, NoSuchCase, NoSuchMember, NotAllowed, Report


async def recall(settings: Settings, case: str, by: str) -> list[str]:
    """Take a story back; hand back what was done. Raises NotDone with what to do instead."""
    with explaining(settings.database):
        async with opened_house(settings) as house:
            return _told(await recalling.recall(house, case, by=by))


_MAY_GO_ON = {"tell_story": "story may be told on", "show_need": "need may be shown on"}


async def report(settings: Settings, case: str) -> list[str]:
    """How far the last recall of a case has come. Raises NotDone."""
    with explaining(settings.database):
        async with opened_house(settings) as house:
            return _told(await recalling.report(house, case))


async def endings(settings: Settings, days: int) -> list[str]:
    """A line for each consent of a public case that ends within so many days, soonest first."""
    with explaining(settings.database):
        async with opened_house(settings) as house:
            found = await recalling.endings(house, dt.timedelta(days=days))
    return [
        f"{ending.ends_at:%Y-%m-%d} {ending.case_code} on {ending.channel}: ask her whether her"
        f" {_MAY_GO_ON[ending.purpose]}"
        for ending in found
    ]


def _told(done: Report | NoSuchCase | NeverRecalled | NotAllowed | NoSuchMember) -> list[str]:
    match done:
        case NoSuchCase(named):
            raise NotDone(f"There is no case {named!r}.")
        case NeverRecalled():
            raise NotDone("The story of this case was never taken back.")
        case NotAllowed() | NoSuchMember():
            raise NotDone(f"{done.code!r} is nobody of the staff.")
        case Report(taken, reach):
            return [
                f"Taken back on {taken.recalled_at:%Y-%m-%d at %H:%M:%S} UTC. Nothing that we serve"
                " shows it since.",
                f"Cards in chats: {reach.reached} changed, {reach.to_go} still to change,"
                f" {reach.unreached} that Telegram will not change (too old, deleted, or the"
                " person has blocked the bot).",
                "What was forwarded, saved or photographed cannot be taken back.",
            ]
