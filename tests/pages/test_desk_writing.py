"""A story is written at the desk, in a browser without a script; nobody loses what she typed."""

import io

import pytest

from stories.editing import AddStep, AddTranslation, DeleteStep, DrawStep, SetText
from stories.pack import Chapter
from tests.pages.desk_words import AUTHOR, PROTECTOR, REVIEWER, TRANSLATOR, Room, fields_of


@pytest.fixture
def database_url(sqlite_url):
    """One engine: what the pages call is tried on both."""
    return sqlite_url


STEP = AddStep(Chapter.BEFORE, "shelter", ("family", "job"))


@pytest.fixture
async def room(front):
    made = Room(front)
    await made.open()
    return made


async def test_draft_is_begun_and_its_map_says_what_is_missing(room):
    empty = await room.get(AUTHOR, room.at)

    begun = await room.send(AUTHOR, room.at, act="begin")
    seen = await room.get(AUTHOR, begun.headers["Location"])

    assert "No draft is begun." in empty.words
    assert begun.headers["Location"] == f"{room.at}?told=begun"
    assert "It cannot be handed in yet." in seen.words
    assert "is empty; write it" in seen.words
    assert "Nobody but staff can see it." in seen.words


async def test_draft_of_a_case_without_facts_is_not_begun(front, room):
    async with front.house.looking("web") as look:
        mala = (await look.case_at("mala")).case.code

    told = await room.send(AUTHOR, f"/desk/cases/{mala}/draft", act="begin")

    assert told.status == 409
    assert "no facts yet" in told.words


async def test_step_is_added_drawn_and_written(room):
    await room.begun()
    page = await room.get(AUTHOR, room.at)
    revision = page.hidden("revision")

    added = await room.send(AUTHOR, room.at, act="add", chapter="before", revision=revision)
    path = added.headers["Location"].partition("?")[0]
    saved = await room.filled(
        AUTHOR, path, icon="rice", helper_1="farm", helper_2="cow", chapter="dreams",
        **{"text.steps.s01": "We had a small\r\nfield. "},
    )  # fmt: skip
    seen = await room.get(AUTHOR, saved.headers["Location"])

    draft = await room.draft()
    assert path == f"{room.at}/steps/s01"
    assert draft.content["chapters"]["dreams"] == [
        {"id": "s01", "icon": "rice", "helpers": ["farm", "cow"]}
    ]
    assert draft.content["texts"]["en"]["steps"]["s01"] == "We had a small field."
    assert "21 of 350" in seen.words
    assert 'value="rice" checked' in seen.text
    assert '<option value="cow" selected>' in seen.text


async def test_card_is_the_picture_that_readers_would_see(room):
    await room.begun()
    await room.edit(STEP, STEP)
    page = await room.get(AUTHOR, f"{room.at}/steps/s02")
    address = page.text.partition('<img src="')[2].partition('"')[0].replace("&amp;", "&")
    browser = await room.at_desk(AUTHOR)

    async with browser.session.get(room.front.url + address) as answer:
        drawn, headers = await answer.read(), answer.headers

    assert drawn.startswith(b"\x89PNG")
    assert headers["Content-Type"] == "image/png"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "asked",
    [
        "", "chapter=before&path=shelter&at=0", "chapter=x&path=shelter&at=0&helpers=job.job",
        "chapter=before&path=../etc&at=0&helpers=job.job",
        "chapter=before&path=shelter&at=1&helpers=job.job",
        "chapter=before&path=shelter&at=0&helpers=job.job.job",
        f"chapter=before&path={'.'.join(['shelter'] * 19)}&at=0&helpers=job.job",
    ],
)  # fmt: skip
async def test_picture_of_nothing_is_not_there(room, asked):
    assert (await room.get(AUTHOR, f"/desk/card.png?{asked}")).status == 404


async def test_picture_is_for_staff_alone(room):
    stranger = room.front.browser()
    asked = "chapter=before&path=shelter&at=0&helpers=job.job&way=ltr"

    assert (await stranger.get(f"/desk/card.png?{asked}")).status == 401


