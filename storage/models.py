"""
All tables and all guards: the one place that knows every module of this room that declares any.

A module that declares tables is imported here; its guards are added to `GUARDS`. The tests compare
these with what the migrations make.
"""

from storage import (
    alarms,
    audit,
    campaigns,
    case_sheets,
    caseloads,
    cases,
    checkouts,
    desk,
    disbursements,
    drafts,
    executors,
    helpline_checks,
    holds,
    ledger_tables,
    looks,
    minors,
    needs,
    outbox,
    overrides,
    people,
    recalls,
    reconciliation,
    refund_orders,
    reviews,
    secret_words,
    staff,
    stories,
    story_languages,
    stripe_events,
    stripe_facts,
    stripe_payouts,
    surplus,
    telegram_files,
    telegram_updates,
    updates,
)
from storage.guards import Guard
from storage.guards_ledger import LEDGER
from storage.schema import metadata

TABLE_MODULES = (
    alarms,
    audit,
    campaigns,
    case_sheets,
    caseloads,
    cases,
    checkouts,
    desk,
    disbursements,
    drafts,
    executors,
    helpline_checks,
    holds,
    ledger_tables,
    looks,
    minors,
    needs,
    outbox,
    overrides,
    people,
    recalls,
    reconciliation,
    refund_orders,
    reviews,
    secret_words,
    staff,
    stories,
    story_languages,
    stripe_events,
    stripe_facts,
    stripe_payouts,
    surplus,
    telegram_files,
    telegram_updates,
    updates,
)

METADATA = metadata
"""The MetaData, complete because the modules above are imported."""

GUARDS: tuple[Guard, ...] = (
    *LEDGER,
    *audit.GUARDS,
    *case_sheets.GUARDS,
    *caseloads.GUARDS,
    *cases.GUARDS,
    *disbursements.GUARDS,
    *helpline_checks.GUARDS,
    *looks.GUARDS,
    *minors.GUARDS,
    *needs.GUARDS,
    *overrides.GUARDS,
    *recalls.GUARDS,
    *reviews.GUARDS,
    *secret_words.GUARDS,
    *staff.GUARDS,
    *story_languages.GUARDS,
    *surplus.GUARDS,
    *updates.GUARDS,
)
