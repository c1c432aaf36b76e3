"""
Asking Stripe for a refund, step by step: each step one short transaction.

The request to Stripe lies between these steps and outside of every transaction; `payments` makes
it. Whatever dies in between, the same request goes out again under the same key.
"""

from dataclasses import dataclass

from services import refunds
from services.house import House
from services.refunds import REFUND, RefundOrder, RefundState
from storage import alarms, holds, jobs, refund_orders, stripe_facts
from storage.database import Connection
from storage.holds import Hold

__all__ = ["REFUND", "Wanted"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A refund that is to be asked for, or was: of which payment, and what it was decided as."""

    order: RefundOrder
    charge_id: str

    @property
    def was_asked(self) -> bool:
        """Whether Stripe has it; what came of it is to be read."""
        return self.order.state is RefundState.ASKED


async def wanted(house: House, order_id: int) -> Wanted | None:
    """The refund of this order; None if it is with the donor, has failed or was called off."""
    async with house.read() as connection:
        order = await refund_orders.by_id(connection, order_id)
        if order is None or order.state not in (RefundState.WANTED, RefundState.ASKED):
            return None
        charge_id = await stripe_facts.charge_of_hold(connection, order.hold_id)
    if charge_id is None:
        raise LookupError(f"refund order {order_id} is of a gift that was never paid")
    return Wanted(order, charge_id)


async def asked(house: House, order: RefundOrder, refund_id: str) -> None:
    """Stripe has it."""
    async with house.write() as connection:
        await _lock_hold(connection, order)
        known = await refund_orders.by_id(connection, order.id, locked=True)
        if known is not None and known.state is RefundState.WANTED:
            await refund_orders.update(
                connection, order.id, state=RefundState.ASKED, stripe_refund_id=refund_id
            )


async def another_attempt(house: House, order: RefundOrder) -> None:
    """The request failed under its key for good: it will be made under a new one."""
    async with house.write() as connection:
        known = await refund_orders.by_id(connection, order.id, locked=True)
        if known is not None and known.attempt == order.attempt:
            await refund_orders.update(connection, order.id, attempt=order.attempt + 1)


async def refused(house: House, order: RefundOrder, reason: str) -> None:
    """
    Stripe refused, for certain: the money stays set apart, and a person must look.

    Args:
        reason: Stripe's word for why, or what of the request was wrong.
    """
    async with house.write() as connection:
        await _lock_hold(connection, order)
        known = await refund_orders.by_id(connection, order.id, locked=True)
        if known is None or known.state is not RefundState.WANTED:
            return
        await refund_orders.update(connection, order.id, state=RefundState.FAILED)
        await alarms.ring(
            connection, "refund_refused", f"{order.reference} {reason}", house.clock()
        )


async def overtaken(house: House, order: RefundOrder) -> None:
    """The money has gone another way (a bank took it, or it was refunded before): call it off."""
    async with house.write() as connection:
        hold = await _lock_hold(connection, order)
        await refunds.lock_gift(connection, hold)
        known = await refund_orders.by_id(connection, order.id, locked=True)
        if known is not None and known.state is RefundState.WANTED:
            await refunds.call_off(house, connection, hold, known)


async def try_again(house: House, order_id: int) -> bool:
    """Ask once more for a refund that failed; False if it has not failed."""
    async with house.write() as connection:
        known = await refund_orders.by_id(connection, order_id, locked=True)
        if known is None or known.state is not RefundState.FAILED:
            return False
        attempt = known.attempt + 1
        await refund_orders.update(
            connection,
            order_id,
            state=RefundState.WANTED,
            attempt=attempt,
            stripe_refund_id=None,
        )
        again = await refund_orders.by_id(connection, order_id)
        if again is None:
            raise LookupError(f"refund order {order_id} was tried again and does not exist")
        await jobs.enqueue(connection, REFUND, order_id, key=again.idempotency_key)
    return True


async def _lock_hold(connection: Connection, order: RefundOrder) -> Hold:
    hold = await holds.locked(connection, order.hold_id)
    if hold is None:
        raise LookupError(f"refund order {order.id} is of hold {order.hold_id}, which is not there")
    return hold
