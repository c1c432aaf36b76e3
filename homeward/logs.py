"""Logs: one static event name a line, with identifiers; never a name, a text, a token or a chat."""

import logging
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog
import structlog.tracebacks


class Patient:
    """
    Passes on to *stream* what it takes.

    A line that cannot be written, because the disk is full or nobody reads any more, must not fail
    the act that it tells of: that act may be somebody's gift.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write *text*, if it can be written."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Pass on what is held back, if it can be."""
        with suppress(OSError):
            self._stream.flush()


def configure(*, as_json: bool, least: int = logging.INFO) -> None:
    """
    Set logging up for the whole process.

    Args:
        as_json: One JSON object a line, for machines; else readable lines.
        least: The least level that is told.
    """
    # A traceback is places in the program and no more: structlog's default also prints the values
    # of all variables, which are what people wrote, their chats, stories and keys.
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            renderer,
        ]
        if as_json
        else [
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=True),
            renderer,
        ],
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", Patient(sys.stderr))),
        wrapper_class=structlog.make_filtering_bound_logger(least),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    for name in ("httpx", "stripe", "aiohttp.access"):
        # They write whole URLs; Telegram's hold the bot's token.
        logging.getLogger(name).setLevel(logging.WARNING)
