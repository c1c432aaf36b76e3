"""Before paying: what shall become of a gift if the plan is filled first, in words she saw."""

import dataclasses
import hashlib

import pytest

from conversations.routes import Amounts, Confirm, Give, Payment, SetLanguage, Wishes
from services.giving import HOLDS_A_PERSON
from storage.holds import HoldState
from tests.conversations.rig import (
    Chat,
    both_engines,
    case_of,
    close_case,
    fund,
    pieces,
    reserve,
    usd,
    values,
    withdraw,
)
from tests.provider import Provider, more_people

QUESTION = "If the plan of {name} is filled before the gift arrives:"
CHOICE = "<b>{choice}</b>"
CHANGE = "Change what happens then"
GONE = "The plan that you chose takes nothing at the moment."


@pytest.fixture
async def other(house):
    """The code of Arif's plan."""
    return (await case_of(house, "arif")).code


async def consents(house):
    """What donors agreed to: (choice, code of the plan, before paying, language, digest)."""
    async with house.read() as connection:
        found = await connection.exec_driver_sql(
            "SELECT choice, code, before_paying, locale, text_sha256 FROM surplus_consent"
            " LEFT JOIN cases ON cases.id = to_case_id ORDER BY surplus_consent.id"
        )
        return [(*row[:2], bool(row[2]), row[3], bytes(row[4])) for row in found]


def chosen(chat):
    return values(chat.screen, CHOICE)["choice"].msgid


def yes(chat):
    """The button that agrees."""
    (route,) = [route for route in chat.routes if isinstance(route, Give)]
    return route


@both_engines
async def test_without_a_choice_she_is_asked_then_and_agrees_to_nothing(asked, house, code):
    await asked.tap(Confirm(code, 2500))
    assert QUESTION in asked.says
    assert chosen(asked) == "Ask me then"

    await asked.tap(yes(asked))

    assert isinstance(asked.route, Payment)
    assert await consents(house) == []


@both_engines
@pytest.mark.parametrize("locale", ["en", "ar"])
async def test_what_is_kept_is_the_digest_of_the_words_that_were_seen(
    asked, house, code, other, locale
):
    await asked.tap(SetLanguage(locale))
    await asked.tap(Confirm(code, 2500))
    await asked.press(CHANGE)
    await asked.press("Move it to the plan of {name}")
    i18n = asked.languages.i18n(locale)
    seen = "\n".join(
        (
            i18n.text(next(piece for piece in pieces(asked.screen) if piece.msgid == QUESTION)),
            i18n.text(values(asked.screen, CHOICE)["choice"]),
        )
    )  # fmt: skip

    await asked.tap(yes(asked))

    digest = hashlib.sha256(seen.encode()).digest()
    assert await consents(house) == [("move", other, True, locale, digest)]
    assert {"en": "Mala", "ar": "مالا"}[locale] in seen
    assert {"en": "Arif", "ar": "عارف"}[locale] in seen


async def test_she_changes_her_choice_in_two_taps_and_it_is_marked(asked, code, other):
    await asked.tap(Confirm(code, 2500))
    await asked.press(CHANGE)
    assert asked.route == Wishes(code, 2500)
    assert [button.label.msgid for button in asked.buttons[:3]] == [
        "✓ {choice}",
        "Give it back to me",
        "Move it to the plan of {name}",
    ]

    await asked.press("Give it back to me")

    assert asked.route == Confirm(code, 2500, "back")
    assert chosen(asked) == "Give it back to me"
    await asked.press(CHANGE)
    assert [route.wish for route in asked.routes if isinstance(route, Confirm)] == [
        "",
        "back",
        other,
        "back",
    ]


