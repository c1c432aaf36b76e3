"""
Following a story: who it is, step by step, the note before the hard chapter.

Where a case is shown without a story, its plan stands in place of each of these.
"""

from conversations import following, giving
from conversations.help import can_help, draft_note, report_button
from conversations.routes import (
    Cases,
    Gentle,
    Help,
    Languages,
    Map,
    Need,
    Note,
    Route,
    Step,
    Who,
    folded,
)
from conversations.screens import Button, Piece, Place, Row, Screen, StepPicture, Told
from conversations.visit import Talk
from locales import names
from locales.text import Name, Text, say
from services.catalogue import Chapter, Pack

_HARD = Chapter.EXPLOITATION


async def who(talk: Talk, route: Who) -> Screen | None:
    """
    One person before the story begins; None if the case may not be shown.

    A link may also name the case by its address on the companion page, which people see.
    """
    case = await talk.look.case(route.code) or await talk.look.case_at(route.code)
    if case is None:
        return None
    if case.story is None:
        return await giving.need(talk, Need(case.case.code))
    told_in = case.told_in(talk.locale)
    blocks: list[tuple[Piece, ...]] = [
        (
            say("<b>{title}</b>", title=case.story.title(told_in).text),
            giving.facts_line(case),
        ),
        (Told(case.story.intro(told_in).text),),
    ]
    blocks += _notes(talk, case.story, told_in)
    stopped = None
    if talk.visit.person is not None:
        stopped = await talk.look.place(talk.visit.person.id, case.case.id)
    code = case.case.code
    if stopped and stopped < len(case.story.steps):
        first: Row = (
            Button(
                say(
                    "Go on at step {step} of {steps}",
                    step=stopped + 1,
                    steps=len(case.story.steps),
                ),
                Step(code, stopped),
            ),
        )
        rows: list[Row] = [first, (Button(say("From the beginning"), Step(code, 0)),)]
    else:
        rows = [(Button(say("Follow the story"), Step(code, 0)),)]
    rows.append((Button(say("The plan and its costs"), Need(code)),))
    rows += await following.ways(talk, case, Who(code))
    rows += report_button(talk, code)
    rows.append((Button(say("Other stories"), Cases()), _help()))
    blocks += draft_note(talk)
    return Screen(
        tuple(blocks),
        StepPicture(case.story, case.story.steps[0]),
        tuple(rows),
        is_story=True,
        case_id=case.case.id,
    )


async def step(talk: Talk, route: Step) -> Screen | None:
    """One card of the story; None if there is no such card to show."""
    case = await talk.look.case(route.code)
    if case is None:
        return None
    if case.story is None:
        return await giving.need(talk, Need(route.code))
    if route.position >= len(case.story.steps):
        return None
    here = case.story.steps[route.position]
    if here.chapter is _HARD and not can_help(talk.languages.i18n(talk.locale)):
        return await note(talk, Note(route.code))
    told_in = case.told_in(talk.locale)
    in_chapter = len(case.story.chapter_steps(here.chapter))
    is_last = route.position + 1 == len(case.story.steps)
    return Screen(
        blocks=(
            (
                _heading(here.chapter, here.index + 1, in_chapter),
                Told(case.story.text(told_in, here.id).text),
            ),
            *_language_note(talk, told_in),
        ),
        picture=StepPicture(case.story, here),
        keyboard=(
            _back_and_next(case.story, route),
            *(await following.button(talk, case, route) if is_last else ()),
            (Button(say("Where am I?"), Map(route.code, route.position)), _help()),
        ),
        toast=say("Step {step} of {steps}", step=route.position + 1, steps=len(case.story.steps)),
        is_story=True,
        case_id=case.case.id,
        place=Place(case.case.id, route.position),
    )


async def map_(talk: Talk, route: Map) -> Screen | None:
    """The chapters, which of them lie behind, and a way to each; None if there is no such card."""
    case = await talk.look.case(route.code)
    if case is None:
        return None
    if case.story is None:
        return await giving.need(talk, Need(route.code))
    if route.position >= len(case.story.steps):
        return None
    here = case.story.steps[route.position]
    chapters = list(Chapter)
    lines: list[Piece] = []
    rows: list[Row] = []
    for chapter in chapters:
        steps = case.story.chapter_steps(chapter)
        name = names.CHAPTERS[chapter]
        if chapter is here.chapter:
            at = {"step": here.index + 1, "steps": len(steps)}
            lines.append(say("<b>● {chapter} · {step} of {steps}</b>", chapter=name, **at))
        elif chapters.index(chapter) < chapters.index(here.chapter):
            lines.append(say("✓ {chapter}", chapter=name))
        else:
            lines.append(say("○ {chapter}", chapter=name))
        first: Route = Step(route.code, steps[0].position)
        rows.append((Button(name, Note(route.code) if chapter is _HARD else first),))
    rows = [tuple(button for row in rows[at : at + 2] for button in row) for at in (0, 2)]
    return Screen(
        blocks=(
            (say("<b>Where you are in the story of {name}</b>", name=case.name_in(talk.locale)),),
            tuple(lines),
        ),
        picture=StepPicture(case.story, here),
        keyboard=(
            (Button(say("← Back to the card"), Step(route.code, route.position)),),
            *rows,
            (Button(say("From the beginning"), Step(route.code, 0)),),
            (Button(say("The plan and its costs"), Need(route.code)),),
            (_language(Step(route.code, route.position)), Button(say("Other stories"), Cases())),
            (_help(),),
        ),
        is_story=True,
        case_id=case.case.id,
    )


