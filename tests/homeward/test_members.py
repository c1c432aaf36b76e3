"""Staff and the audit log on the command line, over a real database."""

import asyncio
import re

import pytest

from homeward.cli.main import main
from storage import guards
from storage.sealing import new_data_key
from tests.storage.schemas import run as over


@pytest.fixture
def run(database_url, monkeypatch, capfd):
    """Call it with a command line to get its exit code and what it said."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATA_KEY", new_data_key())

    def call(*arguments):
        with pytest.raises(SystemExit) as end:
            main(list(arguments))
        told = capfd.readouterr()
        return end.value.code, told.out + told.err

    return call


@pytest.fixture
def admins(run):
    """The codes of the first two."""
    code, told = run("staff", "bootstrap", "700001", "700002")
    assert code == 0
    return re.findall(r"(\w{6}) \(70000", told)


def test_first_two_are_made_once(run, admins):
    again = run("staff", "bootstrap", "1", "2")

    assert len(admins) == 2
    assert again[0] == 2
    assert again[1].startswith("There is staff already.")
    assert run("staff", "list")[1].splitlines() == [
        "operator: no role; cannot come in",
        *(f"{code}: admin; can come in, for the first time" for code in admins),
    ]


def test_role_is_asked_for_by_one_and_confirmed_by_another(run, admins):
    one, two = admins
    added = run("staff", "add", "700003", "--by", one)
    code = added[1].partition(":")[0]

    asked = run("staff", "grant", code, "finance", "--by", one)
    waits = run("staff", "list")[1]
    alone = run("staff", "confirm", code, "finance", "--by", one)
    done = run("staff", "confirm", code, "finance", "--by", two)
    gone = run("staff", "revoke", code, "finance", "--by", one)

    assert asked == (0, f"Asked: finance for {code}. Another admin confirms it.\n")
    assert f"asked by {one}: finance for {code}" in waits
    assert alone[0] == 2
    assert "neither asked for it" in alone[1]
    assert done == (0, f"{code} is finance now.\n")
    assert gone == (0, f"{code} is not finance any more.\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("bootstrap", "7", "7"), "Name two people"),
        (("add", "700001"), "is of somebody"),
        (("grant", "nobody", "finance"), "no member of staff 'nobody'"),
        (("grant", "{one}", "finance", "--by", "{one}"), "of their own"),
        (("confirm", "{one}", "finance", "--by", "{two}"), "Nobody has asked"),
        (("confirm", "{one}", "finance", "--by", "operator"), "an admin gives them"),
        (("revoke", "{one}", "finance"), "nothing that could be taken"),
        (("revoke", "{one}", "--by", "nobody"), "no member of staff 'nobody'"),
    ],
)
def test_what_cannot_be_is_told_with_what_to_do(run, admins, words, told):
    one, two = admins

    code, said = run("staff", *(word.format(one=one, two=two) for word in words))

    assert code == 2
    assert told in said


def test_log_is_shown_and_holds(run, admins):
    shown = run("audit", "show", "--staff", admins[1])
    verified = run("audit", "verify")

    [line] = shown[1].splitlines()
    assert re.fullmatch(rf"2 \S+ \S+ operator staff\.bootstrapped staff {admins[1]}", line)
    assert verified[0] == 0
    assert re.match(r"2 rows hold\. The last is [0-9a-f]{64}\.", verified[1])


def test_log_that_was_changed_is_told_by_its_first_row(run, admins, database_url):
    def change(connection):
        guards.drop(connection)
        connection.exec_driver_sql("UPDATE audit_entry SET actor = 'one' WHERE seq = 1")

    asyncio.run(over(database_url, change))
    run("migrate")

    assert run("audit", "verify") == (1, "Row 1: it is not as it was written.\n")


def test_who_lost_the_app_has_no_role_until_two_give_it(run, admins):
    one, two = admins
    code = run("staff", "add", "700003", "--by", one)[1].partition(":")[0]
    run("staff", "grant", code, "finance", "--by", one)
    run("staff", "confirm", code, "finance", "--by", two)

    done = run("staff", "renew", code, "--by", one)

    assert done[0] == 0
    assert f"{code}: no role; can come in, for the first time" in run("staff", "list")[1]


def test_log_of_a_case_that_is_not_there(run, admins):
    assert run("audit", "show", "--case", "nobody") == (2, "There is no case 'nobody'.\n")


def test_end_of_the_log_that_was_cut_off_is_missed_by_a_hash_that_was_noted(
    run, admins, database_url
):
    told = run("audit", "verify")
    noted = told[1].split()[-1].rstrip(".")

    there = run("audit", "verify", "--noted", noted)
    asyncio.run(over(database_url, _cut_off))
    run("migrate")
    gone = run("audit", "verify", "--noted", noted)
    without = run("audit", "verify")
    nonsense = run("audit", "verify", "--noted", "xyz")

    assert there[0] == 0
    assert gone == (1, "The row that was noted is not there: the end of the log was cut off.\n")
    assert without[0] == 0
    assert nonsense[0] == 2


def _cut_off(connection):
    guards.drop(connection)
    connection.exec_driver_sql("DELETE FROM audit_entry WHERE seq = 2")
