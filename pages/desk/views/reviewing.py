"""Reviews at the desk: what would be published, language by language, and what is decided."""

import json

from aiohttp import web

from locales import names
from pages.desk.shown import cards_of
from pages.desk.visit import Desk
from services import desk_words, reviewing, words_acts
from services.desk_words import KNOWN, ReviewPage
from services.looking import Looked, NoSuchMark
from services.permits import NotAllowed
from services.reviewing import NoSuchVersion, NotApproved, NotNow
from services.signing import NotSigned
from services.staff_acts import Unknown

LOOK_AGAIN = "The gate does not warn of this any more. See what it warns of now."
_NOT_NOW = {
    "returned": "It was returned to its author.",
    "approved": "It is approved already.",
    "not_waiting": "Nothing of it waits to become public.",
    "empty_note": f"Write a note of 1 to {reviewing.MOST_OF_A_NOTE} characters.",
}
_NOT_SIGNED = {
    "no_language": "It has no such language. An older version is handed in once more.",
    "author": "You wrote the story. Somebody else approves its words.",
    "editor": "You wrote this language last. Somebody else approves it.",
    "signed": "This language is approved already.",
    "other_words": "Its words are not those that were handed in. Hand it in once more.",
    "returned": "It was returned to its author.",
}


async def queue(desk: Desk) -> web.Response:
    """What waits for a review, and what waits for its hour."""
    waiting = await desk_words.waiting(desk.house, desk.here.member)
    return desk.html("reviews.html", waiting=waiting)


async def show(desk: Desk) -> web.Response:
    """A version: what stands against it, how its languages stand, and what can be decided."""
    return await _version(desk)


async def show_language(desk: Desk) -> web.Response:
    """Every word that a version has in one language, card by card, beside English."""
    return await _language(desk)


async def approve_language(desk: Desk) -> web.Response:
    """Approve the words of one language."""
    locale, number = desk.request.match_info["locale"], _number(desk)
    done = await words_acts.approve_language(desk.house, number, locale, by=desk.code)
    match done:
        case reviewing.Done():
            return desk.redirect(f"/versions/{number}", "signed")
        case NotSigned(why):
            return await _language(desk, _NOT_SIGNED[why])
        case NoSuchVersion() | Unknown() | NotAllowed():
            raise web.HTTPNotFound


async def approve(desk: Desk) -> web.Response:
    """Approve exactly this version."""
    done = await words_acts.approve_story(desk.house, _number(desk), by=desk.code)
    match done:
        case reviewing.Approved():
            return desk.redirect(f"/versions/{_number(desk)}", "story_approved")
        case NotNow(state):
            return await _version(desk, (_NOT_NOW[state],))
        case NotApproved(reasons):
            return await _version(desk, reasons)
        case NoSuchVersion() | Unknown() | NotAllowed():
            raise web.HTTPNotFound


async def looked(desk: Desk) -> web.Response:
    """Whoever sees the version says that they looked at a warning."""
    marks = [desk.sent.get("mark", "")]
    done = await words_acts.look_at_story(desk.house, _number(desk), marks=marks, by=desk.code)
    match done:
        case Looked():
            return desk.redirect(f"/versions/{_number(desk)}", "looked")
        case NoSuchMark():
            return await _version(desk, (LOOK_AGAIN,))
        case NoSuchVersion() | Unknown() | NotAllowed():
            raise web.HTTPNotFound


async def give_back(desk: Desk) -> web.Response:
    """Return a version to its author with a note."""
    done = await words_acts.return_story(
        desk.house, _number(desk), note=desk.sent.get("note", ""), by=desk.code
    )
    match done:
        case reviewing.Done():
            return desk.redirect(f"/versions/{_number(desk)}", "returned")
        case NotNow(state):
            return await _version(desk, (_NOT_NOW[state],))
        case NoSuchVersion() | Unknown() | NotAllowed():
            raise web.HTTPNotFound


async def stop(desk: Desk) -> web.Response:
    """Stop an approved version before it is public."""
    done = await words_acts.stop_story(desk.house, _number(desk), by=desk.code)
    match done:
        case reviewing.Done():
            return desk.redirect(f"/versions/{_number(desk)}", "stopped")
        case NotNow(state):
            return await _version(desk, (_NOT_NOW[state],))
        case Unknown() | NotAllowed():
            raise web.HTTPNotFound


async def back(desk: Desk) -> web.Response:
    """Somebody opens the address of a form by hand."""
    return desk.redirect(f"/versions/{_number(desk)}")


async def _version(desk: Desk, problems: tuple[str, ...] = ()) -> web.Response:
    page = await _page(desk)
    review, member = page.review, desk.here.member
    return desk.html(
        "version.html",
        409 if problems else 200,
        page=page,
        review=review,
        languages=[(KNOWN[each.locale], each) for each in page.languages],
        unsigned=[each for each in page.languages if each.approver_id is None],
        is_author=member.id == review.version.author_id,
        is_own=member.id in (review.version.author_id, review.version.last_editor_id),
        planned=[plan for plan in review.plans if plan.state is reviewing.PlanState.WAITING],
        names=names,
        known=KNOWN,
        problems=problems,
        sent=desk.sent,
        most_of_a_note=reviewing.MOST_OF_A_NOTE,
    )


async def _language(desk: Desk, problem: str | None = None) -> web.Response:
    page = await _page(desk)
    locale = desk.request.match_info["locale"]
    content = json.loads(page.review.pack.to_json())
    if locale not in content["texts"]:
        raise web.HTTPNotFound
    kept = {each.locale: each for each in page.languages}
    order = list(page.review.pack.locales)
    following = order[order.index(locale) + 1 :]
    return desk.html(
        "version_language.html",
        200 if problem is None else 409,
        page=page,
        review=page.review,
        language=KNOWN[locale],
        texts=content["texts"][locale],
        english=None if locale == "en" else content["texts"]["en"],
        cards=list(cards_of(content, locale, rtl=KNOWN[locale].direction == "rtl")),
        lines=page.review.pack.lines,
        i18n=desk.pages.site.languages.i18n(locale),
        signed=kept.get(locale),
        barred=_NOT_SIGNED.get(page.barred.get(locale, "")),
        findings=[
            finding for finding in page.review.findings if finding.where.startswith(f"{locale}: ")
        ],
        following=KNOWN[following[0]] if following else None,
        problem=problem,
    )


async def _page(desk: Desk) -> ReviewPage:
    page = await desk_words.review_page(desk.house, desk.here.member, _number(desk))
    if isinstance(page, NoSuchVersion):
        raise web.HTTPNotFound
    await desk.saw_draft(page.review.case, page.review.version.id)
    return page


def _number(desk: Desk) -> int:
    return int(desk.request.match_info["number"])
