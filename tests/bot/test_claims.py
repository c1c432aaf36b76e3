"""What changes something is carried out once, and is answered in the end whatever goes wrong."""

import asyncio
import datetime as dt

import pytest

from bot.app import TelegramBot
from bot.updates import Effects
from conversations.routes import Cancel, Give, SetLanguage, TypeAmount, encode
from services.incoming import forget_old_claims
from storage.database import Database
from tests.bot.rig import TOKEN, message_update, tap_update
from tests.conversations.conftest import house_over
from tests.conversations.rig import both_engines, case_of

HOLDS = "SELECT state, amount_minor FROM hold"
RESERVED = "25 USD is reserved for the plan of Mala."


def plain(text):
    """*text* without isolates and no-break spaces."""
    return text.replace("\u2068", "").replace("\u2069", "").replace("\u00a0", " ")


@pytest.fixture
async def giving(office, layla):
    """Layla, who is about to say yes to giving 25 USD; the data of her Yes."""
    await office.arrive(layla)
    code = (await case_of(office.house)).code
    office.forget_calls()
    return encode(Give(code, 2500))


@both_engines
@pytest.mark.parametrize("duplicates", ["after", "together"])
async def test_a_yes_that_comes_twice_reserves_once(office, layla, giving, duplicates):
    office.telegram.faults.duplicates = duplicates

    await layla.press_data(layla.last["message_id"], giving)
    await office.telegram.settled()

    assert await office.rows(HOLDS) == [("open", 2500)]
    assert len(set(office.opened)) == 1
    assert plain(layla.last_text).startswith(RESERVED)
    assert len([m for m in layla.messages if m["from"]["is_bot"]]) == 1


@both_engines
async def test_two_processes_that_get_the_same_yes_reserve_once(office, layla, giving, engine):
    other_database = Database.open(engine)
    opened = []

    async def open_page(reference):
        opened.append(reference)

    other = TelegramBot(
        token=TOKEN,
        api_base=office.api_base,
        house=house_over(other_database),
        languages=office.languages,
        cards=office.cards,
        effects=Effects(open_page, open_page, open_page),
    )
    await other.start()
    updates = [tap_update(number, layla, layla.last, giving) for number in (1, 1, 1, 1, 1, 1)]

    verdicts = await asyncio.gather(
        *(bot.take(update) for bot, update in zip([office.bot, other] * 3, updates, strict=True))
    )

    await other.stop()
    await other_database.close()
    assert {verdict.status for verdict in verdicts} == {200}
    assert await office.rows(HOLDS) == [("open", 2500)]
    assert len({*opened, *office.opened}) == 1


@both_engines
@pytest.mark.parametrize("when", ["before", "after"])
async def test_an_answer_that_was_lost_is_given_at_the_repeat(office, layla, giving, when):
    office.telegram.faults.drop("editMessageMedia", when=when)

    await layla.press_data(layla.last["message_id"], giving)
    await office.telegram.settled()

    assert [attempt.is_accepted for attempt in office.telegram.attempts[-3:]] == [False, True, True]
    assert plain(layla.last_text).startswith(RESERVED)
    assert len([m for m in layla.messages if m["from"]["is_bot"]]) == 1
    assert await office.rows(HOLDS) == [("open", 2500)]
    assert len(set(office.opened)) == 1
    ((answered, route),) = await office.rows(
        "SELECT answered_at, answer_route FROM telegram_update WHERE failures = 1"
    )
    assert answered is not None
    assert route is None


async def test_the_answer_at_the_repeat_is_what_is_true_then(office, layla, giving):
    """The page could not be opened the first time; at the repeat it can, and is shown."""
    office.telegram.faults.drop("editMessageMedia", when="before")
    effects, office.bot._conversation._effects = office.bot._conversation._effects, Away(office)

    await layla.press_data(layla.last["message_id"], giving)
    await office.telegram.settled()

    office.bot._conversation._effects = effects
    assert plain(layla.last_text).startswith(RESERVED)
    assert layla.link(plain_label(layla, "Pay")).startswith("https://pay.example/")


def plain_label(person, word):
    (label,) = [label for label in person.buttons if label.startswith(word)]
    return label


