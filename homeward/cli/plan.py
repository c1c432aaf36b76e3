"""`homeward plan finish-line` and `homeward plan end`."""

import asyncio

import click

from homeward.cli.spending import BY, BY_ANYBODY, LINE

_OUTCOMES = ("complete", "not_needed", "withdrawn", "unreachable", "died")


@click.group()
def plan() -> None:
    """When a plan costs less, and when it ends."""


@plan.command("finish-line")
@click.argument("case")
@click.argument("line", type=LINE)
@click.option("--to", "to_line", type=LINE, help="Where she wants what is left; else it is freed.")
@BY
def finish_line(case: str, line: str, to_line: str | None, by: str) -> None:
    """LINE of CASE is done: what is left on it goes to another line, or back to its donors."""
    from homeward import staff
    from homeward.settings import load

    settings = load(("data_key",))
    click.echo(
        asyncio.run(staff.finish_line(settings, case=case, line=line, to_line=to_line, by=by))
    )


@plan.command()
@click.argument("case")
@click.argument("outcome", type=click.Choice(_OUTCOMES))
@BY_ANYBODY
def end(case: str, outcome: str, by: str) -> None:
    """CASE ends. Readers are never told why; what is not spent is its donors' to decide."""
    from homeward import staff
    from homeward.settings import load

    click.echo(asyncio.run(staff.end_plan(load(("data_key",)), case=case, outcome=outcome, by=by)))
