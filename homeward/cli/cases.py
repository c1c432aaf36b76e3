"""
`homeward cases open`, `confirm`, `show`, `facts`, `risk`, `secrets`, `consent`, `withdraw` and
`need-card`.
"""

import asyncio
import datetime as dt
import sys
from collections.abc import Callable
from typing import Any

import click

from homeward.cli.spending import BY
from values.bands import Gender, Guardian, Limit, PeriodBand, RiskLevel
from values.facts import AgeBand, ExploitationForm, Region

_BANDS = {
    "--region": Region,
    "--age-band": AgeBand,
    "--exploitation": ExploitationForm,
    "--gender": Gender,
    "--period-band": PeriodBand,
}


def _facts(command: Callable[..., None]) -> Callable[..., None]:
    """An option for each coarse fact."""
    for name, words in reversed(_BANDS.items()):
        of = click.Choice([word.value for word in words])
        command = click.option(name, type=of, required=True)(command)
    return command


_PURPOSE = click.Choice(("tell_story", "show_need", "publish_updates", "translate"))


@click.group()
def cases() -> None:
    """Open cases, and say what is known of them. No name is ever asked for."""


@cases.command("open")
@_facts
@click.option("--currency", required=True, help="Such as USD.")
@click.option("--line", "lines", multiple=True, help="A budget line: shelter=300. Repeat it.")
@click.option("--training", is_flag=True, help="For a course: never public, takes no money.")
@click.option(
    "--guardian",
    type=click.Choice([word.value for word in Guardian]),
    help="Under 18 alone: who looks after the child. Another protection officer confirms.",
)
@click.option("--guardian-month", help="The month of that record, such as 2026-11.")
@BY
def open_(
    currency: str, lines: tuple[str, ...], training: bool, guardian: str | None,
    guardian_month: str | None, by: str, **bands: Any,
) -> None:  # fmt: skip
    """Open a case under a pseudonym that no other case has."""
    from homeward import case_files
    from homeward.settings import load

    said = case_files.facts(**bands)
    click.echo(
        asyncio.run(
            case_files.open_case(
                load(("data_key",)), said=said, currency=currency, lines=lines,
                training=training, by=by, guardian=guardian, guardian_month=guardian_month,
            )
        )
    )  # fmt: skip


@cases.command()
@click.argument("case")
@BY
def confirm(case: str, by: str) -> None:
    """Agree to open CASE of somebody under 18, which another protection officer asked for."""
    from homeward import case_files
    from homeward.settings import load

    click.echo(asyncio.run(case_files.confirm(load(("data_key",)), case, by)))


@cases.command()
@click.argument("case")
def show(case: str) -> None:
    """All that staff know of CASE (its code or its address)."""
    from homeward import case_files
    from homeward.settings import load

    click.echo("\n".join(asyncio.run(case_files.show(load(("data_key",)), case))))


@cases.command()
@click.argument("case")
@_facts
@BY
def facts(case: str, by: str, **bands: Any) -> None:
    """Say the coarse facts of CASE, in place of those said before."""
    from homeward import case_files
    from homeward.settings import load

    said = case_files.facts(**bands)
    click.echo(asyncio.run(case_files.say_facts(load(("data_key",)), case=case, said=said, by=by)))


@cases.command()
@click.argument("case")
@click.option("--level", type=click.Choice([level.value for level in RiskLevel]), required=True)
@click.option("--trafficker-at-large", is_flag=True)
@click.option("--court-case", is_flag=True)
@click.option("--minor", is_flag=True)
@click.option("--returns-to-same-area", is_flag=True)
@click.option(
    "--limit",
    "limits",
    multiple=True,
    type=click.Choice([limit.value for limit in Limit]),
    help="What she does not want told. Repeat it.",
)
@BY
def risk(case: str, level: str, limits: tuple[str, ...], by: str, **answers: bool) -> None:
    """Fill in the risk form of CASE. With a high risk nothing is published."""
    from homeward import case_files
    from homeward.settings import load
    from services.case_acts import Risk

    form = Risk(
        **answers, limits=frozenset(Limit(limit) for limit in limits), level=RiskLevel(level)
    )
    click.echo(asyncio.run(case_files.say_risk(load(("data_key",)), case=case, risk=form, by=by)))


@cases.command()
@click.argument("case")
@BY
def secrets(case: str, by: str) -> None:
    """
    Put words on the secret list of CASE: what must be nowhere in anything that is told of it.

    Reads them from the standard input, one a line: the true name, nicknames, village, employer,
    boat, shelter, trafficker, in every spelling and script. No word is kept, only keyed hashes by
    which it is found. A list only grows.
    """
    from homeward import case_files
    from homeward.settings import load

    said = sys.stdin.buffer.read()
    settings = load(("data_key",))
    click.echo(asyncio.run(case_files.keep_secrets(settings, case=case, said=said, by=by)))


@cases.command()
@click.argument("case")
@click.argument("purpose", type=_PURPOSE)
@click.option(
    "--channel",
    "channels",
    type=click.Choice(("bot", "web")),
    multiple=True,
    required=True,
    help="Repeat it.",
)
@click.option(
    "--language", "locales", multiple=True, required=True, help="Such as en or zh_Hans. Repeat it."
)
@click.option(
    "--until", type=click.DateTime(("%Y-%m-%d",)), required=True, help="The last day it holds."
)
@click.option("--uses", type=int, help="How many publications it covers; without it, any number.")
@BY
def consent(
    case: str, purpose: str, channels: tuple[str, ...], locales: tuple[str, ...],
    until: dt.datetime, uses: int | None, by: str,
) -> None:  # fmt: skip
    """Write down that PURPOSE was consented to for CASE, before the person with the code --by."""
    from homeward import case_files
    from homeward.settings import load

    kept = asyncio.run(
        case_files.give_consents(
            load(("data_key",)), case=case, purpose=purpose, channels=channels, locales=locales,
            until=until.date(), uses=uses, by=by,
        )
    )  # fmt: skip
    click.echo("\n".join(kept))


@cases.command()
@click.argument("case")
@click.argument("purpose", type=_PURPOSE)
@click.option("--channel", type=click.Choice(("bot", "web")), help="Without it: on both.")
@click.option("--language", "locale", help="Such as en; without it: in every language.")
@BY
def withdraw(case: str, purpose: str, channel: str | None, locale: str | None, by: str) -> None:
    """The consent to PURPOSE for CASE is withdrawn, at once. No reason is asked."""
    from homeward import case_files
    from homeward.settings import load

    click.echo(
        asyncio.run(
            case_files.withdraw_consent(
                load(("data_key",)), case=case, purpose=purpose, channel=channel, locale=locale,
                by=by,
            )
        )
    )  # fmt: skip


@cases.command("need-card")
@click.argument("case")
@click.option("--ask", "act", flag_value="ask", help="Ask for it to be shown.")
@click.option("--approve", "act", flag_value="approve", help="Somebody else does.")
@click.option("--turn-down", "act", flag_value="turn_down")
@click.option("--by", "by", metavar="CODE", help="Staff code of who does it.")
def need_card(case: str, act: str | None, by: str | None) -> None:
    """
    Show CASE with its need alone, without a story; without an option: what the card says.

    One person asks and another approves.
    """
    from homeward import need_cards
    from homeward.settings import load

    if act is not None and by is None:
        raise click.UsageError("Say who does it: --by CODE.")
    lines = asyncio.run(need_cards.act(load(("data_key",)), case=case, wanted=act, by=by or ""))
    click.echo("\n".join(lines))
