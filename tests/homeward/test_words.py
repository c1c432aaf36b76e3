"""What staff do with cases and stories on the command line: done, or told what to do instead."""

import asyncio
import io
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
            "No case of somebody under 18 can be opened here, unless two protection officers",
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
    for code in ("one", "two"):
        looked = await run("stories", "looked", number, "--all", "--by", code)
        assert looked[0] == 0, looked
    sign = ("stories", "approve-language", number)
    own_words = await run(*sign, "en", "--by", "one")
    unsigned = await run("stories", "approve", number, "--by", "two")
    for locale in load_pack(SHIPPED / slug).locales:
        signed = await run(*sign, locale, "--by", "two")
        assert signed == (0, f"Its words in {locale} are approved.\n")
    twice = await run(*sign, "en", "--by", "two")
    by_herself = await run("stories", "approve", number, "--by", "one")
    approved = await run("stories", "approve", number, "--by", "two")
    published = await reviewing.publish_due(house)
    told_of = (await run("stories", "review", number))[1]

    assert too_early[0] == 2
    assert "Nobody has filled in the risk form." in too_early[1]
    assert own_words == (2, "Somebody other than the author approves its words.\n")
    assert unsigned[1].startswith("Nobody has approved its words in en.\n")
    assert twice == (2, "This language is approved already.\n")
    assert "Language en: written by one, approved by two" in told_of
    assert by_herself == (2, "Somebody other than the author must approve it.\n")
    assert approved[0] == 0, approved
    assert published == 1
    assert await run("stories", "queue") == (0, "Nothing waits.\n")
    assert "Plan: published" in told_of


async def test_story_is_returned_with_a_note(run):
    told = await run("stories", "import", str(SHIPPED / "mala"), "--no-cards", "--author", "one")
    number = told[1].split()[1]

    returned = await run("stories", "return", number, "--note", "Too near.", "--by", "two")
    again = await run("stories", "approve", number, "--by", "two")

    assert returned == (0, "Returned to its author.\n")
    assert again[0] == 2
    assert "It was returned to its author." in again[1]
    assert "Returned: Too near." in (await run("stories", "review", number))[1]


async def test_news_is_written_by_one_approved_by_another_and_stopped(run, tmp_path):
    slug = (await run(*OPEN, "--by", "one"))[1].split()[-1].rstrip(".")
    await run("cases", "risk", slug, "--level", "low", "--by", "one")
    for channel in ("bot", "web"):
        await run(
            "cases", "consent", slug, "publish_updates", "--channel", channel, "--language", "en",
            "--until", UNTIL, "--by", "one",
        )  # fmt: skip
    write = ("updates", "write", slug, "job_found", "--month", "2026-05")
    counts = tmp_path / "counts.csv"
    counts.write_text(
        "region,age_band,exploitation,gender,period_band,count\n"
        "mainland_south_east_asia,18_29,fishing,not_said,6_24_months,11\n"
    )

    kept = await run(*write, "--note", "en=She has work again.", "--by", "one")
    by_herself = await run("updates", "approve", "1", "--by", "one")
    uncounted = await run("updates", "approve", "1", "--by", "two")
    await run("caseload", "import", str(counts), "--by", "one")
    approved = await run("updates", "approve", "1", "--by", "two")
    stopped = await run("updates", "stop", "1", "--by", "one")
    other = await run(*write, "--by", "one")
    down = await run("updates", "turn-down", "2", "--by", "two")
    listed = await run("updates", "list", slug)

    assert kept == (0, "Kept as 1. Somebody else approves it.\n"), kept
    assert by_herself == (2, "Somebody other than the author must approve it.\n")
    assert uncounted[0] == 2
    assert "`homeward caseload import`" in uncounted[1]
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


async def test_consent_is_withdrawn_by_the_command_line(run):
    slug = (await run(*OPEN, "--by", "one"))[1].split()[-1].rstrip(".")
    kept = await run(
        "cases", "consent", slug, "tell_story", "--channel", "bot", "--language", "en",
        "--language", "fr", "--until", UNTIL, "--by", "one",
    )  # fmt: skip
    assert kept[1].splitlines() == [
        f"Consent to tell_story in {locale} on bot is kept." for locale in ("en", "fr")
    ]
    withdraw = "cases", "withdraw", slug, "tell_story"

    nothing = await run(*withdraw, "--channel", "web", "--by", "one")
    french = await run(*withdraw, "--language", "fr", "--by", "one")
    rest = await run(*withdraw, "--by", "one")

    assert nothing == (2, "No such consent holds now.\n")
    assert french == rest == (0, "1 consent is withdrawn.\n")
    shown = (await run("cases", "show", slug))[1]
    assert shown.count(", withdrawn") == 2


