"""`homeward recall`, and `homeward consents due`."""

import asyncio
import sys

import click


@click.command()
@click.argument("case")
@click.option("--by", help="Your code. Anybody of the staff may; no reason is asked.")
@click.option("--report", "only_report", is_flag=True, help="Only say how far the last one is.")
def recall(case: str, by: str | None, only_report: bool) -> None:
    """Take the story of CASE back, at once and everywhere that we serve it."""
    from homeward import recalls
    from homeward.settings import load

    if by is None and not only_report:
        raise click.UsageError("Say who you are: --by CODE.")
    settings = load(("data_key",))
    asked = recalls.report(settings, case) if by is None else recalls.recall(settings, case, by)
    for line in asyncio.run(asked):
        click.echo(line)


@click.group()
def consents() -> None:
    """How long stories may be told."""


@consents.command()
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3650))
def due(days: int) -> None:
    """The consents that end soon; exit code 1 if there is one."""
    from homeward import recalls
    from homeward.settings import load

    found = asyncio.run(recalls.endings(load(("data_key",)), days))
    for line in found:
        click.echo(line)
    if found:
        sys.exit(1)
    click.echo(f"No consent ends within {days} days.")
