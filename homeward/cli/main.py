"""The `homeward` command line: one file a command."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from homeward.cli.alarms import alarms
from homeward.cli.audit import audit
from homeward.cli.broadcasts import broadcasts
from homeward.cli.campaign import campaign
from homeward.cli.caseload import caseload
from homeward.cli.cases import cases
from homeward.cli.demo import demo
from homeward.cli.gate import gate
from homeward.cli.gift import gift
from homeward.cli.helplines import helplines
from homeward.cli.keys import keys
from homeward.cli.ledger import ledger
from homeward.cli.migrate import migrate
from homeward.cli.plan import plan
from homeward.cli.poll import poll
from homeward.cli.recall import consents, recall
from homeward.cli.reconcile import reconcile
from homeward.cli.samples import samples
from homeward.cli.serve import serve
from homeward.cli.spending import spending
from homeward.cli.staff import staff
from homeward.cli.stories import stories
from homeward.cli.telegram import telegram
from homeward.cli.updates import updates
from homeward.cli.worker import worker
from homeward.errors import OperatorError


@click.group()
def homeward() -> None:
    """Follow a survivor's story, and fund one person's way home."""


for command in (
    demo, serve, worker, poll, migrate, samples, cases, caseload, stories, updates, broadcasts,
    telegram, ledger, spending, plan, gift, reconcile, alarms, campaign, recall, consents,
    helplines, staff, audit, keys, gate,
):  # fmt: skip
    homeward.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line. What the operator can mend is said in a line each, with exit code 2."""
    try:
        homeward.main(args=None if arguments is None else list(arguments), prog_name="homeward")
    except OperatorError as problem:
        click.echo(str(problem), err=True)
        sys.exit(2)
