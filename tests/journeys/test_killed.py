"""
The program killed with -9 between any two steps of a gift and started again: nothing is lost,
nothing is doubled.

It is killed at each kind of request that it makes outside, before the request is done there and
after; in between it has committed or it has not, and both sides are here.
"""

import pytest
import sqlalchemy as sa

from locales.catalog import Languages
from tests.journeys.killing import Guillotine
from tests.journeys.program import PROCESSES
from tests.journeys.steps import arrive, funded, labels, open_need, receipts
from values.money import Money

GIFT = Money(2500, "USD")


@pytest.mark.timeout(240)
async def test_a_gift_survives_a_kill_at_every_step(killable, database):
    town, processes = killable
    words = Languages.load().i18n("en")
    person = town.telegram.person("Layla", "en")
    await arrive(town, person, words)
    await open_need(town, person, words)
    blade = Guillotine(town, processes, PROCESSES, lambda: _a_minute_passes(database))
    blade.is_armed = True

    async def sees(label):
        await town.until(lambda: label in labels(person), label, 60)

    await person.press(words.t("Fund this plan"))
    await sees(words.t("Another amount"))
    await person.press(words.t("Another amount"))
    await sees(words.t("← Choose from a list"))
    await person.send("25")
    await sees(words.t("Yes, give {amount}", amount=GIFT))
    await person.press(words.t("Yes, give {amount}", amount=GIFT))
    await sees(words.t("Pay {amount}", amount=GIFT))
    (session,) = town.stripe.sessions
    await town.stripe.pay(session["id"])
    await town.until(lambda: receipts(person, words, GIFT), "the receipt", 60)
    await town.until(lambda: _is_settled(database), "the settlement", 60)
    await blade.finished()
    blade.is_armed = False
    await town.until(town.is_up, "the web process", 30)
    await town.stripe.settled(30)

    assert {what for _, what in blade.moments} >= {
        "answerCallbackQuery",
        "editMessageMedia",
        "sendPhoto",
        "POST /v1/checkout/sessions",
        "GET /v1/checkout/sessions",
    }
    assert len(blade.moments) >= 9, blade.moments
    assert len(town.stripe.sessions) == 1
    assert await town.differences(database) == []
    await open_need(town, person, words)
    assert funded(words, GIFT) in person.last_text


async def _is_settled(database):
    async with database.read() as connection:
        return await connection.scalar(sa.text("SELECT 1 FROM hold WHERE state = 'settled'"))


async def _a_minute_passes(database):
    """What a dead process had taken for itself is free again after a minute at most."""
    async with database.write() as connection:
        await connection.execute(sa.text("UPDATE hold SET leased_until = 0"))
        await connection.execute(sa.text("UPDATE outbox SET due_at = 0 WHERE state = 'sending'"))
        await connection.execute(sa.text("UPDATE checkout SET look_at = 0"))
