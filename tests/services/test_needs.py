"""
What a plan needs is set freely until somebody gives; then a line grows only with a note to its
donors, which passes the gate, and is shown with its month where the story is.
"""

import asyncio

import pytest
import sqlalchemy as sa

from locales.text import Month
from protection.gate.checking import Kind
from services import needs, secret_words
from services.catalogue import PublicCase
from services.growths import growths_of
from services.needs import (
    Grown,
    HasEnded,
    HasGifts,
    LineSet,
    NoGifts,
    NoteRefused,
    NothingNeeded,
    NotMore,
    NotPayable,
)
from services.progress import progress_of
from services.wording import grew
from storage import case_sheets
from storage.case_sheets import Risk
from storage.errors import Refused
from stories.pack import SHIPPED, load_pack
from tests.payments.rig import usd
from values.bands import RiskLevel
from values.lines import BudgetLine
from values.money import Money

NOTE = {"en": "The doctor asks for a second visit.", "fr": "Le médecin demande une autre visite."}


@pytest.fixture
async def officer(books):
    return await books.staff("officer")


async def risk(books, case, officer, level=RiskLevel.LOW):
    form = Risk(False, False, False, False, frozenset(), level)
    async with books.house.write() as connection:
        await case_sheets.say_risk(connection, case.id, form, staff_id=officer, now=books.clock())


async def set_line(books, case, line, amount):
    async with books.house.write() as connection:
        return await needs.set_line(
            connection, case_id=case.id, line=BudgetLine(line), amount=amount
        )


async def grow(books, case, line, amount, officer, notes=NOTE):
    async with books.house.write() as connection:
        return await needs.grow_line(
            books.house, connection, case_id=case.id, line=BudgetLine(line), amount=amount,
            notes=notes, staff_id=officer,
        )  # fmt: skip


async def lines(books, case):
    return {str(line): amount for line, amount in (await books.now(case)).lines}


async def kept(books):
    return await books.rows("SELECT line, before_minor, after_minor, month FROM need_note")


# Before the first gift


async def test_line_is_set_freely_before_the_first_gift(books):
    case = await books.plan(shelter=usd(60), legal=usd(40))

    more = await set_line(books, case, "shelter", usd(80))
    new = await set_line(books, case, "medical", usd(5))
    gone = await set_line(books, case, "legal", usd(0))
    same = await set_line(books, case, "medical", usd(5))

    assert more == LineSet(BudgetLine.SHELTER, usd(60), usd(80))
    assert new == LineSet(BudgetLine.MEDICAL, usd(0), usd(5))
    assert gone == LineSet(BudgetLine.LEGAL, usd(40), usd(0))
    assert same == LineSet(BudgetLine.MEDICAL, usd(5), usd(5))
    assert await lines(books, case) == {"shelter": usd(80), "medical": usd(5)}
    assert await kept(books) == []


async def test_nothing_of_a_plan_cannot_be_needed(books):
    case = await books.plan(shelter=usd(60))

    assert await set_line(books, case, "shelter", usd(0)) == NothingNeeded()
    assert await set_line(books, case, "legal", Money(500, "EUR")) == NotPayable()
    assert await set_line(books, case, "legal", usd(0)) == LineSet(BudgetLine.LEGAL, usd(0), usd(0))

    assert await lines(books, case) == {"shelter": usd(60)}


@pytest.mark.parametrize("state", ["open", "promised", "paid"])
async def test_who_is_still_paying_has_read_the_plan_as_it_is(books, officer, state):
    case = await books.plan(shelter=usd(60))
    hold = await books.hold(case, usd(10))
    await books.run("UPDATE hold SET state = :state WHERE id = :id", state=state, id=hold.id)

    assert await set_line(books, case, "shelter", usd(80)) == HasGifts()
    assert await lines(books, case) == {"shelter": usd(60)}


async def test_hold_that_nobody_paid_binds_nothing(books, officer):
    case = await books.plan(shelter=usd(60))
    hold = await books.hold(case, usd(10))
    await books.run("UPDATE hold SET state = 'released' WHERE id = :id", id=hold.id)

    assert isinstance(await set_line(books, case, "shelter", usd(80)), LineSet)
    assert await grow(books, case, "shelter", usd(90), officer) == NoGifts()


