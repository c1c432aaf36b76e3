"""What staff do on the command line, over a real database: done, or told what to do instead."""

import pytest

from tests.payments.rig import usd


async def test_spending_is_recorded_by_one_and_approved_by_another(till, run):
    case = await till.case()
    await till.settled(case, usd(25))
    await till.run("UPDATE stripe_charge SET created_at = 0")
    await till.run("UPDATE stripe_transaction SET available_at = 0")
    month = till.clock().strftime("%Y-%m")

    record = ("spending", "record", case.slug, "shelter", "20.00", "--month", month, "--by", "one")
    recorded = await run(*record)
    by_himself = await run("spending", "approve", "1", "--by", "one")
    approved = await run("spending", "approve", "1", "--by", "two")
    again = await run("spending", "approve", "1", "--by", "two")
    listed = await run("spending", "list", case.code)

    number = recorded[1].split()[2].rstrip(":")
    assert recorded[0] == 0, recorded
    assert number == "1"
    assert by_himself == (2, "Whoever recorded it cannot approve it.\n")
    assert approved == (0, f"Approved and booked: 20.00 USD on shelter, {month}.\n")
    assert again[0] == 2
    assert listed[1].splitlines() == [
        "Held: 5.00 USD. May be spent now: 5.00 USD.",
        f"1: 20.00 USD on shelter, {month}, approved",
    ]
    assert await till.balance(case, "spent") == 2000
    logged = await run("audit", "show", "--case", case.slug)
    assert [line.split()[3:] for line in logged[1].splitlines()] == [
        ["two", "spending.approved", "case", case.code, "spending=1"],
        ["one", "spending.recorded", "case", case.code, "spending=1"],
    ]
    assert await till.verify() == []


async def test_spending_of_a_young_gift_is_told_to_wait(till, run):
    case = await till.case()
    await till.settled(case, usd(25))
    month = till.clock().strftime("%Y-%m")

    code, told = await run(
        "spending", "record", case.code, "shelter", "20", "--month", month, "--by", "one"
    )

    assert code == 2
    assert told.startswith("The plan holds 25.00 USD, of which 0.00 USD may be spent now")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("record", "nobody", "shelter", "1", "--month", "2026-01", "--by", "one"), "no case"),
        (("record", "{case}", "shelter", "1", "--month", "2026-01", "--by", "x"), "no staff"),
        (("record", "{case}", "shelter", "0", "--month", "2026-01", "--by", "one"), "not an am"),
        (("record", "{case}", "shelter", "1.005", "--month", "2026-01", "--by", "one"), "not an"),
        (
            ("record", "{case}", "medical", "1", "--month", "2026-01", "--by", "one"),
            "has 0.00",
        ),
        (("record", "{case}", "shelter", "1", "--month", "2999-01", "--by", "one"), "has begun"),
        (("approve", "99", "--by", "two"), "no such record"),
        (("approve", "99", "--by", "idle"), "idle would need to be case_officer or finance"),
        (
            ("record", "{case}", "shelter", "1", "--month", "2026-01", "--by", "idle"),
            "idle would need to be case_officer or finance",
        ),
    ],
)
async def test_what_cannot_be_recorded_is_told(till, run, words, told):
    case = await till.case()

    code, said = await run("spending", *(word.format(case=case.code) for word in words))

    assert code == 2
    assert told in said
    assert await till.rows("SELECT * FROM disbursement") == []


async def test_plan_that_ends_sets_its_money_free(till, run):
    case = await till.case()
    hold = await till.settled(case, usd(25))

    idle = await run("plan", "end", case.code, "unreachable", "--by", "idle")
    ended = await run("plan", "end", case.code, "unreachable")
    again = await run("plan", "end", case.code, "complete")

    assert idle[0] == 2
    assert "would need to be case_officer or protection_officer" in idle[1]
    assert ended == (0, "The plan has ended. Its donors are asked about 25.00 USD.\n")
    assert again == (2, "The plan has ended before.\n")
    assert await till.questions(hold) == [("ended", case.id)]
    assert await till.verify() == []


