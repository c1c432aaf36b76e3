"""What the database accepts beside all that it refuses; and the ledger is sound afterwards."""

import pytest


def _spend(w, amount=5, debit="fund", credit="spent", **changes):
    return w.posting("disbursement", w.leg(w.a, debit, credit, amount, **changes))


def _back(w, amount, gift, debit="fund", book=None):
    leg = w.leg(book or w.a, debit, "refund_due", amount, donation_id=gift)
    return w.posting("refund_decided", leg)


def _gone(w, amount, gift, **more):
    leg = w.leg(w.a, "refund_due", "refunded", amount, donation_id=gift)
    return w.posting("refund", leg, **more)


LAWFUL = {
    "donation": (lambda w: w.donation(w.a, 5), {"fund": 1405}),
    "donation_over_the_goal": (lambda w: w.donation(w.a, 5, "over_goal"), {"over_goal": 55}),
    "donation_partly_over_the_goal": (
        lambda w: w.posting(
            "donation", w.leg(w.a, "world", "fund", 5), w.leg(w.a, "world", "over_goal", 6)
        ),
        {"fund": 1405, "over_goal": 56},
    ),
    "spending_to_the_last_cent": (lambda w: _spend(w, 1400), {"fund": 0, "spent": 1700}),
    "three_legs": (
        lambda w: w.posting("disbursement", *[w.leg(w.a, "fund", "spent", 5)] * 3),
        {"fund": 1385},
    ),
    "refund_of_the_whole_gift": (
        lambda w: _back(w, 1000, w.gift) + _gone(w, 1000, w.gift),
        {"fund": 400, "refund_due": 0, "refunded": 1000},
    ),
    "refund_of_what_came_too_late": (
        lambda w: _back(w, 50, w.late_gift, "over_goal") + _gone(w, 50, w.late_gift),
        {"over_goal": 0, "refunded": 50},
    ),
    "refund_that_was_decided_and_left": (
        lambda w: (
            _back(w, 50, w.gift)
            + w.posting("refund_left", w.leg(w.a, "refund_due", "fund", 50, donation_id=w.gift))
        ),
        {"fund": 1400, "refund_due": 0},
    ),
    "refund_that_came_back_is_due_again": (
        lambda w: (
            _back(w, 50, w.gift)
            + _gone(w, 50, w.gift, posting_id=(gone := w.new_id()))
            + w.reversal(gone, "refunded", "refund_due", 50, donation_id=w.gift)
        ),
        {"fund": 1350, "refund_due": 50, "refunded": 0},
    ),
    "re_earmark": (lambda w: w.re_earmark(), {"fund": 1200, "moved_out": 200}),
    "re_earmark_of_what_came_too_late": (
        lambda w: w.posting(
            "re-earmark",
            w.out_leg(50, "over_goal", donation_id=w.late_gift),
            w.in_leg(50, donation_id=w.late_gift),
            crossing=w.crossing(amount_minor=50, donation_id=w.late_gift),
        ),
        {"over_goal": 0, "moved_out": 50},
    ),
    "refund_where_the_gift_has_moved_to": (
        lambda w: w.re_earmark() + _back(w, 200, w.gift, book=w.b),
        {"fund": 1200},
    ),
    "contribution": (lambda w: w.contribution(to_book=w.b), {"fund": 1400}),
    "contribution_for_what_was_spent_and_charged_back": (
        lambda w: w.contribution(into="shortfall"),
        {"fund": 1400},
    ),
    "fee": (lambda w: w.posting("fee", w.leg(1, "own_means", "fees", 5)), {"fund": 1400}),
    "suspense": (lambda w: w.posting("suspense", w.leg(1, "world", "suspense", 5)), {}),
    "reversal_of_spending": (
        lambda w: w.reversal(w.spending, "spent", "fund", 300),
        {"fund": 1700, "spent": 0},
    ),
    "reversal_of_a_gift": (
        lambda w: w.reversal(w.gift, "fund", "world", 1000, donation_id=w.gift),
        {"fund": 400},
    ),
    "spending_again_after_a_reversal": (
        lambda w: w.reversal(w.spending, "spent", "fund", 300) + _spend(w, 1700),
        {"fund": 0, "spent": 1700},
    ),
    "another_book": (lambda w: [w.row("book", id=max(w.a, w.b) + 10**6, kind="case")], {}),
    "another_account": (
        lambda w: [
            w.row(
                "account",
                id=w.a + 10**6,
                book_id=w.a,
                book_kind="case",
                kind="fund",
                currency="JPY",
                floored=1,
            )
        ],
        {},
    ),
}


@pytest.mark.parametrize("name", LAWFUL)
def test_accepted(world, name):
    rows, expected = LAWFUL[name]

    world.write(rows(world))

    assert {kind: world.amount(world.a, kind) for kind in expected} == expected
    assert world.arena.verify() == []
