"""`homeward plan set`, `grow`, `finish-line` and `end`."""

import asyncio

import click

from homeward.cli.spending import BY, BY_ANYBODY, LINE

_OUTCOMES = ("complete", "not_needed", "withdrawn", "unreachable", "died")


@click.group()
def plan() -> None:
    """What a plan needs: before the first gift, when it costs more or less, and when it ends."""


@plan.command("set")
@click.argument("case")
@click.argument("line", type=LINE)
@click.argument("amount")
@BY
def set_(case: str, line: str, amount: str, by: str) -> None:
    """Say what LINE of CASE needs, as long as nobody has given; 0 takes it out of the plan."""
    from homeward import needs
    from homeward.settings import load

    settings = load(("data_key",))
    click.echo(asyncio.run(needs.set_line(settings, case=case, line=line, amount=amount, by=by)))


@plan.command()
@click.argument("case")
@click.argument("line", type=LINE)
@click.argument("amount")
@click.option(
    "--note", "notes", multiple=True, required=True, help="en=TEXT, for its donors. Repeat it."
)
@BY
def grow(case: str, line: str, amount: str, notes: tuple[str, ...], by: str) -> None:
    """LINE of CASE needs AMOUNT in all, more than its donors were told; a note tells them why."""
    from homeward import needs
    from homeward.settings import load

    settings = load(("data_key",))
    click.echo(
        asyncio.run(
            needs.grow_line(settings, case=case, line=line, amount=amount, notes=notes, by=by)
        )
    )


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
