"""Each language is approved by somebody who neither began the story nor wrote it last."""

import pytest
import sqlalchemy as sa

from services import publishing, signing, words_acts
from services.reviewing import Done
from services.signing import NotSigned
from services.staff import Role
from services.story_texts import texts_of
from storage import stories, story_languages
from storage.errors import Refused
from stories.pack import language_sha256
from tests.services.desk import a_story, in_two_languages
from tests.services.test_reviewing import room  # noqa: F401 - a fixture
from tests.staff import a_member


@pytest.fixture
async def signers(room):  # noqa: F811
    """The room, with three who may approve: an author, a translator and another."""
    async with room.house.write() as connection:
        room.ids = {
            code: await a_member(connection, code, Role.CASE_OFFICER, invented=False)
            for code in ("writer", "translator", "third")
        }
    await room.desk.consent(locales=["fr"])
    return room


async def handed_in(signers):
    """A story of the writer, in English, and in French by the translator; the third has looked."""
    pack = in_two_languages(a_story())
    await signers.desk.look(texts_of(pack), signers.ids["writer"], signers.ids["third"])
    async with signers.house.write() as connection:
        return await publishing.keep_draft(
            connection,
            signers.desk.seal,
            pack,
            case_id=signers.desk.case_id,
            author_id=signers.ids["writer"],
            last_editor_id=signers.ids["translator"],
            editors={"en": signers.ids["writer"], "fr": signers.ids["translator"]},
            now=signers.desk.now,
        )


async def sign(signers, version, locale, code):
    return await words_acts.approve_language(signers.house, version, locale, by=code)


async def test_each_language_is_approved_by_another_and_then_the_version(signers):
    version = await handed_in(signers)
    third = signers.ids["third"]
    before = await signers.approve(version, by=third)

    en = await sign(signers, version, "en", "translator")
    half = await signers.approve(version, by=third)
    fr = await sign(signers, version, "fr", "third")
    approved = await signers.approve(version, by=third)

    assert (en, fr) == (Done(), Done())
    assert before.reasons == tuple(
        f"Nobody has approved its words in {locale}." for locale in ("en", "fr")
    )
    assert half.reasons == ("Nobody has approved its words in fr.",)
    assert approved.approval_id
    assert await words_acts.languages_of(signers.house, version) == [
        signing.Signed("en", "writer", "translator"),
        signing.Signed("fr", "translator", "third"),
    ]


@pytest.mark.parametrize(
    ("locale", "code", "why"),
    [
        ("en", "writer", "author"),
        ("fr", "writer", "author"),
        ("fr", "translator", "editor"),
        ("th", "third", "no_language"),
    ],
)
async def test_who_may_not_sign_is_told_why(signers, locale, code, why):
    version = await handed_in(signers)

    assert await sign(signers, version, locale, code) == NotSigned(why)

    assert [each.approver for each in await words_acts.languages_of(signers.house, version)] == [
        None,
        None,
    ]


async def test_language_is_signed_once(signers):
    version = await handed_in(signers)
    await sign(signers, version, "en", "third")

    assert await sign(signers, version, "en", "third") == NotSigned("signed")


async def test_returned_version_is_not_signed(signers):
    version = await handed_in(signers)
    await signers.give_back(version)

    assert await sign(signers, version, "en", "third") == NotSigned("returned")


async def test_signature_of_other_words_counts_for_nothing(signers):
    """Somebody with the database's key put other texts under a version that was signed."""
    version = await handed_in(signers)
    for locale in ("en", "fr"):
        await sign(signers, version, locale, "third")
    other = in_two_languages(a_story(title="Other words"))
    await signers.desk.run(
        "UPDATE story_version SET pack_sealed = :pack WHERE id = :id",
        pack=signers.desk.seal.seal("story", other.to_json().encode()),
        id=version,
    )

    told = await signers.approve(version, by=signers.ids["third"])

    assert "Nobody has approved its words in en." in told.reasons


async def test_database_refuses_who_wrote_it_last(signers):
    version = await handed_in(signers)
    async with signers.house.read() as connection:
        french = (await signing.languages(connection, version))[1]

    for code, by in (("translator", "not_who_wrote_it_last"), ("writer", "four_eyes")):
        with pytest.raises(Refused) as refusal:
            async with signers.house.write() as connection:
                await story_languages.approve(
                    connection, french, approver_id=signers.ids[code], now=signers.desk.now
                )
        assert refusal.value.constraint == f"ck_language_approval_{by}"


async def test_database_refuses_a_version_with_a_language_that_is_not_signed(signers):
    version = await handed_in(signers)
    await sign(signers, version, "en", "third")
    async with signers.house.read() as connection:
        whole = await publishing.version_of(connection, signers.desk.seal, version)

    with pytest.raises(Refused) as refusal:
        async with signers.house.write() as connection:
            await stories.add_approval(
                connection, whole, approver_id=signers.ids["third"], now=signers.desk.now
            )

    assert refusal.value.constraint == "language_not_approved"


async def test_same_story_handed_in_again_keeps_what_was_signed(signers):
    version = await handed_in(signers)
    await sign(signers, version, "en", "third")

    assert await handed_in(signers) == version

    found = await words_acts.languages_of(signers.house, version)
    assert [each.approver for each in found] == ["third", None]


async def test_act_is_in_the_log_without_a_word_of_the_story(signers):
    version = await handed_in(signers)
    await sign(signers, version, "fr", "third")

    async with signers.house.read() as connection:
        [(by, detail)] = await connection.execute(
            sa.text("SELECT actor, detail FROM audit_entry WHERE act = 'story.language_approved'")
        )
    assert by == "third"
    assert detail == f'{{"locale":"fr","version":{version}}}'


def test_any_changed_word_changes_the_sum_of_its_language_alone():
    one, other = (in_two_languages(a_story(title=title)) for title in ("One", "Other"))

    assert language_sha256(one, "en") != language_sha256(other, "en")
    assert language_sha256(one, "fr") == language_sha256(other, "fr")
    assert language_sha256(one, "fr") != language_sha256(one, "en")
