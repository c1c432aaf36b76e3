"""`homeward helplines list`, `due` and `check`."""

import asyncio
import sys

import click


@click.group()
def helplines() -> None:
    """Call the help lines yourself: people see only those that were called lately."""


@helplines.command("list")
def list_() -> None:
    """Every help line, and when it was called last."""
    _show(only_due=False)


@helplines.command()
def due() -> None:
    """The lines that are to be called (again); exit code 1 if there is one."""
    if _show(only_due=True):
        sys.exit(1)
    click.echo("Every help line was called lately.")


@helplines.command()
@click.argument("line")
@click.option("--by", required=True, help="Who called, as it shall be written down.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def check(line: str, by: str, yes: bool) -> None:
    """
    Write down that you called LINE (its name in the list) and all that is shown of it is true.

    From then on people see it for 180 days.
    """
    from homeward import helplines as lines
    from homeward.settings import load

    settings = load(("data_key",))
    click.echo(lines.described(line))
    if not yes:
        click.confirm("You called it yourself, and all of this is true?", abort=True)
    click.echo(asyncio.run(lines.checked(settings, line, by)))


def _show(*, only_due: bool) -> int:
    from homeward import helplines as lines
    from homeward.settings import load

    found = asyncio.run(lines.listed(load(("data_key",)), only_due=only_due))
    for line in found:
        click.echo(line)
    return len(found)
