"""One run of a reconciliation: its report, and what to do when a gift cannot be read."""

import datetime as dt
from collections.abc import Awaitable
from typing import TypeVar

import structlog

from payments.gateway import PaymentsError, Refused, Unsure
from payments.readings import Unreadable
from services.checkouts import LeaseTaken
from services.house import DatabaseUnavailable
from services.reconciling import Report, Stop
from services.stripe_account import Movement, Transaction

log = structlog.get_logger("payments")

_Result = TypeVar("_Result")

_UNSURE_ALLOWED = 3
"""After so many requests without an answer Stripe is left alone; one gift alone ends no run."""


class Run:
    """
    What one run carries along.

    Attributes:
        report: What it hands back in the end.
        since: From when on everything is read; None for as far as was read before.
        part: What is being read, for people.
        is_over: Stripe is away or refuses; nothing more is asked.
        credits: Fees that were given back; they are booked when all that were taken are.
        left: Transactions that could not be dealt with; this run does not try again.
        left_at: When the oldest of them was made.
    """

    def __init__(self, since: dt.datetime | None = None) -> None:
        self.report = Report()
        self.since = since
        self.part = ""
        self.is_over = False
        self.credits: list[tuple[Movement, Transaction]] = []
        self.left: set[str] = set()
        self.left_at: dt.datetime | None = None
        self._unsure = 0

    def stopped(self, error: PaymentsError) -> None:
        """Note why not everything was read."""
        self.report.stop = Stop(self.part, str(error), isinstance(error, Refused))
        log.warning("reconciliation_stopped", part=self.part, reason=str(error))

    def leave(self, moved: Movement) -> None:
        """A transaction is left to the next run."""
        self.left.add(moved.id)
        made_at = moved.created_at
        self.left_at = made_at if self.left_at is None else min(self.left_at, made_at)

    async def attempt(self, subject: str, act: Awaitable[_Result]) -> tuple[bool, _Result | None]:
        """
        Await *act*, the reading of one thing; hand back whether it was done, and what it gave.

        What fails is reported, and holds nothing else up.

        Args:
            subject: What is read: "gift 7".

        Raises:
            Unsure: Stripe did not answer for the third time.
            DatabaseUnavailable: nothing can be written down.
        """
        try:
            return True, await act
        except LeaseTaken:
            self.report.postponed += 1
        except Unsure as error:
            self._unsure += 1
            self.report.postponed += 1
            self.stopped(error)
            if self._unsure >= _UNSURE_ALLOWED:
                raise
        except DatabaseUnavailable:
            raise
        except (Unreadable, Refused) as problem:
            log.error("stripe_object_unreadable", subject=subject, problem=str(problem))
            self.report.tell("unreadable", subject, "what is known here", str(problem))
        except Exception as problem:
            # One that always fails would hold up all others.
            log.exception("look_failed", subject=subject)
            self.report.tell("unreadable", subject, "what can be booked", type(problem).__name__)
        return False, None
