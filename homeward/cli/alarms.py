"""`homeward alarms`."""

import asyncio

import click


@click.command()
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3650))
def alarms(days: int) -> None:
    """What a person must look at, newest first: when it rang, for which thing, what to do."""
    from homeward.alarms import listed
    from homeward.settings import load

    found = asyncio.run(listed(load(("data_key",)), days))
    for line in found or ["Nothing has rung."]:
        click.echo(line)
