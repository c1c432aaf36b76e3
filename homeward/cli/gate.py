"""`homeward gate`: what the publish gate finds in a text, or in many."""

import json
import sys

import click


@click.command()
@click.option("--locale", help="Its language: en, th, zh_Hans ...")
@click.option("--jsonl", is_flag=True, help="Lines of JSON in, lines of JSON out.")
@click.option("--secrets", is_flag=True, help="Look for a secret word in each line's text.")
def gate(locale: str | None, jsonl: bool, secrets: bool) -> None:
    """
    Read a text, print what the publish gate blocks (`hard`) and what it warns of (`warn`).

    With --jsonl: {"id", "locale", "text"} in, {"id", "hard", "warn"} out; with --secrets, too:
    {"id", "secret", "text"} in, {"id", "hit"} out. A line that cannot be answered has an `error`;
    the exit code is 2 then. Nothing is kept, and no settings are needed.
    """
    from homeward import gating

    if secrets and not jsonl:
        raise click.UsageError("--secrets reads lines: give --jsonl, too.")
    if not jsonl:
        try:
            _print(gating.answered(sys.stdin.buffer.read(), locale))
        except gating.BadLine as problem:
            raise click.UsageError(str(problem)) from problem
        return
    failed = False
    for answer in gating.answers(sys.stdin.buffer, locale, secrets=secrets):
        failed |= "error" in answer
        _print(answer)
    if failed:
        sys.exit(2)


def _print(answer: dict[str, object]) -> None:
    # Half a character, which JSON can hold and UTF-8 cannot, goes out as it came in: escaped.
    line = json.dumps(answer, ensure_ascii=False).encode(errors="backslashreplace")
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()
