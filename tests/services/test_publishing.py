"""Nothing is shown without consent, four eyes on these very texts, and a gate without findings."""

import dataclasses
import datetime as dt

import pytest

from services import audit, publishing
from services.publishing import NotPublishable, gate_findings
from services.staff import Role
from storage import stories
from storage.errors import Refused
from storage.sealing import Seal, new_data_key
from tests.services.desk import EVERYWHERE, FACTS, a_desk, a_story, in_two_languages
from tests.staff import a_member
from values.bands import RiskLevel
from values.clock import utc_now
from values.facts import AgeBand, Region

NOT_APPROVED = "Nobody but the author has approved these exact texts."


@pytest.fixture
async def desk(database):
    return await a_desk(database)


def no_consent(locale, channel):
    return f"No consent to tell it in {locale} on {channel} is valid now."


async def test_story_with_all_it_needs_is_shown(desk):
    await desk.consent()

    await desk.published(a_story(title="The first title"))

    for channel in EVERYWHERE:
        shown = await desk.shown(channel)
        assert shown.story.title("en").text == "The first title"
        assert shown.locales == {"en"}


async def test_draft_is_not_shown(desk):
    await desk.consent()
    version = await desk.draft(a_story())
    await desk.approve(version)

    assert await desk.shown() is None


async def refused(desk, version, *reasons):
    with pytest.raises(NotPublishable) as refusal:
        await desk.publish(version)
    assert refusal.value.reasons == list(reasons)
    assert await desk.shown("bot") is None
    assert await desk.shown("web") is None


async def test_story_without_consent_is_not_published(desk):
    version = await desk.draft(a_story())
    await desk.approve(version)

    await refused(desk, version, no_consent("en", "bot"), no_consent("en", "web"))


@pytest.mark.parametrize(("given", "lacking"), [("bot", "web"), ("web", "bot")])
async def test_consent_for_one_channel_is_not_enough(desk, given, lacking):
    await desk.consent([given])
    version = await desk.draft(a_story())
    await desk.approve(version)

    await refused(desk, version, no_consent("en", lacking))


async def test_each_language_needs_its_own_consent(desk):
    await desk.consent()
    version = await desk.draft(in_two_languages(a_story()))
    await desk.approve(version)

    await refused(desk, version, no_consent("fr", "bot"), no_consent("fr", "web"))
    await desk.consent(locales=["fr"])
    await desk.publish(version)
    assert (await desk.shown()).locales == {"en", "fr"}


@pytest.mark.parametrize("why", ["expired", "withdrawn", "not yet given"])
async def test_consent_that_is_not_valid_now_counts_for_nothing(desk, why):
    day = dt.timedelta(days=1)
    changes = {
        "expired": {"given_at": desk.now - 2 * day, "valid_until": desk.now},
        "withdrawn": {"withdrawn_at": desk.now},
        "not yet given": {"given_at": desk.now + day},
    }[why]
    await desk.consent(**changes)
    version = await desk.draft(a_story())
    await desk.approve(version)

    await refused(desk, version, no_consent("en", "bot"), no_consent("en", "web"))


async def test_consent_of_another_case_counts_for_nothing(desk):
    await desk.consent()
    first = desk.case_id
    await desk.run("UPDATE cases SET slug = 'another'")
    await desk.open()
    assert desk.case_id != first
    version = await desk.draft(a_story())
    await desk.approve(version)

    await refused(desk, version, no_consent("en", "bot"), no_consent("en", "web"))


async def test_author_cannot_approve_herself(desk):
    await desk.consent()
    version = await desk.draft(a_story())

    with pytest.raises(NotPublishable) as refusal:
        await desk.approve(version, by=desk.author)

    assert refusal.value.reasons == ["Somebody other than the author must approve it."]
    await refused(desk, version, NOT_APPROVED)


async def test_database_refuses_the_author_as_approver(desk):
    """Also from somebody who does not ask `services.publishing`."""
    version = await desk.draft(a_story())

    with pytest.raises(Refused) as refusal:
        await _approve_past_the_rules(desk, version, approver_id=desk.author)

    assert refusal.value.constraint == "ck_approval_four_eyes"


