"""`homeward ledger verify`."""

import asyncio
import sys

import click


@click.group()
def ledger() -> None:
    """Look after the ledger."""


@ledger.command()
def verify() -> None:
    """
    Recompute all from the rows; a line for each difference, exit code 1 if there is one.

    Exit code 2 means that it could not be verified.
    """
    from homeward.settings import load
    from homeward.verification import verified

    found = asyncio.run(verified(load()))
    for difference in found.differences:
        click.echo(difference)
    if found.differences:
        sys.exit(1)
    plans, gifts = _counted(found.plans, "plan"), _counted(found.gifts, "gift")
    click.echo(f"The ledger is sound: {plans}, {gifts}, 0 differences.")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
