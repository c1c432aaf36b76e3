"""What the stand-in gives out and takes is what Stripe's own annotations say."""

import copy

import pytest
import stripe
from stripe.params import RefundCreateParams
from stripe.params.checkout import SessionCreateParams

from sandbox.stripe import balance, currencies, listing, refunds, sessions, vocabulary
from tests.sandbox.stripe_rig import a_line, a_stripe, gift
from tests.sandbox.stripe_types import CLASSES, complaints, names_of, param_complaints, words_of
from values.currencies import CURRENCIES

LIST_PARAMS = {
    "checkout.session": stripe.params.checkout.SessionListParams,
    "payment_intent": stripe.params.PaymentIntentListParams,
    "charge": stripe.params.ChargeListParams,
    "balance_transaction": stripe.params.BalanceTransactionListParams,
    "refund": stripe.params.RefundListParams,
    "dispute": stripe.params.DisputeListParams,
    "event": stripe.params.EventListParams,
    "payout": stripe.params.PayoutListParams,
}
OPTIONS = set(stripe.RequestOptions.__annotations__)


async def everything_that_can_happen(rig):
    """Go through every state an object can be in; each leaves an event with its snapshot."""
    standin = rig.standin
    first = await rig.session(customer_creation="always")
    await standin.decline(first.id)
    await standin.pay(first.id)
    await standin.settle_in("eur", 0.91)
    await standin.settle_now()
    await standin.refund(first.id, 100)
    for outcome in ("pending", "waiting", "failed"):
        refund = await standin.refund(first.id, 100, outcome=outcome)
        if outcome != "failed":
            await standin.finish_refund(refund["id"])
    dispute = await standin.dispute(first.id, 2600, inquiry=True)
    for status in ("needs_response", "lost", "appeal_under_review", "won"):
        await standin.move_dispute(dispute["id"], status)
    for currency in currencies.DELAYED_METHOD:
        for succeed in (True, False):
            session = await rig.session(line_items=[a_line(currency=currency)])
            await standin.pay(session.id, "bank")
            await standin.arrive(session.id, succeed)
    expired = await rig.session(locale="auto", custom_text={"submit": {"message": "Thank you"}})
    await standin.decline(expired.id)
    await standin.expire(expired.id)
    await rig.session()
    await standin.settle_now()
    for kind in balance.CATEGORIES:
        await standin.move(kind, -50, "eur")
    for of_balance in vocabulary.BALANCES:
        await standin.move("reserve_hold", 50, "eur", fee=1, of_balance=of_balance)
    await standin.payout("eur", 100)
    payout = await standin.payout("eur")
    await standin.fail_payout(payout["id"])


async def test_every_object_and_every_snapshot_fits_stripes_annotations():
    async with a_stripe(with_webhooks=False) as rig:
        await everything_that_can_happen(rig)
        world = rig.standin._world
        things = [world.shown(thing) for kind in world.objects for thing in world.all(kind)]
        session_id = rig.standin.sessions[0]["id"]
        expanded = "expand[]=payment_intent.latest_charge.balance_transaction&expand[]=line_items"
        things += [
            await rig.get("/v1/balance"),
            await rig.get("/v1/account"),
            await rig.get(f"/v1/checkout/sessions/{session_id}?{expanded}"),
        ]

    assert [told for thing in things for told in complaints(thing)] == []
    assert {thing["object"] for thing in things} == CLASSES.keys() - {"item"}


async def test_the_walk_notices_what_is_wrong():
    async with a_stripe(with_webhooks=False) as rig:
        session = await rig.session()
        await rig.standin.pay(session.id)
        right = rig.standin.charges[0]

    assert complaints(right) == []
    assert complaints({**right, "colour": 1}) == ["charge.colour: unknown"]
    assert complaints({**right, "amount": "2500"}) == ["charge.amount: '2500' is not int"]
    assert complaints({**right, "amount": True}) == ["charge.amount: True is not int"]
    assert complaints({**right, "status": "done"}) == ["charge.status: 'done' is no such word"]
    assert complaints({**right, "paid": None}) == ["charge.paid: None is not bool"]
    nested = copy.deepcopy(right)
    nested["billing_details"]["address"]["planet"] = "x"
    assert complaints(nested) == ["charge.billing_details.address.planet: unknown"]
    del right["balance_transaction"]
    assert complaints(right) == ["charge.balance_transaction: read, but absent"]
    del right["disputed"]
    assert "charge.disputed: missing" in complaints(right)


def test_what_the_tests_ask_for_fits_stripes_parameter_types():
    assert param_complaints(SessionCreateParams, gift(expires_at=1)) == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"payment_method_types": ["card"]}, "payment_method_types: unknown"),
        ({"locale": "km"}, "locale: 'km' is no such word"),
        ({"expires_at": "soon"}, "expires_at: 'soon' is not int"),
        ({"line_items": [{"price_data": {}}]}, "line_items[0].price_data.currency: missing"),
    ],
)
def test_the_walk_notices_wrong_parameters(changed, told):
    found = param_complaints(SessionCreateParams, gift(**changed))

    assert f"SessionCreateParams.{told}" in found


@pytest.mark.parametrize(
    ("record", "params", "path"),
    [
        (sessions.CREATE, SessionCreateParams, ()),
        (sessions.LINE_ITEM, SessionCreateParams, ("line_items",)),
        (sessions.PRICE_DATA, SessionCreateParams, ("line_items", "price_data")),
        (sessions.PRODUCT_DATA, SessionCreateParams, ("line_items", "price_data", "product_data")),
        (sessions.PAYMENT_INTENT_DATA, SessionCreateParams, ("payment_intent_data",)),
        (refunds.CREATE, RefundCreateParams, ()),
        *((listing.FILTERS[kind], params, ()) for kind, params in LIST_PARAMS.items()),
    ],
)
def test_each_parameter_of_stripe_is_played_or_named_as_unplayed(record, params, path):
    assert {*record.fields, *record.unplayed} == names_of(params, *path) - OPTIONS


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (vocabulary.LOCALES, ("locale",)),
        (vocabulary.SUBMIT_TYPES, ("submit_type",)),
        (vocabulary.ALLOWABLE_METHODS, ("allowed_payment_method_types",)),
        (vocabulary.EXCLUDABLE_METHODS, ("excluded_payment_method_types",)),
    ],
)
def test_closed_lists_are_stripes(words, path):
    assert set(words) == words_of(SessionCreateParams, *path)


def test_the_stand_in_plays_the_version_that_the_package_pins():
    assert stripe.api_version == vocabulary.API_VERSION


@pytest.mark.parametrize("code", sorted(CURRENCIES))
def test_both_tables_of_currencies_agree(code):
    ours = CURRENCIES[code]

    assert currencies.exponent(code.lower()) == ours.exponent
    currencies.check_charge(ours.least_minor, code.lower(), "amount")