async def test_step_moves_over_the_border_of_its_chapter_and_no_further(room):
    await room.begun()
    await room.edit(STEP, STEP)

    async def send(act, step):
        revision = (await room.draft()).revision
        return await room.send(AUTHOR, room.at, act=act, step=step, revision=str(revision))

    up = await send("up", "s02")
    over = [await send("down", "s01") for _ in range(2)]
    stuck = await send("up", "s02")

    chapters = (await room.draft()).content["chapters"]
    assert up.headers["Location"].endswith("told=step_moved")
    assert [answer.status for answer in over] == [303, 303]
    assert [step["id"] for step in chapters["before"]] == ["s02"]
    assert [step["id"] for step in chapters["freedom"]] == ["s01"]
    assert (stuck.status, "It can go no further." in stuck.words) == (409, True)


async def test_step_is_deleted_after_a_question_and_only_as_it_was_seen(room):
    await room.begun()
    await room.edit(STEP, SetText("en", "steps.s01", "A <b>field</b>."))
    path = f"{room.at}/steps/s01/delete"
    asked = await room.get(AUTHOR, path)
    await room.edit(SetText("en", "steps.s01", "Another field."), by=TRANSLATOR)

    late = await room.send(AUTHOR, path, revision=asked.hidden("revision"))
    done = await room.send(AUTHOR, path, revision=str((await room.draft()).revision))

    assert "A &lt;b&gt;field&lt;/b&gt;." in asked.text
    assert (late.status, "Another field." in late.words) == (409, True)
    assert done.headers["Location"].endswith("told=step_deleted")
    assert (await room.draft()).content["chapters"]["before"] == []


async def test_second_of_two_who_write_the_same_text_sees_both(room):
    await room.begun()
    await room.edit(STEP)
    path = f"{room.at}/steps/s01"
    mine = await room.get(AUTHOR, path)
    await room.filled(TRANSLATOR, path, **{"text.steps.s01": "Theirs stands."})
    fields = {**fields_of(mine), "text.steps.s01": "Mine is <new>."}

    late = await room.send(AUTHOR, path, **fields)
    again = await room.send(AUTHOR, path, **{**fields_of(late), "icon": "shelter"})

    assert late.status == 409
    assert "Theirs stands." in late.words
    assert "\nMine is &lt;new&gt;.</textarea>" in late.text
    assert again.status == 303
    assert (await room.draft()).content["texts"]["en"]["steps"]["s01"] == "Mine is <new>."


async def test_who_writes_elsewhere_disturbs_nobody(room):
    await room.begun()
    await room.edit(STEP, STEP, AddTranslation("fr"))
    path = f"{room.at}/words/fr/before"
    mine = await room.get(TRANSLATOR, path)
    await room.edit(SetText("fr", "steps.s02", "Deux."), DrawStep("s01", "rice", ("job", "job")))

    saved = await room.send(TRANSLATOR, path, **{**fields_of(mine), "text.steps.s01": "Un."})

    draft = await room.draft()
    assert saved.status == 303
    assert draft.content["texts"]["fr"]["steps"] == {"s01": "Un.", "s02": "Deux."}
    assert draft.content["chapters"]["before"][0]["icon"] == "rice"


async def test_pictures_chosen_by_two_are_told_and_kept(room):
    await room.begun()
    await room.edit(STEP)
    path = f"{room.at}/steps/s01"
    mine = await room.get(AUTHOR, path)
    await room.edit(DrawStep("s01", "rice", ("farm", "cow")), by=TRANSLATOR)

    late = await room.send(AUTHOR, path, **{**fields_of(mine), "icon": "anchor"})

    assert late.status == 409
    assert "Somebody else changed the picture in between." in late.words
    assert 'value="anchor" checked' in late.text
    assert "path=rice" in late.text


async def test_old_picture_in_a_form_does_not_overwrite_the_new_one(room):
    """Of a form that is shown once more for another reason."""
    await room.begun()
    await room.edit(STEP)
    path = f"{room.at}/steps/s01"
    mine = await room.get(AUTHOR, path)
    await room.edit(DrawStep("s01", "rice", ("farm", "cow")), by=TRANSLATOR)

    late = await room.send(AUTHOR, path, **{**fields_of(mine), "text.steps.s01": "x" * 2001})
    saved = await room.send(AUTHOR, path, **{**fields_of(late), "text.steps.s01": "Short."})

    assert late.status == 422
    assert "x" * 2001 in late.text
    assert saved.status == 303
    assert (await room.draft()).content["chapters"]["before"][0]["icon"] == "rice"


