"""
The words of a draft: a step with its card, or all texts of a part in one language beside English.

What somebody typed is never lost: if another saved the same text in between, both are shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from locales import names
from locales.known import Language
from pages.desk.shown import card_of
from pages.desk.visit import Desk
from services import desk_words, writing
from services.desk_words import KNOWN, DraftPage
from services.writing import (
    FALLBACK,
    GENTLE,
    Change,
    Chapter,
    Clashes,
    Draft,
    DrawnChange,
    NotEditable,
    TextChange,
)
from stories import icons
from values.lines import BudgetLine

_CLASHED = "Somebody changed the same text in between. Both stand below: make one of them."
_LABELS = {
    "title": "Title",
    "pseudonym": "The invented name, in the letters of this language",
    "intro": "One or two sentences for the list of stories",
    "content_note": "Before the hard chapter: what it tells",
    "gentle": "The gentle card, in place of the hard chapter",
}
PART_NAMES = {
    writing.STORY: "The story as a whole",
    **{chapter.value: names.CHAPTERS[chapter].msgid for chapter in Chapter},
    writing.LINES: "What the plan pays for",
}


@dataclass(frozen=True, slots=True)
class Field:
    """
    A text in a form.

    Attributes:
        text: What stands in it: what is kept, or what was typed and could not be saved.
        source: In English, beside a translation; None beside English.
        theirs: What somebody else saved in between; None if nobody did.
        icon: Of a step; else "".
    """

    place: str
    label: str
    text: str
    most: int
    notes: tuple[str, ...]
    was: str
    source: str | None
    theirs: str | None
    icon: str


@dataclass(frozen=True, slots=True)
class _Form:
    """What was sent and could not be saved, and why."""

    problem: str | None = None
    clashes: tuple[Change, ...] = ()

    @property
    def status(self) -> int:
        return 200 if self.problem is None else 409 if self.clashes else 422


async def show_part(desk: Desk) -> web.Response:
    """All texts of a part in one language, beside English."""
    return await _part(desk, *await _opened(desk), _Form())


async def save_part(desk: Desk) -> web.Response:
    """Save the texts of a part that were changed."""
    page, _, language = await _opened(desk)
    part = desk.request.match_info["part"]
    form = await _save(desk, page, _texts(desk, language.locale))
    if isinstance(form, _Form):
        return await _part(desk, *await _opened(desk), form)
    path = f"/cases/{page.case.code}/draft/words/{language.locale}/{part}"
    return desk.redirect(path, "saved")


async def show_step(desk: Desk) -> web.Response:
    """A step: its card, its icons, its words in one language."""
    return await _step(desk, *await _opened(desk), _Form())


async def save_step(desk: Desk) -> web.Response:
    """Save what was changed of a step."""
    page, _, language = await _opened(desk)
    step_id = desk.request.match_info["step"]
    changes = [*_drawn(desk, step_id), *_texts(desk, language.locale)]
    form = await _save(desk, page, changes)
    if isinstance(form, _Form):
        return await _step(desk, *await _opened(desk), form)
    path = f"/cases/{page.case.code}/draft/steps/{step_id}?in={language.locale}&told=saved"
    return desk.redirect(path)


async def _save(desk: Desk, page: DraftPage, changes: Sequence[Change]) -> Draft | _Form:
    try:
        done = await writing.save(desk.house, case=page.case.code, changes=changes, by=desk.code)
    except NotEditable as why:
        return _Form(f"{str(why)[:1].upper()}{str(why)[1:]}.")
    if isinstance(done, Clashes):
        return _Form(_CLASHED, done.changes)
    if not isinstance(done, Draft):
        raise web.HTTPNotFound
    return done


async def _opened(desk: Desk) -> tuple[DraftPage, Draft, Language]:
    """The draft, and the language that is written; 404 where there is none."""
    page = await desk_words.draft_page(
        desk.house, desk.here.member, desk.request.match_info["case"]
    )
    if page is None or page.draft is None:
        raise web.HTTPNotFound
    asked = desk.request.query.get("in", FALLBACK)
    locale = desk.request.match_info.get("locale", desk.sent.get("locale", asked))
    if locale not in page.draft.content["texts"]:
        raise web.HTTPNotFound
    return page, page.draft, KNOWN[locale]


async def _part(
    desk: Desk, page: DraftPage, draft: Draft, language: Language, form: _Form
) -> web.Response:
    part = desk.request.match_info["part"]
    places = writing.places_in(draft.content, part, language.locale)
    await desk.saw_draft(page.case, draft.revision, "revision")
    at = writing.PARTS.index(part)
    return desk.html(
        "words.html",
        form.status,
        page=page,
        language=language,
        part=part,
        part_names=PART_NAMES,
        next_part=writing.PARTS[at + 1] if at + 1 < len(writing.PARTS) else None,
        fields=[_field(desk, draft, language.locale, place, form) for place in places],
        gone=_gone(desk, places),
        problem=form.problem,
    )


async def _step(
    desk: Desk, page: DraftPage, draft: Draft, language: Language, form: _Form
) -> web.Response:
    step_id, texts = desk.request.match_info["step"], draft.content["texts"]
    is_there = step_id == GENTLE or step_id in texts[FALLBACK]["steps"]
    if not is_there and not desk.sent:
        raise web.HTTPNotFound
    await desk.saw_draft(page.case, draft.revision, "revision")
    if not is_there:
        return desk.html("step_gone.html", 409, page=page, gone=_gone(desk, []))
    order = [step["id"] for chapter in Chapter for step in draft.content["chapters"][chapter]]
    kept = writing.drawn(draft.content, step_id).split(" ")
    chosen = _chosen(desk) or kept
    return desk.html(
        "step.html",
        form.status,
        page=page,
        draft=draft,
        language=language,
        languages=[(KNOWN[locale], bool(_words_of(texts[locale], step_id))) for locale in texts],
        card=card_of(draft.content, step_id, language.locale, rtl=language.direction == "rtl"),
        chapters=[(chapter, names.CHAPTERS[chapter].msgid) for chapter in Chapter],
        is_gentle=step_id == GENTLE,
        chosen=dict(zip(_DRAWN, chosen, strict=True)),
        drawn_was=writing.fingerprint(" ".join(kept)),
        drawn_theirs=any(isinstance(change, DrawnChange) for change in form.clashes),
        groups=icons.GROUPS,
        field=_field(desk, draft, language.locale, _place(step_id), form),
        before=_beside(order, step_id, -1),
        after=_beside(order, step_id, 1),
        problem=form.problem,
    )


_DRAWN = ("chapter", "icon", "helper_1", "helper_2")


def _drawn(desk: Desk, step_id: str) -> list[Change]:
    """What was chosen for the card; nothing where the form did not ask for it."""
    if not desk.sent.keys() >= {*_DRAWN, "drawn_was"}:
        return []
    chapter, icon, *helpers = (desk.sent[name] for name in _DRAWN)
    try:
        chosen = Chapter(chapter)
    except ValueError as error:
        raise web.HTTPBadRequest from error
    was = desk.sent["drawn_was"]
    return [DrawnChange(step_id, was, chosen, icon, (helpers[0], helpers[1]))]


def _chosen(desk: Desk) -> list[str] | None:
    """What was chosen for the card and could not be saved; None if nothing else was chosen."""
    if not desk.sent.keys() >= {*_DRAWN, "drawn_was"}:
        return None
    chosen = [desk.sent[name] for name in _DRAWN]
    return None if writing.fingerprint(" ".join(chosen)) == desk.sent["drawn_was"] else chosen


def _texts(desk: Desk, locale: str) -> list[Change]:
    """The texts that were sent, as changes; also of a place that has gone, so that it is told."""
    places = [name.removeprefix("text.") for name in desk.sent if name.startswith("text.")]
    return [
        TextChange(
            locale,
            place,
            desk.sent.get(f"was.{place}", ""),
            writing.tidied(desk.sent[f"text.{place}"]),
        )
        for place in places
    ]


def _field(desk: Desk, draft: Draft, locale: str, place: str, form: _Form) -> Field:
    kept = writing.words(draft, locale, place)
    typed = desk.sent.get(f"text.{place}")
    clashes = any(
        isinstance(change, TextChange) and change.place == place for change in form.clashes
    )
    # The place was not changed here, so what somebody else has made of it stands.
    is_own = typed is not None and writing.fingerprint(writing.tidied(typed)) != desk.sent.get(
        f"was.{place}"
    )
    was = kept.was if clashes or not is_own else desk.sent.get(f"was.{place}", kept.was)
    return Field(
        place,
        _label(draft, place),
        typed if is_own and typed is not None else kept.text,
        kept.most,
        kept.notes if not is_own else (),
        was,
        None if locale == FALLBACK else writing.words(draft, FALLBACK, place).text,
        kept.text if clashes else None,
        _icon(draft, place),
    )


def _gone(desk: Desk, places: Sequence[str]) -> list[str]:
    """What was typed for places that are not there any more."""
    return [
        typed
        for name, typed in desk.sent.items()
        if name.startswith("text.") and name.removeprefix("text.") not in places and typed.strip()
    ]


def _label(draft: Draft, place: str) -> str:
    group, _, key = place.partition(".")
    if group == "lines":
        return names.BUDGET_LINES[BudgetLine(key)].msgid
    if group != "steps":
        return _LABELS[place]
    card = card_of(draft.content, key, FALLBACK, rtl=False)
    return f"{names.CHAPTERS[card.chapter].msgid}, step {card.number} of {card.of}"


def _icon(draft: Draft, place: str) -> str:
    group, _, key = place.partition(".")
    if place == "gentle":
        return str(draft.content["gentle"]["icon"])
    return card_of(draft.content, key, FALLBACK, rtl=False).icon if group == "steps" else ""


def _place(step_id: str) -> str:
    return "gentle" if step_id == GENTLE else f"steps.{step_id}"


def _words_of(texts: dict[str, dict[str, str]], step_id: str) -> object:
    return texts["gentle"] if step_id == GENTLE else texts["steps"][step_id]


def _beside(order: list[str], step_id: str, way: int) -> str | None:
    if step_id not in order:
        return None
    at = order.index(step_id) + way
    return order[at] if 0 <= at < len(order) else None
