import datetime as dt

import pytest

from storage import ledger
from storage.errors import Refused
from storage.ledger import Leg, Posting
from values.money import Money

NOW = dt.datetime(2026, 11, 1, 12, 30, tzinfo=dt.UTC)
DIGEST = b"\x01" * 32
WORDS = b"\x02" * 32


def EUR(amount_minor):  # noqa: N802 - reads like an amount
    return Money(amount_minor, "EUR")


def donation(case, amount, ref="ch_1", digest=DIGEST):
    return Posting("stripe", ref, "donation", [Leg(case, "world", "fund", amount)], digest)


async def opened(database, *postings_of_the_first):
    """Two new cases; the first gets what the given functions make of it."""

    async def act(connection):
        cases = [await ledger.open_book(connection, "case") for _ in range(2)]
        posted = [
            await ledger.post(connection, make(cases[0]), NOW) for make in postings_of_the_first
        ]
        return *cases, *posted

    return await database.in_write(act)


async def post(database, posting):
    return await database.in_write(lambda connection: ledger.post(connection, posting, NOW))


async def balance(database, book, kind, currency="EUR"):
    async with database.read() as connection:
        return await ledger.balance(connection, book, kind, currency)


async def test_donation_arrives_in_the_fund_of_its_case(database):
    case, other, posted = await opened(database, lambda case: donation(case, EUR(2500)))

    assert posted.is_new
    assert await balance(database, case, "fund") == EUR(2500)
    assert await balance(database, case, "world") == EUR(-2500)
    assert await balance(database, other, "fund") == EUR(0)


async def test_same_posting_again_is_found_and_posts_nothing(database):
    case, _, first = await opened(database, lambda case: donation(case, EUR(2500)))

    second = await post(database, donation(case, EUR(2500)))

    assert second == ledger.Posted(first.id, is_new=False)
    assert await balance(database, case, "fund") == EUR(2500)


async def test_same_reference_with_another_payload_is_refused(database):
    case, _, _ = await opened(database, lambda case: donation(case, EUR(2500)))

    with pytest.raises(ledger.DifferentPayload, match="ch_1"):
        await post(database, donation(case, EUR(2600), digest=b"\x09" * 32))

    assert await balance(database, case, "fund") == EUR(2500)


async def test_same_reference_with_another_kind_is_refused(database):
    _case, _, _ = await opened(database, lambda case: donation(case, EUR(2500)))
    fee = Posting("stripe", "ch_1", "fee", [Leg(1, "own_means", "fees", EUR(5))], DIGEST)

    with pytest.raises(ledger.DifferentPayload):
        await post(database, fee)


async def test_same_reference_of_another_source_is_another_posting(database):
    case, _, _ = await opened(database, lambda case: donation(case, EUR(2500)))
    legs = [Leg(case, "world", "fund", EUR(1))]

    posted = await post(database, Posting("bank", "ch_1", "donation", legs, DIGEST))

    assert posted.is_new


async def test_account_that_a_case_cannot_have_is_refused(database):
    case, _ = await opened(database)
    legs = [Leg(case, "own_means", "fees", EUR(5))]

    with pytest.raises(ledger.NoSuchAccount, match="no account"):
        await post(database, Posting("stripe", "txn_1", "fee", legs, DIGEST))


async def test_overspending_is_told_as_below_zero_and_keeps_nothing(database):
    case, _, _ = await opened(database, lambda case: donation(case, EUR(100)))
    legs = [Leg(case, "fund", "spent", EUR(101))]

    with pytest.raises(Refused) as refusal:
        await post(database, Posting("desk", "d1", "disbursement", legs, DIGEST))

    assert refusal.value.constraint == "below_zero"
    async with database.read() as connection:
        assert await ledger.posting_id(connection, "desk", "d1") is None


async def test_posting_without_legs_is_refused(database):
    with pytest.raises(Refused) as refusal:
        await post(database, Posting("stripe", "ch_1", "donation", [], DIGEST))

    assert refusal.value.constraint == "ck_posting_n_legs"


async def test_legs_are_booked_in_their_order_when_an_account_of_one_is_new(database):
    case, _, _ = await opened(database, lambda case: donation(case, EUR(100)))
    legs = [Leg(case, "world", "fund", EUR(7)), Leg(case, "world", "over_goal", EUR(5))]

    await post(database, Posting("stripe", "ch_2", "donation", legs, DIGEST))
    await post(database, Posting("stripe", "ch_3", "donation", legs, DIGEST))

    async with database.read() as connection:
        entries = await ledger.statement(connection, case)
        assert await ledger.verify(connection) == []
    assert [(entry.credit, entry.amount) for entry in entries] == [
        ("over_goal", EUR(5)),
        ("fund", EUR(7)),
        ("over_goal", EUR(5)),
        ("fund", EUR(7)),
        ("fund", EUR(100)),
    ]


