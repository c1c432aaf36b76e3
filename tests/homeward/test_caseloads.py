"""The caseload on the command line, and questions about any table of counts."""

import io
import json
import os

import pytest

from homeward.cli.main import main
from storage.sealing import Seal
from tests.services.desk import a_desk, a_story
from tests.staff import a_member

HEAD = "region,age_band,exploitation,gender,period_band,count\n"
HERS = "mainland_south_east_asia,18_29,domestic_work,woman,6_24_months"


@pytest.fixture
def files(tmp_path):
    """Write a file to get its path."""

    def write(text):
        path = tmp_path / "caseload.csv"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def count(files, monkeypatch, capsys):
    """Ask about a table; get the exit code and the answers. Without any setting."""

    def ask(table, *questions):
        lines = "".join(
            f"{question if isinstance(question, str) else json.dumps(question)}\n"
            for question in questions
        )
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
        monkeypatch.delenv("DATABASE_URL", raising=False)
        monkeypatch.setenv("DATA_KEY", "no key at all")
        with pytest.raises(SystemExit) as end:
            main(["caseload", "count", "--file", files(table), "--jsonl"])
        told = capsys.readouterr()
        answers = [json.loads(line) for line in told.out.splitlines()]
        return end.value.code or 0, answers, told.err

    return ask


def test_people_are_counted_in_a_row_a_person(count):
    table = "region,age_band\n" + "south,18\n" * 11 + "north,18\n"

    code, answers, _ = count(
        table,
        {"id": 1, "attributes": {"region": "south", "age_band": "18"}},
        {"id": "two", "attributes": {"region": "north"}},
        {"id": None, "attributes": {}},
        {"id": 4, "attributes": {"region": "South"}},
    )

    assert code == 0
    assert answers == [
        {"id": 1, "count": 11, "enough": True},
        {"id": "two", "count": 1, "enough": False},
        {"id": None, "count": 12, "enough": True},
        {"id": 4, "count": 0, "enough": False},
    ]


def test_people_are_counted_in_counts(count):
    code, answers, _ = count(
        f"{HEAD}{HERS},6\n{HERS},4\n{HERS.replace('woman', 'man')},3\n",
        {"id": 1, "attributes": {"gender": "woman"}},
        {"id": 2, "attributes": {"region": "mainland_south_east_asia"}},
    )

    assert code == 0
    assert [(answer["count"], answer["enough"]) for answer in answers] == [(10, False), (13, True)]


@pytest.mark.parametrize(
    "bad",
    [
        "not json",
        "[]",
        "[" * 100_000,
        '{"attributes": {}}',
        '{"id": 1}',
        '{"id": 1, "attributes": []}',
        '{"id": 1, "attributes": {"name": "An"}}',
        '{"id": 1, "attributes": {"age_band": "18"}}',
        '{"id": 1, "attributes": {"region": 5}}',
        '{"id": "\\ud800", "attributes": {"region": null}}',
    ],
)
def test_bad_line_is_answered_and_the_others_too(count, bad):
    good = {"id": 9, "attributes": {"region": "south"}}

    code, answers, _ = count("region\nsouth\n", good, bad, good)

    assert code == 2
    assert [answer["id"] for answer in (answers[0], answers[2])] == [9, 9]
    assert answers[1].keys() == {"id", "line", "error"}
    assert answers[1]["line"] == 2


def test_table_that_cannot_be_read_answers_nothing(count):
    code, answers, told = count("region,count\nsouth,many\n", {"id": 1, "attributes": {}})

    assert (code, answers) == (2, [])
    assert "line 2: count must be a whole number" in told


async def test_caseload_is_imported_shown_and_overridden(database, run, files):
    desk = await a_desk(database, counts=False)
    desk.seal = Seal(os.environ["DATA_KEY"])
    await desk.consent()
    async with database.write() as connection:
        for code in ("one", "two"):
            await a_member(connection, code, "protection_officer")
    version = await desk.draft(a_story())
    ask = ("caseload", "override", "--story", f"{version}", "--reason", "She asks.", "--by")

    none = await run("caseload", "show")
    bad = await run("caseload", "import", files(f"{HEAD}{HERS},x\n"), "--by", "one")
    still_none = await run("caseload", "show")
    kept = await run("caseload", "import", files(f"{HEAD}{HERS},3\n"), "--by", "one")
    shown = await run("caseload", "show")
    asked = await run(*ask, "one")
    by_herself = await run("caseload", "grant", "1", "--by", "one")
    granted = await run("caseload", "grant", "1", "--by", "two")
    again = await run("caseload", "grant", "1", "--by", "two")
    listed = await run("caseload", "overrides", "mala")
    reviewed = await run("stories", "review", f"{version}")

    assert none[0] == still_none[0] == 2
    assert bad[0] == 2
    assert "line 2: count must be" in bad[1]
    assert kept[1].startswith("Kept as caseload 1: 3 people."), kept
    assert "gender: woman 3" in shown[1]
    assert "0 of 1 combinations stand for 11 or more, 0 people" in shown[1]
    assert asked == (0, "Asked as 1. Another protection officer grants it.\n")
    assert by_herself == (2, "Somebody other than who asked must grant it.\n")
    assert granted == (0, "Granted, for exactly these facts and this caseload.\n")
    assert again == (2, "It was granted before.\n")
    assert listed[1].endswith("3 people, caseload 1, granted: She asks.\n")
    assert "stands for 3 people of at least 11, allowed by two\n" in reviewed[1]


async def test_override_needs_to_say_for_what(database, run):
    await a_desk(database)

    code, told = await run("caseload", "override", "--reason", "She asks.", "--by", "one")

    assert code == 2
    assert "--story NUMBER, --update NUMBER or --need-card CASE" in told
