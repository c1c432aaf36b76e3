"""`homeward gift refund` and `homeward gift retry`."""

import asyncio

import click

from homeward.cli.spending import BY_ANYBODY


@click.group()
def gift() -> None:
    """Send a gift back that its donor asks for."""


@gift.command()
@click.argument("reference")
@click.option("--amount", help="Such as '12.50 USD'; without it, all that is unspent.")
@BY_ANYBODY
def refund(reference: str, amount: str | None, by: str) -> None:
    """Send the gift with this receipt REFERENCE back, or a part of it."""
    from homeward import staff
    from homeward.settings import load

    settings = load(("data_key",))
    click.echo(asyncio.run(staff.refund_gift(settings, reference=reference, amount=amount, by=by)))


@gift.command()
@click.argument("reference")
@BY_ANYBODY
def retry(reference: str, by: str) -> None:
    """Ask once more for a refund of the gift REFERENCE that failed."""
    from homeward import staff
    from homeward.settings import load

    click.echo(asyncio.run(staff.retry_refunds(load(("data_key",)), reference, by=by)))
