"""
What the database refuses, whoever writes: money that would pass from one book to another.

Each claim is one case, on a migrated database of each engine, by plain INSERTs. It names the
constraint or guard that must refuse, so that a case cannot pass because something else is wrong.
"""

import pytest


def _spend(w, amount=5, debit="fund", credit="spent", **changes):
    return w.posting("disbursement", w.leg(w.a, debit, credit, amount, **changes))


def _into_dollars(w):
    arrives = w.leg(w.b, "moved_in", "fund", 200, "USD", donation_id=w.gift, cross_in="own")
    return w.posting("re-earmark", w.out_leg(), arrives, crossing=w.crossing())


def _reversal_of_crossing(w):
    moved = w.new_id()
    rows = w.posting("re-earmark", w.out_leg(), w.in_leg(), posting_id=moved, crossing=w.crossing())
    return rows + w.reversal(moved, "moved_out", "fund", 200, donation_id=w.gift)


REFUSED = {
    "re_earmark_without_crossing": (
        "fk_transfer_cross_out_book_id_currency_amount_minor",
        lambda w: w.posting("re-earmark", w.out_leg(), w.in_leg()),
    ),
    "re_earmark_with_no_words_of_consent": (
        "ck_crossing_kind",
        lambda w: w.re_earmark(consent_ref=""),
    ),
    "re_earmark_without_consent": ("ck_crossing_kind", lambda w: w.re_earmark(consent_ref=None)),
    "re_earmark_with_a_short_digest_of_consent": (
        "ck_crossing_kind",
        lambda w: w.re_earmark(consent_sha256=b"short"),
    ),
    "re_earmark_without_digest_of_consent": (
        "ck_crossing_kind",
        lambda w: w.re_earmark(consent_sha256=None),
    ),
    "one_consent_for_two_re_earmarks": (
        "uq_crossing_consent_ref",
        lambda w: w.re_earmark(consent_ref="one consent") + w.re_earmark(consent_ref="one consent"),
    ),
    "re_earmark_without_donation": ("ck_crossing_kind", lambda w: w.re_earmark(donation_id=None)),
    "re_earmark_legs_of_another_donation_than_the_crossing": (
        "fk_transfer_cross_out_donation_id",
        lambda w: w.re_earmark(donation_id=w.other_gift),
    ),
    "re_earmark_in_leg_of_another_donation": (
        "fk_transfer_cross_in_donation_id",
        lambda w: w.posting(
            "re-earmark", w.out_leg(), w.in_leg(donation_id=w.other_gift), crossing=w.crossing()
        ),
    ),
    "re_earmark_of_a_donation_to_another_case": (
        "more_than_the_donation_has",
        lambda w: w.posting(
            "re-earmark",
            w.out_leg(donation_id=w.gift_to_b),
            w.in_leg(donation_id=w.gift_to_b),
            crossing=w.crossing(donation_id=w.gift_to_b),
        ),
    ),
    "re_earmark_of_more_than_the_donation_has": (
        "more_than_the_donation_has",
        lambda w: w.posting(
            "re-earmark",
            w.out_leg(1001),
            w.in_leg(1001),
            crossing=w.crossing(amount_minor=1001),
        ),
    ),
    "re_earmark_after_a_refund_took_it": (
        "more_than_the_donation_has",
        lambda w: (
            w.posting("refund_decided", w.leg(w.a, "fund", "refund_due", 801, donation_id=w.gift))
            + w.re_earmark()
        ),
    ),
    "re_earmark_out_leg_of_another_donation": (
        "fk_transfer_cross_out_donation_id",
        lambda w: w.posting(
            "re-earmark", w.out_leg(donation_id=w.other_gift), w.in_leg(), crossing=w.crossing()
        ),
    ),
    "re_earmark_that_leaves_smaller": (
        "fk_transfer_cross_out_book_id_currency_amount_minor",
        lambda w: w.posting("re-earmark", w.out_leg(150), w.in_leg(), crossing=w.crossing()),
    ),
    "re_earmark_that_leaves_another_case": (
        "fk_transfer_cross_out_book_id_currency_amount_minor",
        lambda w: w.posting(
            "re-earmark",
            w.leg(w.b, "fund", "moved_out", 200, donation_id=w.gift_to_b, cross_out="own"),
            w.in_leg(donation_id=w.gift_to_b),
            crossing=w.crossing(donation_id=w.gift_to_b),
        ),
    ),
    "re_earmark_that_arrives_larger": (
        "fk_transfer_cross_in_book_id_currency_amount_minor",
        lambda w: w.posting("re-earmark", w.out_leg(), w.in_leg(250), crossing=w.crossing()),
    ),
    "re_earmark_that_only_leaves": (
        "fk_crossing_has_its_in_leg",
        lambda w: w.posting("re-earmark", w.out_leg(), crossing=w.crossing()),
    ),
    "re_earmark_that_only_arrives": (
        "fk_crossing_has_its_out_leg",
        lambda w: w.posting("re-earmark", w.in_leg(), crossing=w.crossing()),
    ),
    "re_earmark_that_arrives_twice": (
        "uq_transfer_cross_in",
        lambda w: w.posting(
            "re-earmark", w.out_leg(), w.in_leg(), w.in_leg(), crossing=w.crossing()
        ),
    ),
    "crossing_without_legs": (
        "fk_posting_has_its_legs|fk_crossing_has_its_out_leg|fk_crossing_has_its_in_leg",
        lambda w: w.posting("re-earmark", n_legs=2, crossing=w.crossing()),
    ),
    "crossing_without_posting": (
        "fk_crossing_posting_id_kind",
        lambda w: [w.row("crossing", posting_id=999_999_999, **w.crossing())],
    ),
    "crossing_of_a_disbursement": (
        "fk_crossing_posting_id_kind",
        lambda w: w.posting(
            "disbursement", w.leg(w.a, "fund", "spent", 200), crossing=w.crossing()
        ),
    ),
    "re_earmark_to_its_own_case": ("ck_crossing_another_book", lambda w: w.re_earmark(to_book=w.a)),
    "re_earmark_that_arrives_in_a_third_book": (
        "fk_transfer_cross_in_book_id_currency_amount_minor",
        lambda w: w.posting(
            "re-earmark",
            w.out_leg(),
            w.leg(w.a, "moved_in", "fund", 200, donation_id=w.gift, cross_in="own"),
            crossing=w.crossing(),
        ),
    ),
    "re_earmark_out_of_moved_in": (
        "fk_transfer_posting_rule",
        lambda w: w.posting(
            "re-earmark", w.out_leg(account="moved_in"), w.in_leg(), crossing=w.crossing()
        ),
    ),
    "re_earmark_into_another_currency": (
        "fk_transfer_cross_in_book_id_currency_amount_minor",
        _into_dollars,
    ),
    "disbursement_that_says_it_leaves_the_book": (
        "fk_transfer_posting_rule|fk_transfer_cross_out_book_id_currency_amount_minor",
        lambda w: _spend(w, 200, cross_out="own"),
    ),
    "leg_that_leaves_under_another_posting": (
        "ck_transfer_cross_out",
        lambda w: _spend(w, 200, cross_out=w.gift),
    ),
    "leg_that_arrives_under_another_posting": (
        "ck_transfer_cross_in",
        lambda w: _spend(w, 200, cross_in=w.gift),
    ),
    "leg_that_leaves_and_arrives": (
        "ck_transfer_one_shape",
        lambda w: w.posting(
            "re-earmark", w.out_leg(cross_in="own"), w.in_leg(), crossing=w.crossing()
        ),
    ),
    "crossing_of_nothing": ("ck_crossing_amount_minor", lambda w: w.re_earmark(amount_minor=0)),
    "crossing_from_a_book_that_is_not_there": (
        "fk_crossing_from_book_from_kind",
        lambda w: w.re_earmark(from_book=999_999_999),
    ),
    "crossing_to_a_book_that_is_not_there": (
        "fk_crossing_to_book_to_kind",
        lambda w: w.re_earmark(to_book=999_999_999),
    ),
    "re_earmark_to_the_organisation": (
        "ck_crossing_into_a_case",
        lambda w: w.re_earmark(to_book=1, to_kind="organisation"),
    ),
    "re_earmark_to_the_organisation_called_a_case": (
        "fk_crossing_to_book_to_kind",
        lambda w: w.re_earmark(to_book=1),
    ),
    "contribution_from_a_case": (
        "ck_crossing_kind",
        lambda w: w.contribution(from_book=w.a, from_kind="case"),
    ),
    "contribution_from_a_case_called_organisation": (
        "fk_crossing_from_book_from_kind",
        lambda w: w.contribution(from_book=w.a),
    ),
    "contribution_of_a_donation": (
        "ck_crossing_kind",
        lambda w: w.contribution(donation_id=w.gift),
    ),
    "contribution_called_re_earmark": (
        "ck_crossing_kind",
        lambda w: w.contribution(kind="re-earmark"),
    ),
    "contribution_into_the_organisation": (
        "ck_crossing_into_a_case|ck_crossing_another_book",
        lambda w: w.contribution(to_book=1, to_kind="organisation"),
    ),
    "contribution_with_consent": (
        "ck_crossing_kind",
        lambda w: w.contribution(consent_ref="a consent"),
    ),
    "contribution_with_words_of_consent": (
        "ck_crossing_kind",
        lambda w: w.contribution(consent_sha256=b"\x07" * 32),
    ),
    "contribution_by_way_of_shortfall_from_another_case": (
        "ck_crossing_kind",
        lambda w: w.posting(
            "contribution",
            w.out_leg(donation_id=None),
            w.in_leg(account="shortfall", donation_id=None),
            crossing=w.crossing("contribution"),
        ),
    ),
    "contribution_by_way_of_shortfall_into_the_organisation": (
        "ck_crossing_into_a_case|ck_crossing_another_book",
        lambda w: w.contribution(into="shortfall", to_book=1, to_kind="organisation"),
    ),
    "contribution_by_way_of_shortfall_without_crossing": (
        "fk_transfer_cross_in_book_id_currency_amount_minor",
        lambda w: w.posting("contribution", w.in_leg(account="shortfall", donation_id=None)),
    ),
    "contribution_by_way_of_shortfall_that_only_arrives": (
        "fk_crossing_has_its_out_leg",
        lambda w: w.posting(
            "contribution",
            w.in_leg(account="shortfall", donation_id=None),
            crossing=w.crossing_of_house(),
        ),
    ),
    "shortfall_into_the_fund_within_a_case": (
        "fk_transfer_posting_rule",
        lambda w: w.posting("contribution", w.leg(w.a, "shortfall", "fund", 5)),
    ),
    "re_earmark_by_way_of_shortfall": (
        "fk_transfer_posting_rule",
        lambda w: w.posting(
            "re-earmark", w.out_leg(), w.in_leg(account="shortfall"), crossing=w.crossing()
        ),
    ),
    "crossing_of_a_donation_that_is_not_there": (
        "fk_crossing_donation_id|not_a_donation",
        lambda w: w.posting(
            "re-earmark",
            w.out_leg(donation_id=999_999_999),
            w.in_leg(donation_id=999_999_999),
            crossing=w.crossing(donation_id=999_999_999),
        ),
    ),
    "second_crossing_of_one_posting": (
        "pk_crossing",
        lambda w: [
            *w.re_earmark(posting_id=(moved := w.new_id())),
            w.row("crossing", posting_id=moved, **w.crossing()),
        ],
    ),
    "second_crossing_of_one_posting_that_says_otherwise": (
        "pk_crossing",
        lambda w: [
            *w.re_earmark(posting_id=(moved := w.new_id())),
            w.row(
                "crossing",
                posting_id=moved,
                **w.crossing(amount_minor=150, donation_id=w.other_gift),
            ),
        ],
    ),
    "reversal_of_a_crossing": ("fk_transfer_posting_rule", _reversal_of_crossing),
}


@pytest.mark.parametrize("claim", REFUSED)
def test_refused(either, claim):
    by, rows = REFUSED[claim]
    either.refuses(rows(either), by)
