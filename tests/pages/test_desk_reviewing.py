"""A version is read in every language, signed, approved, returned or stopped, by whoever may."""

import datetime as dt

import pytest

from services import reviewing
from stories.editing import SetText
from tests.pages.desk_words import AUTHOR, PROTECTOR, REVIEWER, TRANSLATOR, Room


@pytest.fixture
def database_url(sqlite_url):
    """One engine: what the pages call is tried on both."""
    return sqlite_url


@pytest.fixture
async def room(front):
    made = Room(front)
    await made.open()
    return made


async def signed(room, version, *, en=REVIEWER, fr=REVIEWER):
    """Each language by its signer; hand back both answers."""
    return [
        await room.send(code, f"/desk/versions/{version}/in/{locale}")
        for locale, code in (("en", en), ("fr", fr))
    ]


async def test_story_goes_from_review_to_readers(room):
    version = await room.handed_in(french=True)
    await room.consents("en", "fr")
    at = f"/desk/versions/{version}"
    home = await room.get(REVIEWER, "/desk/")
    before = await room.get(REVIEWER, at)

    signs = await signed(room, version)
    ready = await room.get(REVIEWER, at)
    approved = await room.send(REVIEWER, f"{at}/approve")
    after = await room.get(REVIEWER, approved.headers["Location"])
    room.front.clock.go_on(hours=48)
    published = await reviewing.publish_due(room.house)

    assert f'href="{at}"' in home.text
    assert "Nobody has approved its words in fr." in before.words
    assert "Approve it" not in before.words
    assert [answer.headers["Location"] for answer in signs] == [f"{at}?told=signed"] * 2
    assert "written by tran33, approved by revw44" in ready.words
    assert "What stands against it now" not in ready.words
    assert "Approve it" in ready.words
    assert "It is approved" in after.words
    assert published == 1
    wrote = {(by, act) for by, act, _ in await room.front.acts()}
    assert {(REVIEWER, "story.language_approved"), (REVIEWER, "story.approved")} <= wrote


async def test_approver_looks_at_what_the_gate_warns_of(room):
    version = await room.handed_in(french=True, looked=(AUTHOR,))
    await room.consents("en", "fr")
    await signed(room, version)
    at = f"/desk/versions/{version}"

    unseen = await room.send(REVIEWER, f"{at}/approve")
    wrong = await room.send(REVIEWER, f"{at}/looked", mark="0" * 64)
    looked = await room.looks(REVIEWER, at)
    approved = await room.send(REVIEWER, f"{at}/approve")

    assert unseen.status == wrong.status == 409
    assert "You have not looked at this yet" in unseen.words
    assert "The gate does not warn of this any more." in wrong.words
    assert looked
    assert "You looked at it." in (await room.get(REVIEWER, at)).words
    assert approved.status == 303


async def test_review_says_for_how_many_people_it_stands(room):
    version = await room.handed_in()

    seen = await room.get(REVIEWER, f"/desk/versions/{version}")

    assert "All that is told region, age band, exploitation, gender, period band" in seen.words
    assert "It fits 11 people" in seen.words


async def test_every_word_of_a_language_is_on_its_page(room):
    version = await room.handed_in(french=True)

    seen = await room.get(REVIEWER, f"/desk/versions/{version}/in/fr")

    draft = await room.draft()
    french = draft.content["texts"]["fr"]
    told = [*french["steps"].values(), *french["lines"].values()]
    told += [french[place] for place in ("title", "intro", "content_note", "gentle")]
    for text in told:
        assert f">{text}</p>".replace("'", "&#39;") in seen.text
        # And the English beside it.
        assert f'dir="ltr">{text.removeprefix("Fr: ")}</p>'.replace("'", "&#39;") in seen.text
    assert seen.text.count("<img") == 17


@pytest.mark.parametrize(
    ("code", "locale", "told"),
    [
        (AUTHOR, "en", "You wrote the story."),
        (AUTHOR, "fr", "You wrote the story."),
        (TRANSLATOR, "fr", "You wrote this language last."),
    ],
)
async def test_nobody_signs_what_she_wrote(room, code, locale, told):
    version = await room.handed_in(french=True)
    path = f"/desk/versions/{version}/in/{locale}"

    seen = await room.get(code, path)
    refused = await room.send(code, path)

    assert told in seen.words
    assert "Approve its words" not in seen.words
    assert (refused.status, told in refused.words) == (409, True)


