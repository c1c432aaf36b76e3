"""`homeward gate` answers a text and batches of lines, bad lines too; it needs no settings."""

import json
import subprocess
import sys

import pytest

SEPARATE = "\u2028"


@pytest.fixture
def gate(tmp_path):
    """Call it with arguments and what is read; it hands back exit code, answers and complaints."""

    def run(*arguments, read):
        done = subprocess.run(
            [sys.executable, "-m", "homeward", "gate", *arguments],
            input=read if isinstance(read, bytes) else read.encode(),
            capture_output=True,
            cwd=tmp_path,
            check=False,
            env={"PATH": "", "PYTHONPATH": ":".join(sys.path), "LC_ALL": "C"},
        )
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        return done.returncode, answers, done.stderr.decode()

    return run


def lines(*rows):
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def test_a_text_gets_one_answer_with_places_in_it(gate):
    code, (answer,), _ = gate("--locale", "th", read="ฉันอายุ ๑๙ ปี ที่ตลาดบ้านใหม่")

    assert code == 0
    assert answer["hard"] == [{"kind": "exact_age", "value": "๑๙ ปี", "start": 8, "end": 13}]
    assert [finding["kind"] for finding in answer["warn"]] == ["place_fine"]


def test_a_text_of_several_lines_is_one_text(gate):
    code, answers, _ = gate("--locale", "en", read="It was me.\nWrite to\n\na@example.org\n")

    assert code == 0
    assert [finding["value"] for finding in answers[0]["hard"]] == ["a@example.org"]


@pytest.mark.parametrize("locale", ["zh_Hans", "zh-Hans", "zh-CN", "ZH"])
def test_a_language_may_be_written_in_other_ways(gate, locale):
    code, (answer,), _ = gate("--locale", locale, read="那时我19岁。")

    assert code == 0
    assert [finding["kind"] for finding in answer["hard"]] == ["exact_age"]


@pytest.mark.parametrize(
    ("arguments", "read"),
    [
        ((), b"I was here."),
        (("--locale", "xx"), b"I was here."),
        (("--locale", "en"), b"\xff"),
        (("--secrets",), b""),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(gate, arguments, read):
    code, answers, complaint = gate(*arguments, read=read)

    assert (code, answers) == (2, [])
    assert "Error: " in complaint
    assert "Traceback" not in complaint


def test_lines_are_answered_in_order_each_in_its_language(gate):
    read = lines(
        {"id": "a", "locale": "fr", "text": "J'avais dix-neuf ans."},
        {"id": 2, "text": "Clean, all of it."},
        {"text": f"one{SEPARATE}line, a@example.org"},
    )

    code, answers, _ = gate("--jsonl", "--locale", "en", read=read)

    assert code == 0
    assert [answer["id"] for answer in answers] == ["a", 2, None]
    assert [[one["kind"] for one in answer["hard"]] for answer in answers] == [
        ["exact_age"],
        [],
        ["email"],
    ]


@pytest.mark.parametrize(
    "bad",
    [
        b"no json",
        b"[1]",
        b'"text"',
        b"null",
        b'{"id": 7}',
        b'{"id": 7, "text": 5}',
        b'{"id": 7, "text": "a", "locale": "xx"}',
        b'{"id": 7, "text": "a", "locale": 3}',
        b'{"id": 7, "text": "\xff"}',
        b"[" * 100_000,
    ],
)
def test_a_bad_line_is_answered_in_its_place_and_the_others_too(gate, bad):
    good = lines({"id": 1, "text": "Mail a@example.org."}).encode()

    code, answers, complaint = gate("--jsonl", "--locale", "en", read=good + bad + b"\n\n" + good)

    assert (code, complaint) == (2, "")
    assert ["error" in answer for answer in answers] == [False, True, False]
    assert answers[1]["id"] in (None, 7)
    assert [len(answer["hard"]) for answer in (answers[0], answers[2])] == [1, 1]


def test_a_line_without_a_language_anywhere_is_a_bad_one(gate):
    code, (answer,), _ = gate("--jsonl", read=lines({"id": 1, "text": "a"}))

    assert code == 2
    assert answer == {"id": 1, "error": "No locale: give `locale` in the line, or --locale."}


def test_half_a_character_does_not_stop_a_batch(gate):
    read = '{"id": 1, "text": "\\ud800@example.org and @mala\\udfff_home"}\n'

    code, answers, complaint = gate("--jsonl", "--locale", "en", read=read)

    assert (code, complaint, len(answers)) == (0, "", 1)


def test_secrets_are_looked_for_however_they_are_written(gate):
    read = lines(
        {"id": 1, "secret": "Nguyễn Thị Đào", "text": "Her name: NGUYEN-THI DAO."},
        {"id": 2, "secret": "Mala", "text": "A male."},
        {"id": 3, "text": "no secret"},
        {"id": 4, "secret": "", "text": "anything"},
    )

    code, answers, _ = gate("--secrets", "--jsonl", read=read)

    assert code == 2
    assert [answer.get("hit") for answer in answers] == [True, False, None, False]
    assert "error" in answers[2]
