"""
What a plan needs, and how it ends, on the desk: set, grown with a note that donors can read,
finished line by line, ended after a yes.
"""

import json
import re

import pytest

from services import publishing, signing
from services.staff import Role
from storage import cases
from stories.pack import Pack
from tests.pages.desk_rig import plain, values
from tests.pages.rig import usd
from tests.two_stories import two_packs


@pytest.fixture
def database_url(sqlite_url):
    """One engine: what the pages call is tried on both."""
    return sqlite_url


GROW = {"act": "grow", "line": "medical", "note_en": "The doctor asks for a second visit."}
OPEN = {
    "region": "east_asia", "age_band": "18_29", "exploitation": "fishing", "gender": "man",
    "period_band": "not_said", "currency": "USD", "line_shelter": "300", "line_legal": "120.50",
    "request": "r",
}  # fmt: skip


@pytest.fixture
async def officer(front):
    return await front.member("k7mnp2", Role.CASE_OFFICER)


@pytest.fixture
async def protection(front):
    return await front.member("pr0t22", Role.PROTECTION_OFFICER)


@pytest.fixture
async def case(front):
    return await front.funded_case()


@pytest.fixture
async def browser(front, officer):
    return await front.signed_in(officer)


async def test_line_is_set_before_the_first_gift(front, officer, browser):
    answer = await browser.send("/desk/open", officer, **OPEN)
    code = answer.headers["Location"].rpartition("/")[2].partition("?")[0]
    path = f"/desk/cases/{code}/need"

    done = await browser.send(path, officer, act="set", line="medical", amount="80")
    seen = await browser.get(path)
    gone = await browser.send(path, officer, act="set", line="legal", amount="0")

    assert done.headers["Location"] == gone.headers["Location"] == f"{path}?told=line_set"
    assert "Medical 80 USD" in plain(seen)
    assert "A line needs more" not in seen.words
    acts = [act for _, act, about in await front.acts() if about == f"case {code}"]
    assert acts == ["case.opened", "plan.line_set", "plan.line_set"]


async def test_line_grows_after_the_first_gift_and_its_donors_read_why(
    front, officer, case, browser
):
    path = f"/desk/cases/{case.code}/need"
    line, was = case.lines[0]
    more = str((was + usd(50)).decimal)
    sent = GROW | {"line": line.value, "amount": more}

    early = await browser.get("/en/stories/mala")
    done = await browser.send(path, officer, **sent)
    again = await browser.send(path, officer, **sent)
    desk = await browser.get(path)
    page = await browser.get("/en/stories/mala")

    assert done.headers["Location"] == again.headers["Location"] == f"{path}?told=line_grown"
    assert "Set a line" not in desk.words
    assert "How it grew" in desk.words
    assert GROW["note_en"] in desk.words
    assert GROW["note_en"] not in early.words
    assert "this line grew from 250 USD to 300 USD." in plain(page)
    assert page.text.count(GROW["note_en"]) == 1
    assert [act for _, act, _ in await front.acts()].count("plan.line_grown") == 1


async def told_without(front, case, line):
    """Publish the story of *case* as one that says nothing of *line*."""
    story = json.loads(two_packs()[1].to_json())
    story["budget"]["lines"] = [each for each in story["budget"]["lines"] if each["line"] != line]
    for texts in story["texts"].values():
        texts["lines"].pop(line)
    seal, now = front.house.seal, front.clock()
    async with front.house.write() as connection:
        author = await cases.staff_id(connection, "invented-officer")
        approver = await cases.staff_id(connection, "invented-reviewer")
        assert author is not None
        assert approver is not None
        version = await publishing.keep_draft(
            connection, seal, Pack.from_json(json.dumps(story)), case_id=case.id,
            author_id=author, now=now,
        )  # fmt: skip
        for language in await signing.languages(connection, version):
            await signing.sign(connection, language, approver_id=approver, now=now)
        await publishing.approve(
            connection, seal, version_id=version, approver_id=approver, now=now
        )
        await publishing.publish(connection, seal, version_id=version, now=now)


