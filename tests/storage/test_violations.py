"""
What the database refuses, whoever writes: transfers that are none, postings that are not whole.

Each claim is one case, on a migrated database of each engine, by plain INSERTs. It names the
constraint or guard that must refuse, so that a case cannot pass because something else is wrong.
"""

import pytest


def _spend(w, amount=5, debit="fund", credit="spent", **changes):
    return w.posting("disbursement", w.leg(w.a, debit, credit, amount, **changes))


def _back(w, amount, gift, book=None, **changes):
    """A part of a gift is to go back to its donor."""
    leg = w.leg(book or w.a, "fund", "refund_due", amount, donation_id=gift, **changes)
    return w.posting("refund_decided", leg)


def _late_leg(w, **changes):
    leg = w.leg(w.a, "fund", "spent", 5, **{"posting_id": w.spending, **changes})
    return w.posting("disbursement", leg)[1:]


REFUSED = {
    # What a transfer is
    "zero": ("ck_transfer_amount_minor", lambda w: _spend(w, 0)),
    "negative": ("ck_transfer_amount_minor", lambda w: _spend(w, -5)),
    "beyond_53_bits": ("ck_transfer_amount_minor", lambda w: w.donation(w.a, 2**53)),
    "to_itself": ("ck_transfer_two_accounts", lambda w: _spend(w, debit="spent")),
    "credit_in_another_case": (
        "fk_transfer_credit_id_book_id_currency_credit_kind",
        lambda w: _spend(w, credit_id=w.account(w.b, "spent")),
    ),
    "debit_in_another_case": (
        "fk_transfer_debit_id_book_id_currency_debit_kind",
        lambda w: _spend(w, debit_id=w.account(w.b, "fund")),
    ),
    "row_in_another_case": (
        "fk_transfer_debit_id_book_id_currency_debit_kind",
        lambda w: _spend(w, book_id=w.b, credit_id=w.account(w.b, "spent")),
    ),
    "credit_in_another_currency": (
        "fk_transfer_credit_id_book_id_currency_credit_kind",
        lambda w: _spend(w, credit_id=w.account(w.a, "spent", "USD")),
    ),
    "row_in_another_currency": (
        "fk_transfer_debit_id_book_id_currency_debit_kind",
        lambda w: _spend(w, currency="USD", debit_id=w.account(w.a, "fund")),
    ),
    "from_case_to_organisation": (
        "fk_transfer_credit_id_book_id_currency_credit_kind",
        lambda w: _spend(w, credit_id=w.account(1, "reserve"), credit_kind="reserve"),
    ),
    "account_kind_that_is_not_the_accounts": (
        "fk_transfer_debit_id_book_id_currency_debit_kind",
        lambda w: w.posting(
            "donation",
            w.leg(w.a, "world", "fund", 5, debit_id=w.account(w.a, "moved_in")),
        ),
    ),
    "account_that_is_not_there": (
        "fk_transfer_debit_id_book_id_currency_debit_kind",
        lambda w: _spend(w, debit_id=999_999_999),
    ),
    # Which posting may join which accounts
    "gift_from_world_to_fund": (
        "fk_transfer_posting_rule",
        lambda w: w.posting("gift", w.leg(w.a, "world", "fund", 5)),
    ),
    "fee_from_world_to_fund": (
        "fk_transfer_posting_rule",
        lambda w: w.posting("fee", w.leg(w.a, "world", "fund", 5)),
    ),
    "disbursement_from_world_to_spent": (
        "fk_transfer_posting_rule",
        lambda w: w.posting("disbursement", w.leg(w.a, "world", "spent", 5)),
    ),
    "disbursement_from_over_goal_to_spent": (
        "fk_transfer_posting_rule",
        lambda w: w.posting("disbursement", w.leg(w.a, "over_goal", "spent", 5)),
    ),
    "disbursement_from_fund_to_refunded": (
        "fk_transfer_posting_rule",
        lambda w: w.posting("disbursement", w.leg(w.a, "fund", "refunded", 5)),
    ),
    "disbursement_from_fund_to_moved_out": (
        "fk_transfer_posting_rule",
        lambda w: w.posting("disbursement", w.leg(w.a, "fund", "moved_out", 5)),
    ),
    "suspense_from_world_to_fund": (
        "fk_transfer_posting_rule",
        lambda w: w.posting("suspense", w.leg(w.a, "world", "fund", 5)),
    ),
    "contribution_from_fund_to_spent": (
        "fk_transfer_posting_rule",
        lambda w: w.posting("contribution", w.leg(w.a, "fund", "spent", 5)),
    ),
    "reversal_from_world_to_fund": (
        "fk_transfer_posting_rule",
        lambda w: w.posting("reversal", w.leg(w.a, "world", "fund", 5)),
    ),
    "donation_from_spent": (
        "fk_transfer_posting_rule|more_than_the_donation_has",
        lambda w: w.posting("donation", w.leg(w.a, "spent", "fund", 5)),
    ),
    "donation_from_moved_in": (
        "fk_transfer_posting_rule",
        lambda w: w.posting("donation", w.leg(w.a, "moved_in", "fund", 5)),
    ),
    "refund_into_spent": (
        "fk_transfer_posting_rule",
        lambda w: w.posting("refund", w.leg(w.a, "fund", "spent", 5, donation_id=w.gift)),
    ),
    "refund_that_was_not_decided": (
        "fk_transfer_posting_rule",
        lambda w: w.posting("refund", w.leg(w.a, "fund", "refunded", 5, donation_id=w.gift)),
    ),
    "refund_without_donation": ("fk_transfer_posting_rule", lambda w: _back(w, 5, None)),
    "disbursement_of_one_donation": (
        "fk_transfer_posting_rule",
        lambda w: _spend(w, donation_id=w.gift),
    ),
    "donation_without_itself": (
        "fk_transfer_posting_rule",
        lambda w: w.posting("donation", w.leg(w.a, "world", "fund", 5, donation_id=None)),
    ),
    "donation_of_another_donation": (
        "ck_transfer_donation_is_its_own",
        lambda w: w.posting("donation", w.leg(w.a, "world", "fund", 5, donation_id=w.gift)),
    ),
    "suspense_from_own_means": (
        "fk_transfer_posting_rule",
        lambda w: w.posting("suspense", w.leg(1, "own_means", "suspense", 5)),
    ),
    # Floors and what a donation has
    "overspending_by_one": ("below_zero", lambda w: _spend(w, 1401)),
    "reserve_that_is_empty": ("below_zero", lambda w: w.contribution("reserve")),
    "refund_of_more_than_the_gift": (
        "more_than_the_donation_has",
        lambda w: _back(w, 1001, w.gift),
    ),
    "second_refund_of_more_than_is_left": (
        "more_than_the_donation_has",
        lambda w: _back(w, 600, w.gift) + _back(w, 401, w.gift),
    ),
    "refund_in_a_case_the_gift_was_not_for": (
        "more_than_the_donation_has",
        lambda w: _back(w, 5, w.gift, w.b),
    ),
    "refund_of_what_is_no_donation": (
        "not_a_donation",
        lambda w: _back(w, 5, w.spending),
    ),
    "fee_cover_of_what_is_no_donation": (
        "not_a_donation",
        lambda w: w.posting("fee_cover", w.leg(1, "world", "covered", 5, donation_id=w.spending)),
    ),
    "refund_of_a_donation_that_is_not_there": (
        "fk_transfer_donation_id|not_a_donation",
        lambda w: _back(w, 5, 999_999_999),
    ),
    "fee_cover_of_a_donation_that_is_not_there": (
        "fk_transfer_donation_id|not_a_donation",
        lambda w: w.posting("fee_cover", w.leg(1, "world", "covered", 5, donation_id=999_999_999)),
    ),
    "refund_after_the_gift_has_moved_on": (
        "more_than_the_donation_has",
        lambda w: w.re_earmark() + _back(w, 801, w.gift),
    ),
    "taking_back_a_gift_that_was_refunded": (
        "more_than_the_donation_has",
        lambda w: (
            _back(w, 1, w.gift) + w.reversal(w.gift, "fund", "world", 1000, donation_id=w.gift)
        ),
    ),
    # Postings: whole, once, named
    "posting_without_legs": ("fk_posting_has_its_legs", lambda w: w.posting("fee", n_legs=1)),
    "posting_without_its_last_leg": (
        "fk_posting_has_its_legs",
        lambda w: w.posting("disbursement", w.leg(w.a, "fund", "spent", 5), n_legs=2),
    ),
    "posting_without_a_middle_leg": (
        "fk_transfer_posting_id_prior_leg",
        lambda w: w.posting(
            "disbursement",
            w.leg(w.a, "fund", "spent", 5),
            w.leg(w.a, "fund", "spent", 5, leg=3),
            n_legs=3,
        ),
    ),
    "nine_legs": (
        "ck_posting_n_legs",
        lambda w: w.posting("disbursement", *[w.leg(w.a, "fund", "spent", 1)] * 9),
    ),
    "a_leg_added_later": ("ck_transfer_leg", lambda w: _late_leg(w, leg=2)),
    "a_leg_added_later_that_lies_about_their_number": (
        "fk_transfer_posting_id_posting_kind_n_legs",
        lambda w: _late_leg(w, leg=2, n_legs=2),
    ),
    "a_second_first_leg": ("uq_transfer_posting_id_leg", lambda w: _late_leg(w, leg=1, n_legs=1)),
    "a_leg_without_posting": (
        "fk_transfer_posting_id_posting_kind_n_legs",
        lambda w: _late_leg(w, posting_id=999_999_999),
    ),
    "a_leg_of_another_kind_than_its_posting": (
        "fk_transfer_posting_id_posting_kind_n_legs",
        lambda w: w.posting(
            "disbursement",
            w.leg(w.a, "fund", "refund_due", 5, posting_kind="refund_decided", donation_id=w.gift),
        ),
    ),
    "the_same_reference_twice": (
        "uq_posting_source_external_ref",
        lambda w: w.donation(w.a, 1000, external_ref=f"ref {w.gift}"),
    ),
    "no_reference": ("ck_posting_is_named", lambda w: w.donation(w.a, 5, external_ref="")),
    "no_source": ("ck_posting_is_named", lambda w: w.donation(w.a, 5, source="")),
    "a_short_digest": (
        "ck_posting_payload_sha256",
        lambda w: w.donation(w.a, 5, payload_sha256=b"short"),
    ),
    # Reversals
    "reversal_of_another_amount": (
        "fk_transfer_reverses_credit_id_debit_id_amount_minor",
        lambda w: w.reversal(w.spending, "spent", "fund", 299),
    ),
    "reversal_that_does_not_swap": (
        "fk_transfer_posting_rule",
        lambda w: w.reversal(w.spending, "fund", "spent", 300),
    ),
    "reversal_of_other_accounts": (
        "fk_transfer_reverses_credit_id_debit_id_amount_minor",
        lambda w: w.reversal(w.spending, "fund", "world", 300, donation_id=w.gift),
    ),
    "reversal_twice": (
        "uq_transfer_reverses",
        lambda w: (
            w.reversal(w.spending, "spent", "fund", 300)
            + w.reversal(w.spending, "spent", "fund", 300)
        ),
    ),
    "reversal_twice_where_more_was_spent": (
        "uq_transfer_reverses",
        lambda w: (
            _spend(w, 300)
            + w.reversal(w.spending, "spent", "fund", 300)
            + w.reversal(w.spending, "spent", "fund", 300)
        ),
    ),
    "reversal_of_nothing": (
        "fk_transfer_posting_rule",
        lambda w: w.reversal(w.spending, "spent", "fund", 300, reverses=None),
    ),
    "reversal_of_a_transfer_that_is_not_there": (
        "fk_transfer_reverses_credit_id_debit_id_amount_minor",
        lambda w: w.reversal(w.spending, "spent", "fund", 300, reverses=999_999_999),
    ),
    "disbursement_that_says_it_reverses": (
        "fk_transfer_posting_rule",
        lambda w: _spend(w, 300, reverses=w.seq_of(w.spending)),
    ),
    "reversal_of_a_gift_for_another_donation": (
        "fk_transfer_reverses_donation_id",
        lambda w: w.reversal(w.other_gift, "fund", "world", 700, donation_id=w.gift),
    ),
    "reversal_of_a_gift_for_no_donation": (
        "fk_transfer_posting_rule",
        lambda w: w.reversal(w.gift, "fund", "world", 1000),
    ),
    "reversal_of_spending_into_a_donation": (
        "fk_transfer_posting_rule|more_than_the_donation_has",
        lambda w: w.reversal(w.spending, "spent", "fund", 300, donation_id=w.gift),
    ),
}


@pytest.mark.parametrize("claim", REFUSED)
def test_refused(either, claim):
    by, rows = REFUSED[claim]
    either.refuses(rows(either), by)