async def test_secret_words_are_read_kept_and_found(run, monkeypatch):
    slug = (await run(*OPEN, "--by", "one"))[1].split()[-1].rstrip(".")
    keep = ("cases", "secrets", slug, "--by", "one")

    def say(said):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(said)))

    say("Sudarat\n\n สุดารัตน์ \r\nSea Star\n".encode())
    kept = await run(*keep)
    say(b"Sudarat\nx\n")
    short = await run(*keep)
    say(b"\xe1\xff")
    unreadable = await run(*keep)
    say(b"\n \n")
    nothing = await run(*keep)
    blocked = await run(
        "updates", "write", slug, "job_found", "--month", "2026-05", "--note",
        "en=The sea-star sails.", "--by", "one",
    )  # fmt: skip

    assert kept == (0, "Kept: 3 new, 3 in all. A list only grows.\n")
    assert short[0] == unreadable[0] == nothing[0] == 2
    assert "Word 2. Nothing was kept." in short[1]
    assert "UTF-8" in unreadable[1]
    assert "standard input" in nothing[1]
    assert blocked[0] == 2
    assert "en: Take this word out: it is on the case's secret list." in blocked[1]
    assert "Secret list: 3 words" in (await run("cases", "show", slug))[1]


async def test_case_of_a_child_is_opened_by_two(run):
    ask = (*OPEN[:5], "under_18", *OPEN[6:], "--guardian", "court", "--guardian-month")

    no_month = await run(*ask, "soon", "--by", "one")
    asked = await run(*ask, "2026-05", "--by", "one")
    slug = asked[1].split()[-1].rstrip(".`")
    shown = await run("cases", "show", slug)
    closed = await run("cases", "risk", slug, "--level", "low", "--by", "one")
    alone = await run("cases", "confirm", slug, "--by", "one")
    done = await run("cases", "confirm", slug, "--by", "two")
    draft = await run("stories", "draft", slug, "--by", "one")
    news = await run("updates", "write", slug, "job_found", "--month", "2026-05", "--by", "one")

    assert no_month == (2, "Write the month of the guardian record, such as 2026-11.\n")
    assert asked[1].startswith("Asked for case "), asked
    assert "UNDER 18: waits to be confirmed; court, 2026-05; no story, no news" in shown[1]
    assert "closed; outcome: none yet" in shown[1]
    assert closed == (2, f"There is no confirmed case {slug!r}.\n")
    assert alone == (2, "Somebody other than who asked must confirm it.\n")
    assert done[1].startswith("Confirmed. The case is open"), done
    assert draft == (2, "The story of somebody under 18 is not told.\n")
    assert news == (2, "Nothing is told of somebody under 18.\n")


async def test_warnings_are_shown_with_marks_and_looked_at(run):
    slug = (await run(*OPEN, "--by", "one"))[1].split()[-1].rstrip(".")
    said = ("--month", "2026-05", "--note", "en=Her friend Somchai found work.")

    kept = await run("updates", "write", slug, "job_found", *said, "--by", "one")
    mark = kept[1].splitlines()[1].split()[1].rstrip(",")
    which = await run("updates", "looked", "1", "--by", "one")
    wrong = await run("updates", "looked", "1", "--mark", "0" * 12, "--by", "one")
    one = await run("updates", "looked", "1", "--mark", mark, "--by", "one")
    two = await run("updates", "looked", "1", "--all", "--by", "two")
    nothing = await run("updates", "looked", "9", "--all", "--by", "two")
    draft = await run("stories", "looked", "--case", slug, "--all", "--by", "one")
    neither = await run("stories", "looked", "--all", "--by", "one")

    assert ", 0 looked: en: person_name 'Somchai'. " in kept[1], kept
    assert which[0] == wrong[0] == nothing[0] == draft[0] == neither[0] == 2
    assert "--all, or --mark MARK" in which[1]
    assert "No warning has the mark '000000000000'" in wrong[1]
    assert one == (0, "Written down: 1 looks.\n")
    assert two == (0, "Written down: 1 looks.\n")
    assert nothing[1] == "There is no update '9'.\n"
    assert draft[1] == "There is no draft of this case.\n"
    assert "the NUMBER of a version, or --case" in neither[1]
