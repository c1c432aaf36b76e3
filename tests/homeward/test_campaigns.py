"""Campaigns on the command line: links to spread, and a report that points at nobody."""

import datetime as dt

import pytest

from homeward.campaigns import lines_of
from services.arrivals import Landing
from services.campaigns import Campaign, Count, Given, Report, Stage

DAY = "2026-11-27"
SPRING = Campaign(1, "abc", "Spring <1>", None, None, dt.datetime(2026, 1, 1, tzinfo=dt.UTC), None)


def a_report(counts=(), given=()):
    return Report(Landing(SPRING, None, None), counts, given)


async def test_a_campaign_is_made_listed_and_reported(till, run):
    case = await till.case()

    made = await run(
        "campaign", "create", "Spring", "--case", case.slug, "--locale", "ar",
        "--until", "2030-01-31",
    )  # fmt: skip
    code = made[1].split()[1].rstrip(":")
    listed = await run("campaign", "list")
    links = await run("campaign", "links", code)
    reported = await run("campaign", "report", code)

    assert made[0] == 0, made
    assert f"/c/{code}\n" in made[1]
    assert f"/ar/c/{code}\n" in made[1]
    assert listed[1].startswith(f"{code}  Spring  (ar, from ")
    assert listed[1].endswith(" until 2030-02-01)\n")
    assert links[1] == made[1]
    assert f"Spring ({code})" in reported[1]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("create", "S", "--case", "nobody"), "There is no case 'nobody'."),
        (("create", "S", "--locale", "xx"), "There is no language 'xx'. There are: en,"),
        (("create", " "), "Give it a name of 1 to 60 characters."),
        (("create", "S", "--until", "2020-01-01"), "It would end before it begins."),
        (
            ("create", "S", "--from", "2030-01-02", "--until", "2030-01-01"),
            "It would end before it begins.",
        ),
        (("report", "nosuch"), "There is no campaign 'nosuch'. See `homeward campaign list`."),
    ],
)
@pytest.mark.usefixtures("till")
async def test_what_cannot_be_is_told_with_what_to_do(run, arguments, told):
    code, words = await run("campaign", *arguments)

    assert (code, words.startswith(told)) == (2, True), words


def test_the_report_for_a_terminal_tells_each_way_then_days_and_languages():
    found = a_report(
        [Count(DAY, "en", Stage.OPENED, 8), Count(DAY, "en", Stage.STEP, 6)],
        [Given(DAY, "en", "chat", "USD", 6, 60_000)],
    )

    lines = [" ".join(line.split()) for line in lines_of(found)]

    assert lines[:3] == ["Spring <1> (abc)", "opened in the chat 8", "saw step 1 6 75%"]
    assert "given: 600.00 USD in 6 gifts" in lines
    assert f"{DAY} 8 0" in lines