class Away:
    """A payment provider that does not answer the first time."""

    def __init__(self, office):
        self._office = office
        self._asked = 0

    async def open_page(self, reference):
        self._asked += 1
        if self._asked > 1:
            await self._office._open(reference)


async def test_a_finished_update_is_not_answered_again(office, layla, giving):
    await layla.press_data(layla.last["message_id"], giving)
    await office.telegram.settled()

    assert office.calls("editMessageMedia") == ["editMessageMedia"]
    assert len(office.opened) == 1


@both_engines
async def test_a_typed_message_that_comes_twice_is_answered_once(office, layla):
    await office.arrive(layla)
    code = (await case_of(office.house)).code
    await layla.press_data(layla.last["message_id"], encode(TypeAmount(code)))
    await office.telegram.settled()
    office.forget_calls()

    for text in ("25", "hello", "/stories", "/start"):
        await office.send(layla, text)

    sent = office.calls("sendPhoto", "sendMessage")
    assert len(sent) == 4
    assert plain(layla.messages[3]["caption"]).startswith("You give 25 USD to the plan of Mala.")


@both_engines
async def test_a_cancel_that_comes_twice_closes_the_page_and_says_so_once(office, layla, giving):
    await layla.press_data(layla.last["message_id"], giving)
    await office.telegram.settled()
    (reference,) = set(office.opened)

    await layla.press_data(layla.last["message_id"], encode(Cancel(reference)))
    await office.telegram.settled()

    assert set(office.closed) == {reference}
    assert await office.rows(HOLDS) == [("released", 2500)]
    assert plain(layla.last_text).startswith("This gift of 25 USD was not paid.")


async def test_whoever_asks_where_her_gift_is_gets_what_the_provider_says_now(
    office, layla, giving
):
    await layla.press_data(layla.last["message_id"], giving)
    await office.telegram.settled()

    await office.press(layla, "Where is my gift?")

    assert office.looked == office.opened
    assert plain(layla.last_text).startswith(RESERVED)


async def test_a_cancel_of_a_paid_gift_asks_nothing_of_the_provider(office, layla, giving):
    await layla.press_data(layla.last["message_id"], giving)
    await office.telegram.settled()
    (reference,) = set(office.opened)
    await office.change("UPDATE hold SET state = 'paid'")

    await layla.press_data(layla.last["message_id"], encode(Cancel(reference)))
    await office.telegram.settled()

    assert office.closed == []
    assert layla.last_text.startswith("Thank you. We received")


@both_engines
async def test_the_language_is_chosen_once_and_spoken_at_once(office, layla):
    await office.send(layla, "/start")

    await layla.press_data(layla.last["message_id"], encode(SetLanguage("ar")))
    await office.telegram.settled()

    arabic = office.languages.i18n("ar")
    assert await office.rows("SELECT locale, gone FROM person") == [("ar", 0)]
    assert arabic.t("See the stories") in layla.buttons


@both_engines
async def test_claims_are_forgotten_when_no_repeat_can_come(office, layla, giving):
    await layla.press_data(layla.last["message_id"], giving)
    await office.telegram.settled()
    (kept,) = await office.rows("SELECT count(*) FROM telegram_update")

    office.house.clock.now += dt.timedelta(days=2)
    assert await forget_old_claims(office.house) == 0
    office.house.clock.now += dt.timedelta(seconds=1)

    assert (await forget_old_claims(office.house),) == kept
    assert await office.rows("SELECT count(*) FROM telegram_update") == [(0,)]


async def test_an_update_that_was_set_aside_is_not_carried_out_later(office, layla, giving):
    update = tap_update(9, layla, layla.last, giving)
    office.telegram.faults.fail("answerCallbackQuery", 3, status=500)
    statuses = [(await office.bot.take(update)).status for _ in range(3)]
    assert statuses == [500, 500, 200]

    late = await office.bot.take(update)

    assert late.status == 200
    assert await office.rows(HOLDS) == []


async def test_a_message_without_a_sender_is_answered_in_english(office, layla):
    await office.arrive(layla)
    update = message_update(9, layla, "/help")
    del update["message"]["from"]

    verdict = await office.bot.take(update)

    assert verdict.status == 200
    assert layla.last_text.startswith("If someone may read this phone")
