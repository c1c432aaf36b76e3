"""Checkout Sessions: what may be asked for, and the life of one."""

from __future__ import annotations

from sandbox.stripe import charges
from sandbox.stripe.currencies import DELAYED_METHOD, check_charge, exponent
from sandbox.stripe.errors import Invalid, Refused, Unplayed
from sandbox.stripe.params import (
    EXPAND,
    Flag,
    Integer,
    Many,
    Metadata,
    OneOf,
    Record,
    Text,
    Url,
)
from sandbox.stripe.vocabulary import (
    ALLOWABLE_METHODS,
    EXCLUDABLE_METHODS,
    LOCALES,
    SESSION_PARAMS_UNPLAYED,
    SUBMIT_TYPES,
    words,
)
from sandbox.stripe.world import Obj, World

SHORTEST_S = 30 * 60
LONGEST_S = 24 * 60 * 60

PRODUCT_DATA = Record(
    {
        "name": Text(),
        "description": Text(),
        "images": Many(Url(), most=8),
        "metadata": Metadata(),
    },
    required=("name",),
    unplayed=("tax_code", "tax_details", "unit_label"),
)
PRICE_DATA = Record(
    {"currency": Text(3), "product_data": PRODUCT_DATA, "unit_amount": Integer(least=0)},
    required=("currency", "product_data", "unit_amount"),
    unplayed=("product", "recurring", "tax_behavior", "unit_amount_decimal"),
)
LINE_ITEM = Record(
    {"price_data": PRICE_DATA, "quantity": Integer(1, 999_999), "metadata": Metadata()},
    required=("price_data", "quantity"),
    unplayed=("adjustable_quantity", "price", "tax_rates"),
)
PAYMENT_INTENT_DATA = Record(
    {
        "description": Text(1000),
        "metadata": Metadata(),
        "receipt_email": Text(512),
        "statement_descriptor_suffix": Text(22),
    },
    unplayed=words(
        "application_fee_amount capture_method on_behalf_of setup_future_usage shipping "
        "statement_descriptor transfer_data transfer_group"
    ),
)
_MESSAGE = Record({"message": Text(1200)}, required=("message",))
CREATE = Record(
    {
        "adaptive_pricing": Record({"enabled": Flag()}),
        "allowed_payment_method_types": Many(OneOf(ALLOWABLE_METHODS), least=1),
        "billing_address_collection": OneOf(("auto", "required")),
        "cancel_url": Url(),
        "client_reference_id": Text(200),
        "currency": Text(3),
        "custom_text": Record(
            {"submit": _MESSAGE, "after_submit": _MESSAGE},
            unplayed=("shipping_address", "terms_of_service_acceptance"),
        ),
        "customer_creation": OneOf(("always", "if_required")),
        "customer_email": Text(800),
        "excluded_payment_method_types": Many(OneOf(EXCLUDABLE_METHODS), least=1),
        "expand": EXPAND,
        "expires_at": Integer(least=0),
        "invoice_creation": Record({"enabled": Flag()}, ("enabled",), ("invoice_data",)),
        "line_items": Many(LINE_ITEM, least=1),
        "locale": OneOf(LOCALES),
        "metadata": Metadata(),
        "mode": OneOf(("payment",), unplayed=("setup", "subscription")),
        "payment_intent_data": PAYMENT_INTENT_DATA,
        "phone_number_collection": Record({"enabled": Flag()}, required=("enabled",)),
        "submit_type": OneOf(SUBMIT_TYPES),
        "success_url": Url(),
        "ui_mode": OneOf(("hosted_page",), unplayed=("elements", "embedded_page", "form")),
    },
    # Stripe names the first that is missing; `mode` may be left out only with other modes' fields.
    required=("mode", "line_items", "success_url"),
    unplayed=SESSION_PARAMS_UNPLAYED,
)


