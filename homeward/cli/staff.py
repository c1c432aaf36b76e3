"""`homeward staff bootstrap`, `list`, `add`, `grant`, `confirm`, `turn-down`, `revoke`, `renew`."""

import asyncio

import click

from homeward.errors import NotDone

ROLE = click.Choice(["case_officer", "protection_officer", "finance", "admin"])
_BY = click.option(
    "--by", default="operator", show_default=True, help="The staff code of the admin who does it."
)


@click.group()
def staff() -> None:
    """Who may come to the desk, and what they may do there."""


@staff.command()
@click.argument("first", type=int)
@click.argument("second", type=int)
def bootstrap(first: int, second: int) -> None:
    """Make the first two people admins, by their Telegram user ids; once, while there is nobody."""
    from homeward import members
    from homeward.settings import load

    click.echo(asyncio.run(members.bootstrap(load(("data_key",)), first, second)))


@staff.command("list")
def list_() -> None:
    """Everybody with their roles, and the roles that are asked for."""
    from homeward import members
    from homeward.settings import load

    for line in asyncio.run(members.listed(load(("data_key",)))):
        click.echo(line)


@staff.command()
@click.argument("telegram_id", type=int)
@_BY
def add(telegram_id: int, by: str) -> None:
    """Let the bot know somebody by their Telegram user id. They can do nothing without a role."""
    from homeward import members
    from homeward.settings import load

    click.echo(asyncio.run(members.let_in(load(("data_key",)), telegram_id, by=by)))


@staff.command()
@click.argument("code")
@click.argument("role", type=ROLE)
@_BY
def grant(code: str, role: str, by: str) -> None:
    """Ask that CODE be given ROLE. An admin other than whoever asks confirms it."""
    from homeward import members
    from homeward.settings import load

    click.echo(asyncio.run(members.request_role(load(("data_key",)), code, role, by=by)))


@staff.command()
@click.argument("code")
@click.argument("role", type=ROLE)
@click.option("--by", required=True, help="The staff code of an admin who did not ask for it.")
def confirm(code: str, role: str, by: str) -> None:
    """Give CODE the ROLE that somebody else has asked for."""
    _decide(code, role, by, granted=True)


@staff.command("turn-down")
@click.argument("code")
@click.argument("role", type=ROLE)
@click.option("--by", required=True, help="The staff code of an admin.")
def turn_down(code: str, role: str, by: str) -> None:
    """Do not give CODE the ROLE that is asked for."""
    _decide(code, role, by, granted=False)


@staff.command()
@click.argument("code")
@click.argument("role", type=ROLE, required=False)
@_BY
def revoke(code: str, role: str | None, by: str) -> None:
    """Take ROLE from CODE; without a ROLE, all of them and the way in. It holds at once."""
    from homeward import members
    from homeward.settings import load

    click.echo(asyncio.run(members.revoke(load(("data_key",)), code, role, by=by)))


@staff.command()
@click.argument("code")
@_BY
def renew(code: str, by: str) -> None:
    """CODE has lost their app: they set it up anew, and two people give their roles again."""
    from homeward import members
    from homeward.settings import load

    click.echo(asyncio.run(members.renew(load(("data_key",)), code, by=by)))


def _decide(code: str, role: str, by: str, *, granted: bool) -> None:
    from homeward import members
    from homeward.settings import load

    if by == "operator":
        raise NotDone("--by: the operator asks for roles and takes them back; an admin gives them.")
    settings = load(("data_key",))
    click.echo(asyncio.run(members.decide_role(settings, code, role, granted=granted, by=by)))
