"""`homeward ledger verify`, `homeward ledger statement CASE` and `homeward ledger export`."""

from __future__ import annotations

import asyncio
import sys
from typing import IO, TYPE_CHECKING

import click

if TYPE_CHECKING:
    from homeward.books import Form
    from services.statements import CaseStatement


@click.group()
def ledger() -> None:
    """Look after the ledger."""


@ledger.command()
def verify() -> None:
    """
    Recompute all from the rows; a line for each difference, exit code 1 if there is one.

    Exit code 2 means that it could not be verified.
    """
    from homeward.books import verified
    from homeward.settings import load

    found = asyncio.run(verified(load()))
    for difference in found.differences:
        click.echo(difference)
    if found.differences:
        sys.exit(1)
    plans, gifts = _counted(found.plans, "plan"), _counted(found.gifts, "gift")
    click.echo(f"The ledger is sound: {plans}, {gifts}, 0 differences.")


@ledger.command()
@click.argument("case")
@click.option("--rows", default=100, show_default=True, help="At most so many transfers.")
def statement(case: str, rows: int) -> None:
    """The book of CASE (its code or its address): plan, balances, the newest transfers."""
    from homeward.books import statement_of
    from homeward.settings import load

    _show(asyncio.run(statement_of(load(), case, rows)))


@ledger.command()
@click.option(
    "--format", "form", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True
)
@click.option(
    "--output", type=click.File("w", encoding="utf-8"), default="-",
    help="A file instead of the screen.",
)  # fmt: skip
def export(form: Form, output: IO[str]) -> None:
    """Every transfer, oldest first, for an auditor. No donor is in it."""
    from homeward.books import export_to
    from homeward.settings import load

    asyncio.run(export_to(load(), output, form))


def _show(found: CaseStatement) -> None:
    from rich.console import Console
    from rich.table import Table

    from services.statements import recorded

    console = Console(soft_wrap=True)
    state = found.case.outcome or ("open" if found.case.is_open else "closed")
    console.print(f"Case {found.case.code} ({found.case.slug}), {state}", highlight=False)
    plan = Table("line", "planned", "spent", title="Plan", title_justify="left")
    for line, planned, spent in found.lines:
        plan.add_row(line, str(planned), str(spent))
    balances = Table("account", "balance", title="Balances", title_justify="left")
    for kind, amount in found.balances:
        balances.add_row(kind, str(amount))
    rows = Table(
        "seq", "recorded", "what", "from", "to", "amount", "gift",
        title="Newest transfers", title_justify="left",
    )  # fmt: skip
    for entry in found.entries:
        rows.add_row(
            str(entry.seq), recorded(entry), entry.posting_kind, entry.debit, entry.credit,
            str(entry.amount), str(entry.donation_id or ""),
        )  # fmt: skip
    for table in (plan, balances, rows):
        console.print(table)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