def create(world: World, asked: Obj, public_url: str) -> Obj:
    """
    Open a session.

    Args:
        asked: What `CREATE` read.
        public_url: Where the hosted page is; scheme and host.

    Raises:
        Invalid: the parameters do not go together.
    """
    items, currency, total = _priced(world, asked)
    expires_at = _expiry(world, asked)
    offered = _offered(asked, currency)
    if asked.get("invoice_creation", {}).get("enabled"):
        raise Unplayed("invoice_creation[enabled]=true")
    secret = "live" if world.livemode else "test"
    session_id = world.new_id(f"cs_{secret}", 60)
    # The real address is long and has a fragment; both have surprised programs that kept it.
    fragment = world.new_id("fid", 240).replace("_", "k")
    session = _blank(world, session_id, expires_at)
    session.update(
        adaptive_pricing={"enabled": asked.get("adaptive_pricing", {}).get("enabled", True)},
        allowed_payment_method_types=asked.get("allowed_payment_method_types"),
        amount_subtotal=total,
        amount_total=total,
        billing_address_collection=asked.get("billing_address_collection"),
        cancel_url=asked.get("cancel_url"),
        client_reference_id=asked.get("client_reference_id"),
        currency=currency,
        customer_creation=asked.get("customer_creation", "if_required"),
        customer_email=asked.get("customer_email"),
        excluded_payment_method_types=asked.get("excluded_payment_method_types"),
        invoice_creation=_no_invoice(),
        locale=asked.get("locale"),
        metadata=asked.get("metadata", {}),
        payment_method_types=offered,
        phone_number_collection=asked.get("phone_number_collection", {"enabled": False}),
        submit_type=asked.get("submit_type"),
        success_url=asked["success_url"],
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        url=f"{public_url}/pay/{session_id}#{fragment}",
    )
    session["custom_text"].update(asked.get("custom_text", {}))
    world.notes[session_id] = {
        "line_items": items,
        "payment_intent_data": asked.get("payment_intent_data", {}),
    }
    world.later(expires_at, "expire", session_id)
    return world.add(session)


def expire(world: World, session: Obj) -> Obj:
    """
    Close an open session for good.

    Raises:
        Refused: it is not open.
    """
    if session["status"] != "open":
        raise Refused(
            f"A Checkout Session can be expired only while it is open; this one is "
            f"`{session['status']}`."
        )
    if session["payment_intent"] is not None:
        charges.cancel_intent(world, world.get("payment_intent", session["payment_intent"]))
    before = world.change(session, status="expired", url=None)
    world.emit("checkout.session.expired", session, before)
    return session


