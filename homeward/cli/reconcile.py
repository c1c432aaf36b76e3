"""`homeward reconcile`."""

import asyncio
import datetime as dt
import logging
import sys

import click


@click.command()
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Read all from this day on (UTC); else from a little before where the last run ended.",
)
def reconcile(since: dt.datetime | None) -> None:
    """
    Hold the account at Stripe against the books: repair what was missed, report what is left.

    A line for each count, then one for each thing that cannot be explained or that a person must
    look at; exit code 1 if there is one. Exit code 2 means that not everything could be read.
    """
    from homeward import logs
    from homeward.explaining import explaining
    from homeward.reconciliation import lines_of, reconciled, refuse_half
    from homeward.settings import FOR_RECONCILING, load

    settings = load(FOR_RECONCILING)
    logs.configure(as_json=False, least=logging.ERROR)
    with explaining(settings.database):
        report = asyncio.run(reconciled(settings, since and since.replace(tzinfo=dt.UTC)))
    for line in lines_of(report):
        click.echo(line)
    refuse_half(report)
    if report.differences:
        sys.exit(1)
    click.echo("Nothing is left unexplained.")
