"""
The payment provider: the requests this program makes of it, and nothing else.

Retries are asked for explicitly (the client makes none by itself), the API version is pinned, and
every request that creates something bears the idempotency key that was saved before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import stripe
from stripe import Dispute as StripeDispute
from stripe import ListObject, StripeObject
from stripe import Refund as StripeRefund
from stripe.checkout import Session

from locales.catalog import KNOWN
from services.checkouts import Order
from services.refunds import RefundOrder

API_VERSION = "2026-10-28.endive"
REFERENCE_KEY = "homeward_reference"
CASE_KEY = "case"
REFUND_KEY = "homeward_refund"
MOST_A_PAGE = 100
_TIMEOUT_S = 10.0
_RETRIES = 2
_EXPANDED = ["payment_intent.latest_charge.balance_transaction"]


_Answer = TypeVar("_Answer")
_Thing = TypeVar("_Thing", bound=StripeObject)


class PaymentsError(Exception):
    """The base of what can go wrong with the payment provider."""


class Unsure(PaymentsError):
    """No answer, or none that decides: it may have been done. Repeat the same request later."""


class Refused(PaymentsError):
    """
    The provider refused the request for certain; nothing was made.

    Attributes:
        param: The part of the request that was wrong, if one was.
        code: Stripe's word for why, such as `charge_already_refunded`; None if it gives none.
    """

    def __init__(self, param: str | None, code: str | None = None) -> None:
        super().__init__(f"refused because of {code or param or 'the request'}")
        self.param = param
        self.code = code


class KeySpent(PaymentsError):
    """The request failed and the failure is stored under its idempotency key for good."""


@dataclass(frozen=True, slots=True)
class Pages:
    """
    Where a donor goes from the payment page.

    Attributes:
        public_url: Address of the companion page, without a slash at the end.
        organisation: The payee, named on the payment page.
        shows_local_currency: Stripe may show and take the sum in the donor's own currency.
    """

    public_url: str
    organisation: str
    shows_local_currency: bool = False


class Gateway:
    """
    Payment pages over Stripe Checkout Sessions.

    Attributes:
        client: For other requests of this room, each through `answer`.
        is_live: The key moves real money.
    """

    def __init__(self, api_key: str, *, api_base: str | None, pages: Pages) -> None:
        """
        Args:
            api_key: A secret or restricted key; `..._live_...` moves real money.
            api_base: Scheme and host instead of Stripe's, for a stand-in; None for Stripe itself.
        """
        self._http = stripe.AIOHTTPClient(timeout=_TIMEOUT_S)
        self.client = stripe.StripeClient(
            api_key,
            stripe_version=API_VERSION,
            base_addresses={"api": api_base} if api_base else {},
            max_network_retries=_RETRIES,
            http_client=self._http,
        )
        self._pages = pages
        self.is_live = "_live_" in api_key

    async def create(self, order: Order, *, line: str) -> tuple[str, str]:
        """
        Ask for a payment page; hand back its id and address.

        Args:
            line: What the donor pays for, in their language, as the payment page shows it.

        Raises:
            Unsure: ask again with the same order.
            Refused: there is no page and will be none.
            KeySpent: ask under another key.
        """
        session = await answer(
            self.client.v1.checkout.sessions.create_async(
                self._request(order, line),
                {"idempotency_key": order.checkout.idempotency_key},
            )
        )
        if session.url is None:
            raise Unsure("a payment page came without its address")
        return session.id, session.url

    async def read(self, session_id: str) -> Session:
        """
        Read a payment page with its payment and what that brought.

        Raises:
            Unsure: no answer; read again later.
            Refused: there is no such page.
        """
        return await answer(
            self.client.v1.checkout.sessions.retrieve_async(session_id, {"expand": _EXPANDED})
        )

    async def expire(self, session_id: str) -> None:
        """
        Close a payment page that is still open; one that was just paid or closed stays as it is.

        Raises:
            Unsure: no answer; read the page to learn what is true.
        """
        with suppress(Refused):
            await answer(self.client.v1.checkout.sessions.expire_async(session_id))

    async def refund(self, order: RefundOrder, charge_id: str) -> str:
        """
        Ask for a refund; hand back its id. What becomes of it is read, never taken from here.

        Raises:
            Unsure: ask again with the same order.
            Refused: there is none and will be none.
            KeySpent: ask under another key.
        """
        made = await answer(
            self.client.v1.refunds.create_async(
                {
                    "charge": charge_id,
                    "amount": order.charge.amount_minor,
                    "reason": "requested_by_customer",
                    "metadata": {REFUND_KEY: order.reference},
                },
                {"idempotency_key": order.idempotency_key},
            )
        )
        return made.id

    async def refunds_of(self, charge_id: str) -> list[StripeRefund]:
        """
        Every refund of a payment with the money it moved, oldest first.

        Raises:
            Unsure: no answer; read again later.
        """
        listed = self.client.v1.refunds.list_async(
            {
                "charge": charge_id,
                "limit": MOST_A_PAGE,
                "expand": ["data.balance_transaction", "data.failure_balance_transaction"],
            }
        )
        return [refund async for page in pages(listed) for refund in page][::-1]

    async def disputes_of(self, charge_id: str) -> list[StripeDispute]:
        """
        Every dispute of a payment with the money it moved, oldest first.

        Raises:
            Unsure: no answer; read again later.
        """
        listed = self.client.v1.disputes.list_async({"charge": charge_id, "limit": MOST_A_PAGE})
        return [dispute async for page in pages(listed) for dispute in page][::-1]

    async def close(self) -> None:
        """Close the connections."""
        close: Callable[[], Awaitable[None]] = self._http.close_async
        await close()

    def _request(self, order: Order, line: str) -> stripe.params.checkout.SessionCreateParams:
        hold = order.hold
        link = {REFERENCE_KEY: hold.reference, CASE_KEY: order.case_code}
        receipt = f"{self._pages.public_url}/{hold.locale}/r/{hold.reference}"
        return {
            "mode": "payment",
            "submit_type": "donate",
            "client_reference_id": hold.reference,
            "metadata": link,
            "payment_intent_data": {"metadata": link, "description": f"Case {order.case_code}"},
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": hold.charge.currency.lower(),
                        "unit_amount": hold.charge.amount_minor,
                        "product_data": {"name": line},
                    },
                }
            ],
            # With it Stripe shows the sum in the donor's own currency and converts it; what settles
            # is still the sum asked for here.
            "adaptive_pricing": {"enabled": self._pages.shows_local_currency},
            "locale": KNOWN[hold.locale].stripe,
            "expires_at": int(order.checkout.expires_at.timestamp()),
            "success_url": f"{receipt}?from=payment",
            "cancel_url": f"{receipt}?from=left",
        }


async def pages(listed: Awaitable[ListObject[_Thing]]) -> AsyncIterator[list[_Thing]]:
    """
    The pages of a list, each asked for when the one before was taken.

    Raises: as `answer`, at any page.
    """
    page = await answer(listed)
    yield page.data
    while page.has_more:
        page = await answer(page.next_page_async())
        yield page.data


async def answer(request: Awaitable[_Answer]) -> _Answer:
    """
    What Stripe answered.

    Raises:
        Unsure: nothing that decides.
        Refused: that it will not.
        KeySpent: a failure that was stored before.

    A connection that breaks in the middle of an answer comes through the stripe package as the
    HTTP library's own error; like every failure that says nothing of the request, it is unsure.
    """
    try:
        return await request
    except stripe.StripeError as error:
        raise _meaning(error) from error
    except Exception as error:
        raise Unsure(type(error).__name__) from error


def moment(seconds: int) -> dt.datetime:
    """A Stripe timestamp as a moment in UTC."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _meaning(error: stripe.StripeError) -> PaymentsError:
    """
    What *error* means for the request.

    A result is stored under the idempotency key, also a 500; it then comes back marked as replayed.
    Source: docs.stripe.com/api/idempotent_requests (read 2026-11).
    """
    status = error.http_status or 0
    if status >= 500 and (error.headers or {}).get("idempotent-replayed") == "true":
        return KeySpent(KeySpent.__doc__)
    if 400 <= status < 500 and status not in (409, 429):
        return Refused(getattr(error, "param", None), error.code)
    return Unsure(f"{type(error).__name__} (HTTP {status})")