async def test_words_for_a_step_that_went_in_between_are_not_lost(room):
    await room.begun()
    await room.edit(STEP, STEP)
    one, part = f"{room.at}/steps/s01", f"{room.at}/words/en/before"
    mine, all_of_mine = await room.get(AUTHOR, one), await room.get(AUTHOR, part)
    await room.edit(DeleteStep("s01"), by=TRANSLATOR)
    typed = {"text.steps.s01": "A long afternoon's work."}

    gone = await room.send(AUTHOR, one, **{**fields_of(mine), **typed})
    gone_too = await room.send(AUTHOR, part, **{**fields_of(all_of_mine), **typed})

    for answer, status in ((gone, 409), (gone_too, 422)):
        assert answer.status == status
        assert "A long afternoon&#39;s work." in answer.text


async def test_what_the_gate_and_the_rules_find_stands_beside_the_text(room):
    await room.begun()
    await room.edit(STEP)

    saved = await room.filled(
        AUTHOR, f"{room.at}/steps/s01", **{"text.steps.s01": "Call 0812345678. " + "a" * 350}
    )
    seen = await room.get(AUTHOR, saved.headers["Location"])

    assert "367 of 350" in seen.words
    assert "It has 367 characters; shorten it to 350" in seen.words
    assert "Take the telephone number out" in seen.words
    assert 'aria-invalid="true"' in seen.text


async def test_language_is_added_translated_and_taken_out(room):
    await room.begun()
    await room.edit(SetText("en", "title", "The paper"))
    revision = str((await room.draft()).revision)

    added = await room.send(TRANSLATOR, room.at, act="language", locale="ar", revision=revision)
    path = added.headers["Location"].partition("?")[0]
    page = await room.get(TRANSLATOR, path)
    await room.filled(TRANSLATOR, path, **{"text.title": "الورقة"})
    seen = await room.get(AUTHOR, room.at)
    revision = str((await room.draft()).revision)
    dropped = await room.send(AUTHOR, room.at, act="drop", locale="ar", revision=revision)

    assert path == f"{room.at}/words/ar/story"
    assert '<p class="source" lang="en" dir="ltr">The paper</p>' in page.text
    assert 'name="text.title" lang="ar" dir="rtl"' in page.text
    assert "2 of 29 texts written, last by tran33" not in seen.words
    assert "texts written, last by tran33" in seen.words
    assert dropped.status == 303
    assert (await room.draft()).content["texts"].keys() == {"en"}


async def test_invented_name_is_not_for_writing_in_english(room):
    await room.begun()
    await room.edit(AddTranslation("fr"))

    english = await room.get(AUTHOR, f"{room.at}/words/en/story")
    french = await room.get(AUTHOR, f"{room.at}/words/fr/story")

    assert "text.pseudonym" not in english.text
    assert "text.pseudonym" in french.text


async def test_preview_shows_every_card_in_its_language(room):
    await room.whole(french=True)

    seen = await room.get(REVIEWER, f"{room.at}/preview/fr")

    assert seen.text.count("<figure") == 17
    assert seen.text.count("<p>Fr: ") == 17
    assert "I grew up in a village" in seen.words
    assert ">I grew up in a village" not in seen.text
    assert seen.status == 200
    assert (await room.get(REVIEWER, f"{room.at}/preview/th")).status == 404


async def test_whole_story_is_handed_in(room):
    await room.whole()

    unseen = await room.send(AUTHOR, room.at, act="submit")
    looked = await room.looks(AUTHOR, room.at)
    done = await room.send(AUTHOR, room.at, act="submit")
    seen = await room.get(AUTHOR, done.headers["Location"])

    assert unseen.status == 409
    assert looked

    assert done.headers["Location"].startswith("/desk/versions/")
    assert "Handed in. Somebody else approves it." in seen.words


