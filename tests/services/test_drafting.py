"""A story is written by small acts; nobody overwrites another; what is handed in is whole."""

import dataclasses

import pytest
import sqlalchemy as sa

from services import drafting, publishing, reviewing, signing
from services.catalogue import Shelf
from services.house import House
from services.landing import case_of
from storage import cases
from storage.case_sheets import Facts
from stories.editing import (
    AddStep,
    AddTranslation,
    DeleteStep,
    DrawStep,
    DropTranslation,
    MoveStep,
    NotEditable,
    SetText,
    texts_in,
)
from stories.pack import GENTLE, Chapter, Pack
from tests.services.desk import Desk, a_desk, a_story
from values.bands import Gender, PeriodBand
from values.lines import BudgetLine

ICON, HELPERS = "shelter", ("family", "job")


@dataclasses.dataclass
class Writers:
    """A desk, and the house in which its draft is written."""

    desk: Desk
    house: House

    async def act(self, act, *arguments, **named):
        async with self.house.write() as connection:
            return await act(self.house, connection, self.desk.case_id, *arguments, **named)

    async def begin(self):
        return await self.act(drafting.begin, author_id=self.desk.author)

    async def read(self):
        return await self.act(drafting.read)

    async def submit(self):
        """Hand it in, after a look at every warning."""
        draft = await self.read()
        if isinstance(draft, drafting.Draft):
            await self.desk.look(texts_in(draft.content), self.desk.author, self.desk.reviewer)
        return await self.act(drafting.submit, staff_id=self.desk.author)

    async def save(self, *edits, by=None):
        """Save one after the other; hand back the draft, or what came of the last."""
        for edit in edits:
            revision = (await self.read()).revision
            saved = await self.act(
                drafting.save, [edit], revision=revision, editor_id=by or self.desk.author
            )
        return saved

    async def whole(self):
        """Write all that mala's story has."""
        story = a_story()
        await self.begin()
        for step in story.steps:
            await self.save(AddStep(step.chapter, step.icon, step.helpers))
        draft = await self.read()
        written = [step["id"] for chapter in Chapter for step in draft.content["chapters"][chapter]]
        texts = story.texts["en"]
        for mine, step in zip(written, story.steps, strict=True):
            await self.save(SetText("en", f"steps.{mine}", texts.steps[step.id]))
        for place in ("title", "pseudonym", "intro", "content_note", "gentle"):
            await self.save(SetText("en", place, getattr(texts, place)))
        for line, text in texts.lines.items():
            await self.save(SetText("en", f"lines.{line.value}", text))
        return await self.read()


@pytest.fixture
async def room(database):
    desk = await a_desk(database)
    told = a_story().facts
    await desk.facts(
        Facts(told.region, told.age_band, told.form, Gender.NOT_SAID, PeriodBand.NOT_SAID)
    )
    house = House(
        database, desk.seal, Shelf(desk.seal), "Safe", "http://x.example", clock=lambda: desk.now
    )
    return Writers(desk, house)


async def test_story_is_written_step_by_step_and_handed_in(room):
    draft = await room.whole()
    assert (draft.problems, draft.findings) == ((), ())

    submitted = await room.submit()

    assert isinstance(submitted, drafting.Submitted)
    async with room.house.read() as connection:
        version = await publishing.version_of(connection, room.desk.seal, submitted.version_id)
    assert (version.author_id, version.last_editor_id) == (room.desk.author, room.desk.author)
    pack = Pack.from_json(version.pack)
    assert pack.title("en").text == a_story().title("en").text
    assert [step.icon for step in pack.steps] == [step.icon for step in a_story().steps]


async def test_last_editor_goes_along_with_the_version(room):
    await room.whole()
    await room.save(SetText("en", "title", "Another title"), by=room.desk.reviewer)

    submitted = await room.submit()

    with pytest.raises(publishing.NotPublishable):
        await room.desk.approve(submitted.version_id)


async def test_who_wrote_each_language_last_goes_along_with_the_version(room):
    draft = await room.whole()
    story, desk = draft.content["texts"]["en"], room.desk
    same = SetText("en", "title", story["title"])
    words = [
        SetText("fr", place if isinstance(text, str) else f"{place}.{key}", told)
        for place, text in story.items()
        for key, told in (text.items() if isinstance(text, dict) else [("", text)])
    ]

    saved = await room.act(
        drafting.save, [AddTranslation("fr"), *words, same], revision=draft.revision,
        editor_id=desk.reviewer,
    )  # fmt: skip
    submitted = await room.submit()

    assert saved.revision == draft.revision + 1
    assert saved.editors == {"en": desk.author, "fr": desk.reviewer}
    async with room.house.read() as connection:
        kept = await signing.languages(connection, submitted.version_id)
    assert {each.locale: each.editor_id for each in kept} == saved.editors


async def test_language_that_goes_and_comes_back_is_of_who_brought_it_back(room):
    await room.begin()
    await room.save(AddTranslation("fr"))

    again = await room.save(DropTranslation("fr"), AddTranslation("fr"), by=room.desk.reviewer)

    assert again.editors == {"en": room.desk.author, "fr": room.desk.reviewer}


async def test_change_that_changes_nothing_is_no_revision(room):
    before = await room.begin()

    assert await room.save(SetText("en", "title", ""), by=room.desk.reviewer) == before


