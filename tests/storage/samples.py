"""
A lawful row of each table outside of the ledger.

What is unlawful is one of these with one thing changed, so that it is refused for that one thing.
"""

# ruff: noqa: ARG005 - every maker of a row is called alike

from storage.models import METADATA


class Sql(str):
    """SQL that stands for a value in a row."""

    __slots__ = ()


LEDGER = frozenset(
    {"account", "account_kind", "balance", "book", "crossing", "posting", "posting_rule",
     "transfer"}
)  # fmt: skip
SHARED = frozenset({"stripe_cursor"})
"""Has one row for each statement at Stripe, so that no world can have one of its own."""
TABLES = tuple(sorted(set(METADATA.tables) - LEDGER - SHARED))

_HASH = b"\x08" * 32

_PEOPLE = {
    "staff": lambda w, n: {"id": n, "code": f"staff {n}", "invented": 1},
    "person": lambda w, n: {
        "id": n, "chat_hash": b"hash %d" % n, "chat_sealed": b"sealed", "locale": "en",
        "awaiting": None, "gone": 0, "text_only": 0, "reading": None,
    },
    "place": lambda w, n: {"person_id": w.person, "case_id": w.b, "step": 3},
    "follower": lambda w, n: {
        "person_id": w.newcomer, "pace": "at_once", "follows_new": 1, "offset_minutes": 345,
        "quiet_from": 1260, "quiet_until": 480,
    },
    "subscription": lambda w, n: {"person_id": w.person, "case_id": w.b, "since": 1},
    "outbox": lambda w, n: {
        "id": n, "kind": "receipt", "subject_id": n, "person_id": w.person, "state": "pending",
        "attempts": 0, "due_at": 1, "last_error": None,
    },
    "telegram_file": lambda w, n: {"bot_id": n, "key": "card", "file_id": "file", "stored_at": 1},
    "telegram_update": lambda w, n: {"update_id": n, "seen_at": 1, "failures": 0},
    "alarm": lambda w, n: {"id": n, "kind": "noise", "subject": f"{n}", "raised_at": 1},
    "helpline_check": lambda w, n: {
        "id": n, "line_id": "th-1300", "line_sha256": _HASH, "checked_at": 1, "checked_by": "An",
    },
}  # fmt: skip

_RECALLS = {
    "recall": lambda w, n: {"id": n, "case_id": w.a, "staff_id": w.one, "recalled_at": 0},
    "story_card": lambda w, n: {
        "message_hash": b"message %d" % n, "person_id": w.person, "case_id": w.a,
        "message_sealed": b"sealed", "has_picture": 1, "recall_id": None, "state": "shown",
    },
}  # fmt: skip

_NEED_CARDS = {
    "need_card": lambda w, n: {
        "id": n, "case_id": w.a, "content_sha256": _HASH, "asked_by": w.one, "asked_at": 1,
    },
    "need_card_decision": lambda w, n: {
        "id": n, "need_card_id": w.card, "case_id": w.a, "content_sha256": _HASH,
        "asked_by": w.one, "approved": 1, "decided_by": w.two, "decided_at": 1,
    },
    "need_card_shown": lambda w, n: {
        "case_id": w.b, "decision_id": w.card_of_b, "approved": 1, "shown_since": 1,
    },
}  # fmt: skip

_BROADCASTS = {
    "broadcast": lambda w, n: {
        "id": n, "fact": f"fact {n}", "kind": "update", "case_id": w.a, "subject_id": n,
        "state": "wanted", "wanted_at": 1, "starts_at": 2, "made_at": None,
    },
    "delivery": lambda w, n: {
        "id": n, "broadcast_id": w.told, "person_id": w.newcomer, "state": "pending",
        "attempts": 0, "due_at": 1, "message_sealed": None, "opened": 0, "last_error": None,
    },
    "send_rate": lambda w, n: {"key": f"pace {n}", "tat": 1},
}  # fmt: skip

_CAMPAIGNS = {
    "campaign": lambda w, n: {
        "id": n, "code": f"campaign {n}", "name": "Spring", "case_id": w.a, "locale": "en",
        "begins_at": 1, "ends_at": 2,
    },
    "campaign_count": lambda w, n: {
        "campaign_id": w.campaign, "day": "2026-11-27", "locale": "en", "stage": n, "times": 1,
    },
    "arrival": lambda w, n: {"person_id": w.newcomer, "campaign_id": w.campaign, "furthest": 1},
    "gift_source": lambda w, n: {"hold_id": w.open_hold, "campaign_id": w.campaign},
}  # fmt: skip

