"""The staff's menu in the chat: spending, milestones, recall; and nobody else learns of it."""

import pytest
import sqlalchemy as sa

from conversations.routes import Staff, encode
from services import case_files, words_acts
from services.one_time_codes import code_at
from services.staff import Role
from storage import stories
from tests.conversations.rig import both_engines, case_of, fund, usd
from tests.staff import a_member

SECRETS = {"k7mnp2": b"the officer's secret", "fin4nc": b"another one's secret"}


@pytest.fixture
async def staff(office):
    """A case officer and somebody of finance, each with a chat and an app."""
    found = {}
    roles = {"k7mnp2": (Role.CASE_OFFICER,), "fin4nc": (Role.FINANCE, Role.PROTECTION_OFFICER)}
    for code, held in roles.items():
        person = office.telegram.person(code, "en")
        async with office.house.write() as connection:
            person.staff_id = await a_member(
                connection, code, *held, chat=person.id, seal=office.house.seal,
                secret=SECRETS[code],
            )  # fmt: skip
        found[code] = person
    return found


@pytest.fixture
def officer(staff):
    return staff["k7mnp2"]


@pytest.fixture
def finance(staff):
    return staff["fin4nc"]


def code_of(office, code):
    """What the app of a member shows now."""
    return code_at(SECRETS[code], office.house.clock())


def shown(person):
    """All that stands in the chat."""
    return str(person.messages)


def plain(label):
    """A label without what keeps its parts apart."""
    return label.replace("\u2068", "").replace("\u2069", "").replace("\xa0", " ")


async def press(office, person, label):
    """Press the first button whose label begins so, isolates aside."""
    found = next((each for each in person.buttons if plain(each).startswith(label)), None)
    assert found is not None, (label, person.buttons, person.last_text)
    await person.press(found)
    await office.telegram.settled()


async def to_amount(office, officer):
    """Up to where the amount is typed."""
    case = await case_of(office.house)
    await office.send(officer, "/staff")
    await press(office, officer, "Record spending")
    await press(office, officer, case.slug)
    await press(office, officer, "Doctors")
    await press(office, officer, office.house.clock().strftime("%Y-%m"))


@pytest.fixture
async def funded(office):
    """A gift that may be spent."""
    await fund(office.house, usd(100))


async def spent(office):
    return await office.rows(
        "SELECT line, amount_minor, decision.approved FROM disbursement"
        " LEFT JOIN disbursement_decision decision ON decision.disbursement_id = disbursement.id"
    )


@both_engines
async def test_menu_shows_what_a_role_may(office, officer, finance):
    await office.send(officer, "/staff")
    assert officer.buttons == ["Record spending", "Tell a milestone", "Take a story back"]
    assert officer.last["has_protected_content"]

    await office.send(finance, "/staff")
    assert "Nothing waits" in finance.last_text


@both_engines
async def test_spending_is_recorded_by_one_and_approved_by_another(
    office, officer, finance, funded
):
    await to_amount(office, officer)
    await office.send(officer, f"12.50 {code_of(office, 'k7mnp2')}")

    assert "recorded" in officer.last_text
    assert await spent(office) == [("medical", 1250, None)]
    await office.send(officer, "/staff")
    await press(office, officer, "mala: 12.50")
    assert "Approve" not in officer.buttons

    await office.send(finance, "/staff")
    await press(office, finance, "mala: 12.50")
    assert "Recorded by" in finance.last_text
    await press(office, finance, "Approve")
    await office.send(finance, code_of(office, "fin4nc"))

    assert "approved" in finance.last_text
    assert await spent(office) == [("medical", 1250, 1)]


async def test_code_is_deleted_from_the_chat(office, officer, funded):
    await to_amount(office, officer)
    code = code_of(office, "k7mnp2")

    await office.send(officer, f"12.50 {code}")

    assert office.calls("deleteMessage") == ["deleteMessage"]
    assert code not in shown(officer)


async def test_wrong_code_records_nothing_and_is_asked_again(office, officer, funded):
    await to_amount(office, officer)

    await office.send(officer, "12.50 000000")
    assert "not right" in officer.last_text
    assert await spent(office) == []

    await office.send(officer, f"12.50 {code_of(office, 'k7mnp2')}")
    assert await spent(office) == [("medical", 1250, None)]