# After it


async def test_line_grows_after_the_first_gift_with_a_note_of_the_month(books, officer):
    case = await books.plan(shelter=usd(60), legal=usd(40))
    await risk(books, case, officer)
    await books.given(case, usd(100))

    refused = await set_line(books, case, "shelter", usd(75))
    done = await grow(books, case, "shelter", usd(75), officer)
    again = await grow(books, case, "shelter", usd(75), officer)

    assert refused == HasGifts()
    assert isinstance(done, Grown)
    assert (done.is_new, again.is_new) == (True, False)
    assert again.note == done.note
    assert done.note.notes == NOTE
    assert await lines(books, case) == {"shelter": usd(75), "legal": usd(40)}
    assert await kept(books) == [("shelter", 6000, 7500, f"{books.clock():%Y-%m}")]
    assert (await books.progress(await books.now(case))).missing == usd(15)
    assert await books.verify() == []


async def test_new_line_after_the_first_gift_has_a_note_as_well(books, officer):
    case = await books.plan(shelter=usd(60))
    await risk(books, case, officer)
    await books.given(case, usd(10))

    done = await grow(books, case, "medical", usd(30), officer)

    assert isinstance(done, Grown)
    assert done.note.before == usd(0)
    assert await lines(books, case) == {"shelter": usd(60), "medical": usd(30)}


async def test_line_never_shrinks_by_a_note(books, officer):
    case = await books.plan(shelter=usd(60))
    await risk(books, case, officer)
    await books.given(case, usd(60))

    assert await grow(books, case, "shelter", usd(50), officer) == NotMore(usd(60))
    assert await grow(books, case, "shelter", usd(60), officer) == NotMore(usd(60))
    assert await grow(books, case, "shelter", Money(6500, "EUR"), officer) == NotPayable()

    assert await lines(books, case) == {"shelter": usd(60)}
    assert await kept(books) == []


@pytest.mark.parametrize("word", ["Sea Star", "สุดารัตน์"])
async def test_note_with_a_secret_word_is_not_shown(books, officer, word):
    case = await books.plan(shelter=usd(60))
    await risk(books, case, officer)
    await books.given(case, usd(10))
    async with books.house.write() as connection:
        await secret_words.keep(
            books.house, connection, case, ["Sea Star", "สุดารัตน์"], staff_id=officer
        )

    refused = await grow(books, case, "shelter", usd(90), officer, {"en": f"{word} asks for it."})
    done = await grow(books, case, "shelter", usd(90), officer)

    assert isinstance(refused, NoteRefused)
    assert [(one.where, one.kind) for one in refused.findings] == [("en", Kind.SECRET)]
    assert isinstance(done, Grown)


@pytest.mark.parametrize(
    ("notes", "why"),
    [
        ({}, "none"),
        ({"xx": "The doctor asks for more."}, "locale"),
        ({"en": "  "}, "note"),
        ({"en": "x" * 201}, "note"),
        ({"en": "Call 081 234 5678 for more."}, "note"),
        ({"en": "She was seventeen years old."}, "gate"),
        ({"en": "The doctor asks for more.", "fr": "Le 12 mai."}, "gate"),
    ],
)
async def test_note_that_may_not_be_shown_changes_nothing(books, officer, notes, why):
    case = await books.plan(shelter=usd(60))
    await risk(books, case, officer)
    await books.given(case, usd(10))

    refused = await grow(books, case, "shelter", usd(90), officer, notes)

    assert isinstance(refused, NoteRefused)
    assert refused.why == why
    assert await lines(books, case) == {"shelter": usd(60)}
    assert await kept(books) == []


@pytest.mark.parametrize("level", [None, RiskLevel.HIGH])
async def test_nothing_is_told_while_the_risk_is_high_or_not_known(books, officer, level):
    case = await books.plan(shelter=usd(60))
    if level is not None:
        await risk(books, case, officer, level)
    await books.given(case, usd(10))

    assert await grow(books, case, "shelter", usd(90), officer) == NoteRefused("risk")


