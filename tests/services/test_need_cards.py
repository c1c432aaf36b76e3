"""A case is shown with its need alone: by two, as consented, never with anything of a story."""

import dataclasses

import pytest
import sqlalchemy as sa

from services import (
    audit,
    case_acts,
    need_acts,
    need_card_acts,
    need_cards,
    overdue,
    recalling,
)
from services.catalogue import Shelf, ShowCases
from services.house import House
from services.need_card_acts import CardState, NotAllowed, NotDecided, NotReady, Unknown
from services.staff import Role
from storage import case_sheets
from storage import cases as case_rows
from storage.errors import Refused
from tests import need_cards as cards
from tests.conversations.rig import fund
from tests.need_cards import APPROVER, ASKER, seen
from tests.services.desk import a_desk, a_story
from tests.staff import a_member
from values.bands import COLUMNS, Limit, RiskLevel
from values.facts import Region
from values.lines import BudgetLine
from values.money import Money

EVERYWHERE = ("bot", "web")


@pytest.fixture
def house(database):
    return cards.a_house(database)


@pytest.fixture
async def case(house):
    return await cards.opened(house)


async def state(house, case):
    page = await need_card_acts.page(house, case.code)
    assert not isinstance(page, Unknown)
    return page.state


async def test_it_says_the_pseudonym_three_facts_and_the_lines_and_no_story(house):
    case = await cards.shown(house)

    for channel in EVERYWHERE:
        found = await seen(house, case, channel)
        assert found.story is None
        assert found.case.lines == tuple(cards.LINES)
        assert (found.facts.age_band, found.facts.region, found.facts.form) == (
            cards.FACTS.age_band, cards.FACTS.region, cards.FACTS.exploitation,
        )  # fmt: skip
        assert {found.name_in(locale).text for locale in ("en", "ar")} == {case.pseudonym}
    assert await state(house, case) is CardState.SHOWN
    async with house.read() as connection:
        acts = [(entry.by, entry.act) for entry in await audit.newest(connection, most=2)]
    assert acts == [(APPROVER, "need_card.approved"), (ASKER, "need_card.asked")]


async def test_nobody_sees_it_before_somebody_else_has_approved_it(house, case):
    await cards.consent(house, case)
    assert await state(house, case) is CardState.NEVER

    asked = await need_card_acts.ask(house, case.code, by=ASKER)
    again = await need_card_acts.ask(house, case.code, by=ASKER)
    own = await need_card_acts.approve(house, case.code, by=ASKER)

    assert isinstance(asked, need_card_acts.Asked)
    assert again == asked
    assert own == NotDecided("same_person")
    assert await state(house, case) is CardState.WAITING
    assert await seen(house, case) is None


async def test_what_was_turned_down_is_not_shown_and_can_be_asked_for_again(house, case):
    await cards.consent(house, case)
    await need_card_acts.ask(house, case.code, by=ASKER)

    done = await need_card_acts.turn_down(house, case.code, by=ASKER)
    twice = await need_card_acts.approve(house, case.code, by=APPROVER)
    after = await seen(house, case), await state(house, case)
    await cards.approved(house, case)

    assert isinstance(done, need_card_acts.Asked)
    assert twice == NotDecided("nothing_waits")
    assert after == (None, CardState.TURNED_DOWN)
    assert await seen(house, case) is not None
    assert await need_card_acts.ask(house, case.code, by=ASKER) == NotReady(
        ("It is shown already.",)
    )


async def test_who_has_not_the_role_may_neither_ask_nor_approve(house, case):
    await cards.consent(house, case)
    async with house.write() as connection:
        await a_member(connection, "money", Role.FINANCE)

    asked = await need_card_acts.ask(house, case.code, by="money")
    await need_card_acts.ask(house, case.code, by=ASKER)

    assert isinstance(asked, NotAllowed)
    for act in (need_card_acts.approve, need_card_acts.turn_down):
        assert isinstance(await act(house, case.code, by="money"), NotAllowed)
        assert isinstance(await act(house, case.code, by="nobody"), Unknown)
        assert isinstance(await act(house, "nowhere", by=APPROVER), Unknown)
    assert await seen(house, case) is None


async def test_by_plain_sql_one_person_cannot_show_it(house, case):
    await cards.consent(house, case)
    asked = await need_card_acts.ask(house, case.code, by=ASKER)
    assert isinstance(asked, need_card_acts.Asked)

    with pytest.raises(Refused) as refused:
        async with house.write() as connection:
            await connection.execute(
                sa.text(
                    "INSERT INTO need_card_decision (need_card_id, case_id, content_sha256,"
                    " asked_by, approved, decided_by, decided_at)"
                    " SELECT id, case_id, content_sha256, asked_by, 1, asked_by, 1 FROM need_card"
                    " WHERE id = :id"
                ),
                {"id": asked.id},
            )

    assert refused.value.constraint == "ck_need_card_decision_four_eyes"


