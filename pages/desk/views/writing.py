"""A draft at the desk: its map, its steps, its languages; begun, changed, and handed in."""

from aiohttp import web

from pages.desk.shown import cards_of
from pages.desk.views.reviewing import LOOK_AGAIN
from pages.desk.visit import Desk
from services import desk_words, words_acts, writing
from services.desk_words import KNOWN, DraftPage
from services.drafting import Draft, NotBegun, NotReady, Overtaken, Submitted
from services.looking import Looked, NoSuchMark
from services.permits import NotAllowed
from services.staff_acts import Unknown
from services.writing import Chapter, NotEditable
from stories.editing import AddStep, AddTranslation, DeleteStep, DropTranslation, Edit

_OVERTAKEN = "Somebody saved in between. Look at it as it is now, and do it once more."
_NOT_BEGUN = {
    "no_facts": "The case has no facts yet. Say them first.",
    "under_18": "The story of somebody under 18 is not told.",
}
_FIRST_ICONS = {
    Chapter.BEFORE: "home_village",
    Chapter.EXPLOITATION: "rain",
    Chapter.FREEDOM: "open_door",
    Chapter.DREAMS: "star",
}
_TOLD = {"begin": "begun", "up": "step_moved", "down": "step_moved"}


async def show(desk: Desk) -> web.Response:
    """The draft's map: chapters with their steps, languages, what is still wrong."""
    return await _map(desk)


async def act(desk: Desk) -> web.Response:
    """Carry out what one of the map's forms asks for."""
    page = await _page(desk)
    asked = desk.sent.get("act", "")
    if asked == "begin":
        done = await words_acts.begin_draft(desk.house, case=page.case.code, by=desk.code)
        if isinstance(done, Draft):
            return _back(desk, page, "begun")
        return await _map(desk, _NOT_BEGUN.get(done.why) if isinstance(done, NotBegun) else None)
    if page.draft is None:
        return await _map(desk)
    if asked == "submit":
        return await _submit(desk, page)
    try:
        edit = _edit(page.draft, asked, desk.sent)
    except NotEditable as why:
        return await _map(desk, _sentence(why))
    return await _save(desk, page, edit, asked)


async def ask_delete(desk: Desk) -> web.Response:
    """Ask once more before a step goes, with all that would go with it."""
    return await _delete_page(desk, await _page(desk))


async def delete(desk: Desk) -> web.Response:
    """Delete a step, if it is as it was when that was asked."""
    page = await _page(desk)
    if page.draft is None:
        raise web.HTTPNotFound
    saved = await _saved(desk, page, DeleteStep(desk.request.match_info["step"]))
    if saved is None:
        return _back(desk, page, "step_deleted")
    return await _delete_page(desk, await _page(desk), saved)


async def preview(desk: Desk) -> web.Response:
    """Every card of the draft in one language, as readers would see it."""
    page = await _page(desk)
    locale = desk.request.match_info["locale"]
    if page.draft is None or locale not in page.draft.content["texts"]:
        raise web.HTTPNotFound
    await desk.saw_draft(page.case, page.draft.revision, "revision")
    return desk.html(
        "preview.html",
        page=page,
        texts=page.draft.content["texts"][locale],
        language=KNOWN[locale],
        locales=list(page.draft.content["texts"]),
        known=KNOWN,
        cards=list(cards_of(page.draft.content, locale, rtl=KNOWN[locale].direction == "rtl")),
        i18n=desk.pages.site.languages.i18n(locale),
        lines=page.case.lines,
    )


def _edit(draft: Draft, asked: str, sent: dict[str, str]) -> Edit:
    """What one of the forms wants to change. Raises NotEditable."""
    match asked:
        case "add":
            chapter = _chapter(sent)
            icon = _FIRST_ICONS[chapter]
            return AddStep(chapter, icon, (icon, icon))
        case "up" | "down":
            moved = writing.moved(draft.content, sent.get("step", ""), up=asked == "up")
            if moved is None:
                raise NotEditable("it can go no further")
            return moved
        case "language":
            return AddTranslation(sent.get("locale", ""))
        case "drop":
            return DropTranslation(sent.get("locale", ""))
    raise web.HTTPBadRequest


def _chapter(sent: dict[str, str]) -> Chapter:
    try:
        return Chapter(sent.get("chapter", ""))
    except ValueError as error:
        raise web.HTTPBadRequest from error


