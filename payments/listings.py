"""
What the account at Stripe says of itself, page by page: events, transactions, payouts, the balance.

Only what is needed is kept of each page. An expanded page holds names and e-mails of donors; they
end here.
"""

import datetime as dt
from collections.abc import AsyncIterator, Collection
from itertools import islice

import stripe
from stripe import BalanceTransaction, Charge, Dispute, Payout, Refund
from stripe.params import BalanceTransactionListParams

from payments.events import points_to
from payments.gateway import MOST_A_PAGE, REFERENCE_KEY, Gateway, Refused, answer, moment, pages
from payments.readings import Unreadable, id_of, transaction
from services.stripe_account import Movement, Payment, Transaction, TransactionKind
from services.stripe_events import Event

_MOST_TYPES = 20
"""So many types of events can be asked for at once. Source: docs.stripe.com/api/events/list."""

_KINDS = {
    "charge": TransactionKind.CHARGE,
    "refund": TransactionKind.REFUND,
    "refund_failure": TransactionKind.REFUND_FAILURE,
    "dispute": TransactionKind.DISPUTE,
    "dispute_reversal": TransactionKind.DISPUTE_REVERSAL,
    "fee": TransactionKind.FEE,
    "network_cost": TransactionKind.FEE,
    "tax": TransactionKind.FEE,
    "payout": TransactionKind.PAYOUT,
    "payout_reversal": TransactionKind.PAYOUT,
}
"""Reporting categories. Source: docs.stripe.com/reports/reporting-categories (read 2026-11)."""


class Listings:
    """Lists of one account, newest first where nothing else is said. Each request may fail."""

    def __init__(self, gateway: Gateway) -> None:
        self._v1 = gateway.client.v1

    async def events(self, since: dt.datetime | None, types: Collection[str]) -> list[Event]:
        """
        What the events of *types* since a moment point to, oldest first.

        Args:
            since: None for all there are. Stripe has those of the last 30 days.

        Raises:
            Unsure: Stripe does not answer.
            Refused: the key may not see them.
        """
        found: list[Event] = []
        left = iter(sorted(types))
        while some := list(islice(left, _MOST_TYPES)):
            asked: stripe.params.EventListParams = {"types": some, "limit": MOST_A_PAGE}
            if since is not None:
                asked["created"] = {"gte": int(since.timestamp())}
            async for page in pages(self._v1.events.list_async(asked)):
                found += map(points_to, page)
        found.reverse()  # Stripe lists newest first; those of one second keep their order.
        found.sort(key=lambda event: event.created_at)
        return found

    async def transactions(
        self, *, since: dt.datetime | None = None, payout_id: str | None = None
    ) -> AsyncIterator[list[Movement]]:
        """
        What moved the account's balance of payments: since a moment, or in one payout.

        What Stripe moves from there to another balance of the account has left it; what moves
        only those others is not there.

        Raises: as `events`.
        """
        asked: BalanceTransactionListParams = {"limit": MOST_A_PAGE}
        if since is not None:
            asked["created"] = {"gte": int(since.timestamp())}
        if payout_id is not None:
            asked["payout"] = payout_id
        while True:
            page = await self._page(asked)
            yield [movement(one) for one in page.data if one.balance_type == "payments"]
            if not page.has_more:
                return
            asked["starting_after"] = page.data[-1].id

    async def payouts(self, since: dt.datetime | None) -> AsyncIterator[list[Payout]]:
        """
        Payouts made since a moment; None for all.

        Raises: as `events`.
        """
        asked: stripe.params.PayoutListParams = {"limit": MOST_A_PAGE}
        if since is not None:
            asked["created"] = {"gte": int(since.timestamp())}
        async for page in pages(self._v1.payouts.list_async(asked)):
            yield page

    async def payout(self, payout_id: str) -> Payout:
        """
        One payout as it is now.

        Raises: as `events`.
        """
        return await answer(self._v1.payouts.retrieve_async(payout_id))

    async def balance(self) -> dict[str, int]:
        """
        What the account holds, available or not yet: minor units, by currency in capitals.

        Raises: as `events`.
        """
        told = await answer(self._v1.balance.retrieve_async())
        parts = [(part.currency.upper(), part.amount) for part in told.available]
        parts += [(part.currency.upper(), part.amount) for part in told.pending]
        return {code: sum(minor for of, minor in parts if of == code) for code in dict(parts)}

    async def payment_behind(self, fact: Transaction) -> Payment | None:
        """
        The payment that caused a transaction; None if none did.

        Raises:
            Unsure: Stripe does not answer.
        """
        try:
            match fact.kind:
                case TransactionKind.CHARGE:
                    charge = await answer(self._v1.charges.retrieve_async(fact.source_id))
                    return _payment(charge)
                case TransactionKind.REFUND | TransactionKind.REFUND_FAILURE:
                    refund = await answer(self._v1.refunds.retrieve_async(fact.source_id))
                    return _payment(refund)
                case TransactionKind.DISPUTE | TransactionKind.DISPUTE_REVERSAL:
                    dispute = await answer(self._v1.disputes.retrieve_async(fact.source_id))
                    return _payment(dispute)
        except Refused:
            return None
        return None

    async def page_of(self, payment: Payment) -> tuple[str, str | None] | None:
        """
        The payment page behind a payment, with the reference it carries; None if there is none.

        Raises: as `events`.
        """
        if payment.payment_intent_id is None:
            return None
        listed = await answer(
            self._v1.checkout.sessions.list_async(
                {"payment_intent": payment.payment_intent_id, "limit": 1}
            )
        )
        for session in listed.data:
            marks = session.metadata.to_dict() if session.metadata else {}
            return session.id, _text(marks.get(REFERENCE_KEY))
        return None

    async def _page(
        self, asked: BalanceTransactionListParams
    ) -> stripe.ListObject[BalanceTransaction]:
        """
        A page with what caused each transaction, or without: a key can be forbidden some causes.
        """
        listing = self._v1.balance_transactions.list_async
        try:
            return await answer(listing({**asked, "expand": ["data.source"]}))
        except Refused:
            return await answer(listing(asked))


def movement(brought: BalanceTransaction) -> Movement:
    """A transaction as it is listed, with the payment behind it if it was brought along."""
    kind = _KINDS.get(brought.reporting_category, TransactionKind.OTHER)
    try:
        fact: Transaction | None = transaction(brought, kind, None)
    except Unreadable:
        fact = None
    return Movement(
        id=brought.id,
        created_at=moment(brought.created),
        currency=brought.currency.upper(),
        fact=fact,
        word=brought.type,
        payment=_payment(brought.source),
    )


def _payment(source: object) -> Payment | None:
    if isinstance(source, Charge):
        marks = source.metadata.to_dict() if source.metadata else {}
        reference = _text(marks.get(REFERENCE_KEY))
        return Payment(source.id, reference, id_of(source.payment_intent))
    if isinstance(source, Refund | Dispute):
        charge_id = id_of(source.charge)
        if charge_id is not None:
            return Payment(charge_id, None, id_of(source.payment_intent))
    return None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