@pytest.mark.parametrize("what", ["facts", "line"])
async def test_what_it_says_has_changed_so_it_is_asked_for_anew(house, what):
    case = await cards.shown(house)

    await change(house, case, what)
    gone = await seen(house, case), await state(house, case)
    await cards.approved(house, case)

    assert gone == (None, CardState.CHANGED)
    assert await seen(house, case) is not None


@pytest.mark.parametrize("what", ["facts", "line"])
async def test_what_changes_while_it_waits_cannot_be_approved(house, case, what):
    await cards.consent(house, case)
    await need_card_acts.ask(house, case.code, by=ASKER)
    await change(house, case, what)

    done = await need_card_acts.approve(house, case.code, by=APPROVER)

    assert done == NotDecided("changed")
    assert await seen(house, case) is None


async def change(house, case, what):
    if what == "facts":
        facts = dataclasses.replace(cards.FACTS, region=Region.SOUTH_ASIA)
        await cards.count(house, region=Region.SOUTH_ASIA)
        await case_acts.say_facts(house, case=case.code, facts=facts, by=ASKER)
    else:
        await need_acts.set_line(
            house, case=case.code, line=BudgetLine.LEGAL, amount=Money(50_000, "USD"), by=ASKER
        )


async def test_approver_decides_on_what_she_saw_and_on_nothing_else(house, case):
    await cards.consent(house, case)
    first = await need_card_acts.ask(house, case.code, by=ASKER)
    assert isinstance(first, need_card_acts.Asked)
    await change(house, case, "facts")
    await need_card_acts.ask(house, case.code, by=ASKER)

    done = await need_card_acts.approve(house, case.code, by=APPROVER, number=first.id)

    assert done == NotDecided("changed")


@pytest.mark.parametrize(
    ("risk", "reason"),
    [
        (dataclasses.replace(cards.RISK, level=RiskLevel.HIGH), "The risk is high."),
        (
            dataclasses.replace(cards.RISK, trafficker_at_large=True, court_case=True),
            "The risk is high.",
        ),
        (
            dataclasses.replace(cards.RISK, limits=frozenset({Limit.REGION})),
            "The survivor does not want the region told, and a need card tells it.",
        ),
    ],
)
async def test_the_risk_form_forbids_it_before_and_after(house, risk, reason):
    case = await cards.shown(house)
    await cards.said_risk(house, case, risk)

    again = await need_card_acts.ask(house, case.code, by=ASKER)

    assert again == NotReady((reason,))
    assert await seen(house, case) is None
    assert await state(house, case) is CardState.BLOCKED


async def test_without_a_risk_form_or_consent_it_is_not_asked_for(house, case):
    no_consent = await need_card_acts.ask(house, case.code, by=ASKER)
    await cards.consent(house, case)
    async with house.write() as connection:
        card, _ = await need_cards.card_now(connection, await of(connection, case))
        found = need_cards.reasons(await of(connection, case), card, None, None)

    assert no_consent == NotReady(("No consent to show the need is valid now.",))
    assert found == ["Nobody has filled in the risk form."]


async def of(connection, case):
    return await case_rows.by_code(connection, case.code)


# Consent


async def test_it_is_shown_on_the_channel_and_in_the_language_of_a_consent_alone(house):
    case = await cards.opened(house)
    await cards.consent(house, case, locales=("th",), channels=("web",))
    await cards.consent(house, case, locales=("th", "ar"), channels=("bot",))
    await cards.approved(house, case)

    shown = {
        (channel, locale)
        for channel in EVERYWHERE
        for locale in ("en", "th", "ar")
        if await seen(house, case, channel, locale) is not None
    }

    assert shown == {("web", "th"), ("bot", "th"), ("bot", "ar")}


async def test_consent_to_tell_a_story_shows_no_need(house):
    case = await cards.shown(house)
    await cards.consent(house, case, purpose="tell_story")

    done = await cards.withdraw(house, case)

    assert isinstance(done, case_acts.Withdrawn)
    assert done.recalled
    assert await seen(house, case) is None


async def test_when_the_consent_ends_it_goes_by_itself(house):
    case = await cards.shown(house, days=90)
    house.clock.go_on(days=90)
    before = await seen(house, case), await recalling.end_with_consent(house)
    house.clock.go_on(days=1)

    ended = await recalling.end_with_consent(house)
    again = await recalling.end_with_consent(house)

    assert before[0] is not None
    assert (before[1], ended, again) == (0, 1, 0)
    assert await seen(house, case) is None
    assert await state(house, case) is CardState.TAKEN_BACK


