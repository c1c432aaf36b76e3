"""`homeward ledger verify`."""

import asyncio
import sys

import click


@click.group()
def ledger() -> None:
    """Look after the ledger."""


@ledger.command()
def verify() -> None:
    """Recompute all from the rows; a line for each difference, exit code 1 if there is one."""
    from homeward.settings import load
    from homeward.verification import differences

    found = asyncio.run(differences(load()))
    for difference in found:
        click.echo(difference)
    if found:
        sys.exit(1)
    click.echo("The ledger is as its rows say.")
