"""What is done about a refund at the payment provider: asked for, once, and then read."""

import structlog

from payments.gateway import Gateway, KeySpent, Refused
from payments.gifts import Gifts
from services import refund_requests
from services.house import House
from services.refund_requests import Wanted

log = structlog.get_logger("payments")

_KEYS_TRIED = 3
_OVERTAKEN = ("charge_disputed", "charge_already_refunded")
"""Stripe's words for money that has gone another way."""


class Refunds:
    """Asks for refunds that were decided."""

    def __init__(self, house: House, gateway: Gateway, gifts: Gifts) -> None:
        self._house = house
        self._gateway = gateway
        self._gifts = gifts

    async def carry_out(self, order_id: int) -> None:
        """
        Ask Stripe for the refund of this order, and write down what came of it.

        One that was asked for before is only read: whoever asked may have died before reading.
        Nothing happens if it is gone or was called off. May be repeated at any moment.

        Raises:
            Unsure: Stripe did not answer; do it again.
            LeaseTaken: another process is working on this gift; do it again.
        """
        for _ in range(_KEYS_TRIED):
            wanted = await refund_requests.wanted(self._house, order_id)
            if wanted is None:
                return
            try:
                if not wanted.was_asked:
                    await self._ask(wanted)
            except KeySpent:
                await refund_requests.another_attempt(self._house, wanted.order)
            else:
                await self._gifts.settle(wanted.order.hold_id, was_taken_back=True)
                return

    async def _ask(self, wanted: Wanted) -> None:
        order = wanted.order
        try:
            refund_id = await self._gateway.refund(order, wanted.charge_id)
        except Refused as refusal:
            reason = refusal.code or refusal.param or "refused"
            log.error("refund_refused", order_id=order.id, reason=reason)
            if refusal.code in _OVERTAKEN:
                await refund_requests.overtaken(self._house, order)
            else:
                await refund_requests.refused(self._house, order, reason)
        else:
            await refund_requests.asked(self._house, order, refund_id)
