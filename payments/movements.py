"""
Each transaction of the account gets its place: a gift that is read again, a fee of the
organisation, a payout; or it is a stray.
"""

from collections.abc import Awaitable, Sequence

import structlog

from payments.gifts import Gifts
from payments.listings import Listings
from payments.runs import Run
from services import checkouts, stripe_account
from services.house import House
from services.stripe_account import Movement, NotBooked, Payment, Transaction, TransactionKind

log = structlog.get_logger("payments")

_OF_A_PAYMENT = (
    TransactionKind.CHARGE,
    TransactionKind.REFUND,
    TransactionKind.REFUND_FAILURE,
    TransactionKind.DISPUTE,
    TransactionKind.DISPUTE_REVERSAL,
)


class Movements:
    """Deals with the transactions of a page of the account's statement."""

    def __init__(self, house: House, gifts: Gifts, listings: Listings) -> None:
        self._house = house
        self._gifts = gifts
        self._listings = listings

    async def deal_with(self, run: Run, page: Sequence[Movement]) -> None:
        """
        Give each transaction of *page* its place, unless it has it. After the last page: `finish`.

        Raises:
            Unsure: Stripe does not answer; what was dealt with stays so.
            Refused: Stripe will not show something that every key must see.
        """
        known = await stripe_account.known(self._house, [moved.id for moved in page])
        for moved in page:
            if moved.fact is None:
                run.report.tell(
                    "unknown_currency", moved.currency, "a currency of values/currencies.py", "none"
                )
            elif moved.id in known:
                _compare(run, moved.fact, known[moved.id])
            elif moved.id not in run.left:
                await self._place(run, moved, moved.fact)

    async def finish(self, run: Run) -> None:
        """Book the fees that were given back, when all pages were dealt with: taken comes first."""
        while run.credits:
            moved, fact = run.credits.pop()
            await self._book_fee(run, moved, fact)

    async def _place(self, run: Run, moved: Movement, fact: Transaction) -> None:
        if fact.kind is TransactionKind.PAYOUT:
            await _booked(run, moved, stripe_account.keep_payout_transaction(self._house, fact))
        elif fact.kind is TransactionKind.FEE and fact.net.amount_minor > 0:
            run.credits.append((moved, fact))
        elif fact.kind is TransactionKind.FEE:
            await self._book_fee(run, moved, fact)
        elif fact.kind in _OF_A_PAYMENT or moved.payment is not None:
            await self._of_a_payment(run, moved, fact)
        else:
            await self._book_stray(run, moved, fact, None)

    async def _book_fee(self, run: Run, moved: Movement, fact: Transaction) -> None:
        act = stripe_account.book_fee(self._house, moved, fact)
        run.report.fees_booked += await _booked(run, moved, act)

    async def _book_stray(
        self, run: Run, moved: Movement, fact: Transaction, payment: Payment | None
    ) -> None:
        act = stripe_account.book_stray(self._house, moved, fact, payment)
        run.report.strays_booked += await _booked(run, moved, act)

    async def _of_a_payment(self, run: Run, moved: Movement, fact: Transaction) -> None:
        """A gift of ours is read again, and that books it; else it is a stray."""
        if moved.id in await stripe_account.known(self._house, (moved.id,)):
            return  # it came with another transaction of its gift
        payment = moved.payment or await self._listings.payment_behind(fact)
        hold_id, session_id = (None, None) if payment is None else await self._gift_behind(payment)
        if hold_id is not None:
            taken_back = fact.kind is not TransactionKind.CHARGE
            read = self._gifts.settle(hold_id, session_id, was_taken_back=taken_back)
            done, _ = await run.attempt(f"gift {hold_id}", read)
            if not done:
                run.leave(moved)
                return
            if moved.id in await stripe_account.known(self._house, (moved.id,)):
                run.report.gifts_repaired += 1
                return
        await self._book_stray(run, moved, fact, payment)

    async def _gift_behind(self, payment: Payment) -> tuple[int | None, str | None]:
        """The hold that a payment paid, and its page where we do not know it yet."""
        hold_id = await stripe_account.hold_of_payment(self._house, payment)
        if hold_id is not None:
            order = await checkouts.order_of(self._house, hold_id)
            if order is not None and order.checkout.stripe_session_id is not None:
                return hold_id, None
        page = await self._listings.page_of(payment)
        if page is None:
            return hold_id, None
        session_id, reference = page
        if hold_id is None:
            hold_id = await stripe_account.hold_of_page(self._house, session_id, reference)
        return hold_id, session_id


async def _booked(run: Run, moved: Movement, act: Awaitable[bool]) -> bool:
    """Await a booking; one that the books refuse is reported, and left for the next run."""
    try:
        return await act
    except NotBooked as problem:
        log.error("transaction_not_booked", stripe_transaction_id=moved.id, problem=str(problem))
        found = "the books refuse it"
        run.report.tell("not_booked", f"transaction {moved.id}", moved.word, found)
        run.leave(moved)
        return False


def _compare(run: Run, there: Transaction, here: Transaction) -> None:
    """What we know never changes; if it is not what Stripe says, one of us is wrong."""
    if (there.gross, there.fee) != (here.gross, here.fee):
        run.report.tell(
            "transaction_differs",
            f"transaction {there.id}",
            f"{there.gross} less {there.fee}",
            f"{here.gross} less {here.fee}",
        )