async def test_staff_are_warned_a_month_and_a_week_before_once_each(house):
    await cards.shown(house, days=90)
    rung = []
    for days in (59, 2, 1, 22, 1):
        house.clock.go_on(days=days)
        rung.append(await recalling.warn_of_endings(house))

    assert rung == [0, 2, 0, 2, 0]


async def test_a_new_consent_alone_does_not_bring_it_back(house):
    case = await cards.shown(house)
    await cards.withdraw(house, case)
    await cards.consent(house, case)

    assert await seen(house, case) is None

    house.clock.go_on(minutes=1)
    await cards.approved(house, case)
    assert await seen(house, case) is not None


async def test_its_news_is_due_like_that_of_a_story(house):
    case = await cards.shown(house)
    await fund(house, Money(2500, "USD"), case.slug)
    house.clock.go_on(days=59)
    before = await overdue.remind(house)
    house.clock.go_on(days=2)

    assert (before, await overdue.remind(house)) == (0, 1)


# Recall


async def test_a_recall_hides_it_and_it_needs_a_new_approval(house):
    case = await cards.shown(house)
    house.clock.go_on(minutes=1)

    done = await recalling.recall(house, case.code, by=APPROVER)
    twice = await recalling.recall(house, case.code, by=APPROVER)

    assert isinstance(done, recalling.Report)
    assert twice == done
    for channel in EVERYWHERE:
        assert await seen(house, case, channel) is None
    assert await state(house, case) is CardState.TAKEN_BACK
    async with house.looking("web") as look:
        assert await look.was_recalled(case.slug)
    with pytest.raises(Refused) as refused:
        async with house.write() as connection:
            await connection.execute(
                sa.text(
                    "INSERT INTO need_card_shown (case_id, decision_id, approved, shown_since)"
                    " SELECT case_id, id, 1, decided_at FROM need_card_decision"
                )
            )
    assert refused.value.constraint == "recalled"
    house.clock.go_on(minutes=1)
    await cards.approved(house, case)
    assert await seen(house, case) is not None
    async with house.looking("web") as look:
        assert not await look.was_recalled(case.slug)


# Beside a story


@pytest.fixture
async def both(database):
    """A case with a public story, whose need card is approved and consented to."""
    desk = await a_desk(database)
    await desk.consent()
    await desk.published(a_story())
    house = House(
        database, desk.seal, Shelf(desk.seal), "Safe", "http://x.example", clock=lambda: desk.now
    )
    await cards.staff(house)
    await cards.count(house, **{name: str(getattr(_told(a_story()), name)) for name in COLUMNS})
    async with database.write() as connection:
        await case_sheets.name_case(connection, desk.case_id, "Anan", staff_id=desk.author)
        await case_sheets.say_facts(
            connection, desk.case_id, _told(a_story()), staff_id=desk.author, now=desk.now
        )
        case = (await connection.execute(sa.text("SELECT code, slug FROM cases"))).one()
    await cards.consent(house, case)
    await cards.approved(house, case)
    return house, case


def _told(pack):
    facts = pack.facts
    return dataclasses.replace(
        cards.FACTS, region=facts.region, age_band=facts.age_band, exploitation=facts.form
    )


def needing(house):
    """The house of an operator who shows the need first."""
    return dataclasses.replace(house, shelf=Shelf(house.seal, shows=ShowCases.NEED))


async def test_a_public_story_stands_in_place_of_the_card(both):
    house, case = both

    assert (await seen(house, case)).story is not None
    assert (await seen(house, case, locale="ar")).story is not None


async def test_an_operator_may_show_the_need_until_the_plan_is_funded(both):
    house, case = both
    first = await seen(needing(house), case)
    async with house.write() as connection:
        await connection.execute(sa.text("UPDATE cases SET state = 'closed'"))
    closed = await seen(needing(house), case)

    assert first.story is None
    assert first.name_in("en").text == "Anan"
    assert closed.story is not None


async def test_without_consent_to_show_the_need_the_story_is_shown(both):
    house, case = both
    await cards.withdraw(house, case, locale="en")

    assert (await seen(needing(house), case)).story is not None

    done = await cards.withdraw(house, case)

    assert isinstance(done, case_acts.Withdrawn)
    assert not done.recalled
    assert (await seen(needing(house), case, locale="ar")).story is not None

    await cards.consent(house, case)

    assert (await seen(needing(house), case)).story is not None
    assert await state(house, case) is CardState.TAKEN_BACK


async def test_recall_of_the_story_hides_the_card_too(both):
    house, case = both

    await recalling.recall(house, case.code, by=APPROVER)

    for of_an_operator in (house, needing(house)):
        for channel in EVERYWHERE:
            assert await seen(of_an_operator, case, channel) is None