_CASES = {
    "cases": lambda w, n: {
        "id": w.spare_book, "book_kind": "case", "code": f"c{n}", "slug": f"case-{n}",
        "currency": "EUR", "state": "open", "invented": 1, "opened_at": 1, "outcome": None,
        "training": 0,
    },
    "case_name": lambda w, n: {
        "case_id": w.b, "pseudonym": f"Name {n}", "opened_by": w.one, "request_key": f"open {n}",
    },
    "case_facts": lambda w, n: {
        "id": n, "case_id": w.a, "region": "south_asia", "age_band": "18_29",
        "exploitation": "fishing", "gender": "man", "period_band": "not_said",
        "staff_id": w.one, "said_at": 1,
    },
    "case_risk": lambda w, n: {
        "id": n, "case_id": w.a, "trafficker_at_large": 0, "court_case": 0, "minor": 0,
        "returns_to_same_area": 0, "no_region": 0, "no_family": 0, "no_hard_chapter": 0,
        "no_updates": 0, "level": "low", "staff_id": w.one, "said_at": 1,
    },
    "need_line": lambda w, n: {
        "case_id": w.quiet, "line": f"line {n}", "position": n, "amount_minor": 500,
    },
    "need_note": lambda w, n: {
        "id": n, "case_id": w.a, "line": "shelter", "before_minor": 500, "after_minor": 700,
        "notes_sealed": b"sealed", "month": "2026-11", "staff_id": w.one, "noted_at": 1,
    },
    "plan_change": lambda w, n: {
        "id": n, "case_id": w.a, "from_line": "shelter", "to_line": "legal", "amount_minor": 5,
        "staff_id": w.one, "changed_at": 1,
    },
    "story_version": lambda w, n: {
        "id": n, "case_id": w.a, "content_sha256": b"content %d" % n, "author_id": w.one,
        "last_editor_id": w.one, "pack_sealed": b"sealed", "created_at": 1,
    },
    "story_language": lambda w, n: {
        "version_id": w.version, "locale": f"l{n}", "texts_sha256": _HASH, "author_id": w.one,
        "editor_id": w.two,
    },
    "language_approval": lambda w, n: {
        "version_id": w.waiting, "locale": "en", "texts_sha256": _HASH, "author_id": w.one,
        "editor_id": w.two, "approver_id": w.three, "approved_at": 1,
    },
    "consent": lambda w, n: {
        "id": n, "case_id": w.a, "purpose": "tell_story", "channel": "bot", "locale": "en",
        "witness_id": w.one, "given_at": 1, "valid_until": 2, "withdrawn_at": None,
        "uses": None,
    },
    "approval": lambda w, n: {
        "id": n, "version_id": w.version, "case_id": w.a, "content_sha256": _HASH,
        "author_id": w.one, "last_editor_id": w.one, "approver_id": w.three, "approved_at": 1,
    },
    "publication": lambda w, n: {
        "case_id": w.b, "version_id": w.version_of_b, "approval_id": w.approval_of_b,
        "published_at": 1,
    },
    "publication_plan": lambda w, n: {
        "approval_id": w.approval_of_b, "version_id": w.version_of_b, "case_id": w.b, "due_at": 1,
        "state": "waiting", "stopped_by": None, "ended_at": None,
    },
    "story_draft": lambda w, n: {
        "case_id": w.b, "revision": 1, "author_id": w.one, "last_editor_id": w.two,
        "editors": "{}", "content_sealed": b"sealed", "edited_at": 1,
    },
    "story_return": lambda w, n: {
        "version_id": w.version_of_b, "staff_id": w.two, "note_sealed": b"sealed",
        "returned_at": 1,
    },
    "case_update": lambda w, n: {
        "id": n, "case_id": w.a, "milestone": "job_found", "month": "2026-11",
        "notes_sealed": b"sealed", "content_sha256": _HASH, "author_id": w.one, "written_at": 1,
    },
    "update_decision": lambda w, n: {
        "update_id": w.news, "content_sha256": _HASH, "author_id": w.one, "decider_id": w.two,
        "approved": 1, "public_from": 2, "decided_at": 1,
    },
    "update_stop": lambda w, n: {"update_id": w.news_of_b, "staff_id": w.three, "stopped_at": 1},
    "disbursement": lambda w, n: {
        "id": n, "request_key": f"spend {n}", "case_id": w.a, "line": "shelter",
        "currency": "EUR", "amount_minor": 300, "month": "2026-11", "recorder_id": w.one,
        "recorded_at": 1,
    },
    "disbursement_decision": lambda w, n: {
        "disbursement_id": w.undecided, "recorder_id": w.one, "decider_id": w.two,
        "approved": 0, "posting_id": None, "decided_at": 1,
    },
}  # fmt: skip