async def test_last_line_is_not_finished_but_the_plan_ended(till, run):
    case = await till.case()

    code, told = await run("plan", "finish-line", case.code, "shelter", "--by", "one")

    assert code == 2
    assert "homeward plan end" in told


async def test_line_that_cost_less_goes_where_she_wants_it(till, run):
    case = await till.case()

    done = await run(
        "plan", "finish-line", case.code, "shelter", "--to", "education", "--by", "one"
    )

    assert done == (0, "100.00 USD went to education. Its donors are asked about 0.00 USD.\n")
    assert await till.rows("SELECT line, amount_minor FROM need_line") == [("education", 10_000)]


async def test_gift_is_sent_back_as_far_as_it_is_unspent(till, run):
    case = await till.case()
    hold = await till.settled(case, usd(25))

    idle = await run("gift", "refund", hold.reference, "--by", "idle")
    too_much = await run("gift", "refund", hold.reference, "--amount", "30.00 USD")
    part = await run("gift", "refund", hold.reference, "--amount", "10.00 USD")
    rest = await run("gift", "refund", hold.reference)
    nothing = await run("gift", "retry", hold.reference)
    nobody = await run("gift", "refund", "nobody")

    assert idle == (2, "idle would need to be finance. `homeward staff grant` asks.\n")
    assert too_much[0] == 2
    assert "Of this gift 25.00 USD is unspent" in too_much[1]
    assert part[1].startswith("10.00 USD goes back")
    assert rest[1].startswith("15.00 USD goes back")
    assert nothing == (2, "No refund of this gift has failed.\n")
    assert nobody == (2, "There is no gift 'nobody'.\n")
    assert await till.balance(case, "refund_due") == 2500
    logged = await run("audit", "show", "--case", case.code)
    assert [line.split()[3:5] for line in logged[1].splitlines()] == [
        ["operator", "gift.refunded"]
    ] * 2
    assert hold.reference not in logged[1]
    assert await till.verify() == []


async def test_need_is_set_before_the_first_gift_and_grows_with_a_note_after_it(till, run):
    case = await till.case()
    form = "cases", "risk", case.code, "--level", "low", "--by", "one"
    grow = "plan", "grow", case.code, "medical", "30", "--note", "en=A doctor.", "--by", "one"

    early = await run(*grow)
    before = await run("plan", "set", case.code, "medical", "20", "--by", "one")
    await till.settled(case, usd(25))
    late = await run("plan", "set", case.code, "medical", "25", "--by", "one")
    unjudged = await run(*grow)
    await run(*form)
    grown = await run(*grow)
    less = await run(*grow[:4], "29", *grow[5:])
    dated = await run(*grow[:4], "40", "--note", "en=On 12 May.", "--by", "one")
    bare = await run(*grow[:4], "40", "--note", "A doctor.", "--by", "one")

    assert early == (2, "Nobody has given yet: `homeward plan set`, without a note.\n")
    assert before == (0, "medical is 20.00 USD now. It was 0.00 USD.\n")
    assert late[0] == 2
    assert "homeward plan grow" in late[1]
    assert "risk form" in unjudged[1]
    told = "medical grew from 20.00 USD to 30.00 USD. Its donors can read why.\n"
    assert grown == (0, told)
    assert less == (
        2, "medical is 30.00 USD already. Write more than that, or finish the line.\n"
    )  # fmt: skip
    assert dated[0] == bare[0] == 2
    assert "en: " in dated[1]
    assert "--note en=TEXT" in bare[1]
    assert await till.verify() == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("{case}", "shelter", "0"), "homeward plan end"),
        (("{case}", "legal", "much"), "is not an amount"),
        (("nobody", "legal", "5"), "There is no case"),
    ],
)
async def test_need_that_cannot_be_set_is_told(till, run, words, told):
    case = await till.case()

    code, said = await run(
        "plan", "set", *(word.format(case=case.code) for word in words), "--by", "one"
    )

    assert code == 2
    assert told in said
