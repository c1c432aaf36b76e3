"""Whom even a card without a story could hurt: somebody under 18, and whoever few people fit."""

import dataclasses

import pytest
import sqlalchemy as sa

from services import case_acts, caseload_acts, disclosing, minors, need_card_acts, secret_words
from services.need_card_acts import NotReady, Unknown
from services.staff import Role
from storage.errors import Refused
from tests import need_cards as cards
from tests.need_cards import ASKER, seen
from tests.staff import a_member
from values.bands import RiskLevel
from values.facts import AgeBand


@pytest.fixture
def house(database):
    return cards.a_house(database)


@pytest.fixture
async def case(house):
    return await cards.opened(house)


# Under 18

A_CHILD = dataclasses.replace(cards.FACTS, age_band=AgeBand.UNDER_18)
CHILD_RISK = dataclasses.replace(cards.RISK, minor=True, level=RiskLevel.HIGH)


async def a_child(house, *, confirmed=True, **answers):
    """The case of somebody under 18, with a consent to show the need."""
    await cards.staff(house)
    await cards.count(house, age_band=AgeBand.UNDER_18)
    async with house.write() as connection:
        for code in ("first", "second"):
            await a_member(connection, code, Role.PROTECTION_OFFICER)
    record = minors.Record(minors.Guardian.COURT, "2026-05")
    case = await case_acts.open_case(
        house, facts=A_CHILD, lines=cards.LINES, training=False, guardian=record, by="first"
    )
    assert isinstance(case, case_acts.Opened)
    if not confirmed:
        return case
    done = await case_acts.confirm_case(house, case=case.code, by="second")
    assert done == minors.Confirmed()
    await cards.said_risk(house, case, dataclasses.replace(CHILD_RISK, **answers))
    await cards.consent(house, case)
    return case


async def test_a_child_that_two_confirmed_is_shown_as_under_18_and_no_narrower(house):
    case = await a_child(house)

    await cards.approved(house, case)

    found = await seen(house, case)
    assert found.story is None
    assert found.facts.age_band is AgeBand.UNDER_18


@pytest.mark.parametrize("answer", ["trafficker_at_large", "court_case", "returns_to_same_area"])
async def test_each_other_answer_forbids_to_show_a_child(house, answer):
    case = await a_child(house, **{answer: True})

    assert await need_card_acts.ask(house, case.code, by=ASKER) == NotReady(("The risk is high.",))


async def test_a_child_that_nobody_confirmed_is_not_shown_not_even_by_sql(house):
    case = await a_child(house, confirmed=False)

    done = await need_card_acts.ask(house, case.code, by=ASKER)

    assert done == Unknown("confirmed case", case.code)
    with pytest.raises(Refused) as refused:
        async with house.write() as connection:
            await connection.execute(
                sa.text(
                    "INSERT INTO need_card_shown (case_id, decision_id, approved, shown_since)"
                    " VALUES (:id, 1, 1, 1)"
                ),
                {"id": case.case_id},
            )
    assert refused.value.constraint == "under_18"


@pytest.mark.parametrize("said", ["facts", "risk"])
async def test_who_turns_out_to_be_under_18_is_not_shown_any_more(house, said):
    case = await cards.shown(house)

    if said == "facts":
        await case_acts.say_facts(house, case=case.code, facts=A_CHILD, by=ASKER)
    else:
        await cards.said_risk(house, case, CHILD_RISK)

    assert await seen(house, case) is None
    assert isinstance(await need_card_acts.ask(house, case.code, by=ASKER), NotReady)


# Disclosure


async def test_facts_that_fit_few_people_are_not_shown_unless_two_allow_it(house, case):
    await cards.consent(house, case)
    await cards.count(house, people=10)
    async with house.write() as connection:
        for code in ("first", "second"):
            await a_member(connection, code, Role.PROTECTION_OFFICER)

    refused = await need_card_acts.ask(house, case.code, by=ASKER)
    override = await caseload_acts.ask_override_of_need_card(
        house, case.code, reason="The guardian asks for it.", by="first"
    )
    assert isinstance(override, caseload_acts.Override)
    await caseload_acts.grant_override(house, override.id, by="second")
    await cards.approved(house, case)

    assert isinstance(refused, NotReady)
    assert "That fits 10 of the caseload" in refused.reasons[0]
    # The legal line tells how long it lasted.
    assert set(override.facts) == {"region", "age_band", "exploitation", "period_band"}
    assert await seen(house, case) is not None


async def test_an_alarm_rings_when_a_card_that_is_shown_fits_too_few(house):
    await cards.shown(house)
    before = await disclosing.watch(house)
    await cards.count(house, people=3)

    rung = [await disclosing.watch(house) for _ in range(2)]

    assert (before, rung) == (0, [1, 0])


async def test_an_invented_name_that_is_on_the_secret_list_is_not_shown(house, case):
    await cards.consent(house, case)
    kept = await case_acts.keep_secrets(house, case=case.code, words=[case.pseudonym], by=ASKER)
    assert isinstance(kept, secret_words.Kept)

    done = await need_card_acts.ask(house, case.code, by=ASKER)

    assert isinstance(done, NotReady)
    assert done.reasons[0].startswith("case: pseudonym: ")
    assert case.pseudonym not in " ".join(done.reasons)
