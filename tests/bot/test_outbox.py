"""The outbox: a receipt arrives once, in the language of that moment, whatever goes wrong."""

import datetime as dt

import pytest

from bot.outbox import Postman
from conversations.notices import worded
from conversations.routes import Gift, Give, SetLanguage, encode
from locales.text import Name
from services import pacing
from services.notices import ATTEMPTS_ALLOWED
from storage import outbox
from storage.holds import HoldState
from tests.conversations.rig import both_engines, case_of, fund, move, withdraw
from tests.provider import Provider
from values.money import Money

USD_10, USD_25 = Money(1000, "USD"), Money(2500, "USD")
OUTBOX = "SELECT state, attempts, last_error FROM outbox"


@pytest.fixture
async def postman(office):
    return Postman(office.house, office.languages, office.bot.sender)


@pytest.fixture
async def paid(office, layla):
    """Layla has paid 25 USD for Mala's plan, and her receipt lies in the outbox."""
    await office.arrive(layla)
    await pay(office, layla)
    office.forget_calls()
    return layla


async def pay(office, person):
    code = (await case_of(office.house)).code
    await person.press_data(person.last["message_id"], encode(Give(code, 2500)))
    await office.telegram.settled()
    reference = office.opened[-1]
    await move(office.house, reference, HoldState.PAID)
    ((hold_id, person_id),) = await office.rows(
        "SELECT hold_id, person_id FROM giver JOIN hold ON hold.id = hold_id"
        f" WHERE reference = '{reference}'"
    )
    async with office.house.write() as connection:
        for _ in range(2):  # the event that tells of it comes twice
            await outbox.enqueue(connection, "receipt", hold_id, person_id, office.house.clock())
    return reference


def receipts(person):
    return [m for m in person.messages if "Thank you. We received" in m.get("caption", "")]


@both_engines
async def test_a_receipt_comes_once_and_as_a_new_message(office, postman, paid):
    before = len(paid.messages)

    taken = [await postman.deliver_due() for _ in range(3)]

    assert taken == [1, 0, 0]
    assert len(receipts(paid)) == 1
    assert len(paid.messages) == before + 1
    assert await office.rows(OUTBOX) == [("sent", 1, None)]


@both_engines
async def test_it_speaks_the_language_the_person_has_then(office, postman, paid):
    await paid.press_data(paid.last["message_id"], encode(SetLanguage("ar")))
    await office.telegram.settled()

    await postman.deliver_due()

    arabic = office.languages.i18n("ar")
    thanks = arabic.t("<b>Thank you. We received {amount} from you.</b>", amount=Money(2500, "USD"))
    assert paid.last["caption"].startswith(thanks.removeprefix("<b>").removesuffix("</b>"))
    assert arabic.t("My gifts") in paid.buttons


@both_engines
async def test_it_tells_what_is_true_at_delivery(office, postman, paid):
    """Released between the event and the delivery: not a word of thanks for what was not paid."""
    await office.change("UPDATE hold SET state = 'released'")

    await postman.deliver_due()

    assert receipts(paid) == []
    assert "was not paid" in paid.last_text


@both_engines
async def test_a_chat_that_refuses_is_given_up_and_remembered(office, postman, paid):
    paid.deactivate()

    await postman.deliver_due()
    office.house.clock.now += dt.timedelta(days=1)
    await postman.deliver_due()

    assert await office.rows(OUTBOX) == [("dead", 1, "chat_refuses_messages")]
    assert await office.rows("SELECT gone FROM person") == [(1,)]
    assert await office.alarms() == []


async def test_nobody_writes_to_a_chat_that_is_known_to_refuse(office, postman, paid):
    await paid.block()
    await office.telegram.settled()

    await postman.deliver_due()

    assert office.calls() == []
    assert await office.rows(OUTBOX) == [("dead", 1, "nobody_to_tell")]


@both_engines
async def test_too_many_requests_are_waited_out(office, postman, paid):
    office.telegram.faults.fail("sendPhoto", retry_after_s=7)

    await postman.deliver_due()
    assert await office.rows(OUTBOX) == [("pending", 0, "too_many_requests")]
    assert await pacing.take_turn(office.house) > 5  # broadcasts wait as well
    office.house.clock.now += dt.timedelta(seconds=6)
    assert await postman.deliver_due() == 0
    office.house.clock.now += dt.timedelta(seconds=1)
    assert await postman.deliver_due() == 1

    assert len(receipts(paid)) == 1
    assert await office.rows(OUTBOX) == [("sent", 1, None)]


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        (lambda faults: faults.drop("sendPhoto", when="before"), "Unanswered"),
        (lambda faults: faults.fail("sendPhoto", status=502), "NetworkError"),
        (lambda faults: faults.fail("sendPhoto", status=400, description="Bad"), "BadRequest"),
    ],
)
async def test_another_failure_is_tried_again_later(office, postman, paid, fault, word):
    fault(office.telegram.faults)

    await postman.deliver_due()
    assert await office.rows(OUTBOX) == [("pending", 1, word)]
    assert await postman.deliver_due() == 0
    office.house.clock.now += dt.timedelta(seconds=2)
    await postman.deliver_due()

    assert len(receipts(paid)) == 1


@both_engines
async def test_after_many_failures_it_is_given_up_with_an_alarm(office, postman, paid):
    office.telegram.faults.fail("sendPhoto", 100, status=500)

    for _ in range(ATTEMPTS_ALLOWED + 2):
        await postman.deliver_due()
        office.house.clock.now += dt.timedelta(minutes=11)

    assert await office.rows(OUTBOX) == [("dead", ATTEMPTS_ALLOWED, "NetworkError")]
    ((message_id,),) = await office.rows("SELECT id FROM outbox")
    assert await office.alarms() == [("message_undeliverable", str(message_id))]