async def test_half_a_story_is_not_handed_in(room):
    await room.begun()

    told = await room.send(AUTHOR, room.at, act="submit")

    assert told.status == 409
    assert "It cannot be handed in yet." in told.words


async def test_pack_on_a_page_is_no_file_that_is_sent(room):
    await room.begun()
    await room.edit(STEP)
    browser = await room.at_desk(AUTHOR)
    for path in (room.at, f"{room.at}/steps/s01", f"{room.at}/words/en/before"):
        page = await browser.get(path)
        async with browser.session.post(
            room.front.url + path,
            data={"csrf": page.hidden("csrf"), "file": io.BytesIO(b"a picture")},
            headers={"Origin": room.front.url},
        ) as answer:
            assert answer.status == 415
        assert 'type="file"' not in page.text
        assert "multipart" not in page.text


async def test_looking_changes_nothing_but_the_log(room):
    await room.whole(french=True)
    before = await room.draft()
    paths = [
        "",
        "/preview/en",
        "/words/fr/lines",
        "/words/en/before",
        "/steps/s01",
        "/steps/gentle",
    ]

    for path in paths:
        assert (await room.get(AUTHOR, room.at + path)).status == 200, path

    assert await room.draft() == before
    looks = [entry for entry in await room.front.acts() if entry[1] == "story.draft_seen"]
    assert looks == [(AUTHOR, "story.draft_seen", f"case {room.case}")] * len(paths)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("", {"act": "add", "chapter": "epilogue"}),
        ("", {"act": "burn"}),
        (
            "/steps/s01",
            {"chapter": "x", "icon": "rice", "helper_1": "job", "helper_2": "job", "drawn_was": ""},
        ),
    ],
)  # fmt: skip
async def test_form_that_no_page_makes_is_refused(room, path, fields):
    await room.begun()
    await room.edit(STEP)

    assert (await room.send(AUTHOR, room.at + path, **fields)).status == 400


@pytest.mark.parametrize(
    "path",
    ["/steps/s99", "/steps/s99/delete", "/words/th/story", "/preview/th", "/steps/s01?in=th"],
)
async def test_place_that_is_not_there_is_told(room, path):
    await room.begun()
    await room.edit(STEP)

    assert (await room.get(AUTHOR, room.at + path)).status == 404


async def test_icon_that_is_none_is_told_and_what_was_typed_stays(room):
    await room.begun()
    await room.edit(STEP)

    told = await room.filled(
        AUTHOR, f"{room.at}/steps/s01", icon="photograph", **{"text.steps.s01": "Kept here."}
    )

    assert told.status == 422
    assert "is no icon of the vocabulary" in told.words
    assert "Kept here." in told.words
    assert (await room.draft()).content["texts"]["en"]["steps"]["s01"] == ""


async def test_what_was_typed_in_a_session_that_ended_is_handed_back(room):
    await room.begun()
    await room.edit(STEP)
    path = f"{room.at}/steps/s01"
    page = await room.get(AUTHOR, path)
    typed = {**fields_of(page), "text.steps.s01": "A <long> afternoon."}
    old = room.browsers.pop(AUTHOR)
    room.front.clock.go_on(minutes=31)

    ended = await old.post(path, csrf=page.hidden("csrf"), **typed)
    elsewhere = await old.post(
        path, headers={"Origin": "https://evil.example"}, csrf=page.hidden("csrf"), **typed
    )
    another = await (await room.at_desk(AUTHOR)).post(path, csrf=page.hidden("csrf"), **typed)

    assert (ended.status, elsewhere.status, another.status) == (401, 401, 403)
    for answer in (ended, another):
        assert "\nA &lt;long&gt; afternoon.</textarea>" in answer.text
    assert "afternoon" not in elsewhere.text
    assert (await room.draft()).content["texts"]["en"]["steps"]["s01"] == ""


async def test_saving_nothing_makes_no_revision(room):
    await room.begun()
    await room.edit(STEP)
    before = (await room.draft()).revision

    saved = await room.filled(PROTECTOR, f"{room.at}/steps/s01")

    assert saved.status == 303
    assert (await room.draft()).revision == before
    assert (await room.draft()).editors == {"en": room.front.members[AUTHOR].id}
