"""
Case files: a case is opened, its coarse facts and its risk are said, consents are written down.

No argument here can hold a real name, a place or a date of a person's life: everything is a word
of a closed list, a number, or a moment in the life of the file itself.
"""

import datetime as dt
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from locales.known import KNOWN
from protection.risk import higher, least_level
from services import minors, recalling, secret_words
from services.house import House
from services.minors import Minor, Record, is_a_record
from storage import case_sheets
from storage import cases as case_rows
from storage import minors as minor_rows
from storage import stories as story_rows
from storage.case_sheets import Facts, Risk
from storage.cases import Case
from storage.codes import new_case_code
from storage.database import Connection
from storage.stories import Consent
from values.currencies import CURRENCIES
from values.facts import AgeBand
from values.lines import BudgetLine
from values.money import Money
from values.pseudonyms import candidates, free_pseudonym, slug_of

__all__ = ["Case", "Consent", "Facts", "Risk"]

PURPOSES = ("tell_story", "show_need", "publish_updates", "translate")
CHANNELS = ("bot", "web")
LONGEST_CONSENT = dt.timedelta(days=366)
MOST_USES = 1000


@dataclass(frozen=True, slots=True)
class Opened:
    """
    A case was opened under this pseudonym.

    Attributes:
        waits: It is of somebody under 18, and closed until another protection officer confirms.
        is_new: False: the same act had opened it before.
    """

    case_id: int
    code: str
    slug: str
    pseudonym: str
    waits: bool = False
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class CannotOpen:
    """
    The case was not opened.

    Attributes:
        why: A fixed word: `under_18` (without a guardian record), `not_under_18` (with one),
            `guardian_month`, `no_lines`, `lines_twice`, `not_payable` (the currency
            cannot be used, or an amount is no multiple of its step) or `no_names_left`.
    """

    why: str


