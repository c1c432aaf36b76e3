"""What the gate warns of, two people have looked at: in this very text, and each for themselves."""

import dataclasses

import pytest

from services import audit, drafting, looking, reviewing, updating, words_acts
from services.catalogue import Shelf
from services.house import House
from services.looking import Looked, NoSuchMark
from services.permits import NotAllowed
from services.reviewing import Approved, NotApproved
from services.story_texts import texts_of
from storage import cases, drafts
from stories.editing import SetText
from tests.services.desk import Desk, a_desk, a_story
from tests.staff import a_member

A_NAME = "They told Somchai about the work."
"""A capitalised word where none belongs: a warning in every English text."""


@dataclasses.dataclass
class Lookers:
    """A desk whose author and reviewer have roles, and its house."""

    desk: Desk
    house: House

    async def act(self, act, *arguments, **named):
        async with self.house.write() as connection:
            return await act(self.house, connection, *arguments, **named)

    async def approve(self, version):
        return await self.act(reviewing.approve, version, approver_id=self.desk.reviewer)

    async def warnings(self, version):
        async with self.house.read() as connection:
            seen = await reviewing.review(self.house, connection, version)
        assert isinstance(seen, reviewing.Review)
        return seen.warnings

    async def look(self, version, by, marks=None):
        return await words_acts.look_at_story(self.house, version, marks=marks, by=by)

    async def written(self, pack):
        """A draft with all that *pack* says."""
        await self.act(drafting.begin, self.desk.case_id, author_id=self.desk.author)
        async with self.house.write() as connection:
            kept = await drafts.of_case(connection, self.desk.seal, self.desk.case_id)
            assert kept is not None
            await drafts.save(
                connection, self.desk.seal, kept, pack.to_json(), editor_id=self.desk.author,
                editors={}, now=self.desk.now,
            )  # fmt: skip

    async def submit(self):
        return await self.act(drafting.submit, self.desk.case_id, staff_id=self.desk.author)


@pytest.fixture
async def room(database):
    desk = await a_desk(database)
    await desk.consent()
    await desk.consent(purpose="publish_updates")
    async with database.write() as connection:
        for code in ("officer", "reviewer", "third"):
            await a_member(connection, code, "case_officer")
        await a_member(connection, "finance", "finance")
        assert await cases.staff_id(connection, "officer") == desk.author
    house = House(
        database, desk.seal, Shelf(desk.seal), "Safe", "http://x.example", clock=lambda: desk.now
    )
    return Lookers(desk, house)


async def test_version_is_approved_when_author_and_approver_have_looked(room):
    version = await room.desk.draft(a_story(intro=A_NAME), looked=False)
    [mine] = [one for one in await room.warnings(version) if one.where == "en: intro"]
    assert [finding.value for finding in mine.findings] == ["Somchai"]

    nobody = await room.approve(version)
    looked = await room.look(version, "reviewer")
    alone = await room.approve(version)
    await room.look(version, "officer")

    assert isinstance(nobody, NotApproved)
    assert any(
        reason.startswith("You have not looked at this yet: en: intro: person_name 'Somchai'.")
        for reason in nobody.reasons
    )
    assert looked.missing == ()
    assert all(reason.startswith("The author has not looked") for reason in alone.reasons)
    assert isinstance(await room.approve(version), Approved)


async def test_look_of_the_author_is_not_the_approvers(room):
    version = await room.desk.draft(a_story(intro=A_NAME), looked=False)
    await room.look(version, "officer")
    await room.look(version, "third")

    told = await room.approve(version)

    assert isinstance(told, NotApproved)
    assert all(reason.startswith("You have not looked") for reason in told.reasons)


async def test_changed_text_wants_another_look_and_the_others_do_not(room):
    first = await room.desk.draft(a_story(intro=A_NAME, title="The Paper of Noi"))
    second = await room.desk.draft(
        a_story(intro=f"{A_NAME} Again.", title="The Paper of Noi"), looked=False
    )

    assert all(len(one.looked) == 2 for one in await room.warnings(first))
    seen = {one.where: one.looked for one in await room.warnings(second)}
    assert seen["en: intro"] == frozenset()
    assert len(seen["en: title"]) == 2
    assert isinstance(await room.approve(second), NotApproved)