async def test_database_refuses_an_approval_that_names_another_author(desk):
    """Else she would only have to lie about who wrote it."""
    version = await desk.draft(a_story())

    with pytest.raises(Refused):
        await _approve_past_the_rules(
            desk, version, approver_id=desk.author, author_id=desk.reviewer
        )


async def test_database_refuses_an_approval_of_other_texts(desk):
    version = await desk.draft(a_story())

    with pytest.raises(Refused):
        await _approve_past_the_rules(
            desk, version, approver_id=desk.reviewer, content_sha256=b"\x07" * 32
        )


async def _approve_past_the_rules(desk, version_id, *, approver_id, **lies):
    async with desk.database.write() as connection:
        version = await stories.version(connection, desk.seal, version_id)
        assert version is not None
        await stories.add_approval(
            connection, dataclasses.replace(version, **lies), approver_id=approver_id, now=desk.now
        )


async def test_edit_voids_the_approval(desk):
    await desk.consent()
    approved = await desk.draft(a_story(title="The paper"))
    approval = await desk.approve(approved)

    edited = await desk.draft(a_story(title="The paper."))

    assert edited != approved
    await refused(desk, edited, NOT_APPROVED)
    with pytest.raises(Refused):  # and the database knows it too
        await _publish_past_the_rules(desk, edited, approval)
    await _publish_past_the_rules(desk, approved, approval)


async def test_database_refuses_to_publish_another_cases_version(desk):
    await desk.consent()
    version = await desk.draft(a_story())
    approval = await desk.approve(version)
    await desk.run("UPDATE cases SET slug = 'another'")
    await desk.open()

    with pytest.raises(Refused):
        await _publish_past_the_rules(desk, version, approval)


async def _publish_past_the_rules(desk, version_id, approval_id):
    async with desk.database.write() as connection:
        await stories.publish(connection, desk.case_id, version_id, approval_id, desk.now)


async def test_same_texts_again_are_the_same_version_of_the_same_author(desk):
    """Sending somebody's text in again does not make one its author, and so free to approve."""
    version = await desk.draft(a_story())

    again = await desk.draft(a_story(), author=desk.reviewer)

    assert again == version
    with pytest.raises(NotPublishable):
        await desk.approve(again, by=desk.author)


PLANTED = "I was 19"
REMEDY = "Write no exact age; a word like young or grown up is enough."
PLACES = {
    "title": "en: title",
    "pseudonym": "en: pseudonym",
    "intro": "en: intro",
    "content_note": "en: content note",
    "gentle": "en: gentle",
    "steps": "en: s07",
    "lines": "en: legal",
}


@pytest.mark.parametrize("place", PLACES)
async def test_gate_reads_every_text_that_is_shown(desk, place):
    text = {"steps": {"s07": PLANTED}, "lines": {"legal": PLANTED}}.get(place, PLANTED)
    story = a_story(**{place: text})
    await desk.consent()
    version = await desk.draft(story)

    with pytest.raises(NotPublishable) as refusal:
        await desk.approve(version)

    assert [finding.where for finding in gate_findings(story)] == [PLACES[place]]
    assert refusal.value.reasons == [f"{PLACES[place]}: {REMEDY}"]


async def test_gate_reads_the_note_of_an_invented_story(desk):
    story = a_story(invented=True, invented_note=PLANTED)

    assert [finding.where for finding in gate_findings(story)] == ["en: invented note"]


async def test_gate_reads_every_language(desk):
    story = in_two_languages(a_story(intro="Call 081 234 5678"))

    assert {finding.where for finding in gate_findings(story)} == {"en: intro", "fr: intro"}


async def test_every_reason_has_a_line(desk):
    version = await desk.draft(a_story(title="On 3 May 2019", intro="I am 19"))

    with pytest.raises(NotPublishable) as refusal:
        await desk.publish(version)

    assert refusal.value.reasons == [
        "en: title: Say when it was with a word: one spring, some months later.",
        f"en: intro: {REMEDY}",
        no_consent("en", "bot"),
        no_consent("en", "web"),
        NOT_APPROVED,
    ]


