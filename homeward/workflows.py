"""
The durable jobs of the program: what each is carried out by, and the processes that do it.

What is done without haste, and must be done although machines die, is registered here. What is a
row that is due, taken with a lease, is the business of `homeward.worker`.
"""

from __future__ import annotations

import asyncio

import structlog

from homeward.assembly import Parts
from payments.reconciling import Reconciler
from services.broadcast_acts import RETRACT
from services.broadcasting import MAKE_BROADCAST, make, start_due, want_digest
from services.closing_pages import CLOSE_PAGE
from services.disclosing import watch
from services.house import DatabaseUnavailable
from services.incoming import forget_old_claims
from services.overdue import remind
from services.recalling import RECALL_CARDS, end_with_consent, warn_of_endings
from services.refund_requests import REFUND
from services.reviewing import publish_due
from services.surplus import lapse_all
from storage.jobs import Jobs

log = structlog.get_logger("worker")

_AFTER_A_FAILURE_S = 5.0


def registered(parts: Parts) -> Jobs:
    """All jobs and schedules of the program, not started."""
    jobs = Jobs(parts.house.database)
    jobs.register(REFUND, parts.refunds.carry_out)
    jobs.register(CLOSE_PAGE, parts.gifts.close_page)
    jobs.register(RECALL_CARDS, parts.recaller.carry_out)
    jobs.register(RETRACT, parts.retractor.carry_out)
    jobs.register(MAKE_BROADCAST, lambda subject_id: make(parts.house, subject_id))
    reconciler = Reconciler(parts.house, parts.gateway, parts.gifts)
    jobs.schedule("missed_events", "*/10 * * * *", reconciler.events_since_last)
    jobs.schedule("reconciliation", "43 2 * * *", reconciler.everything)
    jobs.schedule("unanswered_surplus", "37 * * * *", lambda: lapse_all(parts.house))
    jobs.schedule("ended_consents", "* * * * *", lambda: end_with_consent(parts.house))
    jobs.schedule("ending_consents", "17 6 * * *", lambda: warn_of_endings(parts.house))
    jobs.schedule("approved_stories", "* * * * *", lambda: publish_due(parts.house))
    jobs.schedule("rested_broadcasts", "* * * * *", lambda: start_due(parts.house))
    jobs.schedule("overdue_updates", "27 7 * * *", lambda: remind(parts.house))
    jobs.schedule("weekly_digest", "5 * * * *", lambda: want_digest(parts.house))
    jobs.schedule("disclosure", "53 * * * *", lambda: watch(parts.house))
    jobs.schedule("forget_old_claims", "7 * * * *", lambda: forget_old_claims(parts.house))
    return jobs


async def carry_out_jobs(parts: Parts) -> None:
    """Carry out jobs until cancelled. While they cannot be started it is tried again."""
    while True:
        jobs = registered(parts)
        try:
            await jobs.start()
        except DatabaseUnavailable:
            log.error("database_unavailable", task="jobs")
        except Exception:
            log.exception("task_failed", task="jobs")
        else:
            await _until_cancelled(jobs)
        await asyncio.sleep(_AFTER_A_FAILURE_S)


async def _until_cancelled(jobs: Jobs) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        await jobs.close()