_PROTECTION = {
    "minor_case": lambda w, n: {
        "case_id": w.closed, "guardian": "court", "month": "2026-05", "asked_by": w.one,
        "asked_at": 1,
    },
    "minor_confirmation": lambda w, n: {
        "case_id": w.child, "asked_by": w.one, "confirmed_by": w.two, "confirmed_at": 1,
    },
    "warning_look": lambda w, n: {
        "case_id": w.a, "mark": _sha256(n), "staff_id": w.one, "looked_at": 1,
    },
    "case_secret": lambda w, n: {
        "id": n, "case_id": w.a, "print": b"%017d" % n, "staff_id": w.one, "kept_at": 1,
    },
    "caseload": lambda w, n: {"id": n, "people": 11, "staff_id": w.one, "imported_at": 1},
    "caseload_count": lambda w, n: {
        "caseload_id": w.caseload, "region": "south_asia", "age_band": "18_29",
        "exploitation": "fishing", "gender": "man", "period_band": "not_said", "people": 11,
    },
    "disclosure_override": lambda w, n: {
        "id": n, "case_id": w.a, "caseload_id": w.caseload, "facts": "{}", "people": 3,
        "reason_sealed": b"sealed", "asked_by": w.one, "asked_at": 1,
    },
    "disclosure_grant": lambda w, n: {
        "override_id": w.override, "asked_by": w.one, "granted_by": w.two, "granted_at": 1,
    },
}  # fmt: skip

_GIFTS = {
    "hold": lambda w, n: {
        "id": n, "reference": f"gift {n}", "request_key": f"request {n}", "case_id": w.a,
        "currency": "EUR", "amount_minor": 500, "cover_minor": 20, "charge_currency": "EUR",
        "charge_minor": 520, "fee_bearer": "organisation", "origin": "web",
        "address_hash": None, "locale": "en", "state": "open", "created_at": 1,
        "donation_id": None, "lease": None, "leased_until": None,
    },
    "giver": lambda w, n: {"hold_id": w.open_hold, "person_id": w.person},
    "checkout": lambda w, n: {
        "hold_id": w.open_hold, "attempt": n, "idempotency_key": f"key {n}",
        "stripe_session_id": f"cs_{n}", "url": "https://pay.example", "state": "open",
        "expires_at": 1, "look_at": 1, "looks": 0,
    },
    "stripe_event": lambda w, n: {
        "id": f"evt_{n}", "type": "charge.updated", "object_id": "ch_1", "created_at": 1,
        "received_at": 1, "outcome": None, "delivered": 1,
    },
    "stripe_charge": lambda w, n: {
        "id": f"ch_{n}", "hold_id": w.hold, "payment_intent_id": f"pi_{n}", "currency": "EUR",
        "amount_minor": 1000, "refunded_minor": 0, "disputed": 0, "created_at": 1,
    },
    "stripe_transaction": lambda w, n: {
        "id": f"txn_{n}", "kind": "charge", "source_id": w.charge, "charge_id": w.charge,
        "payout_id": None, "currency": "EUR", "amount_minor": 1000, "fee_minor": 30,
        "net_minor": 970, "created_at": 1, "available_at": 2,
    },
    "stripe_refund": lambda w, n: {
        "id": f"re_{n}", "charge_id": w.charge, "order_id": w.order, "currency": "EUR",
        "amount_minor": 100, "status": "pending", "created_at": 1,
    },
    "stripe_dispute": lambda w, n: {
        "id": f"du_{n}", "charge_id": w.charge, "currency": "EUR", "amount_minor": 100,
        "status": "needs_response", "created_at": 1,
    },
    "refund_order": lambda w, n: {
        "id": n, "reference": f"order {n}", "hold_id": w.hold, "currency": "EUR",
        "amount_minor": 100, "charge_currency": "EUR", "charge_minor": 100, "reason": "asked",
        "state": "asked", "attempt": 1, "stripe_refund_id": f"re_{n}", "decided_at": 1,
    },
    "surplus_consent": lambda w, n: {
        "id": n, "hold_id": w.hold, "choice": "move", "to_case_id": w.b, "before_paying": 1,
        "locale": "en", "text_sha256": _HASH, "given_at": 1,
    },
    "surplus_question": lambda w, n: {
        "id": n, "hold_id": w.hold, "case_id": w.b, "why": "over_goal", "asked_at": 1,
        "answer_by": 2, "closed_at": None,
    },
}  # fmt: skip