async def test_account_id_is_the_same_the_second_time(database):
    case, _ = await opened(database)

    async def twice(connection):
        return [await ledger.account_id(connection, case, "fund", "EUR") for _ in range(2)]

    first, second = await database.in_write(twice)

    assert first == second


async def re_earmark(database, donation_id, case, other, amount, ref="c1"):
    async def act(connection):
        return await ledger.re_earmark(
            connection,
            source="desk",
            external_ref=ref,
            payload_sha256=DIGEST,
            donation_id=donation_id,
            from_case=case,
            to_case=other,
            amount=amount,
            consent_ref=f"consent {ref}",
            consent_sha256=WORDS,
            now=NOW,
        )

    return await database.in_write(act)


async def test_re_earmark_moves_the_gift_and_its_rest_stays(database):
    case, other, gift = await opened(database, lambda case: donation(case, EUR(1000)))

    await re_earmark(database, gift.id, case, other, EUR(400))

    async with database.read() as connection:
        assert await ledger.standing(connection, gift.id) == {
            (case, "fund"): EUR(600),
            (case, "moved_out"): EUR(400),
            (other, "fund"): EUR(400),
        }
        assert await ledger.verify(connection) == []


async def test_re_earmark_of_more_than_the_rest_is_refused(database):
    case, other, gift, _ = await opened(
        database,
        lambda case: donation(case, EUR(1000)),
        lambda case: donation(case, EUR(1000), "ch_2"),
    )
    await re_earmark(database, gift.id, case, other, EUR(400))

    with pytest.raises(Refused) as refusal:
        await re_earmark(database, gift.id, case, other, EUR(601), "c2")

    assert refusal.value.constraint == "more_than_the_donation_has"


async def test_contribution_pays_into_a_case_from_own_means(database):
    case, _ = await opened(database)

    async def act(connection):
        return await ledger.contribute(
            connection,
            source="desk",
            external_ref="k1",
            payload_sha256=DIGEST,
            to_case=case,
            amount=EUR(70),
            now=NOW,
        )

    await database.in_write(act)

    assert await balance(database, case, "fund") == EUR(70)
    assert await balance(database, ledger.ORGANISATION_BOOK, "own_means") == EUR(-70)


async def reverse(database, seq, ref="r1"):
    async def act(connection):
        return await ledger.reverse(
            connection,
            source="desk",
            external_ref=ref,
            payload_sha256=DIGEST,
            seq=seq,
            now=NOW,
        )

    return await database.in_write(act)


async def test_reversal_undoes_a_transfer_once(database):
    case, _, _ = await opened(database, lambda case: donation(case, EUR(1000)))
    async with database.read() as connection:
        (entry,) = await ledger.statement(connection, case)

    await reverse(database, entry.seq)
    with pytest.raises(Refused):
        await reverse(database, entry.seq, "r2")

    assert await balance(database, case, "fund") == EUR(0)


async def test_reversal_of_nothing_says_so(database):
    with pytest.raises(ledger.NothingToReverse, match="12345"):
        await reverse(database, 12345)


async def test_statement_tells_newest_first(database):
    case, _, gift, _ = await opened(
        database,
        lambda case: donation(case, EUR(1000)),
        lambda case: Posting(
            "desk", "d1", "disbursement", [Leg(case, "fund", "spent", EUR(300))], DIGEST
        ),
    )

    async with database.read() as connection:
        spending, given = await ledger.statement(connection, case)
        (newest,) = await ledger.statement(connection, case, limit=1)

    assert (spending.posting_kind, spending.amount, spending.donation_id) == (
        "disbursement",
        EUR(300),
        None,
    )
    assert (given.posting_kind, given.debit, given.credit) == ("donation", "world", "fund")
    assert (given.donation_id, given.recorded_at) == (gift.id, NOW)
    assert newest == spending


async def test_balances_of_many_cases_come_together(database):
    case, other, _ = await opened(database, lambda case: donation(case, EUR(1000)))
    await post(database, donation(other, Money(500, "JPY"), "ch_2"))

    async with database.read() as connection:
        found = await ledger.balances(connection, [case, other], ["fund", "spent"])

    assert found == {
        (case, "fund", "EUR"): EUR(1000),
        (other, "fund", "JPY"): Money(500, "JPY"),
    }


async def test_trace_follows_a_gift_through_both_cases(database):
    case, other, gift = await opened(database, lambda case: donation(case, EUR(1000)))
    await re_earmark(database, gift.id, case, other, EUR(400))

    async with database.read() as connection:
        entries = await ledger.trace(connection, gift.id)

    assert [(entry.book_id, entry.debit, entry.credit) for entry in entries] == [
        (other, "moved_in", "fund"),
        (case, "fund", "moved_out"),
        (case, "world", "fund"),
    ]
