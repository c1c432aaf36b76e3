"""A story is taken back: nothing shows it from then on, and the cards in chats go."""

import asyncio
import datetime as dt
import time

import pytest

from bot.recalling import Recaller
from conversations.routes import Need, Step, Who, encode
from services import recalling
from services.recalling import Reach
from tests import need_cards as cards
from tests.conversations.rig import both_engines, case_of
from tests.staff import a_member

NEUTRAL = "This story is no longer shown."


class Watch:
    """Waits that end at once, and are counted."""

    def __init__(self):
        self.asked = []

    async def __call__(self, seconds):
        self.asked.append(seconds)


@pytest.fixture
async def reader(office, layla):
    """Somebody who reads the fourth card of Mala's story."""
    await office.arrive(layla)
    await read(office, layla)
    return layla


async def read(office, person, position=3, slug="mala"):
    code = (await case_of(office.house, slug)).code
    await person.press_data(person.last["message_id"], encode(Who(code)))
    await office.telegram.settled()
    await person.press_data(person.last["message_id"], encode(Step(code, position)))
    await office.telegram.settled()


async def take_back(office, slug="mala"):
    async with office.house.write() as connection:
        await a_member(connection, "finance", "finance")
    done = await recalling.recall(office.house, slug, by="finance")
    assert isinstance(done, recalling.Report)
    return done.recall


def recaller(office, sleep=None):
    return Recaller(office.house, office.languages, office.bot.sender, sleep or Watch())


async def reach(office):
    found = await recalling.report(office.house, "mala")
    assert isinstance(found, recalling.Report)
    return found.reach


@both_engines
async def test_a_card_that_shows_the_story_is_changed_in_place(office, reader):
    before = reader.last
    taken = await take_back(office)

    await recaller(office).carry_out(taken.id)
    await recaller(office).carry_out(taken.id)

    assert before["caption"] != NEUTRAL
    assert reader.last["message_id"] == before["message_id"]
    assert reader.last["caption"] == NEUTRAL
    assert reader.last["photo"] != before["photo"]
    assert reader.buttons == ["See the stories", "Help"]
    assert await reach(office) == Reach(1, 0, 0)


@both_engines
async def test_a_plan_that_is_shown_without_a_story_is_changed_in_place_too(office, layla):
    case = await cards.shown(office.house)
    await office.arrive(layla)
    await layla.press_data(layla.last["message_id"], encode(Who(case.code)))
    await office.telegram.settled()
    before = layla.last
    office.house.clock.now += dt.timedelta(minutes=1)

    taken = await take_back(office, case.slug)
    await recaller(office).carry_out(taken.id)

    assert case.pseudonym in before["caption"]
    assert layla.last["message_id"] == before["message_id"]
    assert layla.last["caption"] == NEUTRAL


async def test_a_card_without_a_picture_is_changed_too(office, layla):
    await office.arrive(layla)
    await office.press(layla, "Without pictures")
    await read(office, layla)
    taken = await take_back(office)

    await recaller(office).carry_out(taken.id)

    assert layla.last["text"] == NEUTRAL


async def test_a_card_is_changed_in_the_language_its_reader_has_then(office, reader):
    taken = await take_back(office)
    await office.change("UPDATE person SET locale = 'ar'")

    await recaller(office).carry_out(taken.id)

    assert reader.last["caption"] == office.languages.i18n("ar").t(NEUTRAL)


@both_engines
async def test_whoever_goes_on_reading_is_told_and_led_on(office, reader):
    await take_back(office)
    code = (await case_of(office.house)).code

    for route in (Step(code, 4), Who(code), Need(code)):
        await reader.press_data(reader.last["message_id"], encode(route))
        await office.telegram.settled()
        assert "Mala" not in reader.last_text
        assert "See the stories" in reader.buttons


async def test_a_message_that_shows_something_else_by_then_stays(office, reader):
    await office.press(reader, "Where am I?")
    await office.press(reader, "Other stories")
    shown = reader.last
    taken = await take_back(office)

    await recaller(office).carry_out(taken.id)

    assert reader.last == shown
    assert await reach(office) == Reach(0, 0, 0)


async def test_a_card_further_up_in_the_chat_is_changed_as_well(office, reader):
    card = reader.last["message_id"]
    await office.press(reader, "Help")  # words alone: a new message
    taken = await take_back(office)

    await recaller(office).carry_out(taken.id)

    (above,) = (each for each in reader.messages if each["message_id"] == card)
    assert above["caption"] == NEUTRAL
    assert reader.last["message_id"] > card


async def test_cards_of_other_stories_stay(office, reader):
    other = office.telegram.person("Noor", "en")
    await office.arrive(other)
    await read(office, other, slug="arif")
    shown = other.last
    taken = await take_back(office)

    await recaller(office).carry_out(taken.id)

    assert other.last == shown
    assert await reach(office) == Reach(1, 0, 0)


async def test_what_telegram_will_not_change_is_counted_and_stops_nothing(office, reader):
    gone = office.telegram.person("Noor", "en")
    await office.arrive(gone)
    await read(office, gone)
    gone.clear_chat()
    blocking = office.telegram.person("Sim", "en")
    await office.arrive(blocking)
    await read(office, blocking)
    await blocking.block()
    await office.telegram.settled()
    taken = await take_back(office)

    await recaller(office).carry_out(taken.id)

    assert reader.last["caption"] == NEUTRAL
    assert await reach(office) == Reach(1, 2, 0)


async def test_when_telegram_asks_to_wait_everything_waits_and_nothing_is_lost(office, reader):
    taken = await take_back(office)
    office.telegram.faults.fail("editMessageMedia", retry_after_s=1)
    office.telegram.faults.fail("editMessageMedia", status=502)
    asked_at = []

    async def on_request(_method, _params):
        asked_at.append(time.monotonic())

    office.telegram.on_request = on_request

    await recaller(office, asyncio.sleep).carry_out(taken.id)

    assert reader.last["caption"] == NEUTRAL
    refused, *_, arrived = asked_at
    assert arrived - refused >= 1


async def test_it_is_not_faster_than_telegram_allows(office, reader):
    people = [office.telegram.person(f"P{number}", "en") for number in range(4)]
    for person in people:
        await office.arrive(person)
        await read(office, person)
    taken = await take_back(office)
    watch = Watch()

    await recaller(office, watch).carry_out(taken.id)

    assert await reach(office) == Reach(5, 0, 0)
    assert sum(watch.asked) > 4 * 0.03
    assert reader.last["caption"] == NEUTRAL


async def test_a_card_that_was_shown_while_it_was_taken_back_is_taken_up(office, reader):
    taken = await take_back(office)
    await recaller(office).carry_out(taken.id)
    ((person_id,),) = await office.rows("SELECT id FROM person")
    case = await case_of(office.house)

    await recalling.remember_card(
        office.house, person_id=person_id, chat_id=reader.id,
        message_id=reader.last["message_id"], case_id=case.id, has_picture=True,
    )  # fmt: skip

    assert (await reach(office)).to_go == 1


async def test_no_message_can_be_found_without_the_key(office, reader):
    ((sealed, mark),) = await office.rows("SELECT message_sealed, message_hash FROM story_card")

    # One digit would stand in random bytes by chance; the whole of what is sealed would not.
    assert not sealed.isascii()
    assert len(mark) == 32
