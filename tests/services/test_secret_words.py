"""What is on the secret list of a case is in nothing that is told of it, and is itself nowhere."""

import dataclasses
import json

import pytest
import sqlalchemy as sa

from services import audit, case_acts, drafting, publishing, reviewing, secret_words, updating
from services.catalogue import Shelf
from services.house import House
from services.permits import NotAllowed
from services.publishing import NotPublishable
from services.reviewing import Approved, NotApproved
from services.secret_words import MOST_WORDS, Kept, NotKept
from services.staff_acts import Unknown
from services.updating import NotDecided, NotWritten
from storage import case_sheets, drafts
from stories.editing import SetText
from tests.services.desk import Desk, a_desk, a_story, in_two_languages
from tests.staff import a_member

HER_NAME = "Nguyễn Thị Hoa"
HIDDEN = ("nguyen thi hoa", "NGUYỄN THỊ HOA", "Ng.uyễn-Thị Hoa", "Nguyen\u200bThi\u200bHoa")


@dataclasses.dataclass
class Listed:
    """A desk with a case that has a secret list."""

    desk: Desk
    house: House

    async def act(self, act, *arguments, **named):
        async with self.house.write() as connection:
            return await act(self.house, connection, *arguments, **named)

    async def keep(self, *words, by="one", case="mala"):
        return await case_acts.keep_secrets(self.house, case=case, words=words, by=by)

    async def approve(self, version):
        return await self.act(reviewing.approve, version, approver_id=self.desk.reviewer)

    async def seen(self, version):
        async with self.house.read() as connection:
            return await reviewing.review(self.house, connection, version)

    async def write(self, **notes):
        return await self.act(
            updating.write, case_id=self.desk.case_id, milestone="job_found", month="2026-05",
            notes=notes, author_id=self.desk.author,
        )  # fmt: skip

    async def draft(self):
        async with self.house.read() as connection:
            return await drafting.read(self.house, connection, self.desk.case_id)

    async def begun(self):
        await self.act(drafting.begin, self.desk.case_id, author_id=self.desk.author)


@pytest.fixture
async def room(database):
    desk = await a_desk(database)
    await desk.consent()
    await desk.consent(purpose="publish_updates")
    async with database.write() as connection:
        await a_member(connection, "one", "case_officer")
        await a_member(connection, "finance", "finance")
    house = House(
        database, desk.seal, Shelf(desk.seal), "Safe", "http://x.example", clock=lambda: desk.now
    )
    return Listed(desk, house)


@pytest.mark.parametrize("hidden", HIDDEN)
async def test_story_with_a_secret_word_is_not_approved(room, hidden):
    await room.keep(HER_NAME)
    version = await room.desk.draft(a_story(steps={"s01": f"They called me {hidden} at home."}))

    told = await room.approve(version)

    assert isinstance(told, NotApproved)
    assert told.reasons == ("en: s01: Take this word out: it is on the case's secret list.",)
    assert [finding.where for finding in (await room.seen(version)).findings] == ["en: s01"]
    with pytest.raises(NotPublishable):
        await room.desk.approve(version)


async def test_story_without_one_is_approved(room):
    await room.keep(HER_NAME)

    assert isinstance(await room.approve(await room.desk.draft(a_story())), Approved)


@pytest.mark.parametrize("place", ["title", "pseudonym", "intro", "content_note", "gentle"])
async def test_every_text_in_every_language_is_searched(room, place):
    await room.keep("Hoa")
    story = json.loads(in_two_languages(a_story()).to_json())
    story["texts"]["fr"][place] = "Hoa"
    version = await room.desk.draft(type(a_story()).from_json(json.dumps(story)))

    [finding] = (await room.seen(version)).findings

    assert finding.where.startswith("fr: ")


async def test_word_kept_during_the_delay_keeps_the_story_back(room):
    version = await room.desk.draft(a_story(title="The boat Sea Star"))
    assert isinstance(await room.approve(version), Approved)
    await room.keep("Sea Star")
    room.desk.now += room.house.terms.publish_after

    assert await reviewing.publish_due(room.house) == 0

    assert await room.desk.shown() is None
    with pytest.raises(NotPublishable):
        await room.desk.publish(version)


async def test_draft_tells_of_it_on_every_save_and_is_not_handed_in(room):
    await room.begun()
    await room.keep(HER_NAME)

    saved = await room.act(
        drafting.save, room.desk.case_id, [SetText("en", "title", f"I am {HIDDEN[0]}")], revision=1,
        editor_id=room.desk.author,
    )  # fmt: skip
    assert [finding.where for finding in saved.findings] == ["en: title"]

    whole = a_story(title=f"I am {HIDDEN[0]}").to_json()
    async with room.house.write() as connection:
        kept = await drafts.of_case(connection, room.desk.seal, room.desk.case_id)
        assert kept is not None
        await drafts.save(
            connection,
            room.desk.seal,
            kept,
            whole,
            editor_id=room.desk.author,
            editors={},
            now=room.desk.now,
        )
    refused = await room.act(drafting.submit, room.desk.case_id, staff_id=room.desk.author)
    assert refused == drafting.NotReady(
        ("en: title: Take this word out: it is on the case's secret list.",)
    )