@pytest.mark.parametrize("code", [AUTHOR, TRANSLATOR])
async def test_neither_author_nor_last_editor_approves(room, code):
    version = await room.handed_in(french=True)
    await room.consents("en", "fr")
    await signed(room, version)

    seen = await room.get(code, f"/desk/versions/{version}")
    refused = await room.send(code, f"/desk/versions/{version}/approve")

    assert "Somebody else approves it." in seen.words
    assert 'action="' + f"/desk/versions/{version}/approve" not in seen.text
    assert refused.status == 409
    assert "Somebody other than" in refused.words
    assert await room.get(REVIEWER, f"/desk/versions/{version}")


async def test_code_is_asked_again_before_each_kind_of_approval(room):
    version = await room.handed_in()
    browser = await room.at_desk(REVIEWER)

    for path in (f"/desk/versions/{version}/in/en", f"/desk/versions/{version}/approve"):
        answer = await browser.send(path)
        assert (answer.status, "Your code, once more" in answer.words) == (401, True)


async def test_version_that_is_returned_waits_for_its_author_with_the_note(room):
    version = await room.handed_in()
    at = f"/desk/versions/{version}"
    note = "Leave <script>alert(1)</script> the market out."

    empty = await room.send(REVIEWER, f"{at}/return", note="   ")
    done = await room.send(REVIEWER, f"{at}/return", note=note)
    home = await room.get(AUTHOR, "/desk/")
    seen = await room.get(AUTHOR, at)
    late = await room.send(REVIEWER, f"{at}/return", note="Something else.")
    await room.edit(SetText("en", "title", "Another title"))
    again = await room.send(AUTHOR, room.at, act="submit")
    cleared = await room.get(AUTHOR, "/desk/")

    assert (empty.status, "Write a note of 1 to 1000 characters." in empty.words) == (409, True)
    assert done.headers["Location"] == f"{at}?told=returned"
    assert "Returned to you" in home.words
    assert "Leave &lt;script&gt;alert(1)&lt;/script&gt; the market out." in seen.text
    assert "<script" not in seen.text
    assert (late.status, "Something else." in late.text) == (409, False)
    assert again.headers["Location"] != f"{at}?told=submitted"
    assert "Returned to you" not in cleared.words


async def test_note_that_was_too_late_is_said_once_more(room):
    version = await room.handed_in()

    long = await room.send(REVIEWER, f"/desk/versions/{version}/return", note="x" * 1001)

    assert long.status == 409
    assert "x" * 1001 in long.text


async def test_approved_story_is_stopped_by_whoever_protects(room):
    version = await room.handed_in()
    await room.consents("en")
    await room.send(REVIEWER, f"/desk/versions/{version}/in/en")
    await room.send(REVIEWER, f"/desk/versions/{version}/approve")
    home = await room.get(PROTECTOR, "/desk/")

    refused = await room.send(AUTHOR, f"/desk/versions/{version}/stop")
    stopped = await room.send(PROTECTOR, f"/desk/versions/{version}/stop")
    again = await room.send(PROTECTOR, f"/desk/versions/{version}/stop")
    room.front.clock.go_on(hours=48)

    assert "Approved, and public soon" in home.words
    assert refused.status == 403
    assert stopped.headers["Location"].endswith("told=stopped")
    assert again.status == 409
    assert await reviewing.publish_due(room.house) == 0


async def test_review_says_consents_risk_and_what_changed(room):
    version = await room.handed_in()
    await room.consents("en")

    seen = await room.get(REVIEWER, f"/desk/versions/{version}")

    until = (room.house.clock() + dt.timedelta(days=90)).date()
    assert "tell story, bot, en" in seen.words
    assert f"{until:%Y}" in seen.words
    assert "Risk: low" in seen.words
    assert "en: title" in seen.words
    assert "1,800" in seen.words or "USD" in seen.words


async def test_queue_holds_what_waits_for_anybody(room):
    version = await room.handed_in()

    mine, theirs = [await room.get(code, "/desk/reviews") for code in (AUTHOR, REVIEWER)]
    home = await room.get(AUTHOR, "/desk/")

    assert "waits for a review, yours" in mine.words
    assert f'href="/desk/versions/{version}"' in theirs.text
    assert "Stories to review" not in home.words


async def test_each_look_at_a_version_is_in_the_log(room):
    version = await room.handed_in()
    for path in ("", "/in/en", "/in/th", "/approve"):
        await room.get(REVIEWER, f"/desk/versions/{version}{path}")

    looks = [entry for entry in await room.front.acts() if entry[1] == "story.draft_seen"]

    assert looks == [(REVIEWER, "story.draft_seen", f"case {room.case}")] * 3


async def test_version_that_is_not_there_is_not_found(room):
    for path in ("", "/in/en"):
        assert (await room.get(REVIEWER, f"/desk/versions/999{path}")).status == 404
    for path in ("/approve", "/return", "/in/en"):
        answer = await room.send(REVIEWER, f"/desk/versions/999{path}", note="x")
        assert answer.status == 404, path