async def test_plan_that_has_ended_needs_nothing_more(books, officer):
    case, other = await books.plan(shelter=usd(60)), await books.plan(shelter=usd(60))
    await books.given(case, usd(10))
    await books.end(case)
    await books.end(other)

    assert await grow(books, case, "shelter", usd(90), officer) == HasEnded()
    assert await set_line(books, other, "shelter", usd(90)) == HasEnded()


async def test_line_that_grew_can_still_be_finished(books, officer):
    case = await books.plan(shelter=usd(60), legal=usd(40))
    await risk(books, case, officer)
    await books.given(case, usd(100))
    await grow(books, case, "shelter", usd(75), officer)
    await books.spend(case, usd(70))

    await books.finish(case, "shelter", "legal")

    assert await lines(books, case) == {"shelter": usd(70), "legal": usd(45)}
    assert await books.verify() == []


async def test_database_lets_no_line_grow_behind_the_program(books):
    case = await books.plan(shelter=usd(60))
    await books.given(case, usd(10))

    with pytest.raises(Refused) as refused:
        await books.run("UPDATE need_line SET amount_minor = 9000 WHERE case_id = :id", id=case.id)

    assert refused.value.constraint == "grows_without_a_note"


async def test_two_who_grow_a_line_at_once_do_it_one_after_the_other(big_books):
    books = big_books
    officer = await books.staff("officer")
    case = await books.plan(shelter=usd(60))
    await risk(books, case, officer)
    await books.given(case, usd(10))

    outcomes = await asyncio.gather(
        grow(books, case, "shelter", usd(70), officer),
        grow(books, case, "shelter", usd(80), officer),
    )

    # The smaller came first and both grew, or the larger did and the smaller is no growth any more.
    assert await lines(books, case) == {"shelter": usd(80)}
    assert [type(each) for each in outcomes][1] is Grown
    assert len(await kept(books)) == sum(isinstance(each, Grown) for each in outcomes)


# As readers see it


async def shown(books, case, locale, locales, *, has_story=True):
    """How the lines grew, for a reader of *locale*, where the case may be shown in *locales*."""
    async with books.house.read() as connection:
        now = await books.now(case)
        progress = (await progress_of(connection, (now,)))[case.id]
        story = load_pack(SHIPPED / "mala")
        names = dict.fromkeys(locales, "Mala")
        public = PublicCase(
            now, story if has_story else None, frozenset(locales), progress, names, story.facts
        )
        return await growths_of(connection, books.house.seal, public, locale)


@pytest.mark.parametrize(
    ("locale", "locales", "told"),
    [
        ("fr", ("en", "fr"), ("fr", NOTE["fr"])),
        ("th", ("en", "fr"), ("en", NOTE["en"])),
        ("en", ("fr",), ("fr", NOTE["fr"])),
        ("en", ("th",), None),
    ],
)
async def test_note_is_told_only_in_languages_in_which_the_story_may_be(
    books, officer, locale, locales, told
):
    case = await books.plan(shelter=usd(60))
    await risk(books, case, officer)
    await books.given(case, usd(10))
    await grow(books, case, "shelter", usd(90), officer)

    [growth] = (await shown(books, case, locale, locales))[BudgetLine.SHELTER]

    assert (growth.before, growth.after) == (usd(60), usd(90))
    assert growth.month == (books.clock().year, books.clock().month)
    assert (None if growth.words is None else (growth.words.locale, growth.words.text)) == told
    assert grew(growth).values["month"] == Month(*growth.month)


async def test_beside_a_need_card_no_note_is_told(books, officer):
    case = await books.plan(shelter=usd(60))
    await risk(books, case, officer)
    await books.given(case, usd(10))
    await grow(books, case, "shelter", usd(90), officer)

    [growth] = (await shown(books, case, "en", ("en",), has_story=False))[BudgetLine.SHELTER]

    assert growth.after == usd(90)
    assert growth.words is None


async def test_note_is_kept_sealed(books, officer):
    case = await books.plan(shelter=usd(60))
    await risk(books, case, officer)
    await books.given(case, usd(10))
    await grow(books, case, "shelter", usd(90), officer)

    async with books.house.read() as connection:
        sealed = await connection.scalar(sa.text("SELECT notes_sealed FROM need_note"))

    assert b"doctor" not in bytes(sealed)