def complete(world: World, session: Obj, *, paid: bool) -> None:
    """The payer went through with it; the money is here, or follows."""
    customer = world.new_id("cus", 14) if session["customer_creation"] == "always" else None
    before = world.change(
        session,
        status="complete",
        payment_status="paid" if paid else "unpaid",
        url=None,
        customer=customer,
        customer_details={
            "address": dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state")),
            "business_name": None,
            "email": session["customer_email"] or "payer@stand-in.example",
            "individual_name": None,
            "name": "Stand-in Payer",
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
    )
    world.emit("checkout.session.completed", session, before)


def money_came(world: World, session: Obj) -> None:
    """What was on its way at completion has arrived."""
    before = world.change(session, payment_status="paid")
    world.emit("checkout.session.async_payment_succeeded", session, before)


def money_failed(world: World, session: Obj) -> None:
    """What was on its way will not arrive. The session stays complete and unpaid."""
    world.emit("checkout.session.async_payment_failed", session)


def line_items(world: World, session: Obj) -> list[Obj]:
    """The session's items; Stripe shows them only when asked."""
    items: list[Obj] = world.notes[session["id"]]["line_items"]
    return items


def delayed_method(session: Obj) -> str | None:
    """The bank payment that this session offers, or None."""
    method = DELAYED_METHOD.get(session["currency"])
    return method if method in session["payment_method_types"] else None


def _priced(world: World, asked: Obj) -> tuple[list[Obj], str, int]:
    items = []
    currencies = set()
    for at, item in enumerate(asked["line_items"]):
        price = item["price_data"]
        price["currency"] = price["currency"].lower()
        try:
            exponent(price["currency"])
        except Invalid as refusal:
            param = f"line_items[{at}][price_data][currency]"
            raise Invalid(str(refusal), param=param) from None
        currencies.add(price["currency"])
        items.append(_line_item(world, item))
    if len(currencies) > 1:
        raise Invalid("All line items must be in one currency.", param="line_items")
    currency = currencies.pop()
    if asked.get("currency", currency).lower() != currency:
        raise Invalid("currency does not match the line items.", param="currency")
    total = sum(item["amount_total"] for item in items)
    check_charge(total, currency, "line_items[0][price_data][unit_amount]")
    return items, currency, total


def _expiry(world: World, asked: Obj) -> int:
    now = world.now()
    expires_at: int = asked.get("expires_at", now + LONGEST_S)
    if not now + SHORTEST_S <= expires_at <= now + LONGEST_S:
        raise Invalid(
            "The `expires_at` timestamp must be from 30 minutes to 24 hours after creation.",
            param="expires_at",
        )
    return expires_at


def _offered(asked: Obj, currency: str) -> list[str]:
    allowed = asked.get("allowed_payment_method_types")
    excluded = asked.get("excluded_payment_method_types", ())
    if allowed is not None and excluded:
        raise Invalid(
            "Send only one of allowed_payment_method_types and excluded_payment_method_types.",
            param="excluded_payment_method_types",
        )
    played = ["card", *filter(None, [DELAYED_METHOD.get(currency)])]
    offered = [
        name for name in played if name not in excluded and (allowed is None or name in allowed)
    ]
    if not offered:
        raise Invalid(f"No payment method is left for {currency}.", param="line_items")
    return offered


def _line_item(world: World, item: Obj) -> Obj:
    price, quantity = item["price_data"], item["quantity"]
    total = price["unit_amount"] * quantity
    return {
        "id": world.new_id("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": price["product_data"]["name"],
        "metadata": item.get("metadata", {}),
        "price": {
            "id": world.new_id("price"),
            "object": "price",
            "active": False,
            "billing_scheme": "per_unit",
            "created": world.now(),
            "currency": price["currency"],
            "custom_unit_amount": None,
            "livemode": world.livemode,
            "lookup_key": None,
            "metadata": {},
            "nickname": None,
            "product": world.new_id("prod", 14),
            "recurring": None,
            "tax_behavior": "unspecified",
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "one_time",
            "unit_amount": price["unit_amount"],
            "unit_amount_decimal": str(price["unit_amount"]),
        },
        "quantity": quantity,
    }


def _no_invoice() -> Obj:
    names = words("account_tax_ids custom_fields description footer issuer rendering_options")
    return {"enabled": False, "invoice_data": {**dict.fromkeys(names), "metadata": {}}}


def _blank(world: World, session_id: str, expires_at: int) -> Obj:
    empty = (
        "after_expiration allow_promotion_codes client_secret collected_information consent "
        "consent_collection currency_conversion customer customer_account customer_details invoice "
        "payment_intent payment_link payment_method_configuration_details permissions "
        "recovered_from saved_payment_method_options setup_intent shipping_address_collection "
        "shipping_cost subscription wallet_options"
    )
    texts = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    return {
        "id": session_id,
        "object": "checkout.session",
        **dict.fromkeys(words(empty)),
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "created": world.now(),
        "custom_fields": [],
        "custom_text": dict.fromkeys(texts),
        "discounts": [],
        "expires_at": expires_at,
        "livemode": world.livemode,
        "mode": "payment",
        "origin_context": None,
        "payment_method_collection": "if_required",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_status": "unpaid",
        "shipping_options": [],
        "status": "open",
        "ui_mode": "hosted_page",
    }