async def note(talk: Talk, route: Note) -> Screen | None:
    """Before the hard chapter: what it tells, and that one may take the gentle way."""
    case = await talk.look.case(route.code)
    if case is None:
        return None
    if case.story is None:
        return await giving.need(talk, Need(route.code))
    told_in = case.told_in(talk.locale)
    hard = case.story.chapter_steps(_HARD)
    code = route.code
    whole: Row = (Button(say("Read the whole chapter"), Step(code, hard[0].position)),)
    return Screen(
        blocks=(
            (say("<b>Before you read on</b>"), Told(case.story.content_note(told_in).text)),
            (say("You can read a short, gentle version instead."),),
        ),
        picture=StepPicture(case.story, case.story.gentle_step),
        keyboard=(
            (Button(say("Read the gentle version"), Gentle(code)),),
            *([whole] if can_help(talk.languages.i18n(talk.locale)) else []),
            (Button(say("← Back"), Step(code, hard[0].position - 1)), _help()),
        ),
        is_story=True,
        case_id=case.case.id,
    )


async def gentle(talk: Talk, route: Gentle) -> Screen | None:
    """One calm card in place of the hard chapter."""
    case = await talk.look.case(route.code)
    if case is None:
        return None
    if case.story is None:
        return await giving.need(talk, Need(route.code))
    told_in = case.told_in(talk.locale)
    after = case.story.chapter_steps(_HARD)[-1].position + 1
    words = case.story.text(told_in, case.story.gentle_step.id).text
    return Screen(
        blocks=(
            (
                say("<b>{chapter} · gentle version</b>", chapter=names.CHAPTERS[_HARD]),
                Told(words),
            ),
        ),
        picture=StepPicture(case.story, case.story.gentle_step),
        keyboard=(
            (
                Button(say("← Back"), Note(route.code)),
                Button(say("Next →"), Step(route.code, after)),
            ),
            (Button(say("Other stories"), Cases()), Button(say("Help"), Help())),
        ),
        is_story=True,
        case_id=case.case.id,
    )


def _help() -> Button:
    return Button(say("Help"), Help())


def _language(then: Route) -> Button:
    """Choose another language, and see *then* in it."""
    return Button(say("Language"), Languages(folded(then)))


def _heading(chapter: Chapter, step_number: int, steps: int) -> Text:
    return say(
        "<b>{chapter} · {step} of {steps}</b>",
        chapter=names.CHAPTERS[chapter],
        step=step_number,
        steps=steps,
    )


def _back_and_next(story: Pack, route: Step) -> tuple[Button, Button]:
    """Back and Next. The way into the hard chapter, from either side, passes the note before it."""
    steps = story.steps
    code, here = route.code, steps[route.position]
    back: Route = Step(code, route.position - 1) if route.position else Who(code)
    before_is_hard = route.position > 0 and steps[route.position - 1].chapter is _HARD
    if before_is_hard and here.chapter is not _HARD:
        back = Note(code)
    if here.chapter is _HARD and here.index == 0:
        back = Note(code)
    if route.position + 1 == len(steps):
        return Button(say("← Back"), back), Button(say("The plan →"), Need(code))
    following: Route = Step(code, route.position + 1)
    if steps[route.position + 1].chapter is _HARD and here.chapter is not _HARD:
        following = Note(code)
    return Button(say("← Back"), back), Button(say("Next →"), following)


def _notes(talk: Talk, story: Pack, told_in: str) -> list[tuple[Piece, ...]]:
    invented = story.invented_note(told_in)
    notes: list[tuple[Piece, ...]] = [] if invented is None else [(Told(invented.text),)]
    return notes + list(_language_note(talk, told_in))


def _language_note(talk: Talk, told_in: str) -> tuple[tuple[Piece, ...], ...]:
    """Said honestly where a story is not told in the reader's language."""
    if told_in == talk.locale:
        return ()
    language = Name(talk.languages.i18n(told_in).language.autonym)
    return ((say("<i>This story is told in {language} for now.</i>", language=language),),)
