"""News of a case at the desk: written by one, approved by another, stopped by whoever protects."""

from aiohttp import web

from pages.desk.views.reviewing import LOOK_AGAIN
from pages.desk.visit import Desk
from services import desk_words, updating, words_acts
from services.desk_words import KNOWN, NewsPage, UpdateAtDesk
from services.looking import Looked, NoSuchMark
from services.permits import NotAllowed
from services.staff_acts import Unknown
from services.updating import NotDecided, NotWritten, Update
from services.writing import tidied
from stories.milestones import VOCABULARY

_MONTHS_BACK = 24
_NOT_WRITTEN = {
    "milestone": "Choose what has happened.",
    "month": "Choose a month that has begun.",
    "locale": "This language is not known.",
    "note": "A note cannot be used as it is.",
    "gate": "The gate does not let a note through.",
    "under_18": "Nothing is told of somebody under 18.",
}
_NOT_DECIDED = {
    "unknown": "It is not there any more.",
    "decided": "Somebody has decided on it already.",
    "author": "You wrote it. Somebody else approves it.",
    "gate": "The gate does not let its note through any more. Turn it down.",
    "risk": "The risk is high, or nobody has filled in the risk form.",
    "limit": "She does not want updates.",
    "consent": "No consent to updates in these languages is valid on bot and web now.",
    "disclosure": "All that is told of the case would fit too few people.",
    "under_18": "Nothing is told of somebody under 18.",
    "looked": "Who wrote it and who approves it must look at what the gate warns of first.",
    "not_approved": "It was not approved; nobody sees it.",
    "stopped": "It was stopped before.",
}


async def show(desk: Desk) -> web.Response:
    """The news of a case, newest first, and the form for more."""
    return await _case(desk)


async def write(desk: Desk) -> web.Response:
    """Keep news, or say what is wrong where it was written."""
    page = await _page(desk)
    typed = {
        name.removeprefix("note."): tidied(text)
        for name, text in desk.sent.items()
        if name.startswith("note.")
    }
    done = await words_acts.write_update(
        desk.house,
        case=page.case.code,
        milestone=desk.sent.get("milestone", ""),
        month=desk.sent.get("month", ""),
        notes={locale: text for locale, text in typed.items() if text},
        by=desk.code,
    )
    match done:
        case Update():
            return desk.redirect(f"/cases/{page.case.code}/news", "news_written")
        case NotWritten():
            return await _case(desk, done)
        case Unknown() | NotAllowed():
            raise web.HTTPNotFound


async def show_one(desk: Desk) -> web.Response:
    """One piece of news with its notes."""
    return await _one(desk)


async def decide(desk: Desk) -> web.Response:
    """Approve news that somebody else wrote, or turn it down."""
    if desk.sent.get("answer") == "approve":
        done = await words_acts.approve_update(desk.house, _number(desk), by=desk.code)
        return await _decided(desk, done, "news_approved")
    return await _decided(
        desk,
        await words_acts.turn_down_update(desk.house, _number(desk), by=desk.code),
        "turned_down",
    )


async def looked(desk: Desk) -> web.Response:
    """Whoever sees the news says that they looked at a warning."""
    marks = [desk.sent.get("mark", "")]
    done = await words_acts.look_at_update(desk.house, _number(desk), marks=marks, by=desk.code)
    match done:
        case Looked():
            return desk.redirect(f"/news/{_number(desk)}", "looked")
        case NoSuchMark():
            return await _one(desk, LOOK_AGAIN)
        case Unknown() | NotAllowed():
            raise web.HTTPNotFound


async def stop(desk: Desk) -> web.Response:
    """Approved news is not shown, or not any more."""
    done = await words_acts.stop_update(desk.house, _number(desk), by=desk.code)
    return await _decided(desk, done, "stopped")


async def back(desk: Desk) -> web.Response:
    """Somebody opens the address of a form by hand."""
    return desk.redirect(f"/news/{_number(desk)}")


async def _decided(
    desk: Desk, done: Update | updating.Done | NotDecided | Unknown | NotAllowed, word: str
) -> web.Response:
    match done:
        case NotDecided(why, reasons):
            told = reasons if why == "disclosure" else ()
            return await _one(desk, " ".join((_NOT_DECIDED[why], *told)))
        case Unknown() | NotAllowed():
            raise web.HTTPNotFound
        case Update() | updating.Done():
            return desk.redirect(f"/news/{_number(desk)}", word)


async def _case(desk: Desk, wrong: NotWritten | None = None) -> web.Response:
    page = await _page(desk)
    sent = {name.removeprefix("note.") for name in desk.sent if name.startswith("note.")}
    return desk.html(
        "news.html",
        200 if wrong is None else 422,
        page=page,
        milestones=VOCABULARY.values(),
        labels={name: milestone.label.msgid for name, milestone in VOCABULARY.items()},
        months=_months(desk),
        languages=[KNOWN[locale] for locale in KNOWN if locale in {*page.tellable, *sent}],
        most=updating.MOST_OF_A_NOTE,
        problem=None if wrong is None else _NOT_WRITTEN[wrong.why],
        faults=() if wrong is None else wrong.faults,
        findings=() if wrong is None else wrong.findings,
        sent=desk.sent,
    )


async def _one(desk: Desk, problem: str | None = None) -> web.Response:
    found = await desk_words.one_update(desk.house, desk.here.member, _number(desk))
    if found is None:
        raise web.HTTPNotFound
    await desk.saw_draft(found.case, found.update.id, "update")
    warnings = await words_acts.warnings_of_update(desk.house, found.update.id)
    milestone = VOCABULARY.get(found.update.milestone)
    return desk.html(
        "update.html",
        200 if problem is None else 409,
        found=found,
        update=found.update,
        label=found.update.milestone if milestone is None else milestone.label.msgid,
        icon_name="calendar" if milestone is None else milestone.icon,
        notes=[(KNOWN[locale], text) for locale, text in found.update.notes.items()],
        warnings=() if isinstance(warnings, Unknown) else warnings,
        can_stop=_can_stop(found),
        problem=problem,
    )


def _can_stop(found: UpdateAtDesk) -> bool:
    return bool(found.update.approved) and not found.update.stopped


def _months(desk: Desk) -> list[str]:
    """This month and those before it, the newest first."""
    now = desk.house.clock()
    first = now.year * 12 + now.month - 1
    return [f"{at // 12}-{at % 12 + 1:02}" for at in range(first, first - _MONTHS_BACK, -1)]


async def _page(desk: Desk) -> NewsPage:
    page = await desk_words.news_page(desk.house, desk.here.member, desk.request.match_info["case"])
    if page is None:
        raise web.HTTPNotFound
    return page


def _number(desk: Desk) -> int:
    return int(desk.request.match_info["number"])
