"""Holding the account at Stripe against the books, for the command line."""

import datetime as dt
from collections.abc import Iterator

from homeward.assembly import gateway_of, opened_house
from homeward.errors import StripeAway, StripeRefused
from homeward.settings import Settings
from locales.catalog import Languages
from payments.gifts import Gifts
from payments.reconciling import Reconciler
from services.reconciling import Report


async def reconciled(settings: Settings, since: dt.datetime | None) -> Report:
    """
    Hold everything against the books once.

    Args:
        since: From when on; None for as far as was read before.
    """
    async with opened_house(settings) as house:
        gateway = gateway_of(settings, house)
        try:
            gifts = Gifts(house, gateway, Languages.load())
            return await Reconciler(house, gateway, gifts).everything(since)
        finally:
            await gateway.close()


def lines_of(report: Report) -> Iterator[str]:
    """What a person reads of *report*: a line for each count, then one for each difference."""
    yield f"Events: {report.events_read} read, {report.events_missed} missed and dealt with."
    yield f"Gifts in waiting: {report.gifts_read} read, {report.gifts_moved} moved on."
    yield (
        f"Transactions: {report.transactions_read} read, {report.gifts_repaired} of gifts repaired,"
        f" {report.fees_booked} fees booked, {report.strays_booked} that no gift explains."
    )
    yield f"Payouts: {report.payouts_read} read."
    yield f"Refunds: {report.refunds_asked_again} asked for again."
    if report.postponed:
        yield f"Left for the next run: {report.postponed}."
    yield from map(str, report.differences)


def refuse_half(report: Report) -> None:
    """
    Say that not everything was read, if so.

    Raises:
        StripeAway: Stripe does not answer, or asks to wait.
        StripeRefused: the key is wrong, or may not see what is needed.
    """
    stop = report.stop
    if stop is None:
        return
    if stop.is_refusal:
        raise StripeRefused(
            f"STRIPE_API_KEY: Stripe will not show {stop.part} to this key. Correct it, or give it "
            'the rights that the README lists under "Run it for real".'
        )
    raise StripeAway(
        f"STRIPE_API_BASE: Stripe does not answer, or asks to wait, while {stop.part} are read "
        f"({stop.reason}). What was read is kept. Check the network and the setting; run it again."
    )
