"""
Stripe's events: verified on the raw bytes, remembered once, and taken as a reason to look.

Nothing in an event's body is believed beyond what it points to: the object is read again. So the
order of events, repeats and old ones do not matter.
"""

import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, Literal

import stripe
import structlog

from payments.gateway import REFERENCE_KEY, Refused, Unsure, moment
from payments.gifts import Gifts
from payments.readings import Unreadable
from services import stripe_events
from services.checkouts import LeaseTaken
from services.house import House
from services.stripe_events import Event

log = structlog.get_logger("payments")

TOLERANCE_S = 300

LOOKED_AT = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "payment_intent.processing",
        "payment_intent.canceled",
        "charge.succeeded",
        "charge.updated",
    }
)
"""Events after which a gift is read again. `homeward doctor` and the README name the same ones."""

TAKEN_BACK = frozenset(
    {
        "charge.refunded",
        "charge.refund.updated",
        "refund.created",
        "refund.updated",
        "refund.failed",
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
    }
)
"""Events after which a gift is read again with its refunds and disputes."""

SET_ASIDE = frozenset({"radar.early_fraud_warning.created"})
"""Events that a person must look at, and that move no money."""


Outcome = Literal["known", "handled", "ignored", "set_aside"]
"""What became of an event: dealt with before, or now, or none of ours, or for a person to see."""


class SignatureRefused(Exception):
    """No secret of ours signed these bytes about now."""


class Events:
    """Receives events over HTTP; knows which secrets they may be signed with."""

    def __init__(
        self, house: House, gifts: Gifts, *, secrets: Sequence[str], is_live: bool
    ) -> None:
        """
        Args:
            secrets: Any of them may have signed; two during a rotation.
            is_live: Whether our key moves real money; an event of the other mode is refused.
        """
        self._house = house
        self._gifts = gifts
        self._secrets = tuple(secrets)
        self._is_live = is_live

    async def receive(self, body: bytes, signature: str) -> HTTPStatus:
        """
        Deal with one delivery; hand back the status to answer with.

        FORBIDDEN for a wrong, stale or future signature, BAD_REQUEST for what is no event or of
        the other mode, SERVICE_UNAVAILABLE if it should be sent again, else OK.
        """
        try:
            event = self._verified(body, signature)
            is_live, told = event.livemode, points_to(event)
        except SignatureRefused:
            log.warning("stripe_signature_refused")
            return HTTPStatus.FORBIDDEN
        except (ValueError, KeyError, TypeError, AttributeError):
            log.warning("stripe_event_malformed")
            return HTTPStatus.BAD_REQUEST
        if is_live is not self._is_live:
            log.error("stripe_mode_mismatch", stripe_event_id=told.id)
            return HTTPStatus.BAD_REQUEST
        try:
            await self.deal_with(told)
        except (Unsure, LeaseTaken) as reason:
            log.warning("stripe_event_postponed", stripe_event_id=told.id, reason=str(reason))
            return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.OK

    async def deal_with(self, event: Event, *, delivered: bool = True) -> Outcome:
        """
        Do what an event asks for, unless that was done; hand back what became of it.

        Args:
            delivered: Stripe sent it by itself; else it was missed, and found when we asked.

        Raises:
            Unsure: Stripe did not answer; deal with it later.
            LeaseTaken: another process is working on its gift; deal with it later.
        """
        if not await stripe_events.remember(self._house, event, delivered=delivered):
            return "known"
        hold_id = await stripe_events.hold_of(self._house, event)
        if hold_id is not None and event.type in SET_ASIDE:
            log.error("stripe_event_set_aside", stripe_event_id=event.id, type=event.type)
            await stripe_events.finish(self._house, event, "set_aside", "early_fraud_warning")
            return "set_aside"
        if hold_id is None or event.type not in LOOKED_AT | TAKEN_BACK:
            await stripe_events.finish(self._house, event, "ignored")
            return "ignored"
        return await self._look(event, hold_id)

    async def _look(self, event: Event, hold_id: int) -> Outcome:
        try:
            await self._gifts.settle(
                hold_id, event.session_id, was_taken_back=event.type in TAKEN_BACK
            )
        except (Unreadable, Refused) as problem:
            log.error("stripe_object_unreadable", stripe_event_id=event.id, problem=str(problem))
            await stripe_events.finish(self._house, event, "set_aside", "stripe_object_unreadable")
            return "set_aside"
        await stripe_events.finish(self._house, event, "handled")
        return "handled"

    def _verified(self, body: bytes, signature: str) -> stripe.Event:
        """
        The event, if one of the secrets signed exactly these bytes about now.

        The stripe package refuses what is too old and lets the future pass; a time in the future
        is refused here, for with it a recorded delivery could be used again later.
        """
        verify: Callable[..., stripe.Event] = stripe.Webhook.construct_event
        last: SignatureRefused | None = None
        for secret in self._secrets:
            try:
                event: stripe.Event = verify(body, signature, secret, TOLERANCE_S)
            except stripe.SignatureVerificationError as error:
                last = SignatureRefused(str(error))
                continue
            if _signed_at(signature) > time.time() + TOLERANCE_S:
                raise SignatureRefused("signed in the future")
            return event
        raise last or SignatureRefused("no secret is set")


def _signed_at(signature: str) -> int:
    """The first time in the header: the one that the stripe package verified."""
    return next(int(part[2:]) for part in signature.split(",") if part.startswith("t="))


def points_to(event: stripe.Event) -> Event:
    """What *event* points to: object id, reference, payment and page. Its body is let go of."""
    body: dict[str, Any] = event.data.object.to_dict() if event.data else {}
    kind, object_id = body.get("object"), str(body.get("id", ""))
    metadata = body.get("metadata") or {}
    reference = metadata.get(REFERENCE_KEY)
    charge = object_id if kind == "charge" else body.get("charge")
    return Event(
        id=event.id,
        type=event.type,
        object_id=object_id,
        created_at=moment(event.created),
        reference=reference if isinstance(reference, str) else None,
        charge_id=charge if isinstance(charge, str) else None,
        session_id=object_id if kind == "checkout.session" else None,
    )
