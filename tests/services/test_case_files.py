"""A case has a name of its own that nobody bears, coarse facts, a judged risk, exact consents."""

import dataclasses
import datetime as dt

import pytest

from services import case_files, publishing, reviewing
from services.catalogue import Shelf
from services.house import House
from storage import cases, ledger
from storage.errors import Refused
from storage.sealing import Seal, new_data_key
from tests.services.desk import a_story
from values.bands import Gender, Limit, PeriodBand, RiskLevel
from values.clock import utc_now
from values.facts import AgeBand, ExploitationForm, Region
from values.lines import BudgetLine
from values.money import Money
from values.pseudonyms import NAMES, candidates, free_pseudonym, slug_of

FACTS = case_files.Facts(
    Region.EAST_ASIA, AgeBand.FROM_18_TO_29, ExploitationForm.FISHING, Gender.MAN,
    PeriodBand.NOT_SAID,
)  # fmt: skip
LINES = [(BudgetLine.SHELTER, Money(30_000, "USD"))]


@dataclasses.dataclass
class Office:
    """A house with one case officer."""

    house: House
    officer: int

    async def act(self, act, *arguments, **named):
        async with self.house.write() as connection:
            return await act(self.house, connection, *arguments, **named)

    async def open(self, facts=FACTS, lines=LINES, **more):
        return await self.act(
            case_files.open_case, facts=facts, lines=lines, staff_id=self.officer, **more
        )

    async def sheet(self, case_id):
        async with self.house.read() as connection:
            case = (await cases.by_ids(connection, [case_id]))[case_id]
            return await case_files.sheet_of(connection, case)

    async def consent(self, case_id, **changes):
        today = self.house.clock().date()
        said = {
            "purpose": "tell_story", "channels": ["bot"], "locales": ["en"],
            "until": today + dt.timedelta(days=30), "uses": None,
        }  # fmt: skip
        for one, several in (("channel", "channels"), ("locale", "locales")):
            if one in changes:
                changes[several] = [changes.pop(one)]
        return await self.act(
            case_files.give_consents, case_id, witness_id=self.officer, **said | changes
        )


@pytest.fixture
async def office(database):
    async with database.write() as connection:
        officer = await cases.add_staff(connection, "officer", invented=False)
    seal, now = Seal(new_data_key()), utc_now()
    house = House(database, seal, Shelf(seal), "Safe", "http://x.example", clock=lambda: now)
    return Office(house, officer)


async def test_case_is_opened_under_a_name_of_its_region(office):
    opened = await office.open()

    sheet = await office.sheet(opened.case_id)
    assert sheet.pseudonym == opened.pseudonym
    assert opened.pseudonym in NAMES[Region.EAST_ASIA]
    assert opened.slug == slug_of(opened.pseudonym)
    assert (sheet.case.code, sheet.case.need) == (opened.code, Money(30_000, "USD"))
    assert (sheet.facts, sheet.risk, sheet.consents) == (FACTS, None, ())
    assert not sheet.case.training


async def test_name_is_never_given_twice(office):
    names = [(await office.open(choose=lambda free: free[0])).pseudonym for _ in range(20)]

    assert len({*names}) == 20
    assert names[len(NAMES[Region.EAST_ASIA])].endswith(" 2")


def test_when_every_name_is_taken_there_is_none():
    every = candidates(Region.EAST_ASIA)
    taken = {slug_of(name) for name in every}

    assert free_pseudonym(Region.EAST_ASIA, taken - {slug_of(every[-1])}, min) == every[-1]
    assert free_pseudonym(Region.EAST_ASIA, taken, min) is None


@pytest.mark.parametrize("region", Region)
def test_every_region_has_names_with_addresses_of_their_own(region):
    addresses = [slug_of(name) for name in candidates(region)]

    assert len({*addresses}) == len(addresses) > 1000
    assert all(address.isascii() and " " not in address for address in addresses)
    assert max(map(len, addresses)) <= 32


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"facts": dataclasses.replace(FACTS, age_band=AgeBand.UNDER_18)}, "under_18"),
        ({"lines": []}, "no_lines"),
        ({"lines": LINES * 2}, "lines_twice"),
        ({"lines": [(BudgetLine.LEGAL, Money(0, "USD"))]}, "not_payable"),
        ({"lines": [*LINES, (BudgetLine.LEGAL, Money(5, "EUR"))]}, "not_payable"),
        ({"lines": [(BudgetLine.LEGAL, Money(150, "ISK"))]}, "not_payable"),
    ],
)
async def test_case_that_cannot_be_opened_leaves_nothing(office, changes, why):
    assert await office.open(**changes) == case_files.CannotOpen(why)

    async with office.house.read() as connection:
        assert await cases.all_cases(connection) == ()