async def test_the_choice_is_kept_when_the_amount_is_refused(asked, house, code):
    await asked.tap(Confirm(code, 100_000, "back"))
    button = yes(asked)
    await reserve(house, usd(800))

    await asked.tap(button)

    assert asked.route == Confirm(code, 100_000, "back")
    assert await consents(house) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda house: close_case(house, "arif"),
        lambda house: withdraw(house, "arif"),
        lambda house: reserve(house, usd(2600), "arif"),
    ],
    ids=["closed", "taken back", "reserved"],
)
async def test_a_plan_that_takes_nothing_now_is_not_offered_and_cannot_be_agreed_to(
    asked, house, code, other, spoil
):
    await asked.tap(Confirm(code, 2500, other))
    agreed = yes(asked)
    await spoil(house)

    await asked.tap(Wishes(code, 2500))
    assert other not in [route.wish for route in asked.routes if isinstance(route, Confirm)]
    await asked.tap(agreed)

    assert asked.route == Confirm(code, 2500, other)
    assert GONE in asked.says
    assert chosen(asked) == "Ask me then"
    async with house.looking() as look:
        assert not (await look.case(code)).progress.held


async def test_the_same_plan_and_one_in_another_currency_are_not_offered(asked, house, code):
    async with house.write() as connection:
        await connection.exec_driver_sql("UPDATE cases SET currency = 'EUR' WHERE slug = 'arif'")

    await asked.tap(Wishes(code, 2500))

    offered = {route.wish for route in asked.routes if isinstance(route, Confirm)}
    assert offered == {"", "back"}
    await asked.tap(Confirm(code, 2500, code))
    assert GONE in asked.says


async def test_three_others_are_offered_those_first_who_have_least(asked, house, code, packs):
    await more_people(house, packs[0], bea="Bea", cho="Cho", dan="Dan")
    await fund(house, usd(500), "arif")
    await fund(house, usd(100), "bea")

    await asked.tap(Wishes(code, 2500))

    names = [
        button.label.values["name"].text
        for button in asked.buttons
        if button.label.msgid == "Move it to the plan of {name}"
    ]
    assert names == ["Cho", "Dan", "Bea"]


@both_engines
async def test_a_yes_to_words_that_have_changed_since_shows_them_anew(asked, house, code):
    """The button was made in English, and she reads Arabic now."""
    await asked.tap(Confirm(code, 2500, "back"))
    english = yes(asked)
    await asked.tap(SetLanguage("ar"))

    await asked.tap(english)

    assert asked.route == Confirm(code, 2500, "back")
    assert await consents(house) == []
    await asked.tap(yes(asked))
    assert isinstance(asked.route, Payment)
    assert [row[3] for row in await consents(house)] == ["ar"]


@pytest.mark.parametrize("seen", ["", "0000"])
async def test_a_forged_yes_agrees_to_nothing(asked, house, code, seen):
    await asked.tap(Give(code, 2500, "back", "", seen))

    assert asked.route == Confirm(code, 2500, "back")
    assert asked.act is None
    assert await consents(house) == []


async def test_two_unpaid_gifts_are_still_the_most(asked, code):
    for _ in range(HOLDS_A_PERSON):
        await asked.tap(Confirm(code, 1000, "back"))
        await asked.tap(yes(asked))

    await asked.tap(Confirm(code, 1000, "back"))
    await asked.tap(yes(asked))

    assert asked.route == Amounts(code, "many")


async def test_the_days_to_answer_are_those_of_the_terms(asked, house, languages, code):
    await asked.tap(Wishes(code, 2500))
    (line,) = [piece for piece in pieces(asked.screen) if piece.plural is not None]
    assert line.count == 7

    terms = dataclasses.replace(house.terms, answer_within=house.terms.answer_within * 2)
    patient = Chat(dataclasses.replace(house, terms=terms), languages, "en")
    await patient.tap(Wishes(code, 2500))

    (line,) = [piece for piece in pieces(patient.screen) if piece.plural is not None]
    assert line.count == 14


async def test_a_late_gift_goes_where_she_agreed(asked, house, code, other):
    await asked.tap(Confirm(code, 2500, other))
    await asked.tap(yes(asked))
    late = asked.route.reference
    await fund(house, usd(1500))
    await Provider(house).settle(late)

    async with house.looking() as look:
        arif = await look.case(other)
        receipt = await look.receipt(late)
    assert arif.progress.funded == usd(25)
    assert receipt.questions == ()
    assert receipt.state is HoldState.SETTLED
