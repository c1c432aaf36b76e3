"""`homeward samples`."""

import asyncio
import sys

import click


@click.command()
def samples() -> None:
    """Put the invented sample cases into a database that holds no real case."""
    from homeward.sample_cases import load_samples
    from homeward.settings import load, require
    from services.samples import RealCaseThere

    settings = load()
    require(settings, ("data_key",))
    try:
        new = asyncio.run(load_samples(settings))
    except RealCaseThere as problem:
        click.echo(str(problem), err=True)
        sys.exit(1)
    click.echo(f"New: {', '.join(new)}." if new else "The samples are there already.")
