"""`homeward samples`."""

import asyncio
import sys

import click

CARDS = click.option(
    "--cards/--no-cards", default=True,
    help="Draw all cards now, or each when somebody first sees it.",
)  # fmt: skip


@click.command()
@CARDS
def samples(cards: bool) -> None:
    """Put the invented sample cases into a database that holds no real case."""
    from homeward.drawing import draw
    from homeward.errors import BadSettings
    from homeward.explaining import explaining
    from homeward.sample_cases import load_samples
    from homeward.settings import load
    from services.samples import RealCaseThere
    from stories.pack import shipped_packs

    settings = load(("data_key",))
    if settings.has_live_key:
        raise BadSettings(
            "STRIPE_API_KEY is a live key: invented cases must never take real money."
        )
    try:
        with explaining(settings.database):
            new = asyncio.run(load_samples(settings))
    except RealCaseThere as problem:
        click.echo(str(problem), err=True)
        sys.exit(1)
    click.echo(f"New: {', '.join(new)}." if new else "The samples are there already.")
    if cards:
        click.echo(f"Cards drawn: {asyncio.run(draw(settings, shipped_packs()))}.")
