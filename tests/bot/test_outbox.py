"""The outbox: a receipt arrives once, in the language of that moment, whatever goes wrong."""

import datetime as dt

import pytest

from bot.outbox import Postman
from conversations.receipts import shown
from conversations.routes import Give, SetLanguage, encode
from services.notices import ATTEMPTS_ALLOWED
from storage import outbox
from storage.holds import HoldState
from tests.conversations.rig import both_engines, case_of, move, withdraw
from values.money import Money

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
    assert await office.rows(OUTBOX) == [("pending", 1, "too_many_requests")]
    office.house.clock.now += dt.timedelta(seconds=6)
    assert await postman.deliver_due() == 0
    office.house.clock.now += dt.timedelta(seconds=1)
    assert await postman.deliver_due() == 1

    assert len(receipts(paid)) == 1
    assert await office.rows(OUTBOX) == [("sent", 2, None)]


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        (lambda faults: faults.drop("sendPhoto", when="before"), "NetworkError"),
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

    def worded(talk, receipt):
        if flaws:
            raise flaws.pop()
        return shown(talk, receipt)

    monkeypatch.setattr("bot.outbox.shown", worded)

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
