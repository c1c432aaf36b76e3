"""
All tables and all guards: the one place that knows every module of this room that declares any.

A module that declares tables is imported here; its guards are added to `GUARDS`. The tests compare
these with what the migrations make.
"""

from storage import (
    alarms,
    audit,
    broadcasts,
    campaigns,
    case_sheets,
    cases,
    checkouts,
    desk,
    disbursements,
    drafts,
    executors,
    followers,
    helpline_checks,
    holds,
    ledger_tables,
    need_cards,
    needs,
    outbox,
    people,
    recalls,
    reconciliation,
    refund_orders,
    reviews,
    send_rate,
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
    broadcasts,
    campaigns,
    case_sheets,
    cases,
    checkouts,
    desk,
    disbursements,
    drafts,
    executors,
    followers,
    helpline_checks,
    holds,
    ledger_tables,
    need_cards,
    needs,
    outbox,
    people,
    recalls,
    reconciliation,
    refund_orders,
    reviews,
    send_rate,
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
    *cases.GUARDS,
    *disbursements.GUARDS,
    *helpline_checks.GUARDS,
    *need_cards.GUARDS,
    *needs.GUARDS,
    *recalls.GUARDS,
    *reviews.GUARDS,
    *staff.GUARDS,
    *story_languages.GUARDS,
    *surplus.GUARDS,
    *updates.GUARDS,
)
