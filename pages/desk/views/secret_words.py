"""
The secret list of a case: what must be nowhere in anything that is told of it.

Words come in and never out: no page shows one again, not even when it could not be kept.
"""

from aiohttp import web

from pages.desk.views.case_file import read
from pages.desk.visit import Desk
from services import case_acts
from services.case_acts import NotAllowed, Unknown
from services.secret_words import MOST_WORDS, Kept, NotKept

_WHY = {
    "nothing": "Write a word on each line.",
    "too_many": f"Write at most {MOST_WORDS} words at once.",
    "too_short": "A word needs two letters or digits at least: else nothing could be told.",
    "too_long": "A word has 200 characters at most.",
}


async def show(desk: Desk) -> web.Response:
    """How many words are on the list, and the empty form."""
    return await _page(desk)


async def keep(desk: Desk) -> web.Response:
    """Put the words on the list, and say where one of them stands already."""
    case = await desk.case()
    lines = (line.strip() for line in desk.sent.get("words", "").splitlines())
    words = [line for line in lines if line]
    done = await case_acts.keep_secrets(desk.house, case=case.code, words=words, by=desk.code)
    match done:
        case Unknown() | NotAllowed():
            raise web.HTTPNotFound
        case NotKept():
            return await _page(desk, problem=_told(done))
        case Kept(places=()):
            return desk.redirect(f"/cases/{case.code}/secrets", "secrets_kept")
        case Kept():
            return await _page(desk, places=done.places)


def _told(refusal: NotKept) -> str:
    if not refusal.words:
        return _WHY[refusal.why]
    which = ", ".join(str(at) for at in refusal.words)
    return f"Word {which}: {_WHY[refusal.why]}"


async def _page(
    desk: Desk, *, problem: str | None = None, places: tuple[str, ...] = ()
) -> web.Response:
    return desk.html(
        "secrets.html",
        200 if problem is None else 422,
        sheet=await read(desk, "secrets"),
        most=MOST_WORDS,
        problem=problem,
        places=places,
    )