@both_engines
async def test_a_message_whose_sender_died_is_sent_by_the_next(office, postman, paid):
    async with office.house.write() as connection:
        now = office.house.clock()
        await outbox.claim(connection, now, now + dt.timedelta(seconds=60), 10)

    office.house.clock.now += dt.timedelta(seconds=59)
    assert await postman.deliver_due() == 0
    office.house.clock.now += dt.timedelta(seconds=1)
    assert await postman.deliver_due() == 1

    assert len(receipts(paid)) == 1


async def test_one_that_cannot_be_worded_keeps_none_behind_it(office, postman, paid, monkeypatch):
    noor = office.telegram.person("Noor", "en")
    await office.arrive(noor)
    await pay(office, noor)
    flaws = [KeyError("a sentence without its value")]

    async def sometimes(talk, notice):
        if flaws:
            raise flaws.pop()
        return await worded(talk, notice)

    monkeypatch.setattr("bot.outbox.worded", sometimes)

    assert await postman.deliver_due() == 2

    assert len(receipts(paid) + receipts(noor)) == 1
    assert sorted(await office.rows(OUTBOX)) == [("pending", 1, "KeyError"), ("sent", 1, None)]


async def test_a_receipt_for_a_story_that_was_taken_back_names_nobody(office, postman, paid):
    await withdraw(office.house)

    await postman.deliver_due()

    assert "Thank you. We received" in paid.last["text"]
    assert "Mala" not in str(paid.last)


async def test_a_receipt_can_be_kept_and_forwarded(office, postman, paid):
    await postman.deliver_due()

    (receipt,) = receipts(paid)
    assert "has_protected_content" not in receipt
    assert paid.link("Receipt to print").startswith("https://page.example/en/r/")


@pytest.fixture
async def late(office, postman, paid):
    """Layla's gift came when Mala's plan was full; her receipt has been delivered."""
    reference = office.opened[-1]
    await office.change("UPDATE hold SET state = 'open'")
    await fund(office.house, Money(150_000, "USD"))
    await Provider(office.house).settle(reference)
    await postman.deliver_due()
    return reference


@both_engines
async def test_a_question_comes_by_itself_and_is_answered_in_a_tap(office, postman, paid, late):
    yours = office.words.t("<b>{amount} of your gift is yours to decide.</b>", amount=USD_25)
    assert yours.removeprefix("<b>").removesuffix("</b>") in paid.last_text
    assert office.words.t("Where is my gift?") in paid.buttons

    await office.press(paid, "Move it to the plan of {name}", name=Name("Arif"))
    await postman.deliver_due()

    moved = office.words.t(
        "<b>{amount} of your gift is in the plan of {name} now.</b>",
        amount=USD_25,
        name=Name("Arif"),
    )
    assert moved.removeprefix("<b>").removesuffix("</b>") in paid.last_text
    kinds = await office.rows("SELECT kind, state FROM outbox ORDER BY id")
    assert kinds == [("receipt", "sent"), ("question", "sent"), ("moved", "sent")]


async def test_a_question_that_was_answered_meanwhile_is_given_up_quietly(office, postman, paid):
    reference = office.opened[-1]
    await office.change("UPDATE outbox SET state = 'sent'")
    await fund(office.house, Money(150_000, "USD"))
    await Provider(office.house).settle(reference)
    await office.send(paid, "/gifts")
    await paid.press_data(paid.last["message_id"], encode(Gift(reference)))
    await office.telegram.settled()
    await office.press(paid, "Give it back to me")
    before = len(paid.messages)

    await postman.deliver_due()

    assert len(paid.messages) == before
    assert await office.rows("SELECT kind, state, last_error FROM outbox ORDER BY id") == [
        ("receipt", "sent", None),
        ("question", "dead", "nothing_to_tell"),
    ]
    assert await office.alarms() == []


@both_engines
async def test_money_that_went_back_and_could_not_is_told_once_each(office, postman, paid, late):
    provider = Provider(office.house)
    await provider.refund(late, Money(1000, "USD"))
    for _ in range(2):
        await postman.deliver_due()
    went = office.words.t("<b>{amount} of your gift went back to you.</b>", amount=USD_10)
    assert went.removeprefix("<b>").removesuffix("</b>") in paid.last_text

    await provider.refund_fails(late)
    for _ in range(2):
        await postman.deliver_due()

    failed = office.words.t("<b>{amount} could not be sent back to you yet.</b>", amount=USD_10)
    assert failed.removeprefix("<b>").removesuffix("</b>") in paid.last_text
    kinds = await office.rows("SELECT kind FROM outbox WHERE state = 'sent' ORDER BY id")
    assert kinds == [("receipt",), ("question",), ("refund",), ("refund_failed",)]


@pytest.mark.parametrize("locale", ["en", "ar"])
async def test_no_notice_carries_a_word_of_a_story(office, postman, paid, late, locale):
    """A story may be taken back, and what was pushed cannot be."""
    await office.change(f"UPDATE person SET locale = '{locale}'")
    async with office.house.looking() as look:
        story = (await look.case_at("mala")).story
    await Provider(office.house).refund(late, Money(1000, "USD"))
    await postman.deliver_due()

    pushed = "".join(message.get("caption", "") for message in paid.messages[-3:])
    told = [story.title(locale).text, story.intro(locale).text]
    told += [story.text(locale, step.id).text for step in story.steps]
    assert not [words for words in told if words in pushed]