async def test_five_wrong_codes_lock(office, officer, funded):
    await to_amount(office, officer)
    for _ in range(5):
        await office.send(officer, "12.50 000000")

    assert "Too many wrong codes" in officer.last_text
    await to_amount(office, officer)
    await office.send(officer, f"12.50 {code_of(office, 'k7mnp2')}")
    assert "Too many wrong codes" in officer.last_text
    assert await spent(office) == []


@pytest.mark.parametrize("written", ["12.50", "much 123456", "12.50  12345", "."])
async def test_amount_without_a_code_says_how_to_write_it(office, officer, funded, written):
    await to_amount(office, officer)

    await office.send(officer, written)

    assert "such as: 12.50 123456" in officer.last_text
    assert await spent(office) == []


async def test_more_than_may_be_spent_is_refused_in_words(office, officer):
    await to_amount(office, officer)

    await office.send(officer, f"12.50 {code_of(office, 'k7mnp2')}")

    assert "may not be spent now" in officer.last_text


@both_engines
async def test_milestone_waits_for_another(office, officer, finance):
    await with_consent_for_news(office)
    case = await case_of(office.house)
    await office.send(officer, "/staff")
    await press(office, officer, "Tell a milestone")
    await press(office, officer, case.slug)
    await press(office, officer, "Moved into a safe home")
    await press(office, officer, office.house.clock().strftime("%Y-%m"))
    assert "Somebody else approves it" in officer.last_text

    await office.send(finance, "/staff")
    await press(office, finance, "mala: news")
    await press(office, finance, "Approve")
    await office.send(finance, code_of(office, "fin4nc"))

    assert "approved" in finance.last_text
    assert await office.rows("SELECT approved FROM update_decision") == [(1,)]


async def with_consent_for_news(office):
    case = await case_of(office.house)
    until_day = office.house.clock().date().replace(day=28)
    async with office.house.write() as connection:
        staff_id = await connection.scalar(sa.text("SELECT MIN(id) FROM staff"))
        for channel in case_files.CHANNELS:
            given = await case_files.give_consent(
                office.house, connection, case.id, purpose="publish_updates", channel=channel,
                locale="en", until=until_day, uses=None, witness_id=staff_id,
            )  # fmt: skip
            assert isinstance(given, stories.Consent)


async def test_news_with_a_note_is_decided_on_at_the_desk(office, officer, finance):
    await with_consent_for_news(office)
    case = await case_of(office.house)
    await words_acts.write_update(
        office.house, case=case.code, milestone="safe_home", month="2026-11",
        notes={"en": "She has a room of her own."}, by="k7mnp2",
    )  # fmt: skip
    await office.send(finance, "/staff")
    await press(office, finance, "mala: news")

    assert "read at the desk alone" in finance.last_text
    assert "room of her own" not in shown(finance)
    assert await office.rows("SELECT COUNT(*) FROM update_decision") == [(0,)]


@both_engines
async def test_any_member_takes_a_story_back(office, finance, layla):
    await office.send(finance, "/recall")
    await press(office, finance, "mala")
    assert "No reason is asked" in finance.last_text
    await press(office, finance, "Take it back now")

    assert "not shown any more" in finance.last_text
    await press(office, finance, "How far it is")
    assert "0 to go" in finance.last_text
    await office.arrive(layla)
    assert await office.rows("SELECT COUNT(*) FROM recall") == [(1,)]


@pytest.mark.parametrize("command", ["/staff", "/recall"])
async def test_stranger_is_answered_as_for_any_unknown_command(office, staff, layla, command):
    await office.arrive(layla)
    await office.send(layla, "/nonsense")
    unknown = layla.last_text, layla.buttons

    await office.send(layla, command)

    assert (layla.last_text, layla.buttons) == unknown


async def test_button_of_the_menu_is_an_old_one_for_a_stranger(office, officer, layla):
    await office.arrive(layla)
    await office.send(officer, "/recall")
    await press(office, officer, "mala")
    case = await case_of(office.house)
    await layla.press_data(layla.last["message_id"], encode(Staff("recalled", case.code)))
    await office.telegram.settled()

    assert "old" in layla.last_text
    assert await office.rows("SELECT COUNT(*) FROM recall") == [(0,)]


async def test_plea_for_help_comes_before_an_amount(office, officer, funded):
    await to_amount(office, officer)

    await office.send(officer, "help")

    assert "danger" in officer.last_text
