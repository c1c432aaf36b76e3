"""The account's money: balance transactions, the balance, payouts."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from sandbox.stripe.currencies import exponent, least_minor
from sandbox.stripe.world import Obj, World

AVAILABLE_AFTER_S = 2 * 86_400


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
    source: str,
    category: str,
    rate: float | None = None,
    description: str | None = None,
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
            "balance_type": "payments",
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


def unpaid_transactions(world: World, currency: str | None = None) -> list[Obj]:
    """What has not left in a payout, oldest first."""
    return [
        thing
        for thing in world.all("balance_transaction")
        if "payout" not in world.notes.get(thing["id"], {})
        and currency in {None, thing["currency"]}
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


def pay_out(world: World, currency: str) -> Obj:
    """
    Send all that is held in *currency* to the bank, as an automatic payout that has arrived.

    Money that would still be pending is made available first.

    Raises:
        ValueError: there is nothing to send.
    """
    included = unpaid_transactions(world, currency)
    total = sum(thing["net"] for thing in included)
    if total <= 0:
        raise ValueError(f"a payout needs a positive balance, got {total} {currency}")
    now = world.now()
    payout_id = world.new_id("po")
    own = add_transaction(
        world, amount=-total, currency=currency, fee=0, kind="payout", source=payout_id,
        category="payout", description="STRIPE PAYOUT",
    )  # fmt: skip
    for thing in [*included, own]:
        world.change(thing, available_on=min(thing["available_on"], now))
        world.notes.setdefault(thing["id"], {})["payout"] = payout_id
    payout = world.add(_payout(world, payout_id, total, currency, own["id"]))
    world.emit("payout.created", payout)
    world.emit("payout.paid", payout, world.change(payout, status="paid"))
    before = world.change(payout, reconciliation_status="completed")
    world.emit("payout.reconciliation_completed", payout, before)
    return payout


def _payout(world: World, payout_id: str, amount: int, currency: str, transaction: str) -> Obj:
    return {
        "id": payout_id,
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": world.now(),
        "automatic": True,
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
        "reconciliation_status": "in_progress",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "in_transit",
        "trace_id": None,
        "type": "bank_account",
    }