async def test_line_that_the_story_does_not_tell_of_stands_on_the_page_all_the_same(
    front, officer, case, browser
):
    await told_without(front, case, "medical")

    await browser.send(f"/desk/cases/{case.code}/need", officer, **GROW, amount="1200")
    page = await browser.get("/ar/stories/mala")

    assert page.status == 200
    # In English, for nobody wrote it in Arabic.
    assert f'lang="en" dir="ltr">{GROW["note_en"]}' in page.text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"line": "gold"}, "Choose a line."),
        ({"amount": "much"}, "Write the amount as a number"),
        ({"amount": "1"}, "Write more than that."),
        ({"note_en": " "}, "Say why, in a sentence or two"),
        ({"note_en": "Call +66 81 234 5678."}, "English: "),
        ({"note_en": "It is on 12/05/2026."}, "English: "),
        ({"note_en": "x" * 201}, "English: it has 201 characters; shorten it to 200"),
        ({"note_fr": "Elle a 19 ans."}, "French: "),
        ({"act": "set"}, "Somebody has given by now"),
    ],
)
async def test_line_that_cannot_grow_is_told_and_kept(front, officer, case, browser, fields, told):
    line, was = case.lines[0]
    sent = GROW | {"line": line.value, "amount": str((was + usd(50)).decimal)} | fields

    answer = await browser.send(f"/desk/cases/{case.code}/need", officer, **sent)

    assert answer.status == 422
    assert told in answer.words
    assert "Nothing was changed." in answer.words
    kept = values(answer)
    for name in sent.keys() - {"act"}:
        if sent[name] != "gold":
            assert kept[name] == sent[name], name
    assert await front.rows("SELECT * FROM need_note") == []


async def test_line_is_finished(front, officer, case, browser):
    path = f"/desk/cases/{case.code}/need"
    line, other = case.lines[0][0], case.lines[1][0]

    bad = await browser.send(f"{path}/finish", officer, done=line.value, to="")
    same = await browser.send(f"{path}/finish", officer, done=line.value, to=line.value)
    done = await browser.send(f"{path}/finish", officer, done=line.value, to=other.value)
    seen = await browser.get(path)

    assert bad.status == same.status == 422
    assert "where its money goes" in bad.words
    assert values(bad)["done"] == line.value
    assert done.headers["Location"] == f"{path}?told=line_finished"
    assert line.value.replace("_", " ").capitalize() not in re.findall(r"<dt>([^<]*)", seen.text)


# How a plan ends


async def test_plan_ends_after_a_yes(front, protection, case):
    browser = await front.signed_in(protection)
    path = f"/desk/cases/{case.code}/end"

    ways = await browser.get(path)
    before = await browser.get(f"{path}/died")
    unsure = await browser.send(f"{path}/died", protection)
    ended = await browser.send(f"{path}/died", protection, sure="yes")
    again = await browser.send(f"{path}/died", protection, sure="yes")
    other = await browser.send(f"{path}/complete", protection, sure="yes")
    seen = await browser.get(f"/desk/cases/{case.code}?told=ended")
    page = await browser.get("/en/stories/mala")

    sentence = "This plan has ended. What was not spent belongs to those who gave it."
    assert ways.words.count(sentence) == 4
    assert ways.words.count("This plan is complete. Thank you.") == 1
    assert sentence in before.words
    assert "holds 100 USD that is not spent" in plain(before)
    assert "after 7 days gets it back" in before.words
    assert unsure.status == 422
    assert "Tick the box if you are sure." in unsure.words
    assert (
        ended.headers["Location"]
        == again.headers["Location"]
        == (f"/desk/cases/{case.code}?told=ended")
    )
    assert other.status == 422
    assert "Its donors are asked" in seen.words
    assert sentence in page.words
    assert "died" not in page.text
    assert [act for _, act, _ in await front.acts()].count("plan.ended") == 1


async def test_spending_that_waits_is_told_before_the_end(front, officer, case, browser):
    line = case.lines[0][0].value
    await browser.send(f"/desk/cases/{case.code}/spending", officer, line=line, amount="1",
                       month="2026-11", request="x")  # fmt: skip

    page = await browser.get(f"/desk/cases/{case.code}/end/complete")

    assert "1 record of spending waits for a decision." in page.words


async def test_way_to_end_that_is_not_known_is_not_there(case, browser):
    assert (await browser.get(f"/desk/cases/{case.code}/end/saved")).status == 404