async def test_publishing_a_new_version_replaces_the_old_one(desk):
    await desk.consent()
    await desk.published(a_story(title="The first title"))

    await desk.published(a_story(title="The second title"))

    assert (await desk.shown()).story.title("en").text == "The second title"


async def test_refused_version_leaves_the_public_one_as_it_is(desk):
    await desk.consent()
    await desk.published(a_story(title="The first title"))
    second = await desk.draft(a_story(title="The second title"))

    with pytest.raises(NotPublishable):
        await desk.publish(second)

    assert (await desk.shown()).story.title("en").text == "The first title"


async def test_version_that_does_not_exist_is_nobodys_to_publish(desk):
    with pytest.raises(LookupError):
        await desk.publish(4711)


@pytest.mark.parametrize("roles", [(), (Role.ADMIN,), (Role.FINANCE,)])
async def test_real_story_is_brought_in_by_who_may_write_one(database, roles):
    seal, now = Seal(new_data_key()), utc_now()
    async with database.write() as connection:
        await a_member(connection, "somebody", *roles)
        await a_member(connection, "writer", Role.CASE_OFFICER)

        for author in ("somebody", "nobody"):
            with pytest.raises(publishing.NotAnAuthor):
                await publishing.bring_in(connection, seal, a_story(), author_code=author, now=now)
        version = await publishing.bring_in(
            connection, seal, a_story(), author_code="writer", now=now
        )

    assert version


async def test_way_of_a_story_is_written_down(database, desk):
    await desk.consent()
    version = await desk.published(a_story())

    async with database.read() as connection:
        entries = await audit.newest(connection)

    assert [(entry.by, entry.act, dict(entry.detail)) for entry in reversed(entries)] == [
        ("officer", "story.drafted", {"version": version}),
        ("reviewer", "story.approved", {"version": version}),
        ("program", "story.published", {"version": version}),
    ]


async def test_story_of_high_risk_is_not_published(desk):
    await desk.consent()
    version = await desk.draft(a_story())
    await desk.approve(version)
    await desk.risk(RiskLevel.HIGH)

    await refused(desk, version, "The risk is high.")
    await desk.risk(RiskLevel.MEDIUM)
    await desk.publish(version)
    assert await desk.shown()


async def test_story_whose_risk_nobody_has_judged_is_not_published(desk):
    await desk.consent()
    await desk.run("UPDATE cases SET slug = 'another'")
    async with desk.database.write() as connection:
        desk.case_id = await publishing.open_case(connection, a_story(), desk.now)
    await desk.facts(FACTS)
    await desk.consent()
    version = await desk.draft(a_story())
    await desk.approve(version)

    await refused(desk, version, "Nobody has filled in the risk form.")


async def test_last_editor_cannot_approve(desk):
    await desk.consent()
    version = await desk.draft(a_story(), last_editor=desk.reviewer)

    with pytest.raises(NotPublishable) as refusal:
        await desk.approve(version)

    reason = "Somebody other than who edited it last must approve it."
    assert refusal.value.reasons == [reason]
    with pytest.raises(Refused) as by_the_database:
        await _approve_past_the_rules(desk, version, approver_id=desk.reviewer)
    assert by_the_database.value.constraint == "ck_approval_not_the_last_editor"


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"region": Region.WEST_AFRICA}, "The story tells other facts than the case has."),
        ({"age_band": AgeBand.UNDER_18}, "The story of somebody under 18 is not told."),
    ],
)
async def test_story_that_does_not_fit_its_facts_is_not_published(desk, facts, reason):
    await desk.consent()
    version = await desk.draft(a_story())
    await desk.approve(version)

    await desk.facts(dataclasses.replace(FACTS, **facts))
    with pytest.raises(NotPublishable) as refusal:
        await desk.publish(version)
    await desk.facts(FACTS)
    await desk.publish(version)

    assert reason in refusal.value.reasons
    assert await desk.shown()
