"""`homeward stories check PATH` and `homeward stories import PATH`."""

import asyncio
import sys
from pathlib import Path

import click

from homeward.cli.samples import CARDS

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def stories() -> None:
    """Check story packs, and bring them in as drafts."""


@stories.command()
@click.argument("path", type=_FOLDER)
def check(path: Path) -> None:
    """Check the pack in the folder PATH; a line for each problem, exit code 1 if there is one."""
    from homeward.drafts import problems_in

    problems = problems_in(path)
    for problem in problems:
        click.echo(problem)
    if problems:
        sys.exit(1)
    click.echo("No problems.")


@stories.command("import")
@click.argument("path", type=_FOLDER)
@click.option("--author", required=True, help="The staff code of who wrote it.")
@CARDS
def import_(path: Path, author: str, cards: bool) -> None:
    """Bring the pack in PATH in as a draft of a case. Nobody sees it until it is approved."""
    from homeward.drafts import import_draft, problems_in
    from homeward.drawing import draw
    from homeward.explaining import explaining
    from homeward.settings import load
    from stories.pack import load_pack

    problems = problems_in(path)
    if problems:
        click.echo("\n".join(problems), err=True)
        sys.exit(1)
    settings = load(("data_key",))
    with explaining(settings.database):
        click.echo(asyncio.run(import_draft(settings, path, author)))
    if cards:
        click.echo(f"Cards drawn: {asyncio.run(draw(settings, [load_pack(path)]))}.")
