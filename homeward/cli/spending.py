"""`homeward spending record`, `approve`, `turn-down` and `list`."""

import asyncio

import click

from values.lines import BudgetLine

LINE = click.Choice([line.value for line in BudgetLine])
BY = click.option("--by", required=True, help="The staff code of who does it.")
BY_ANYBODY = click.option(
    "--by", default="operator", show_default=True, help="The staff code of who does it."
)


@click.group()
def spending() -> None:
    """Record what was spent on a plan; somebody else approves it."""


@spending.command()
@click.argument("case")
@click.argument("line", type=LINE)
@click.argument("amount")
@click.option("--month", required=True, help="Such as 2026-11. Nothing finer is kept.")
@BY
def record(case: str, line: str, amount: str, month: str, by: str) -> None:
    """Record that AMOUNT was spent on LINE of CASE (its code or its address)."""
    from homeward import staff
    from homeward.settings import load

    settings = load(("data_key",))
    click.echo(
        asyncio.run(
            staff.record_spending(settings, case=case, line=line, amount=amount, month=month, by=by)
        )
    )


@spending.command()
@click.argument("number", type=int)
@BY
def approve(number: int, by: str) -> None:
    """Approve the record NUMBER, and book it."""
    _decide(number, by, approves=True)


@spending.command("turn-down")
@click.argument("number", type=int)
@BY
def turn_down(number: int, by: str) -> None:
    """Turn the record NUMBER down."""
    _decide(number, by, approves=False)


@spending.command("list")
@click.argument("case")
def list_(case: str) -> None:
    """What may be spent of CASE now, and what was recorded."""
    from homeward import staff
    from homeward.settings import load

    for line in asyncio.run(staff.list_spending(load(("data_key",)), case)):
        click.echo(line)


def _decide(number: int, by: str, *, approves: bool) -> None:
    from homeward import staff
    from homeward.settings import load

    settings = load(("data_key",))
    click.echo(asyncio.run(staff.decide_spending(settings, number, approves=approves, by=by)))
