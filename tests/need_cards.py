"""A case that is shown with its need alone, for tests of every room."""

import datetime as dt
from dataclasses import replace

from services import case_acts, need_card_acts
from services.case_acts import Facts, Risk
from services.catalogue import Shelf
from services.house import House
from services.staff import Role
from storage import caseloads
from storage import cases as case_rows
from storage.sealing import Seal, new_data_key
from tests.services.desk import counted
from tests.staff import a_member
from values.bands import Gender, PeriodBand, RiskLevel
from values.clock import utc_now
from values.facts import AgeBand, ExploitationForm, Region
from values.lines import BudgetLine
from values.money import Money

FACTS = Facts(
    Region.EAST_ASIA, AgeBand.FROM_18_TO_29, ExploitationForm.FISHING, Gender.MAN,
    PeriodBand.NOT_SAID,
)  # fmt: skip
RISK = Risk(
    trafficker_at_large=False, court_case=False, minor=False, returns_to_same_area=False,
    limits=frozenset(), level=RiskLevel.LOW,
)  # fmt: skip
LINES = [(BudgetLine.SHELTER, Money(30_000, "USD")), (BudgetLine.LEGAL, Money(12_000, "USD"))]
ASKER, APPROVER = "k7asks", "k7nods"


async def staff(house):
    """One who asks, and one who approves."""
    async with house.write() as connection:
        for code in (ASKER, APPROVER):
            await a_member(connection, code, Role.CASE_OFFICER)


async def count(house, people=50, **changes):
    """A caseload in which so many have FACTS."""
    async with house.write() as connection:
        staff_id = await case_rows.staff_id(connection, ASKER)
        assert staff_id is not None
        await caseloads.add(
            connection, [counted(people, FACTS, **changes)], staff_id=staff_id, now=house.clock()
        )


async def opened(house, facts=FACTS, risk=RISK, **more):
    """A case of staff with facts and a risk form; nobody sees it yet."""
    await staff(house)
    await count(house)
    case = await case_acts.open_case(
        house, facts=facts, lines=LINES, training=False, by=ASKER, **more
    )
    assert isinstance(case, case_acts.Opened), case
    await said_risk(house, case, **({} if risk is RISK else {"risk": risk}))
    return case


async def said_risk(house, case, risk=RISK, **answers):
    await case_acts.say_risk(house, case=case.code, risk=replace(risk, **answers), by=ASKER)


async def consent(
    house, case, locales=("en", "ar"), channels=("bot", "web"), purpose="show_need", days=90
):
    given = await case_acts.give_consents(
        house, case=case.code, purpose=purpose, channels=channels, locales=locales,
        until=house.clock().date() + dt.timedelta(days=days), uses=None, by=ASKER,
    )  # fmt: skip
    assert isinstance(given, tuple), given


async def withdraw(house, case, channel=None, locale=None, purpose="show_need"):
    return await case_acts.withdraw_consent(
        house, case=case.code, purpose=purpose, channel=channel, locale=locale, by=ASKER
    )


async def approved(house, case):
    """One asks and another approves."""
    asked = await need_card_acts.ask(house, case.code, by=ASKER)
    assert isinstance(asked, need_card_acts.Asked), asked
    done = await need_card_acts.approve(house, case.code, by=APPROVER)
    assert isinstance(done, need_card_acts.Asked), done


async def shown(house, **more):
    """A case that is shown with its need alone, in English and Arabic."""
    case = await opened(house)
    await consent(house, case, **more)
    await approved(house, case)
    return case


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self):
        self.now = utc_now()

    def __call__(self):
        return self.now

    def go_on(self, **by):
        self.now += dt.timedelta(**by)


def a_house(database):
    """A house over *database* with a clock that stands."""
    seal = Seal(new_data_key())
    return House(database, seal, Shelf(seal), "Safe", "http://x.example", clock=Clock())


async def seen(house, case, channel="web", locale="en"):
    """The case as it is shown to who reads *locale*; None if it is not."""
    async with house.looking(channel, locale) as look:
        one = await look.case(case.code)
        listed = await look.cases()
    assert [each.case.code for each in listed] == ([] if one is None else [case.code])
    return one