async def test_newer_facts_and_risk_stand_before_the_older(office):
    case_id = (await office.open()).case_id
    other = dataclasses.replace(FACTS, region=Region.SOUTH_ASIA)
    form = case_files.Risk(True, False, False, False, frozenset({Limit.FAMILY}), RiskLevel.LOW)

    await office.act(case_files.say_facts, case_id, other, staff_id=office.officer)
    judged = await office.act(case_files.say_risk, case_id, form, staff_id=office.officer)

    sheet = await office.sheet(case_id)
    assert sheet.facts == other
    assert sheet.risk == judged == dataclasses.replace(form, level=RiskLevel.MEDIUM)


async def test_officer_may_judge_the_risk_higher_than_the_answers(office):
    case_id = (await office.open()).case_id
    form = case_files.Risk(False, False, False, False, frozenset(), RiskLevel.HIGH)

    assert await office.act(case_files.say_risk, case_id, form, staff_id=office.officer) == form


async def test_consent_holds_through_its_last_day(office):
    case_id = (await office.open()).case_id
    today = office.house.clock().date()

    [given] = await office.consent(case_id, until=today, uses=2)

    assert given.valid_until.date() == today + dt.timedelta(days=1)
    assert [(one.uses, one.locale) for one in (await office.sheet(case_id)).consents] == [(2, "en")]


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("purpose", "research"),
        ("channel", "radio"),
        ("locale", "xx"),
        ("until", -1),
        ("until", 367),
        ("uses", 0),
    ],
)
async def test_what_is_no_consent_is_not_written_down(office, why, said):
    case_id = (await office.open()).case_id
    if why == "until":
        said = office.house.clock().date() + dt.timedelta(days=said)

    assert await office.consent(case_id, **{why: said}) == case_files.NotAConsent(why)

    assert (await office.sheet(case_id)).consents == ()


async def test_training_case_is_never_public_and_takes_no_money(office):
    opened = await office.open(training=True)
    form = case_files.Risk(False, False, False, False, frozenset(), RiskLevel.LOW)
    await office.act(case_files.say_risk, opened.case_id, form, staff_id=office.officer)
    for channel in case_files.CHANNELS:
        await office.consent(opened.case_id, channel=channel)
    async with office.house.write() as connection:
        version = await publishing.keep_draft(
            connection, office.house.seal, a_story(), case_id=opened.case_id,
            author_id=office.officer, now=office.house.clock(),
        )  # fmt: skip
        seen = await reviewing.review(office.house, connection, version)

    assert isinstance(seen, reviewing.Review)
    assert "It is a training case, which is never public." in seen.obstacles
    gift = ledger.Posting(
        "bank", "donation", "donation",
        [ledger.Leg(opened.case_id, "world", "fund", Money(5, "USD"))], b"\x01" * 32,
    )  # fmt: skip
    with pytest.raises(Refused) as refusal:
        async with office.house.write() as connection:
            await ledger.post(connection, gift, office.house.clock())
    assert refusal.value.constraint == "training_case"


async def test_form_that_comes_twice_opens_one_case(office):
    first = await office.open(request_key="one")
    again = await office.open(request_key="one")
    other = await office.open(request_key="two")

    assert (first.is_new, again.is_new, other.is_new) == (True, False, True)
    assert (again.code, again.pseudonym) == (first.code, first.pseudonym)
    assert other.code != first.code


async def test_same_consent_twice_is_one(office):
    opened = await office.open()
    for changes in ({}, {}, {"uses": 2}):
        await office.consent(opened.case_id, **changes)

    assert [one.uses for one in (await office.sheet(opened.case_id)).consents] == [None, 2]


@pytest.mark.parametrize(
    ("what", "left"),
    [
        ({}, {("publish_updates", "bot", "en")}),
        (
            {"channel": "bot"},
            {("publish_updates", "bot", "en"), ("tell_story", "web", "en"),
             ("tell_story", "web", "fr")},
        ),
        (
            {"locale": "fr"},
            {("publish_updates", "bot", "en"), ("tell_story", "bot", "en"),
             ("tell_story", "web", "en")},
        ),
    ],
)  # fmt: skip
async def test_consent_is_withdrawn_as_far_as_she_wants(office, what, left):
    opened = await office.open()
    for channel in ("bot", "web"):
        for locale in ("en", "fr"):
            await office.consent(opened.case_id, channel=channel, locale=locale)
    await office.consent(opened.case_id, purpose="publish_updates")
    case = (await office.sheet(opened.case_id)).case

    async def withdraw():
        return await office.act(
            case_files.withdraw_consent, case, purpose="tell_story", by="officer",
            staff_id=office.officer, **what,
        )  # fmt: skip

    done, again = await withdraw(), await withdraw()

    sheet = await office.sheet(opened.case_id)
    assert {
        (one.purpose, one.channel, one.locale) for one in sheet.consents if not one.withdrawn_at
    } == left
    assert (done.number, done.recalled) == (len(sheet.consents) - len(left), False)
    assert again.number == 0
