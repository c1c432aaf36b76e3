"""What staff do with cases and stories on the command line: done, or told what to do instead."""

import asyncio
import os

import pytest

from homeward.cli.main import main
from services import reviewing
from services.catalogue import Shelf
from services.house import House
from storage.sealing import Seal, new_data_key
from stories.pack import SHIPPED, load_pack
from tests.staff import a_member
from values.clock import utc_now

FACTS = (
    "--region", "mainland_south_east_asia", "--age-band", "18_29", "--exploitation", "fishing",
    "--gender", "not_said", "--period-band", "6_24_months",
)  # fmt: skip
OPEN = ("cases", "open", *FACTS, "--currency", "USD", "--line", "shelter=300")
UNTIL = f"{utc_now().year + 1}-01-01"


@pytest.fixture
async def run(database, database_url, monkeypatch, capfd):
    """Call it with a command line to get its exit code and what it said."""
    key = new_data_key()
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATA_KEY", key)
    monkeypatch.setenv("PUBLISH_DELAY_MINUTES", "0")
    async with database.write() as connection:
        for code in ("one", "two"):
            await a_member(connection, code, "case_officer", "protection_officer")

    async def call(*arguments):
        def command():
            with pytest.raises(SystemExit) as end:
                main(list(arguments))
            return end.value.code

        code = await asyncio.to_thread(command)
        told = capfd.readouterr()
        return code, told.out + told.err

    return call


@pytest.fixture
def house(run, database):
    """The house that the command line opens, in this process."""
    seal = Seal(os.environ["DATA_KEY"])
    return House(database, seal, Shelf(seal), "Safe Way Home", "http://x.example")


async def test_case_is_opened_and_shown(run):
    code, told = await run(*OPEN, "--line", "legal=120.50", "--by", "one")
    slug = told.split()[-1].rstrip(".")

    assert code == 0, told
    shown = (await run("cases", "show", slug))[1].splitlines()
    assert shown[1:5] == [
        "open; outcome: none yet",
        "Need: 420.50 USD",
        "  shelter: 300.00 USD",
        "  legal: 120.50 USD",
    ]
    assert shown[6] == "Risk: nobody has filled in the form; nothing is published"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((*OPEN, "--by", "nobody"), "There is no staff 'nobody'."),
        ((*OPEN, "--line", "gold=1", "--by", "one"), "'gold' is not a budget line."),
        ((*OPEN, "--line", "legal=0", "--by", "one"), "is not an amount"),
        ((*OPEN, "--line", "shelter=5", "--by", "one"), "Each budget line may stand only once."),
        (
            (*OPEN[:5], "under_18", *OPEN[6:], "--by", "one"),
            "No case of somebody under 18 can be opened here.",
        ),
        ((*OPEN[:-2], "--by", "one"), "A plan needs a line at least"),
        (("cases", "show", "nobody"), "There is no case 'nobody'."),
        (("cases", "risk", "nobody", "--level", "low", "--by", "one"), "There is no case"),
        (("stories", "review", "99"), "There is no such version."),
        (("stories", "approve", "99", "--by", "two"), "There is no such version."),
        (("stories", "return", "99", "--note", "x", "--by", "two"), "There is no such version."),
        (("stories", "stop", "99", "--by", "two"), "Nothing of it waits to become public."),
    ],
)
async def test_what_cannot_be_done_is_told(run, words, told):
    code, said = await run(*words)

    assert code == 2
    assert told in said


async def test_risk_is_never_below_what_the_answers_ask_for(run):
    slug = (await run(*OPEN, "--by", "one"))[1].split()[-1].rstrip(".")

    told = await run(
        "cases", "risk", slug, "--level", "low", "--trafficker-at-large", "--court-case",
        "--limit", "no_family", "--by", "one",
    )  # fmt: skip

    assert told == (0, "The risk is high. Nothing is published.\n")
    shown = (await run("cases", "show", slug))[1]
    assert "Risk: high, trafficker at large, court case. Her limits: no_family" in shown


