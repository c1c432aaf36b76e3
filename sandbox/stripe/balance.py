"""The account's money: balance transactions, the balance, payouts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from sandbox.stripe.currencies import exponent, least_minor
from sandbox.stripe.vocabulary import BALANCES
from sandbox.stripe.world import Obj, World

AVAILABLE_AFTER_S = 2 * 86_400

CATEGORIES: Mapping[str, str] = {
    "adjustment": "other_adjustment",
    "payout_minimum_balance_hold": "payout_minimum_balance_hold",
    "payout_minimum_balance_release": "payout_minimum_balance_release",
    "reserve_hold": "risk_reserved_funds",
    "reserve_release": "risk_reserved_funds",
    "stripe_fee": "fee",
    "stripe_fx_fee": "fee",
    "tax_fee": "tax",
}
"""Types of transactions that nothing else here causes, with the category of each."""


def fee_minor(amount_minor: int, currency: str) -> int:
    """2.9 % and a fixed part: three fifths of the smallest charge, 0.30 in dollars and euros."""
    part = (Decimal(amount_minor) * 29 / 1000).quantize(Decimal(1), ROUND_HALF_UP)
    return int(part) + max(1, least_minor(currency) * 3 // 5)


def settled_in(world: World, currency: str) -> tuple[str, float | None]:
    """The currency in which a new charge is settled, and the rate; None if nothing is converted."""
    settlement = world.settlement
    if settlement is None or settlement["currency"] == currency:
        return currency, None
    return settlement["currency"], settlement["rate"]


def converted(amount_minor: int, currency: str, into: str, rate: float | None) -> int:
    """*amount_minor* of *currency* in minor units of *into*. The rate is of whole units."""
    if rate is None:
        return amount_minor
    units = Decimal(amount_minor).scaleb(-exponent(currency)) * Decimal(str(rate))
    return int(units.scaleb(exponent(into)).quantize(Decimal(1), ROUND_HALF_UP))


def add_transaction(
    world: World,
    *,
    amount: int,
    currency: str,
    fee: int,
    kind: str,
    source: str | None,
    category: str,
    rate: float | None = None,
    description: str | None = None,
    of_balance: str = "payments",
) -> Obj:
    """Book *amount* less *fee*, both in the settlement currency. Returns the transaction."""
    details = {
        "amount": fee,
        "application": None,
        "currency": currency,
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
    return world.add(
        {
            "id": world.new_id("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": world.now() + AVAILABLE_AFTER_S,
            "balance_type": of_balance,
            "created": world.now(),
            "currency": currency,
            "description": description,
            "exchange_rate": rate,
            "fee": fee,
            "fee_details": [details] if fee else [],
            "net": amount - fee,
            "reporting_category": category,
            "source": source,
            "status": "pending",
            "type": kind,
        }
    )


def move(world: World, kind: str, amount: int, currency: str, *, fee: int, of_balance: str) -> Obj:
    """
    Let the account have *amount* more, or less, for a reason that no other object shows.

    Raises:
        ValueError: no such reason or balance, or nothing moves.
        Invalid: Stripe does not take this currency.
    """
    exponent(currency)
    if kind not in CATEGORIES:
        raise ValueError(f"one of {', '.join(CATEGORIES)} is meant, got {kind!r}")
    if of_balance not in BALANCES:
        raise ValueError(f"one of {', '.join(BALANCES)} is meant, got {of_balance!r}")
    if amount == 0:
        raise ValueError("a transaction of nothing does not exist")
    return add_transaction(
        world, amount=amount, currency=currency, fee=fee, kind=kind, source=None,
        category=CATEGORIES[kind], description=kind.upper(), of_balance=of_balance,
    )  # fmt: skip


def unpaid_transactions(world: World, currency: str | None = None) -> list[Obj]:
    """What is in the balance of payments and has not left in a payout, oldest first."""
    return [
        thing
        for thing in world.all("balance_transaction")
        if "payout" not in world.notes.get(thing["id"], {})
        and currency in {None, thing["currency"]}
        and thing["balance_type"] == "payments"
    ]


def balance(world: World) -> Obj:
    """The Balance object. Every currency that ever moved is in both lists."""
    sums: dict[str, list[int]] = {}
    for thing in world.all("balance_transaction"):
        sums.setdefault(thing["currency"], [0, 0])
    for thing in unpaid_transactions(world):
        later = thing["available_on"] > world.now()
        sums[thing["currency"]][later] += thing["net"]
    if not sums:
        sums["usd"] = [0, 0]
    available, pending = (
        [
            {"amount": both[which], "currency": code, "source_types": {"card": both[which]}}
            for code, both in sorted(sums.items())
        ]
        for which in (0, 1)
    )
    return {
        "object": "balance",
        "available": available,
        "livemode": world.livemode,
        "pending": pending,
    }


def pay_out(world: World, currency: str, amount: int | None = None) -> Obj:
    """
    Send money in *currency* to the bank, as a payout that has arrived.

    Args:
        amount: So much, by hand: nobody can tell of what it is made up. None is all there is, by
            the account's schedule; money that would still be pending is made available first.

    Raises:
        ValueError: there is nothing, or not so much, to send.
    """
    included = unpaid_transactions(world, currency)
    held = sum(thing["net"] for thing in included)
    total = held if amount is None else amount
    if not 0 < total <= held:
        raise ValueError(f"a payout needs a positive balance, got {held} {currency}")
    now = world.now()
    payout_id = world.new_id("po")
    own = add_transaction(
        world, amount=-total, currency=currency, fee=0, kind="payout", source=payout_id,
        category="payout", description="STRIPE PAYOUT",
    )  # fmt: skip
    for thing in [*included, own]:
        world.change(thing, available_on=min(thing["available_on"], now))
        if amount is None:
            world.notes.setdefault(thing["id"], {})["payout"] = payout_id
    by_schedule = amount is None
    payout = world.add(_payout(world, payout_id, total, currency, own["id"], by_schedule))
    world.emit("payout.created", payout)
    world.emit("payout.paid", payout, world.change(payout, status="paid"))
    if by_schedule:
        before = world.change(payout, reconciliation_status="completed")
        world.emit("payout.reconciliation_completed", payout, before)
    return payout


def fail_payout(world: World, payout: Obj) -> Obj:
    """
    The bank sends a payout back, also one that had arrived: its money is in the balance again.

    Raises:
        ValueError: it has failed already.
    """
    if payout["status"] == "failed":
        raise ValueError(f"payout {payout['id']} has failed already")
    returned = add_transaction(
        world, amount=payout["amount"], currency=payout["currency"], fee=0, kind="payout_failure",
        source=payout["id"], category="payout_reversal", description="STRIPE PAYOUT FAILURE",
    )  # fmt: skip
    before = world.change(
        payout,
        status="failed",
        failure_code="account_closed",
        failure_message="The bank account has been closed.",
        failure_balance_transaction=returned["id"],
    )
    world.emit("payout.failed", payout, before)
    return payout


def _payout(
    world: World, payout_id: str, amount: int, currency: str, transaction: str, by_schedule: bool
) -> Obj:
    return {
        "id": payout_id,
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": world.now(),
        "automatic": by_schedule,
        "balance_transaction": transaction,
        "created": world.now(),
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": None,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": world.livemode,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "in_progress" if by_schedule else "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "in_transit",
        "trace_id": None,
        "type": "bank_account",
    }
