"""
Taking a hold: reserving an amount of one person's plan for a donor who is about to pay.

What is judged here is judged twice: once to tell the donor early, and once more inside the
transaction that reserves, with the case locked, where it counts.
"""

import datetime as dt
from dataclasses import dataclass

from services import surplus
from services.house import House
from services.progress import progress_of
from services.surplus import Wish
from storage import cases as case_rows
from storage import checkouts, holds, people
from storage.cases import Case
from storage.codes import new_reference
from storage.database import Connection
from storage.holds import FeeBearer, Hold
from values.currencies import MOST_MINOR, currency
from values.money import Money

HOLDS_A_PERSON = 2
HOLDS_AN_ADDRESS = 2
WEB_HOLDS_A_CASE = 10
CHECKOUT_LASTS = dt.timedelta(minutes=35)
"""Stripe asks for 30 minutes at least; five more are room for a repeat after a crash."""
FIRST_LOOK_AFTER = dt.timedelta(seconds=20)

_PRESETS_PERCENT = (100, 250, 500, 1000)
"""Amounts to offer, in percent of the currency's round sum: 10, 25, 50 and 100 dollars."""


@dataclass(frozen=True, slots=True)
class Range:
    """
    What can be given now: from *least* to *most*, both of which can.

    In between cannot be given what would leave a rest that no card can pay (`judge`).
    """

    least: Money
    most: Money


@dataclass(frozen=True, slots=True)
class Held:
    """The amount is reserved."""

    hold: Hold


@dataclass(frozen=True, slots=True)
class TooSmall:
    """A card cannot pay so little."""

    possible: Range


@dataclass(frozen=True, slots=True)
class TooLarge:
    """More than what is missing."""

    possible: Range


@dataclass(frozen=True, slots=True)
class LeavesTooLittle:
    """
    What would be left could not be paid by card; nor could a fraction that a currency has not.

    *below* can be given instead, if it is not under the least, or *most*.
    """

    possible: Range
    below: Money


@dataclass(frozen=True, slots=True)
class NothingMissing:
    """The plan is funded, or all of it is reserved at the moment."""


@dataclass(frozen=True, slots=True)
class NotOpen:
    """The case takes no gifts, or there is no such case."""


@dataclass(frozen=True, slots=True)
class TooManyOpen:
    """The donor has as many unpaid payments open as one may have."""

    most: int


Refusal = TooSmall | TooLarge | LeavesTooLittle | NothingMissing | NotOpen | TooManyOpen


def possible_range(missing: Money) -> Range | None:
    """What can be given when *missing* is missing; None if that is less than a card can pay."""
    rules = currency(missing.currency)
    least = rules.least_minor
    whole = _in_steps(missing).amount_minor
    if whole < least:
        return None
    most = whole if whole <= MOST_MINOR else min(MOST_MINOR, whole - least)
    if whole < 2 * least:
        least = whole
    code = missing.currency
    return Range(Money(least, code), _in_steps(Money(most, code)))


def judge(amount: Money, missing: Money) -> Refusal | None:
    """Why *amount* cannot be given when *missing* is missing, or None if it can."""
    possible = possible_range(missing)
    if possible is None:
        return NothingMissing()
    least = Money(currency(missing.currency).least_minor, missing.currency)
    if amount < least:
        return TooSmall(possible)
    if amount > possible.most:
        return TooLarge(possible)
    whole = _in_steps(missing)
    rest = whole - amount
    if amount != _in_steps(amount) or (rest and rest < least):
        return LeavesTooLittle(possible, min(_in_steps(amount), whole - least))
    return None