async def test_story_goes_the_whole_way_from_pack_to_readers(run, house):
    slug, path = "mala", str(SHIPPED / "mala")
    told = await run("stories", "import", path, "--no-cards", "--author", "one")
    number = told[1].split()[1]
    assert await run("stories", "queue") == (0, f"{number}: {slug}\n")

    too_early = await run("stories", "approve", number, "--by", "two")
    await run("cases", "risk", slug, "--level", "low", "--by", "one")
    for locale in load_pack(SHIPPED / slug).locales:
        for channel in ("bot", "web"):
            kept = await run(
                "cases", "consent", slug, "tell_story", "--channel", channel, "--language",
                locale, "--until", UNTIL, "--by", "one",
            )  # fmt: skip
            assert kept[0] == 0, kept
    by_herself = await run("stories", "approve", number, "--by", "one")
    approved = await run("stories", "approve", number, "--by", "two")
    published = await reviewing.publish_due(house)

    assert too_early[0] == 2
    assert "Nobody has filled in the risk form." in too_early[1]
    assert by_herself == (2, "Somebody other than the author must approve it.\n")
    assert approved[0] == 0, approved
    assert published == 1
    assert await run("stories", "queue") == (0, "Nothing waits.\n")
    assert "Plan: published" in (await run("stories", "review", number))[1]


async def test_story_is_returned_with_a_note(run):
    told = await run("stories", "import", str(SHIPPED / "mala"), "--no-cards", "--author", "one")
    number = told[1].split()[1]

    returned = await run("stories", "return", number, "--note", "Too near.", "--by", "two")
    again = await run("stories", "approve", number, "--by", "two")

    assert returned == (0, "Returned to its author.\n")
    assert again[0] == 2
    assert "It was returned to its author." in again[1]
    assert "Returned: Too near." in (await run("stories", "review", number))[1]


async def test_news_is_written_by_one_approved_by_another_and_stopped(run):
    slug = (await run(*OPEN, "--by", "one"))[1].split()[-1].rstrip(".")
    await run("cases", "risk", slug, "--level", "low", "--by", "one")
    for channel in ("bot", "web"):
        await run(
            "cases", "consent", slug, "publish_updates", "--channel", channel, "--language", "en",
            "--until", UNTIL, "--by", "one",
        )  # fmt: skip
    write = ("updates", "write", slug, "job_found", "--month", "2026-05")

    kept = await run(*write, "--note", "en=She has work again.", "--by", "one")
    by_herself = await run("updates", "approve", "1", "--by", "one")
    approved = await run("updates", "approve", "1", "--by", "two")
    stopped = await run("updates", "stop", "1", "--by", "one")
    other = await run(*write, "--by", "one")
    down = await run("updates", "turn-down", "2", "--by", "two")
    listed = await run("updates", "list", slug)

    assert kept == (0, "Kept as 1. Somebody else approves it.\n"), kept
    assert by_herself == (2, "Somebody other than the author must approve it.\n")
    assert approved[1].startswith("Approved. Shown from "), approved
    assert stopped == (0, "Stopped. Nobody sees it.\n")
    assert (other[0], down) == (0, (0, "Turned down.\n"))
    assert listed[1].splitlines() == [
        "1: job_found, 2026-05, notes in en, stopped",
        "2: job_found, 2026-05, turned down",
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("lottery", "--month", "2026-05"), "There is no such milestone."),
        (("job_found", "--month", "2999-05"), "Write a month that has begun"),
        (("job_found", "--month", "2026-05", "--note", "no language"), "Write a note with its"),
        (("job_found", "--month", "2026-05", "--note", "xx=Work."), "language of a note is not"),
        (("job_found", "--month", "2026-05", "--note", "en=She was 19."), "Write no exact age"),
        (("job_found", "--month", "2026-05", "--note", "en=" + "x" * 400), "A note cannot be used"),
    ],
)
async def test_what_is_no_news_is_told(run, words, told):
    slug = (await run(*OPEN, "--by", "one"))[1].split()[-1].rstrip(".")

    code, said = await run("updates", "write", slug, *words, "--by", "one")

    assert code == 2
    assert told in said
    assert await run("updates", "list", slug) == (0, "There are no updates.\n")


async def test_draft_is_begun_shown_and_not_handed_in_half(run):
    slug = (await run(*OPEN, "--by", "one"))[1].split()[-1].rstrip(".")

    none = await run("stories", "submit", slug, "--by", "one")
    begun = await run("stories", "draft", slug, "--by", "one")
    again = await run("stories", "draft", slug, "--by", "two")
    half = await run("stories", "submit", slug, "--by", "one")

    assert none == (2, "There is no draft of this case.\n")
    assert begun[0] == 0, begun
    assert begun[1].startswith("Revision 1.\nen: pseudonym: ")
    assert "Still wrong: story: chapters.before" in begun[1]
    assert again == begun
    assert half[0] == 2


async def test_story_without_facts_is_not_begun(run):
    await run("stories", "import", str(SHIPPED / "mala"), "--no-cards", "--author", "one")

    code, told = await run("stories", "draft", "mala", "--by", "one")

    assert code == 2
    assert "Say the facts of the case first" in told
