"""`homeward campaign create`, `list`, `links` and `report`."""

import asyncio
import datetime as dt
from pathlib import Path

import click

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def campaign() -> None:
    """Links and QR codes to spread, and what they reached. Nobody's path is kept."""


@campaign.command()
@click.argument("name")
@click.option("--case", help="Whose story it opens, by code or address; else the list of stories.")
@click.option("--locale", help="The language it opens in; else the reader's own.")
@click.option("--from", "begins", type=_DAY, help="Counted from this day on (UTC); else from now.")
@click.option("--until", "ends", type=_DAY, help="Counted through this day (UTC); else for good.")
def create(
    name: str,
    case: str | None,
    locale: str | None,
    begins: dt.datetime | None,
    ends: dt.datetime | None,
) -> None:
    """Make a campaign called NAME, which only staff see, and print its links."""
    from homeward import campaigns
    from homeward.settings import load

    made = campaigns.create(
        load(("data_key",)),
        name=name,
        case=case,
        locale=locale,
        begins_at=begins and begins.replace(tzinfo=dt.UTC),
        ends_at=ends and ends.replace(tzinfo=dt.UTC) + dt.timedelta(days=1),
    )
    _say(asyncio.run(made))


@campaign.command("list")
def list_() -> None:
    """Every campaign, the newest first."""
    from homeward import campaigns
    from homeward.settings import load

    _say(asyncio.run(campaigns.listed(load(("data_key",)))) or ["There is no campaign yet."])


@campaign.command()
@click.argument("code")
def links(code: str) -> None:
    """Print the links of the campaign CODE once more."""
    from homeward import campaigns
    from homeward.settings import load

    _say(asyncio.run(campaigns.links(load(("data_key",)), code)))


@campaign.command()
@click.argument("code")
@click.option("--csv", "as_csv", is_flag=True, help="Every count, by day, language and stage.")
@click.option("--picture", type=click.Path(path_type=Path), help="Write the funnel there, as SVG.")
def report(code: str, as_csv: bool, picture: Path | None) -> None:
    """What the campaign CODE reached. Counts below 5 are not told."""
    from homeward import campaigns
    from homeward.settings import load
    from services import campaign_report

    found = asyncio.run(campaigns.report(load(("data_key",)), code))
    if picture is not None:
        picture.write_text(campaign_report.picture_of(found), encoding="utf-8")
    if as_csv:
        click.echo(campaign_report.csv_of(found), nl=False)
    else:
        _say(campaigns.lines_of(found))


def _say(lines: list[str]) -> None:
    for line in lines:
        click.echo(line)