async def _save(desk: Desk, page: DraftPage, edit: Edit, asked: str) -> web.Response:
    problem = await _saved(desk, page, edit)
    if problem is not None:
        return await _map(desk, problem)
    if isinstance(edit, AddStep):
        done = await _page(desk)
        assert done.draft is not None  # it was saved just now  # noqa: S101
        new = done.draft.content["chapters"][edit.chapter][-1]["id"]
        return desk.redirect(f"/cases/{page.case.code}/draft/steps/{new}", "step_added")
    if isinstance(edit, AddTranslation):
        path = f"/cases/{page.case.code}/draft/words/{edit.locale}/{writing.STORY}"
        return desk.redirect(path, "language_added")
    return _back(desk, page, _TOLD.get(asked, "saved"))


async def _saved(desk: Desk, page: DraftPage, edit: Edit) -> str | None:
    """Save one change to what this person has read; None: it was done, else why not."""
    read = desk.sent.get("revision", "")
    try:
        done = await words_acts.save_draft(
            desk.house,
            case=page.case.code,
            edits=[edit],
            revision=int(read) if read.isdecimal() and len(read) < 10 else 0,
            by=desk.code,
        )
    except NotEditable as why:
        return _sentence(why)
    match done:
        case Draft():
            return None
        case Overtaken():
            return _OVERTAKEN
        case NotBegun() | Unknown() | NotAllowed():
            raise web.HTTPNotFound


async def looked(desk: Desk) -> web.Response:
    """Whoever sees the draft says that they looked at a warning."""
    page = await _page(desk)
    marks = [desk.sent.get("mark", "")]
    done = await words_acts.look_at_draft(
        desk.house, case=page.case.code, marks=marks, by=desk.code
    )
    match done:
        case Looked():
            return _back(desk, page, "looked")
        case NoSuchMark():
            return await _map(desk, LOOK_AGAIN)
        case NotBegun() | Unknown() | NotAllowed():
            raise web.HTTPNotFound


async def _submit(desk: Desk, page: DraftPage) -> web.Response:
    done = await words_acts.submit_draft(desk.house, case=page.case.code, by=desk.code)
    match done:
        case Submitted(version_id):
            return desk.redirect(f"/versions/{version_id}", "submitted")
        case NotReady():
            return await _map(desk, "It cannot be handed in yet. What is missing stands below.")
    return await _map(desk)


async def _map(desk: Desk, problem: str | None = None) -> web.Response:
    page = await _page(desk)
    draft = page.draft
    if draft is None:
        status = 200 if problem is None else 409
        return desk.html("draft_none.html", status, page=page, problem=problem)
    await desk.saw_draft(page.case, draft.revision, "revision")
    there = draft.content["texts"]
    return desk.html(
        "draft.html",
        200 if problem is None else 409,
        page=page,
        draft=draft,
        problem=problem,
        languages=[
            (
                KNOWN[locale],
                *writing.written(draft.content, locale),
                page.codes[draft.editors[locale]],
            )
            for locale in there
        ],
        more_languages=[KNOWN[locale] for locale in KNOWN if locale not in there],
        chapters=[(chapter, draft.content["chapters"][chapter]) for chapter in Chapter],
        steps=sum(len(draft.content["chapters"][chapter]) for chapter in Chapter),
        english=there[writing.FALLBACK],
        wrong=[*draft.problems, *(f"{each.where}: {each.remedy}" for each in draft.findings)],
        most_steps=writing.MOST_STEPS,
        i18n=desk.pages.site.languages.i18n("en"),
    )  # fmt: skip


async def _delete_page(desk: Desk, page: DraftPage, problem: str | None = None) -> web.Response:
    draft, step_id = page.draft, desk.request.match_info["step"]
    if draft is None or step_id not in draft.content["texts"][writing.FALLBACK]["steps"]:
        raise web.HTTPNotFound
    await desk.saw_draft(page.case, draft.revision, "revision")
    return desk.html(
        "step_delete.html",
        200 if problem is None else 409,
        page=page,
        draft=draft,
        step_id=step_id,
        texts=[
            (KNOWN[locale], texts["steps"][step_id])
            for locale, texts in draft.content["texts"].items()
            if texts["steps"][step_id]
        ],
        problem=problem,
    )


async def _page(desk: Desk) -> DraftPage:
    page = await desk_words.draft_page(
        desk.house, desk.here.member, desk.request.match_info["case"]
    )
    if page is None:
        raise web.HTTPNotFound
    return page


def _back(desk: Desk, page: DraftPage, told: str) -> web.Response:
    return desk.redirect(f"/cases/{page.case.code}/draft", told)


def _sentence(why: NotEditable) -> str:
    told = str(why)
    return f"{told[:1].upper()}{told[1:]}."