def presets(missing: Money) -> tuple[Money, ...]:
    """Amounts to offer: round ones that can be given, and at the end all that is missing."""
    round_minor = currency(missing.currency).round_minor
    offered = [
        Money(round_minor * percent // 100, missing.currency) for percent in _PRESETS_PERCENT
    ]
    fitting = [amount for amount in offered if judge(amount, missing) is None]
    possible = possible_range(missing)
    if possible and possible.most == _in_steps(missing) and possible.most not in fitting:
        fitting.append(possible.most)
    return tuple(fitting)


def _in_steps(amount: Money) -> Money:
    """*amount* without the fraction that its currency cannot be paid in."""
    step = currency(amount.currency).step_minor
    return Money(amount.amount_minor - amount.amount_minor % step, amount.currency)


async def take_hold(
    house: House,
    connection: Connection,
    *,
    case_code: str,
    amount: Money,
    locale: str,
    request_key: str,
    person_id: int | None = None,
    address_hash: bytes | None = None,
    covers_fee: bool = False,
    charge: Money | None = None,
    wish: Wish | None = None,
) -> Held | Refusal:
    """
    Reserve *amount* of what is missing in the case, and write down that a payment page is wanted.

    The same *request_key* gives the same hold again. One donor in the chat holds at most
    `HOLDS_A_PERSON`; people on the web, who have no identity, share `WEB_HOLDS_A_CASE` for a case,
    and one address holds at most `HOLDS_AN_ADDRESS`.

    Args:
        covers_fee: The donor adds what the fee is likely to be, where the operator's terms tell it.
        charge: What is paid where that is in another currency; *amount* is then about what it will
            settle as, and the plan gets what it does. None: the amount, and the cover.
        wish: What shall become of the gift if the plan is filled before it arrives.
    """
    now = house.clock()
    case = await case_rows.by_code(connection, case_code)
    if case is None:
        return NotOpen()
    if person_id is not None:
        await people.lock(connection, person_id)
    if address_hash is not None:
        await holds.lock_address(connection, address_hash)
    await case_rows.lock(connection, case.id)
    # Asked only now: the same request may be under way twice, and the second waits above.
    known = await holds.by_request(connection, request_key)
    if known is not None:
        return Held(known)
    case = await case_rows.by_id(connection, case.id)  # as it is now that nobody can change it
    if case is None or not case.is_open:
        return NotOpen()
    refusal = await _judge_now(connection, case, amount, person_id, address_hash)
    if refusal is not None:
        return refusal
    cover = house.terms.cover(amount) if covers_fee and charge is None else None
    hold = await holds.add(
        connection,
        reference=new_reference(),
        request_key=request_key,
        case_id=case.id,
        amount=amount,
        cover=cover,
        charge=charge,
        fee_bearer=FeeBearer.ORGANISATION if cover else house.terms.fee_bearer,
        locale=locale,
        now=now,
        person_id=person_id,
        address_hash=address_hash,
    )
    if wish is not None:
        await surplus.consent(house, connection, hold.id, wish, before_paying=True)
    await want_checkout(connection, hold, attempt=1, now=now)
    return Held(hold)


async def want_checkout(
    connection: Connection, hold: Hold, *, attempt: int, now: dt.datetime
) -> None:
    """Write down that a payment page is wanted for *hold*, before anybody asks Stripe for it."""
    await checkouts.add(
        connection,
        hold_id=hold.id,
        attempt=attempt,
        idempotency_key=f"homeward:{hold.reference}:checkout:{attempt}",
        expires_at=now + CHECKOUT_LASTS,
        look_at=now + FIRST_LOOK_AFTER,
    )


async def _judge_now(
    connection: Connection,
    case: Case,
    amount: Money,
    person_id: int | None,
    address_hash: bytes | None,
) -> Refusal | None:
    if person_id is not None:
        if await holds.unpaid_of_person(connection, person_id) >= HOLDS_A_PERSON:
            return TooManyOpen(HOLDS_A_PERSON)
    elif (
        address_hash is not None
        and await holds.unpaid_of_address(connection, address_hash) >= HOLDS_AN_ADDRESS
    ):
        return TooManyOpen(HOLDS_AN_ADDRESS)
    elif await holds.open_web_holds(connection, case.id) >= WEB_HOLDS_A_CASE:
        return TooManyOpen(WEB_HOLDS_A_CASE)
    progress = await progress_of(connection, (case,))
    return judge(amount, progress[case.id].missing)
