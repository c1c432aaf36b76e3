"""`homeward stories`: check and import packs; review, approve, return, stop."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import click

from homeward.cli.samples import CARDS
from homeward.cli.spending import BY

_Command = Callable[..., None]


def _together(*options: Callable[[_Command], _Command]) -> Callable[[_Command], _Command]:
    def put(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return put


_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


MARKS = _together(
    click.option("--mark", "marks", multiple=True, help="Of a warning, or how it begins."),
    click.option("--all", "everything", is_flag=True, help="At every warning."),
)


def chosen(marks: tuple[str, ...], everything: bool) -> tuple[str, ...] | None:
    """The marks that were named; None: all."""
    if everything == bool(marks):
        raise click.UsageError("Say which: --all, or --mark MARK.")
    return None if everything else marks


@click.group()
def stories() -> None:
    """Check story packs, bring them in, and review what was brought in."""


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


@stories.command()
@click.argument("case")
@BY
def draft(case: str, by: str) -> None:
    """The draft of CASE, and what is still wrong with it; begins one if there is none."""
    from homeward import reviews
    from homeward.settings import load

    click.echo("\n".join(asyncio.run(reviews.draft(load(("data_key",)), case, by))))


@stories.command()
@click.argument("case")
@BY
def submit(case: str, by: str) -> None:
    """Hand the draft of CASE in for a review, as it stands."""
    from homeward import reviews
    from homeward.settings import load

    click.echo(asyncio.run(reviews.submit(load(("data_key",)), case, by)))


@stories.command()
@click.argument("number", type=int, required=False)
@click.option("--case", help="Of the draft of this case, in place of a version.")
@MARKS
@BY
def looked(
    number: int | None, case: str | None, marks: tuple[str, ...], everything: bool, by: str
) -> None:
    """
    Say that you looked at warnings of the version NUMBER, or of a draft.

    Who hands a story in and who approves it must each have looked at every warning. Whoever changes
    a text takes the looks at it away.
    """
    from homeward import reviews
    from homeward.settings import load

    told = reviews.looked(
        load(("data_key",)), version_id=number, case=case, marks=chosen(marks, everything), by=by
    )
    click.echo("\n".join(asyncio.run(told)))


@stories.command()
def queue() -> None:
    """What waits for a review."""
    from homeward import reviews
    from homeward.settings import load

    click.echo("\n".join(asyncio.run(reviews.queue(load(("data_key",))))))


@stories.command()
@click.argument("number", type=int)
def review(number: int) -> None:
    """All that would be published with the version NUMBER, and what stands against it."""
    from homeward import reviews
    from homeward.settings import load

    click.echo("\n".join(asyncio.run(reviews.review(load(("data_key",)), number))))


@stories.command("approve-language")
@click.argument("number", type=int)
@click.argument("locale")
@BY
def approve_language(number: int, locale: str, by: str) -> None:
    """Approve exactly the words that the version NUMBER has in LOCALE; each language needs it."""
    from homeward import reviews
    from homeward.settings import load

    click.echo(asyncio.run(reviews.approve_language(load(("data_key",)), number, locale, by)))


@stories.command()
@click.argument("number", type=int)
@BY
def approve(number: int, by: str) -> None:
    """Approve exactly the version NUMBER. It becomes public after a while."""
    from homeward import reviews
    from homeward.settings import load

    click.echo(asyncio.run(reviews.approve(load(("data_key",)), number, by)))


@stories.command("return")
@click.argument("number", type=int)
@click.option("--note", required=True, help="What to change; only staff can read it.")
@BY
def return_(number: int, note: str, by: str) -> None:
    """Return the version NUMBER to its author."""
    from homeward import reviews
    from homeward.settings import load

    click.echo(asyncio.run(reviews.give_back(load(("data_key",)), number, note, by)))


@stories.command()
@click.argument("number", type=int)
@BY
def stop(number: int, by: str) -> None:
    """Stop the approved version NUMBER before it is public."""
    from homeward import reviews
    from homeward.settings import load

    click.echo(asyncio.run(reviews.stop(load(("data_key",)), number, by)))