_MACHINES = {
    "executor": lambda w, n: {"id": f"executor {n}", "beats": 1, "seen_at": 1},
    "stripe_payout": lambda w, n: {
        "id": f"po_{n}", "currency": "EUR", "amount_minor": 100, "status": "paid", "automatic": 1,
        "itemised": 1, "created_at": 1, "arrives_at": 2,
    },
    "stray": lambda w, n: {"transaction_id": w.moved, "payment_id": None, "word": "topup"},
}  # fmt: skip

_STAFF = {
    "staff_access": lambda w, n: {
        "staff_id": w.one, "chat_hash": b"staff %d" % n, "chat_sealed": b"sealed",
        "secret_sealed": b"sealed", "enrolled": 0, "last_step": 0, "wrong_codes": 0,
        "locked_until": None, "added_at": 1, "revoked_at": None,
    },
    "role_request": lambda w, n: {
        "id": n, "staff_id": w.one, "role": "finance", "requester_id": w.two, "requested_at": 1,
    },
    "role_decision": lambda w, n: {
        "request_id": w.asked, "staff_id": w.one, "requester_id": w.two, "decider_id": w.three,
        "granted": 1, "decided_at": 1,
    },
    "role_revocation": lambda w, n: {
        "request_id": w.granted, "revoker_id": w.one, "revoked_at": 1,
    },
    "desk_link": lambda w, n: {
        "id": n, "token_sha256": _sha256(n), "staff_id": w.two, "browser_sha256": None,
        "expires_at": 1, "wrong_codes": 0,
    },
    "desk_session": lambda w, n: {
        "id": n, "token_sha256": _sha256(n), "link_id": w.link, "staff_id": w.two,
        "opened_at": 1, "expires_at": 1801, "closed_at": None,
    },
    "desk_step_up": lambda w, n: {"session_id": w.session, "act": f"act {n}", "good_until": 1},
    "audit_entry": lambda w, n: {
        "seq": n, "done_at": 1, "actor": "one", "act": "role.granted", "about": "staff two",
        "detail": "{}", "previous_sha256": newest(), "sha256": _sha256(n),
    },
}  # fmt: skip

_MADE = {
    **_PEOPLE,
    **_RECALLS,
    **_NEED_CARDS,
    **_BROADCASTS,
    **_CAMPAIGNS,
    **_CASES,
    **_PROTECTION,
    **_GIFTS,
    **_MACHINES,
    **_STAFF,
}


def _sha256(number):
    """32 bytes that no other row has."""
    return b"%032d" % number


def newest():
    """Stands for the hash that the next row of the audit log follows; all worlds share one log."""
    return Sql("(SELECT sha256 FROM audit_entry ORDER BY seq DESC LIMIT 1)")


def sample(world, table, **changes):
    """A row of *table* that *world* could have beside those it has, except for *changes*."""
    return {**_MADE[table](world, world.new_id()), **changes}


def a_row(world, table, **changes):
    """The one statement that adds such a `sample`."""
    return [world.row(table, **sample(world, table, **changes))]


