"""`homeward broadcasts list`, `show`, `preview`, `rehearse`, `pause` and what else staff may do."""

from __future__ import annotations

import asyncio

import click

from homeward.cli.spending import BY


@click.group()
def broadcasts() -> None:
    """What followers are told: look at it, stop it, take it back, send it again."""


@broadcasts.command("list")
def list_() -> None:
    """The last broadcasts, newest first."""
    from homeward import broadcasts as lines
    from homeward.settings import load

    _say(asyncio.run(lines.listed(load(("data_key",)))))


@broadcasts.command()
@click.argument("number", type=int)
def show(number: int) -> None:
    """Broadcast NUMBER: how many, in which languages, how long; and what came of it."""
    from homeward import broadcasts as lines
    from homeward.settings import load

    _say(asyncio.run(lines.show(load(("data_key",)), number)))


@broadcasts.command()
@click.argument("number", type=int)
@BY
def preview(number: int, by: str) -> None:
    """The words of broadcast NUMBER, in each language that its followers read."""
    from homeward import broadcasts as lines
    from homeward.settings import load

    _say(asyncio.run(lines.preview(load(("data_key",)), number, by)))


@broadcasts.command()
@click.argument("number", type=int)
@click.option("--locale", help="In which language; yours, unless you say another.")
@BY
def rehearse(number: int, locale: str | None, by: str) -> None:
    """Send broadcast NUMBER to yourself, and to nobody else."""
    from homeward import broadcasts as lines
    from homeward.settings import FOR_WORKER, load

    click.echo(asyncio.run(lines.rehearse(load(FOR_WORKER), number, by, locale)))


@broadcasts.command()
@click.argument("number", type=int)
def uncertain(number: int) -> None:
    """The deliveries of broadcast NUMBER that may have arrived or not."""
    from homeward import broadcasts as lines
    from homeward.settings import load

    _say(asyncio.run(lines.uncertain(load(("data_key",)), number)))


@broadcasts.command()
@click.argument("number", type=int)
@click.argument("deliveries", type=int, nargs=-1)
@BY
def resend(number: int, deliveries: tuple[int, ...], by: str) -> None:
    """Send DELIVERIES of broadcast NUMBER again; all that are uncertain, if none is named."""
    from homeward import broadcasts as lines
    from homeward.settings import load

    click.echo(asyncio.run(lines.resend(load(("data_key",)), number, deliveries, by)))


@broadcasts.command()
@click.argument("number", type=int)
@BY
def pause(number: int, by: str) -> None:
    """Send nothing more of broadcast NUMBER for now. Anybody of the staff may."""
    _move("pause", number, by)


@broadcasts.command("go-on")
@click.argument("number", type=int)
@BY
def go_on(number: int, by: str) -> None:
    """Let broadcast NUMBER, which was paused, go on."""
    _move("go_on", number, by)


@broadcasts.command()
@click.argument("number", type=int)
@BY
def cancel(number: int, by: str) -> None:
    """Send nothing more of broadcast NUMBER, for good. What was sent stays."""
    _move("cancel", number, by)


@broadcasts.command()
@click.argument("number", type=int)
@BY
def retract(number: int, by: str) -> None:
    """Take broadcast NUMBER back: drop what was not sent, edit away what was."""
    _move("retract", number, by)


def _move(name: str, number: int, by: str) -> None:
    from homeward import broadcasts as lines
    from homeward.settings import load
    from services import broadcast_acts

    act = getattr(broadcast_acts, name)
    _say(asyncio.run(lines.move(load(("data_key",)), act, number, by)))


def _say(lines: list[str]) -> None:
    for line in lines:
        click.echo(line)