@dataclass(frozen=True, slots=True)
class NotAConsent:
    """
    The consent cannot be written down.

    Attributes:
        why: A fixed word: `purpose`, `channel`, `locale`, `until` or `uses`.
    """

    why: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """
    Consents were withdrawn.

    Attributes:
        number: How many held until now; zero: there was nothing to withdraw.
        recalled: The story, or its cards in chats, are taken back with them.
    """

    number: int
    recalled: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    All that staff know of a case.

    Attributes:
        pseudonym: None for a case that came with an imported story.
        facts, risk: None while nobody has said.
        secrets: How many words are on its secret list.
        minor: What stands beside a case of somebody under 18; None for any other.
    """

    case: Case
    pseudonym: str | None
    facts: Facts | None
    risk: Risk | None
    consents: tuple[Consent, ...]
    secrets: int
    minor: Minor | None


async def open_case(
    house: House,
    connection: Connection,
    *,
    facts: Facts,
    lines: Sequence[tuple[BudgetLine, Money]],
    staff_id: int,
    training: bool = False,
    guardian: Record | None = None,
    request_key: str | None = None,
    choose: Callable[[Sequence[str]], str] = secrets.choice,
) -> Opened | CannotOpen:
    """
    Open a case under a pseudonym that no other has ever had.

    Args:
        lines: The need, in one currency.
        training: For a course: never public, takes no money.
        guardian: Of somebody under 18 alone; then *staff_id* is a protection officer, and the case
            is closed until another one confirms.
        request_key: The same opens one case; None: this is not a repetition of anything.
        choose: Picks the pseudonym.
    """
    known = None if request_key is None else await _opened_before(connection, request_key)
    if known is not None:
        return known
    why = _wrong(facts, lines, guardian, house.clock())
    if why is not None:
        return CannotOpen(why)
    taken = await case_rows.slugs(connection, [slug_of(n) for n in candidates(facts.region)])
    pseudonym = free_pseudonym(facts.region, taken, choose)
    if pseudonym is None:
        return CannotOpen("no_names_left")
    code, slug, now = new_case_code(), slug_of(pseudonym), house.clock()
    case_id = await case_rows.add_case(
        connection,
        code=code,
        slug=slug,
        currency=lines[0][1].currency,
        lines=lines,
        invented=False,
        training=training,
        now=now,
    )
    await case_sheets.name_case(
        connection, case_id, pseudonym, staff_id=staff_id, request_key=request_key
    )
    await case_sheets.say_facts(connection, case_id, facts, staff_id=staff_id, now=now)
    if guardian is not None:
        await minors.ask(house, connection, case_id, guardian, staff_id=staff_id)
    return Opened(case_id, code, slug, pseudonym, waits=guardian is not None)


async def say_facts(
    house: House, connection: Connection, case_id: int, facts: Facts, *, staff_id: int
) -> None:
    """Say the coarse facts, in place of those said before."""
    await case_sheets.say_facts(connection, case_id, facts, staff_id=staff_id, now=house.clock())


async def say_risk(
    house: House, connection: Connection, case_id: int, risk: Risk, *, staff_id: int
) -> Risk:
    """
    Fill in the risk form, in place of the earlier one; hand back what was written down.

    The level is never below what the answers ask for.
    """
    least = least_level(
        trafficker_at_large=risk.trafficker_at_large,
        court_case=risk.court_case,
        minor=risk.minor,
        returns_to_same_area=risk.returns_to_same_area,
    )
    judged = Risk(
        risk.trafficker_at_large,
        risk.court_case,
        risk.minor,
        risk.returns_to_same_area,
        risk.limits,
        higher(risk.level, least),
    )
    await case_sheets.say_risk(connection, case_id, judged, staff_id=staff_id, now=house.clock())
    return judged


async def give_consents(
    house: House,
    connection: Connection,
    case_id: int,
    *,
    purpose: str,
    channels: Sequence[str],
    locales: Sequence[str],
    until: dt.date,
    uses: int | None,
    witness_id: int,
) -> tuple[Consent, ...] | NotAConsent:
    """
    Write down what was consented to before *witness_id* just now, on each channel in each language.

    Twice the same is one. All of it is written down, or nothing.

    Args:
        until: The last day it holds; at most a year ahead.
        uses: How many publications each covers; None: any number.
    """
    now = house.clock()
    ends = dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), dt.UTC)
    wrong = {
        "purpose": purpose not in PURPOSES,
        "channel": not channels or not set(channels) <= set(CHANNELS),
        "locale": not locales or not set(locales) <= KNOWN.keys(),
        "until": not now < ends <= now + LONGEST_CONSENT + dt.timedelta(days=1),
        "uses": uses is not None and not 1 <= uses <= MOST_USES,
    }
    for why, is_wrong in wrong.items():
        if is_wrong:
            return NotAConsent(why)
    known = {
        (one.purpose, one.channel, one.locale, one.valid_until, one.uses): one
        for one in (await story_rows.consents(connection, [case_id]))[case_id]
        if one.withdrawn_at is None
    }
    given = []
    for channel in dict.fromkeys(channels):
        for locale in dict.fromkeys(locales):
            one = known.get((purpose, channel, locale, ends, uses))
            if one is None:
                one = Consent(purpose, channel, locale, now, ends, None, uses, witness_id)
                await story_rows.add_consent(connection, case_id, one, witness_id=witness_id)
            given.append(one)
    return tuple(given)


async def withdraw_consent(
    house: House,
    connection: Connection,
    case: Case,
    *,
    purpose: str,
    channel: str | None = None,
    locale: str | None = None,
    by: str,
    staff_id: int,
) -> Withdrawn:
    """
    What was consented to is not consented to any more, from this moment on. No reason is asked.

    Nothing shows it any more where it is not; what no consent carries is taken back, cards in
    chats and open payment pages included, as when a consent's time is over.

    Args:
        channel, locale: None: on every channel, in every language.
        by, staff_id: Who writes it down.
    """
    number = await story_rows.withdraw_consents(
        connection, case.id, house.clock(), purpose=purpose, channel=channel, locale=locale
    )
    if not number:
        return Withdrawn(0, recalled=False)
    recalled = await recalling.follow_consent(house, connection, case, by=by, staff_id=staff_id)
    return Withdrawn(number, recalled=recalled)


async def sheet_of(connection: Connection, case: Case) -> Sheet:
    """All that staff know of the case."""
    return Sheet(
        case,
        await case_sheets.pseudonym_of(connection, case.id),
        await case_sheets.facts_of(connection, case.id),
        await case_sheets.risk_of(connection, case.id),
        tuple((await story_rows.consents(connection, [case.id]))[case.id]),
        await secret_words.count(connection, case.id),
        await minor_rows.of_case(connection, case.id),
    )


async def _opened_before(connection: Connection, request_key: str) -> Opened | None:
    """The case that this act opened, if it was done before."""
    case_id = await case_sheets.opened_by_request(connection, request_key)
    case = None if case_id is None else await case_rows.by_id(connection, case_id)
    if case is None:
        return None
    pseudonym = await case_sheets.pseudonym_of(connection, case.id)
    waits = await minors.waits(connection, case.id)
    return Opened(case.id, case.code, case.slug, pseudonym or case.slug, waits, is_new=False)


def _wrong(
    facts: Facts,
    lines: Sequence[tuple[BudgetLine, Money]],
    guardian: Record | None,
    now: dt.datetime,
) -> str | None:
    is_minor = facts.age_band is AgeBand.UNDER_18
    if is_minor and guardian is None:
        return "under_18"
    if guardian is not None and not is_minor:
        return "not_under_18"
    if guardian is not None and not is_a_record(guardian, now):
        return "guardian_month"
    if not lines:
        return "no_lines"
    if len({line for line, _ in lines}) != len(lines):
        return "lines_twice"
    known = CURRENCIES.get(lines[0][1].currency)
    payable = known is not None and all(
        amount.currency == known.code
        and amount.amount_minor > 0
        and amount.amount_minor % known.step_minor == 0
        for _, amount in lines
    )
    return None if payable else "not_payable"