async def test_half_a_story_is_kept_and_not_handed_in(room):
    draft = await room.begin()

    assert draft.revision == 1
    assert draft.problems
    told = await room.submit()
    assert isinstance(told, drafting.NotReady)
    assert told.reasons == draft.problems


async def test_what_the_gate_blocks_is_told_on_saving_and_keeps_it_from_being_handed_in(room):
    await room.whole()

    saved = await room.save(SetText("en", "title", "I was 19"))

    assert [finding.where for finding in saved.findings] == ["en: title"]
    assert isinstance(await room.submit(), drafting.NotReady)
    assert (await room.save(SetText("en", "title", "All of us"))).findings == ()


async def test_texts_that_were_decided_on_are_not_handed_in_again_as_they_are(room):
    await room.whole()
    first = await room.submit()
    async with room.house.write() as connection:
        returned = await reviewing.give_back(
            room.house, connection, first.version_id, staff_id=room.desk.reviewer, note="Shorter."
        )
    assert isinstance(returned, reviewing.Done)

    again = await room.submit()
    await room.save(SetText("en", "title", "Another title"))
    changed = await room.submit()

    assert "decided on before" in again.reasons[0]
    assert isinstance(changed, drafting.Submitted)
    assert changed.version_id != first.version_id


async def test_two_editors_do_not_overwrite_each_other(room):
    draft = await room.begin()
    first, second = [SetText("en", "title", "One")], [SetText("en", "title", "Two")]
    named = {"revision": draft.revision, "editor_id": room.desk.author}

    saved = await room.act(drafting.save, first, **named)
    late = await room.act(drafting.save, second, **named)

    assert saved.revision == 2
    assert late == drafting.Overtaken()
    assert (await room.read()).content["texts"]["en"]["title"] == "One"


async def test_steps_move_and_go_with_their_words(room):
    await room.begin()
    before = AddStep(Chapter.BEFORE, ICON, HELPERS)
    await room.save(before, before, SetText("en", "steps.s01", "One."), AddTranslation("fr"))

    moved = await room.save(MoveStep("s01", Chapter.DREAMS, 0))
    drawn = await room.save(DrawStep("s01", "rice", HELPERS), DrawStep(GENTLE, "rice", HELPERS))
    gone = await room.save(DeleteStep("s01"))
    again = await room.save(before)

    assert [step["id"] for step in moved.content["chapters"]["dreams"]] == ["s01"]
    assert drawn.content["chapters"]["dreams"][0]["icon"] == "rice"
    assert drawn.content["gentle"]["icon"] == "rice"
    assert gone.content["chapters"]["dreams"] == []
    assert [texts["steps"] for texts in gone.content["texts"].values()] == [{"s02": ""}] * 2
    assert [step["id"] for step in again.content["chapters"]["before"]] == ["s02", "s01"]
    assert (await room.save(DropTranslation("fr"))).content["texts"].keys() == {"en"}


@pytest.mark.parametrize(
    "edit",
    [
        AddStep(Chapter.BEFORE, "no_icon", HELPERS),
        DrawStep("s99", ICON, HELPERS),
        MoveStep("s01", Chapter.BEFORE, 5),
        DeleteStep("s99"),
        SetText("fr", "title", "Le papier"),
        SetText("en", "slug", "x"),
        SetText("en", "steps.s99", "x"),
        SetText("en", "title", "x" * 2001),
        AddTranslation("en"),
        AddTranslation("xx"),
        DropTranslation("en"),
        DropTranslation("fr"),
    ],
)
async def test_change_that_makes_no_sense_changes_nothing(room, edit):
    await room.begin()
    await room.save(AddStep(Chapter.BEFORE, ICON, HELPERS))
    before = await room.read()

    with pytest.raises(NotEditable):
        await room.save(edit)

    assert await room.read() == before


async def test_draft_is_begun_once_and_needs_facts(room):
    assert await room.read() == drafting.NotBegun("none")
    assert await room.submit() == drafting.NotBegun("none")
    await room.begin()
    assert await room.begin() == drafting.NotBegun("there_already")

    await room.desk.run("UPDATE cases SET slug = 'another'")
    async with room.house.write() as connection:
        room.desk.case_id = await publishing.open_case(connection, a_story(), room.desk.now)
    assert await room.begin() == drafting.NotBegun("no_facts")


async def _change_plan(room, from_line, to_line):
    """Move all of one line to another."""
    async with room.house.write() as connection:
        case = await case_of(connection, room.desk.case_id)
        await cases.change_plan(
            connection, case, from_line=from_line, to_line=to_line,
            amount=dict(case.lines)[from_line], staff_id=room.desk.author, now=room.desk.now,
        )  # fmt: skip
    return (await room.read()).content["texts"]["en"]["lines"]


async def test_draft_follows_the_need(room):
    lines = (await room.begin()).content["texts"]["en"]["lines"]
    first, second = [BudgetLine(line) for line in list(lines)[:2]]
    await room.save(SetText("en", f"lines.{first.value}", "A room."))

    without = await _change_plan(room, first, second)
    back = await _change_plan(room, second, first)

    assert first.value not in without
    assert second.value not in back
    assert first.value in back


async def test_draft_is_sealed(room):
    await room.begin()
    await room.save(SetText("en", "title", "The market"))

    async with room.house.read() as connection:
        [(kept,)] = await connection.execute(sa.text("SELECT content_sealed FROM story_draft"))

    assert b"market" not in kept