def settle_tables(world):
    """The rows of one of each, and of what the samples hang on; `world` learns their ids."""
    statements = world.statements = []

    def add(table, **changes):
        row = world.there[table] = sample(world, table, **changes)
        statements.append(world.row(table, **row))
        return next(iter(row.values()))

    world.spare_book = world.new_id()
    statements.append(world.row("book", id=world.spare_book, kind="case"))
    world.quiet = world.new_id()
    statements.append(world.row("book", id=world.quiet, kind="case"))
    world.one, world.two, world.three = (add("staff") for _ in range(3))
    add("cases", id=world.quiet)
    add("cases", id=world.b)
    add("cases", id=world.a)
    _settle_needs(world, add)
    world.child_there, world.child, world.closed = (_closed(world, add) for _ in range(3))
    world.newcomer = add("person")
    world.person = add("person")
    _settle_stories(world, add)
    _settle_cards(world, add)
    _settle_staff(world, add)
    _settle_protection(world, add)
    world.open_hold = add("hold")
    world.hold = add("hold", state="settled", donation_id=world.gift)
    add("giver", hold_id=world.hold)
    world.campaign = add("campaign")
    add("arrival", person_id=world.person)
    add("follower", person_id=world.person)
    add("subscription", case_id=world.a)
    world.told = add("broadcast")
    add("delivery", person_id=world.person)
    add("gift_source", hold_id=world.hold)
    world.charge = add("stripe_charge")
    world.moved = add("stripe_transaction")
    add("stray")
    world.moved = add("stripe_transaction")
    world.order = add("refund_order")
    world.undecided = add("disbursement")
    spent = add("disbursement")
    decided = {"disbursement_id": spent, "approved": 1, "posting_id": world.spending}
    add("disbursement_decision", **decided)
    add("surplus_question", case_id=world.a)
    _settle_news(world, add)
    for table in TABLES:
        if table not in world.there:
            add(table)
    return statements


def _settle_needs(world, add):
    """A line in the plan of a, with the note that says why; one of a plan nobody gave to."""
    add("need_note", before_minor=0, after_minor=500)
    add("need_line", case_id=world.a, line="shelter")
    add("need_line")


def _closed(world, add):
    """A case that is closed, with its book."""
    book = world.new_id()
    world.statements.append(world.row("book", id=book, kind="case"))
    return add("cases", id=book, state="closed")


def _settle_staff(world, add):
    """
    One who has a way in and is at the desk; a role that was taken back, one that is granted, one
    that is asked for; two rows of the log.
    """
    add("staff_access", staff_id=world.two)
    taken_back, world.granted, world.asked = (add("role_request") for _ in range(3))
    for request in (world.granted, taken_back):
        add("role_decision", request_id=request)
    add("role_revocation", request_id=taken_back)
    used, world.link = (add("desk_link") for _ in range(2))
    world.session = add("desk_session", link_id=used)
    add("desk_step_up")
    before = world.new_id()
    add("audit_entry", seq=before, sha256=_sha256(before))
    add("audit_entry", previous_sha256=_sha256(before))


def _settle_cards(world, add):
    """A need card of each case, approved; that of a is shown. And a card of a that waits."""
    for case in (world.b, world.a):
        world.card = add("need_card", case_id=case)
        decision = add("need_card_decision", case_id=case)
        if case == world.b:
            world.card_of_b = decision
    add("need_card_shown", case_id=world.a, decision_id=decision)
    world.decided_card, world.card = world.card, add("need_card")


def _settle_stories(world, add):
    """A story of each case, approved; that of a is public. And a version of a that waits."""
    for case in (world.b, world.a):
        version = add("story_version", case_id=case, content_sha256=_HASH)
        add("story_language", version_id=version, locale="en")
        add("language_approval", version_id=version)
        approval = add("approval", case_id=case, version_id=version, approver_id=world.two)
        if case == world.b:
            world.version_of_b, world.approval_of_b = version, approval
    world.version = version
    world.waiting = add("story_version", case_id=world.a, content_sha256=b"3" * 32)
    add("story_language", version_id=world.waiting, locale="en")
    add("case_name", case_id=world.a)
    add("story_draft", case_id=world.a)
    add("story_return", version_id=version)
    add("publication_plan", case_id=world.a, version_id=version, approval_id=approval)
    add("publication", case_id=world.a, version_id=version, approval_id=approval)
    add("place", case_id=world.a)


def _settle_news(world, add):
    """News that is approved and stopped; that is approved; and that waits."""
    for name in ("stopped", "news_of_b"):
        news = add("case_update")
        setattr(world, name, news)
        add("update_decision", update_id=news)
    add("update_stop", update_id=world.stopped)
    world.there["update_decision"]["update_id"] = world.stopped
    world.news = add("case_update")


def _settle_protection(world, add):
    """Two caseloads; an override that is granted, and one that is asked for."""
    counted, world.caseload = add("caseload"), add("caseload")
    add("caseload_count", caseload_id=counted)
    for child in (world.child_there, world.child):
        add("minor_case", case_id=child)
    add("minor_confirmation", case_id=world.child_there)
    granted, world.override = (add("disclosure_override") for _ in range(2))
    add("disclosure_grant", override_id=granted)
