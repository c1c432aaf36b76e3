"""What the operator can mend is said in one line, with exit code 2, and never as a traceback."""

import shutil
import socket
import sqlite3
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from homeward.cli.main import main
from homeward.errors import PerhapsDone, PortTaken
from homeward.explaining import explaining
from storage.errors import CommitUncertain
from stories.pack import SHIPPED
from tests.homeward.conftest import SET

SCHEMA = "The database is not at the current schema. Run `homeward migrate`.\n"
STARTS = [["serve"], ["worker"], ["poll"]]
WITH_DATABASE = [
    *STARTS,
    ["samples"],
    ["stories", "import", str(SHIPPED / "mala"), "--author", "officer-1"],
    ["ledger", "verify"],
    ["ledger", "statement", "mala"],
    ["ledger", "export"],
    ["reconcile"],
]


@pytest.fixture
def run(capfd):
    """Call it with a command line to get its exit code and what it said."""

    def call(arguments):
        with pytest.raises(SystemExit) as end:
            main(arguments)
        told = capfd.readouterr()
        return end.value.code, told.out, told.err

    return call


@pytest.fixture
def closed_port():
    """A port at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def taken_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


@pytest.fixture
def refusing():
    """The address of a Telegram that knows no token."""

    class Refusing(BaseHTTPRequestHandler):
        def do_POST(self):
            body = b'{"ok":false,"error_code":401,"description":"Unauthorized"}'
            self.send_response(401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("command", WITH_DATABASE, ids=lambda command: command[0])
@pytest.mark.parametrize("there", [False, True], ids=["no file", "empty file"])
def test_a_database_that_was_never_migrated_is_told(environment, tmp_path, run, command, there):
    environment(**SET)
    if there:
        (tmp_path / ".homeward").mkdir()
        (tmp_path / ".homeward" / "homeward.db").touch()

    assert run(command) == (2, "", SCHEMA)


@pytest.mark.parametrize("command", WITH_DATABASE, ids=lambda command: command[0])
def test_a_database_of_another_schema_is_told(environment, run, command, sqlite_url):
    environment(**SET, DATABASE_URL=sqlite_url)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
        connection.commit()

    assert run(command) == (2, "", SCHEMA)


@pytest.mark.parametrize("command", [*WITH_DATABASE, ["migrate"]], ids=lambda command: command[0])
def test_a_database_that_is_away_is_named_without_its_password(
    environment, run, command, closed_port
):
    url = f"postgresql://h:p4ssw0rd@127.0.0.1:{closed_port}/h?password=p4ssw0rd"
    environment(**SET, DATABASE_URL=url)

    code, out, told = run(command)

    assert (code, out) == (2, "")
    assert told.startswith(
        f"DATABASE_URL: the database at postgresql://h@127.0.0.1:{closed_port}/h"
    )
    assert told.count("\n") == 1
    assert "p4ssw0rd" not in told


def test_a_commit_without_an_answer_is_not_told_as_if_nothing_was_done():
    url = "postgresql://h:p4ssw0rd@db.example/h"

    with pytest.raises(PerhapsDone, match="may have been done") as told, explaining(url):
        raise CommitUncertain("connection is closed")

    assert "p4ssw0rd" not in str(told.value)


@pytest.mark.parametrize("command", [*STARTS, ["telegram", "setup"]], ids=lambda part: part[0])
def test_a_telegram_that_is_away_is_told(environment, run, command, closed_port, sqlite_url):
    base = f"http://127.0.0.1:{closed_port}"
    environment(**SET, DATABASE_URL=sqlite_url, TELEGRAM_API_BASE=base)

    code, out, told = run(command)

    assert (code, out) == (2, "")
    assert told.startswith("TELEGRAM_API_BASE: ")
    assert told.count("\n") == 1


@pytest.mark.parametrize("command", [*STARTS, ["telegram", "setup"]], ids=lambda part: part[0])
def test_a_token_that_is_refused_is_told_and_not_repeated(
    environment, run, command, refusing, sqlite_url
):
    environment(**SET, DATABASE_URL=sqlite_url, TELEGRAM_API_BASE=refusing)

    code, out, told = run(command)

    assert (code, out) == (2, "")
    assert told.startswith("TELEGRAM_BOT_TOKEN: ")
    assert told.count("\n") == 1
    assert SET["TELEGRAM_BOT_TOKEN"] not in told


@pytest.mark.parametrize("before", [0, 1], ids=["its own", "the next one"])
def test_a_demo_whose_port_is_taken_names_it(environment, tmp_path, run, taken_port, before):
    environment()

    code, _, told = run(["demo", "--port", str(taken_port - before), "--data", "demo"])

    assert code == 2
    assert told.startswith(f"Port {taken_port} ")
    assert "--port" in told
    assert told.count("\n") == 1
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize("port", ["0", "65535", "-1"])
def test_a_demo_needs_two_ports(environment, run, port):
    environment()

    code, _, told = run(["demo", "--port", port])

    assert code == 2
    assert "--port" in told


def test_a_live_key_refuses_the_samples(environment, run, sqlite_url):
    environment(**{**SET, "STRIPE_API_KEY": "rk_live_1"}, DATABASE_URL=sqlite_url)

    told = "STRIPE_API_KEY is a live key: invented cases must never take real money.\n"
    assert run(["samples"]) == (2, "", told)


def test_a_sound_ledger_is_told_with_what_was_counted(environment, run, sqlite_url):
    environment(**SET, DATABASE_URL=sqlite_url)

    run(["samples", "--no-cards"])

    told = "The ledger is sound: 4 plans, 0 gifts, 0 differences.\n"
    assert run(["ledger", "verify"]) == (0, told, "")


def test_a_ledger_that_could_not_be_looked_at_is_no_difference(
    environment, run, monkeypatch, sqlite_url
):
    async def broken(_connection):
        raise LookupError("p4ssw0rd")

    environment(**SET, DATABASE_URL=sqlite_url)
    monkeypatch.setattr("homeward.books.verify", broken)

    code, out, told = run(["ledger", "verify"])

    assert (code, out) == (2, "")
    assert told == "The ledger could not be verified (LookupError). Check DATABASE_URL.\n"


def test_problems_of_form_and_of_the_gate_are_told_together_in_one_format(
    environment, run, tmp_path
):
    environment()
    pack = tmp_path / "mala"
    shutil.copytree(SHIPPED / "mala", pack)
    (pack / "face.jpg").touch()
    english = (pack / "en.toml").read_text(encoding="utf-8")
    (pack / "en.toml").write_text(
        english.replace('s03 = "', 's03 = "Passport AB 12345. ', 1), encoding="utf-8"
    )

    code, out, _ = run(["stories", "check", str(pack)])

    lines = out.splitlines()
    assert code == 1
    assert "face.jpg: is no file of a story pack; take it out of the folder" in lines
    assert (
        "en.toml: steps.s03: Take the number out: a document, a plate or a file can be traced."
        in lines
    )


def test_a_fault_of_ours_is_not_hidden_beside_what_can_be_mended():
    both = ExceptionGroup("jobs", [PortTaken("PORT"), LookupError("ours")])

    with pytest.raises(ExceptionGroup) as raised, explaining("sqlite:///x"):
        raise both
    with pytest.raises(PortTaken), explaining("sqlite:///x"):
        raise ExceptionGroup("jobs", [PortTaken("PORT")])

    assert raised.value is both