async def test_news_with_one_is_neither_written_nor_approved(room):
    before = await room.write(en="She works with Hoa.", fr="Elle travaille.")
    await room.keep("Hoa")

    written = await room.write(en="Work.", fr="Elle travaille avec Hoa.")
    approved = await room.act(updating.approve, before.id, approver_id=room.desk.reviewer)

    assert isinstance(written, NotWritten)
    assert (written.why, [one.where for one in written.findings]) == ("gate", ["fr"])
    assert approved == NotDecided("gate")


@pytest.mark.parametrize("secret", ["Mali", "mali"])
async def test_invented_name_that_is_her_own_blocks_everything(room, secret):
    async with room.house.write() as connection:
        await case_sheets.name_case(
            connection, room.desk.case_id, "Mali", staff_id=room.desk.author
        )
    version = await room.desk.draft(a_story())

    kept = await room.keep(secret)

    assert kept.places == ("case: pseudonym",)
    assert isinstance(await room.approve(version), NotApproved)
    assert await room.write() == NotWritten("gate", findings=(await room.seen(version)).findings)


async def test_list_says_where_its_words_stand_already(room):
    await room.desk.published(a_story(title="The boat Sea Star"))
    await room.begun()
    await room.act(
        drafting.save, room.desk.case_id, [SetText("en", "title", "Near Hoa")], revision=1,
        editor_id=room.desk.author,
    )  # fmt: skip
    news = await room.write(en="She met Hoa.")

    kept = await room.keep("Sea Star", "Hoa", "Nowhere")

    assert kept.places == ("draft: en: title", "public story: en: title", f"update {news.id}: en")


async def test_list_only_grows_and_keeps_each_word_once(room):
    assert await room.keep("Hoa", "hoa", "Sea Star") == Kept(2, 2, ())
    assert await room.keep("HOA", "Bo") == Kept(1, 3, ())
    async with room.house.read() as connection:
        assert await secret_words.count(connection, room.desk.case_id) == 3


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ((), NotKept("nothing")),
        (("Hoa",) * (MOST_WORDS + 1), NotKept("too_many")),
        (("Hoa", "a", "!!", "ก"), NotKept("too_short", (2, 3, 4))),
        (("x" * 201,), NotKept("too_long", (1,))),
    ],
)
async def test_what_is_no_list_is_refused_whole(room, words, refusal):
    assert await room.keep(*words) == refusal
    async with room.house.read() as connection:
        assert await secret_words.count(connection, room.desk.case_id) == 0


async def test_no_word_is_kept_anywhere_and_no_case_shares_a_hash(room):
    await room.keep(HER_NAME, "Sea Star")
    first = room.desk.case_id
    await room.desk.run("UPDATE cases SET slug = 'first'")
    async with room.house.write() as connection:
        room.desk.case_id = await publishing.open_case(connection, a_story(), room.desk.now)
    await room.keep(HER_NAME, "Sea Star")

    async with room.house.read() as connection:
        kept = (await connection.execute(sa.text("SELECT case_id, print FROM case_secret"))).all()
        log = await audit.newest(connection)

    assert {case for case, _ in kept} == {first, room.desk.case_id}
    assert len({print_ for _, print_ in kept}) == 4
    for form in (HER_NAME, "nguyenthihoa", "Sea Star", "seastar"):
        assert not any(form.encode() in bytes(print_) for _, print_ in kept)
        assert form not in str(log)
    assert (log[0].act, dict(log[0].detail)) == ("case.secrets_kept", {"new": 2, "in_all": 2})


async def test_list_of_one_case_blocks_no_other(room):
    await room.keep("Hoa")
    await room.desk.run("UPDATE cases SET slug = 'first'")
    async with room.house.write() as connection:
        room.desk.case_id = await publishing.open_case(connection, a_story(), room.desk.now)

    version = await room.desk.draft(a_story(title="I am Hoa"))

    assert (await room.seen(version)).findings == ()


async def test_only_who_looks_after_cases_keeps_a_list(room):
    assert isinstance(await room.keep("Hoa", by="finance"), NotAllowed)
    assert isinstance(await room.keep("Hoa", by="stranger"), Unknown)
    assert isinstance(await room.keep("Hoa", case="nowhere"), Unknown)
