"""What is logged: where something went wrong, and nothing of whom it went wrong for."""

import errno
import io
import logging
import sys

import pytest
import structlog

from homeward import logs

TYPED = "my telephone is 081 234 5678"


@pytest.fixture
def configure():
    """Sets logging up as the program does; afterwards it is as it was."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    yield logs.configure
    structlog.configure(**before)
    root.handlers[:], root.level = handlers, level


def fails(text):
    kept = {"text": text}
    return kept["nothing"]


@pytest.mark.parametrize("as_json", [True, False])
def test_a_traceback_names_the_place_and_no_value(configure, capsys, as_json):
    configure(as_json=as_json)
    log = structlog.get_logger("test")
    try:
        fails(TYPED)
    except KeyError as error:
        log.error("something_failed", update_id=7, exc_info=error)

    written = capsys.readouterr().err
    assert "something_failed" in written
    assert "KeyError" in written
    assert "fails" in written
    assert TYPED not in written


@pytest.mark.parametrize("as_json", [True, False])
def test_libraries_that_write_whole_addresses_are_silent(configure, as_json):
    configure(as_json=as_json)

    for name in ("httpx", "stripe", "aiohttp.access"):
        assert not logging.getLogger(name).isEnabledFor(logging.INFO)


def test_a_line_is_one_object(configure, capsys):
    configure(as_json=True)

    structlog.get_logger("test").info("happened", update_id=7)

    (line,) = capsys.readouterr().err.splitlines()
    assert '"event": "happened"' in line
    assert '"update_id": 7' in line


def test_a_line_that_cannot_be_written_fails_nothing(configure, monkeypatch):
    class Full(io.StringIO):
        def write(self, _text):
            raise OSError(errno.ENOSPC, "No space left on device")

        def flush(self):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sys, "stderr", Full())
    configure(as_json=True)

    structlog.get_logger("homeward").info("told_to_nobody", number=1)
