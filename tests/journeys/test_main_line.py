"""The main line: from /start to the ledger, as a person goes it. Every event comes twice."""

import pytest

from locales.catalog import Languages
from tests.journeys.steps import (
    ORGANISATION,
    arrive,
    ask_to_give,
    funded,
    name_in,
    open_need,
    open_story,
    read_to_the_end,
    text,
)
from values.money import Money

GIFT = Money(2500, "USD")
FEE = Money(103, "USD")


@pytest.fixture(params=["en", "ar"])
def words(request):
    """The language the person reads; what she presses comes out of its own catalog."""
    return Languages.load().i18n(request.param)


async def test_a_gift_goes_from_the_chat_to_the_ledger_once(town, words, database):
    person = town.telegram.person("Layla", words.locale)

    await arrive(town, person, words)
    await open_story(town, person, words)
    cards = await read_to_the_end(town, person, words)
    await town.press(person, words.t("The plan →"))
    await town.press(person, words.t("Fund this plan"))
    await town.press(person, words.t("{amount}", amount=GIFT))
    confirmation = person.last_text
    await town.press(person, words.t("Yes, give {amount}", amount=GIFT))
    address = person.link(words.t("Pay {amount}", amount=GIFT))
    await town.stripe.pay(town.stripe.sessions[-1]["id"])
    await town.until(lambda: settled_receipts(town, person, words), "the receipt with its fee")
    await town.settled()

    assert len(cards) == len(set(cards)) == 16
    assert name_in(words).text in confirmation
    assert ORGANISATION.text in confirmation
    assert address.startswith(town.outside.url)
    assert len(town.stripe.sessions) == 1
    assert await town.differences(database) == []
    await open_need(town, person, words)
    assert funded(words, GIFT) in person.last_text
    assert words.money(GIFT) in await town.page(f"/{words.locale}/ledger/mala")
    assert words.money(GIFT) in await town.page(f"/{words.locale}/stories/mala")


async def settled_receipts(town, person, words):
    """Receipts that tell the fee; the chat is asked again until the money has settled."""
    fee = words.t(
        "The payment fee of {fee} is paid by {organisation}.", fee=FEE, organisation=ORGANISATION
    )
    if words.t("Look again") in person.buttons:
        await town.press(person, words.t("Look again"))
    return [message for message in person.messages if fee in text(message)]


async def test_a_second_gift_of_another_person_adds_up(town, words, database):
    amounts = (Money(1000, "USD"), Money(2550, "USD"))
    for number, amount in enumerate(amounts):
        person = town.telegram.person(f"Person {number}", words.locale)
        await arrive(town, person, words)
        await ask_to_give(town, person, words, amount)
        await town.stripe.pay(town.stripe.sessions[-1]["id"])

    async def both_funded():
        await open_need(town, person, words)
        return funded(words, Money(3550, "USD")) in person.last_text

    await town.until(both_funded, "35.50 USD funded")
    assert await town.differences(database) == []
