"""`homeward updates write`, `approve`, `turn-down`, `stop` and `list`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import click

from homeward.cli.spending import BY
from homeward.cli.stories import MARKS, chosen

if TYPE_CHECKING:
    from homeward.settings import Settings


@click.group()
def updates() -> None:
    """News of a case: written by one person, approved by another, shown after a while."""


@updates.command()
@click.argument("case")
@click.argument("milestone")
@click.option("--month", required=True, help="Such as 2026-11. Nothing finer is kept.")
@click.option("--note", "notes", multiple=True, help="'en=A sentence.' Repeat it for a language.")
@BY
def write(case: str, milestone: str, month: str, notes: tuple[str, ...], by: str) -> None:
    """Write that MILESTONE (a word of the vocabulary) was reached in CASE."""
    from homeward import news
    from homeward.settings import load

    click.echo(
        asyncio.run(
            news.write(
                load(("data_key",)), case=case, milestone=milestone, month=month, notes=notes, by=by
            )
        )
    )


@updates.command()
@click.argument("number", type=int)
@MARKS
@BY
def looked(number: int, marks: tuple[str, ...], everything: bool, by: str) -> None:
    """Say that you looked at warnings of the update NUMBER: author and approver both must."""
    from homeward import news
    from homeward.settings import load

    told = news.looked(load(("data_key",)), number, marks=chosen(marks, everything), by=by)
    click.echo("\n".join(asyncio.run(told)))


@updates.command()
@click.argument("number", type=int)
@BY
def approve(number: int, by: str) -> None:
    """Approve the update NUMBER. It is shown after a while."""
    from homeward import news

    _decide(news.approve, number, by)


@updates.command("turn-down")
@click.argument("number", type=int)
@BY
def turn_down(number: int, by: str) -> None:
    """Turn the update NUMBER down."""
    from homeward import news

    _decide(news.turn_down, number, by)


@updates.command()
@click.argument("number", type=int)
@BY
def stop(number: int, by: str) -> None:
    """Show the approved update NUMBER to nobody, or to nobody any more."""
    from homeward import news

    _decide(news.stop, number, by)


@updates.command("list")
@click.argument("case")
def list_(case: str) -> None:
    """Every update of CASE, and what became of it."""
    from homeward import news
    from homeward.settings import load

    click.echo("\n".join(asyncio.run(news.list_of(load(("data_key",)), case))))


def _decide(act: Callable[[Settings, int, str], Awaitable[str]], number: int, by: str) -> None:
    from homeward.settings import load

    async def decide() -> str:
        return await act(load(("data_key",)), number, by)

    click.echo(asyncio.run(decide()))
