"""`homeward audit verify` and `homeward audit show`."""

import asyncio
import sys

import click


@click.group()
def audit() -> None:
    """The log of what staff did."""


@audit.command()
@click.option("--noted", help="A last hash that this command told before; it must still be there.")
def verify(noted: str | None) -> None:
    """Compute the chain again; exit code 1 and the first broken row if it does not hold."""
    from homeward import members
    from homeward.settings import load

    sound, line = asyncio.run(members.verify_audit(load(("data_key",)), noted))
    click.echo(line)
    sys.exit(0 if sound else 1)


@audit.command()
@click.option("--case", help="Only what was done to the case with this code or at this address.")
@click.option("--staff", help="Only what was done to the member of staff with this code.")
@click.option("--most", type=click.IntRange(1), default=50, show_default=True, help="No more rows.")
def show(case: str | None, staff: str | None, most: int) -> None:
    """What was done, newest first: number, time, who, what, about what."""
    from homeward import members
    from homeward.settings import load

    settings = load(("data_key",))
    for line in asyncio.run(members.show_audit(settings, case=case, staff=staff, most=most)):
        click.echo(line)
