"""Campaigns on the command line: links to spread, and a report that points at nobody."""

import datetime as dt

import pytest

from homeward.campaigns import csv_of, funnel, lines_of, picture_of, shown
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


def test_small_counts_are_not_told_anywhere():
    found = a_report(
        [Count(DAY, "km", Stage.OPENED, 4), Count(DAY, "en", Stage.STEP, 7)],
        [Given(DAY, "km", "USD", 4, 12_345)],
    )

    lines, table, picture = "\n".join(lines_of(found)), csv_of(found), picture_of(found)

    assert [shown(number) for number in (0, 1, 4, 5, 70)] == ["0", "<5", "<5", "5", "70"]
    assert f"{DAY},km,opened in the chat,<5\r\n" in table
    assert f"{DAY},en,saw step 1,7\r\n" in table
    assert "given: in USD: fewer than 5 gifts" in lines
    assert "&lt;5" in picture
    assert "Spring &lt;1&gt;" in picture
    for told in (lines, table, picture):
        assert "123" not in told


def test_the_funnel_goes_from_the_link_to_the_gift():
    found = a_report(
        [
            Count(DAY, "en", Stage.OPENED_ON_WEB, 9),
            Count(DAY, "en", Stage.OPENED, 8),
            Count("2026-11-28", "th", Stage.OPENED, 2),
            Count(DAY, "en", Stage.STEP + 1, 5),
            Count(DAY, "en", Stage.NEED, 3),
        ],
        [Given(DAY, "en", "USD", 6, 60_000)],
    )

    assert funnel(found) == [
        ("opened on the web", 9),
        ("opened in the chat", 10),
        ("saw step 2", 5),
        ("saw the plan", 3),
        ("gave", 6),
    ]
    assert "600.00 USD in 6 gifts" in "\n".join(lines_of(found))
