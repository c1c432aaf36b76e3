"""What is done about a gift at the payment provider: open its page, read it, close it."""

import asyncio

import structlog

from locales.catalog import FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE, Languages
from locales.text import Name, say
from payments.gateway import Gateway, KeySpent, Refused, Unsure
from payments.readings import Unreadable, reading
from services import checkouts
from services.checkouts import CheckoutState, LeaseTaken, Order
from services.house import DatabaseUnavailable, HoldState, House
from services.reading import Reading

log = structlog.get_logger("payments")

_KEYS_TRIED = 3
_LEASE_TRIES = 20
_LEASE_WAIT_S = 0.1


class Gifts:
    """Opens, reads and closes payment pages, one gift at a time, each under its lease."""

    def __init__(self, house: House, gateway: Gateway, languages: Languages) -> None:
        self._house = house
        self._gateway = gateway
        self._languages = languages

    async def open_page(self, hold_id: int) -> None:
        """
        Make sure that a wanted payment page exists.

        Nothing happens if it exists already, or if Stripe does not answer: then it stays wanted,
        and this call, or the worker, asks again. If Stripe refuses it, the hold is released.
        """
        for _ in range(_KEYS_TRIED):
            order = await checkouts.order_of(self._house, hold_id)
            if order is None or order.checkout.state is not CheckoutState.WANTED:
                return
            if order.is_invented and self._gateway.is_live:
                log.error("invented_case_with_live_key", hold_id=hold_id)
                await checkouts.refused(self._house, order, "invented_case_with_live_key")
                return
            try:
                session_id, url = await self._gateway.create(order, line=self._line(order))
            except KeySpent:
                await checkouts.another_attempt(self._house, order)
                continue
            except Refused as refusal:
                log.error("checkout_refused", hold_id=hold_id, param=refusal.param)
                too_late = refusal.param == "expires_at"
                await checkouts.refused(
                    self._house, order, None if too_late else "checkout_refused"
                )
            except Unsure as reason:
                log.warning("checkout_unsure", hold_id=hold_id, reason=str(reason))
            else:
                await checkouts.opened(self._house, order, stripe_session_id=session_id, url=url)
            return

    async def settle(
        self, hold_id: int, session_id: str | None = None, *, was_taken_back: bool = False
    ) -> HoldState | None:
        """
        Read a gift at Stripe and write down what is true; hand back its state.

        Args:
            session_id: Its page, for an event that overtook our own note of it.
            was_taken_back: Somebody says that there is a refund or a dispute.

        Returns:
            None if the gift has no page yet.

        Raises:
            Unsure: Stripe did not answer.
            Refused: Stripe will not show the page.
            Unreadable: it says something that is not known here.
            LeaseTaken: another process is working on this gift and did not finish in time.
        """
        order = await checkouts.order_of(self._house, hold_id)
        if order is None:
            return None
        page = order.checkout.stripe_session_id or session_id
        if page is None:
            return None
        token = await self._lease(hold_id)
        try:
            session = await self._gateway.read(page)
            said = reading(session, is_live=self._gateway.is_live)
            if said.charge is not None and (was_taken_back or await self._is_less(said, hold_id)):
                said = reading(
                    session,
                    await self._gateway.refunds_of(said.charge.id),
                    await self._gateway.disputes_of(said.charge.id),
                    is_live=self._gateway.is_live,
                )
            return await checkouts.write_down(self._house, hold_id, token, said)
        except BaseException:
            await checkouts.give_lease_back(self._house, hold_id, token)
            raise

    async def _is_less(self, said: Reading, hold_id: int) -> bool:
        """Whether anything was taken back of the payment, as Stripe says or as is known here."""
        charge = said.charge
        if charge is not None and (charge.refunded_minor or charge.disputed):
            return True
        return await checkouts.was_taken_back(self._house, hold_id)

    async def cancel(self, hold_id: int) -> None:
        """
        Close a gift's page at Stripe, then write down what is true: it may just have been paid.

        If that cannot be learned the hold stays; the page closes by itself and the worker sees it.
        """
        try:
            await self.close_page(hold_id)
        except (Unsure, Refused, Unreadable, LeaseTaken) as reason:
            log.warning("cancel_unsure", hold_id=hold_id, reason=str(reason))

    async def close_page(self, hold_id: int) -> None:
        """
        Close a gift's page at Stripe and write down what is true; errors as for `settle`.

        A page that is wanted and not there yet is made first: only then is it known to be closed.
        """
        await self.open_page(hold_id)
        order = await checkouts.order_of(self._house, hold_id)
        if order is None or order.checkout.stripe_session_id is None:
            return
        await self._gateway.expire(order.checkout.stripe_session_id)
        await self.settle(hold_id)

    async def look_at(self, hold_id: int) -> None:
        """
        Read a gift that waits for news, because somebody asks where it is.

        Where that cannot be learned now, what was known stays.
        """
        order = await checkouts.order_of(self._house, hold_id)
        if order is None or order.hold.state in (HoldState.SETTLED, HoldState.RELEASED):
            return
        try:
            await self.settle(hold_id)
        except (Unsure, Refused, Unreadable, LeaseTaken) as reason:
            log.warning("look_unsure", hold_id=hold_id, reason=str(reason))

    async def look_at_due(self) -> int:
        """Look at the gifts for which no event came in time; hand back how many there were."""
        due = await checkouts.due(self._house)
        for hold_id in due:
            await self._look_at(hold_id)
        return len(due)

    async def look_again(self, hold_id: int) -> HoldState | None:
        """
        Read a gift that is past its time; a page that is still wanted is asked for first.

        Returns and raises as `settle`. A gift without a page is looked at later.
        """
        await self.open_page(hold_id)
        state = await self.settle(hold_id)
        if state is None:
            await checkouts.postpone(self._house, hold_id)
        return state

    async def _look_at(self, hold_id: int) -> None:
        try:
            await self.look_again(hold_id)
        except (Unsure, Refused, LeaseTaken) as reason:
            log.warning("look_postponed", hold_id=hold_id, reason=str(reason))
            await checkouts.postpone(self._house, hold_id)
        except Unreadable as problem:
            log.error("stripe_object_unreadable", hold_id=hold_id, problem=str(problem))
            await checkouts.postpone(self._house, hold_id, "stripe_object_unreadable")
        except DatabaseUnavailable:
            raise
        except Exception:
            # The longest due is looked at first: one that always fails would hold up all others.
            log.exception("look_failed", hold_id=hold_id)
            await checkouts.postpone(self._house, hold_id, "look_failed")

    async def _lease(self, hold_id: int) -> str:
        for _ in range(_LEASE_TRIES):
            try:
                return await checkouts.lease(self._house, hold_id)
            except LeaseTaken:
                await asyncio.sleep(_LEASE_WAIT_S)
        return await checkouts.lease(self._house, hold_id)

    def _line(self, order: Order) -> str:
        """What the payment page says is paid for. The case's code, never a name or a story."""
        line = self._languages.i18n(order.hold.locale).text(
            say(
                "Gift to the assistance plan {case}, run by {organisation}",
                case=Name(order.case_code),
                organisation=Name(self._house.organisation),
            )
        )
        # Stripe copies it into mails and files that do not know the invisible marks around names.
        return line.replace(FIRST_STRONG_ISOLATE, "").replace(POP_DIRECTIONAL_ISOLATE, "")
