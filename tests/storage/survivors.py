"""
What could be taken from the schema without anybody noticing, and why.

`make mutations` fails for a survivor that is not here, and for one that is here and was noticed.
"""

_FROZEN = "No row is ever added to these tables, so nothing tries it; it binds the migrations."
_FROZEN_TABLES = (
    "account_kind.floored",
    "ck_account_kind_book_kind",
    "ck_account_kind_floored_is_a_flag",
    "ck_posting_rule_of_donation_is_a_flag",
    "ck_posting_rule_shape",
    "pk_account_kind",
    "pk_posting_rule",
    "posting_rule.of_donation",
    "posting_rule.shape",
)
_BALANCES = "A guard asks the same of a balance, in a word that no conflict clause softens."
_NOT_A_DONATION = "A guard asks for more: not for any posting, but for a donation."

_ON_BOTH = {
    _FROZEN: _FROZEN_TABLES,
    _NOT_A_DONATION: ("fk_transfer_donation_id",),
    "It is computed, as 0 or 1.": ("ck_transfer_of_donation_is_a_flag",),
    "It is the account's by foreign key, and there it is a flag.": (
        "ck_balance_floored_is_a_flag",
    ),
    "An approved version, which must be there too, is of a case that is there.": (
        "fk_publication_case_id",
    ),
    "An approved card, which must be there too, is of a case that is there.": (
        "fk_need_card_shown_case_id",
    ),
}

_SURVIVORS = {
    "sqlite": {
        **_ON_BOTH,
        _BALANCES: ("ck_balance_floor", "pk_balance"),
        "The guard of an append-only table asks for the same key, before any conflict clause.": (
            "pk_account",
            "pk_audit_entry",
            "pk_book",
            "pk_case_facts",
            "pk_case_name",
            "pk_case_risk",
            "pk_case_secret",
            "pk_case_update",
            "pk_caseload_count",
            "pk_crossing",
            "pk_disbursement",
            "pk_disbursement_decision",
            "pk_disclosure_grant",
            "pk_disclosure_override",
            "pk_helpline_check",
            "pk_language_approval",
            "pk_minor_case",
            "pk_minor_confirmation",
            "pk_need_card",
            "pk_need_card_decision",
            "pk_need_note",
            "pk_plan_change",
            "pk_role_request",
            "pk_role_revocation",
            "pk_story_language",
            "pk_story_return",
            "pk_surplus_consent",
            "pk_update_stop",
            "pk_warning_look",
            "uq_account_book_id_kind_currency",
            "uq_audit_entry_previous_sha256",
            "uq_case_name_pseudonym",
            "uq_case_name_request_key",
            "uq_case_secret_case_id_print",
            "uq_crossing_consent_ref",
            "uq_disbursement_decision_posting_id",
            "uq_disbursement_request_key",
            "uq_need_card_decision_need_card_id",
            "uq_posting_source_external_ref",
            "uq_transfer_reverses",
        ),
        "The legs say the same: they have their accounts only in books of the right kinds, under"
        " a posting of the same kind, and name the same donation. (PostgreSQL tells it apart.)": (
            "fk_crossing_donation_id",
            "fk_crossing_from_book_from_kind",
            "fk_crossing_posting_id_kind",
            "fk_crossing_to_book_to_kind",
        ),
        "An account brings its balance along, whose guard asks the same.": (
            "guard_account_insert: checks_are_off",
            "guard_account_insert: foreign_keys_are_off",
        ),
        "There is no hole in the numbers that could be filled, by the refusal before it.": (
            "guard_transfer_booked: seq_out_of_order 2",
        ),
    },
    "postgresql": {
        **_ON_BOTH,
        _BALANCES: ("balance.amount_minor", "balance.last_seq", "ck_balance_floor"),
        "The guard gives every transfer its number.": ("ck_transfer_seq", "pk_transfer"),
    },
}


def survivors(engine: str) -> set[str]:
    """The names of what may survive on this engine."""
    return {name for names in _SURVIVORS[engine].values() for name in names}
