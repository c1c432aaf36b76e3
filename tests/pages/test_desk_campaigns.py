"""Campaigns at the desk: made by who may, the links, and counts that point at nobody."""

import csv
import io

import pytest

from services import arrivals, audit, campaigns
from services.staff import Role


@pytest.fixture
def database_url(sqlite_url):
    """One engine: what the pages call is tried on both."""
    return sqlite_url


@pytest.fixture
async def officer(front):
    return await front.member("k7mnp2", Role.CASE_OFFICER)


async def opened(front, campaign, times, locale="en"):
    async with front.house.write() as connection:
        for _ in range(times):
            await arrivals.visited(connection, campaign, locale, front.clock())


async def a_campaign(front, **options):
    given = {"name": "Spring", "case": "mala", "locale": None, "begins_at": None, "ends_at": None}
    return await campaigns.create(front.house, **{**given, **options})


async def test_an_officer_makes_a_link_and_sees_it(front, officer):
    async with front.house.looking("web") as look:
        case = (await look.case_at("mala")).case
    browser = await front.signed_in(officer)

    made = await browser.send(
        "/desk/campaigns", officer, name="Spring <fair>", case=case.code, locale="th",
        begins="2026-11-01", ends="2026-12-31",
    )  # fmt: skip
    page = await browser.get(made.headers["Location"])

    (campaign,) = await campaigns.every(front.house)
    assert (campaign.name, campaign.locale, campaign.case_id) == ("Spring <fair>", "th", case.id)
    assert f"{campaign.ends_at:%Y-%m-%d %H:%M}" == "2027-01-01 00:00"
    assert "The link is made." in page.words
    assert "Spring <fair>" not in page.text
    assert f"{front.url}/c/{campaign.code}" in page.text
    assert "through 2026-12-31" in page.words
    assert f'href="/ar/c/{campaign.code}"' in page.text
    async with front.house.read() as connection:
        entry = (await audit.newest(connection, about=audit.of_case(case), most=9))[0]
    assert (entry.act, entry.by) == ("campaign.made", officer.code)
    assert entry.detail == {"campaign": campaign.code}


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"name": " "}, "Give it a name of 1 to 60 letters."),
        ({"name": "x" * 61}, "Give it a name of 1 to 60 letters."),
        ({"case": "nobody"}, "There is no such case."),
        ({"locale": "xx"}, "Choose a language of the list."),
        ({"begins": "tomorrow"}, "Write the days as the field asks for them."),
        ({"begins": "2026-12-02", "ends": "2026-12-01"}, "It would end before it begins."),
    ],
)
async def test_what_cannot_be_is_told_and_nothing_is_made(front, officer, sent, told):
    browser = await front.signed_in(officer)

    answer = await browser.send("/desk/campaigns", officer, **{"name": "Spring", **sent})

    assert answer.status == 422
    assert told in answer.words
    assert await campaigns.every(front.house) == []


async def test_who_has_another_role_looks_and_makes_nothing(front):
    finance = await front.member("f3nnc2", Role.FINANCE)
    await a_campaign(front)
    browser = await front.signed_in(finance)

    seen = await browser.get("/desk/campaigns")
    refused = await browser.send("/desk/campaigns", finance, name="Spring")

    assert "Spring" in seen.words
    assert "Make the link" not in seen.words
    assert refused.status == 403
    assert len(await campaigns.every(front.house)) == 1


async def test_an_admin_alone_sees_none(front):
    browser = await front.signed_in(await front.member("adm1n", Role.ADMIN))

    page = await browser.get("/desk/campaigns")

    assert page.status == 403
    assert "/desk/campaigns" not in (await browser.get("/desk/")).text


async def test_the_report_tells_counts_and_hides_small_ones(front, officer):
    made = await a_campaign(front)
    await opened(front, made, 12)
    await opened(front, made, 2, "km")
    browser = await front.signed_in(officer)

    page = await browser.get(f"/desk/campaigns/{made.code}")
    table = await browser.get(f"/desk/campaigns/{made.code}/report.csv")
    picture = await browser.get(f"/desk/campaigns/{made.code}/funnel.svg")

    assert "opened on the web 14" in page.words
    assert "Language In the chat On the web en 0 - km 0 <5" in page.words
    assert "Given, and arrived: nothing yet" in page.words
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert {row["language"]: row["count"] for row in rows} == {"en": "-", "km": "<5"}
    assert table.headers["Content-Disposition"].endswith(f'"campaign-{made.code}.csv"')
    assert picture.headers["Content-Type"].startswith("image/svg+xml")
    assert picture.headers["Cache-Control"] == "no-store"
    assert ">14<" in picture.text


@pytest.mark.parametrize("of", ["", "/report.csv", "/funnel.svg"])
async def test_nobody_else_sees_a_report(front, officer, of):
    made = await a_campaign(front)
    browser = await front.signed_in(officer)

    assert (await front.browser().get(f"/desk/campaigns/{made.code}{of}")).status == 401
    assert (await browser.get(f"/desk/campaigns/nosuchcode{of}")).status == 404
