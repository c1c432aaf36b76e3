"""The need card at the desk: one asks, another approves with a code, and readers see it."""

import pytest

from services.staff import Role
from tests import need_cards as cards


@pytest.fixture
def database_url(sqlite_url):
    """One engine: what the pages call is tried on both."""
    return sqlite_url


@pytest.fixture
async def case(front):
    opened = await cards.opened(front.house)
    await cards.consent(front.house, opened)
    return opened


@pytest.fixture
async def asker(front):
    return await front.member("as3ker", Role.CASE_OFFICER)


@pytest.fixture
async def approver(front):
    return await front.member("app22r", Role.PROTECTION_OFFICER)


async def test_one_asks_another_approves_and_readers_see_it(front, case, asker, approver):
    at = f"/desk/cases/{case.code}/need-card"
    one, other = [await front.signed_in(member) for member in (asker, approver)]
    linked = await one.get(f"/desk/cases/{case.code}")
    before = await one.get(at)

    asked = await one.send(at)
    own = await one.get(at)
    homes = [await browser.get("/desk/") for browser in (one, other)]
    number = own.hidden("number")
    himself = await one.send(f"{at}/decide", asker, number=number, answer="approve")
    hidden = await one.get(f"/en/stories/{case.slug}")
    without = await other.send(f"{at}/decide", number=number, answer="approve")
    approved = await other.send(f"{at}/decide", approver, number=number, answer="approve")
    after = await other.get(at)
    shown = await one.get(f"/en/stories/{case.slug}")

    assert at in linked.text
    assert "Nobody has asked for it to be shown." in before.words
    assert "18 to 29 years old · Forced work on a fishing boat" in before.words
    assert "In the chat: ar, en" in before.words
    assert asked.headers["Location"] == f"{at}?told=card_asked"
    assert "Approve and show it" not in own.words
    assert [at in home.text for home in homes] == [False, True]
    assert himself.status == 422
    assert "Somebody else approves it." in himself.words
    assert hidden.status == 404
    assert without.status == 401
    assert approved.headers["Location"] == f"{at}?told=card_approved"
    assert "It is approved and shown." in after.words
    assert shown.status == 200
    acts = {(by, act) for by, act, _ in await front.acts()}
    assert {("as3ker", "need_card.asked"), ("app22r", "need_card.approved")} <= acts


async def test_what_cannot_be_shown_says_why(front, asker):
    case = await cards.opened(front.house)
    browser = await front.signed_in(asker)

    answer = await browser.send(f"/desk/cases/{case.code}/need-card")

    assert answer.status == 422
    assert "No consent to show the need is valid now." in answer.words


async def test_only_what_was_seen_is_decided_on(front, case, asker, approver):
    at = f"/desk/cases/{case.code}/need-card"
    one, other = [await front.signed_in(member) for member in (asker, approver)]
    await one.send(at)

    for number in ("999", "", "x"):
        answer = await other.send(f"{at}/decide", approver, number=number, answer="approve")
        assert answer.status == 422, number
    number = (await other.get(at)).hidden("number")
    await other.send(f"{at}/decide", approver, number=number, answer="turn_down")

    assert "It was turned down." in (await other.get(at)).words
    assert (await one.get(f"/en/stories/{case.slug}")).status == 404


async def test_finance_neither_sees_nor_asks(front, case):
    browser = await front.signed_in(await front.member("f1nn2c", Role.FINANCE))
    at = f"/desk/cases/{case.code}/need-card"

    assert (await browser.get(at)).status == 403
    assert (await browser.send(at)).status == 403
    assert (await browser.send(f"{at}/decide", number="1", answer="approve")).status == 403
