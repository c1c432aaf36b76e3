"""`homeward caseload import`, `show`, `count`, `override`, `grant` and `overrides`."""

import asyncio
import json
import sys
from pathlib import Path

import click

from homeward.cli.spending import BY

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def caseload() -> None:
    """How many people the organisation knows with which coarse facts: counts, and nobody."""


@caseload.command("import")
@click.argument("path", metavar="FILE", type=_FILE)
@BY
def import_(path: Path, by: str) -> None:
    """
    Keep the counts in FILE, a CSV, as the caseload from now on.

    Its columns are region, age_band, exploitation, gender, period_band and count. With a bad row
    nothing is kept.
    """
    from homeward import caseloads
    from homeward.settings import load

    click.echo(asyncio.run(caseloads.bring_in(load(("data_key",)), path, by)))


@caseload.command()
def show() -> None:
    """The caseload that counts now."""
    from homeward import caseloads
    from homeward.settings import load

    click.echo("\n".join(asyncio.run(caseloads.show(load(("data_key",))))))


@caseload.command()
@click.option("--file", "path", type=_FILE, required=True, help="A CSV with some of the columns.")
@click.option("--jsonl", is_flag=True, required=True, help="Questions and answers are JSON lines.")
def count(path: Path, jsonl: bool) -> None:  # noqa: ARG001 - there is no other form yet
    """
    Say how many people of a CSV have some facts. It needs no settings and no database.

    Reads a line {"id", "attributes": {column: value}} for each question, and answers each with
    {"id", "count", "enough"}. A row without a column `count` is one person. A bad line is answered
    with its error; the exit code is then 2.
    """
    from homeward import caseloads

    all_good = True
    for answer, is_good in caseloads.answers(path, sys.stdin.buffer):
        click.echo(json.dumps(answer))
        all_good = all_good and is_good
    if not all_good:
        sys.exit(2)


@caseload.command()
@click.option("--story", type=int, help="The number of a version.")
@click.option("--update", type=int, help="The number of an update.")
@click.option("--need-card", metavar="CASE", help="The need card of a case.")
@click.option("--reason", required=True, help="Why it may be told; only staff can read it.")
@BY
def override(
    story: int | None, update: int | None, need_card: str | None, reason: str, by: str
) -> None:
    """Ask that something be told although too few people fit it."""
    from homeward import caseloads
    from homeward.settings import load

    settings = load(("data_key",))
    click.echo(
        asyncio.run(
            caseloads.ask(
                settings, story=story, update=update, need_card=need_card, reason=reason, by=by
            )
        )
    )


@caseload.command()
@click.argument("number", type=int)
@BY
def grant(number: int, by: str) -> None:
    """Grant the override NUMBER, which another protection officer asked for."""
    from homeward import caseloads
    from homeward.settings import load

    click.echo(asyncio.run(caseloads.grant(load(("data_key",)), number, by)))


@caseload.command()
@click.argument("case")
def overrides(case: str) -> None:
    """The overrides of CASE, granted or not."""
    from homeward import caseloads
    from homeward.settings import load

    click.echo("\n".join(asyncio.run(caseloads.overrides(load(("data_key",)), case))))