async def test_same_words_elsewhere_want_a_look_of_their_own(room):
    await room.desk.draft(a_story(intro=A_NAME))
    version = await room.desk.draft(a_story(content_note=A_NAME), looked=False)

    [mine] = [one for one in await room.warnings(version) if one.where == "en: content note"]

    assert mine.looked == frozenset()


async def test_draft_is_handed_in_by_who_has_looked_and_the_look_goes_along(room):
    await room.written(a_story(steps={"s01": A_NAME}))

    refused = await room.submit()
    done = await words_acts.look_at_draft(room.house, case="mala", marks=None, by="officer")
    submitted = await room.submit()

    assert isinstance(refused, drafting.NotReady)
    assert any("en: s01: person_name 'Somchai'" in reason for reason in refused.reasons)
    assert isinstance(done, Looked)
    assert done.missing == ()
    assert isinstance(submitted, drafting.Submitted)
    assert all(
        one.looked == {room.desk.author} for one in await room.warnings(submitted.version_id)
    )


async def test_edit_of_a_draft_takes_the_look_away(room):
    await room.written(a_story(intro=A_NAME))
    await words_acts.look_at_draft(room.house, case="mala", marks=None, by="officer")

    saved = await room.act(
        drafting.save, room.desk.case_id, [SetText("en", "intro", f"{A_NAME} So.")], revision=2,
        editor_id=room.desk.author,
    )  # fmt: skip

    assert {one.where: bool(one.looked) for one in saved.warnings}["en: intro"] is False
    assert isinstance(await room.submit(), drafting.NotReady)


async def test_news_is_approved_when_both_have_looked(room):
    update = await room.act(
        updating.write, case_id=room.desk.case_id, milestone="job_found", month="2026-05",
        notes={"en": A_NAME}, author_id=room.desk.author,
    )  # fmt: skip

    before = await room.act(updating.approve, update.id, approver_id=room.desk.reviewer)
    for code in ("officer", "reviewer"):
        await words_acts.look_at_update(room.house, update.id, marks=None, by=code)
    after = await room.act(updating.approve, update.id, approver_id=room.desk.reviewer)

    assert before.why == "looked"
    assert "You have not looked at this yet: en: person_name 'Somchai'." in before.reasons[0]
    assert after.approved


async def test_one_is_named_by_how_its_mark_begins(room):
    version = await room.desk.draft(a_story(intro=A_NAME, title="The Paper of Noi"), looked=False)
    marks = {one.where: one.mark for one in await room.warnings(version)}

    done = await room.look(version, "reviewer", [marks["en: intro"][:8].upper()])
    again = await room.look(version, "reviewer", [marks["en: intro"]])

    assert isinstance(done, Looked)
    assert (done.new, again.new) == (1, 0)
    assert "en: intro" not in [one.where for one in done.missing]
    assert "en: title" in [one.where for one in done.missing]


@pytest.mark.parametrize("mark", ["", "0", "f" * 64, "not hexadecimal"])
async def test_mark_that_is_none_of_these_is_refused(room, mark):
    version = await room.desk.draft(a_story(intro=A_NAME), looked=False)

    assert await room.look(version, "reviewer", [mark]) == NoSuchMark(mark)
    assert all(not one.looked for one in await room.warnings(version))


async def test_look_of_one_case_counts_for_no_other(room):
    pack = a_story(intro=A_NAME)
    await room.desk.look(texts_of(pack), room.desk.author)

    async with room.house.read() as connection:
        here = await looking.warned(connection, room.desk.seal, room.desk.case_id, texts_of(pack))
        there = await looking.warned(connection, room.desk.seal, 999, texts_of(pack))

    assert all(one.looked for one in here)
    assert not any(one.looked for one in there)
    assert {one.mark for one in here}.isdisjoint(one.mark for one in there)


async def test_look_is_in_the_log_without_a_word(room):
    version = await room.desk.draft(a_story(intro=A_NAME), looked=False)
    await room.look(version, "reviewer")

    refused = await room.look(version, "finance")

    assert isinstance(refused, NotAllowed)
    async with room.house.read() as connection:
        [entry, *_] = await audit.newest(connection)
    assert (entry.act, entry.by) == ("warnings.looked_at", "reviewer")
    assert "Somchai" not in str(entry)
