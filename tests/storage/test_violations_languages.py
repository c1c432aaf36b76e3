"""
What the database refuses, whoever writes, of the languages of a story: that one approves what she
wrote, and that a version is approved of which a language is not.
"""

import pytest

from tests.storage.samples import a_row


def _waiting(w):
    """The approval of the version whose one language nobody has approved."""
    return a_row(w, "approval", version_id=w.waiting, content_sha256=b"3" * 32)


REFUSED = {
    "language_approved_by_the_author": (
        "ck_language_approval_four_eyes",
        lambda w: a_row(w, "language_approval", approver_id=w.one),
    ),
    "language_approved_by_the_author_under_another_name": (
        "fk_language_approval_exact_texts",
        lambda w: a_row(w, "language_approval", author_id=w.three, approver_id=w.one),
    ),
    "language_approved_by_who_wrote_it_last": (
        "ck_language_approval_not_who_wrote_it_last",
        lambda w: a_row(w, "language_approval", approver_id=w.two),
    ),
    "language_approved_by_who_wrote_it_last_under_another_name": (
        "fk_language_approval_exact_texts",
        lambda w: a_row(w, "language_approval", editor_id=w.three, approver_id=w.two),
    ),
    "other_words_of_a_language_approved": (
        "fk_language_approval_exact_texts",
        lambda w: a_row(w, "language_approval", texts_sha256=b"\x09" * 32),
    ),
    "language_that_nobody_told_approved": (
        "fk_language_approval_exact_texts",
        lambda w: a_row(w, "language_approval", locale="fr"),
    ),
    "language_whose_words_are_not_fixed": (
        "ck_story_language_sha256_has_32_bytes",
        lambda w: a_row(w, "story_language", texts_sha256=b"short"),
    ),
    "language_of_another_author_than_the_story": (
        "fk_story_language_version",
        lambda w: a_row(w, "story_language", author_id=w.three),
    ),
    "language_whose_writer_becomes_another": (
        "append_only",
        lambda w: [
            (
                "UPDATE story_language SET editor_id = :by WHERE version_id = :id",
                {"by": w.three, "id": w.waiting},
            )
        ],
    ),
    "approval_of_a_language_that_is_taken_back": (
        "append_only",
        lambda w: [("DELETE FROM language_approval WHERE version_id = :id", {"id": w.version})],
    ),
    "approval_while_a_language_is_not_approved": (
        "language_not_approved",
        _waiting,
    ),
    "approval_while_one_of_two_languages_is_not_approved": (
        "language_not_approved",
        lambda w: [
            *a_row(w, "language_approval"),
            *a_row(w, "story_language", version_id=w.waiting, locale="fr"),
            *_waiting(w),
        ],
    ),
    "approval_of_a_version_without_languages": (
        "language_not_approved",
        lambda w: [
            *a_row(w, "story_version", id=(version := w.new_id()), content_sha256=b"4" * 32),
            *a_row(w, "approval", version_id=version, content_sha256=b"4" * 32),
        ],
    ),
    "approval_changed_to_a_version_whose_languages_wait": (
        "language_not_approved",
        lambda w: [
            (
                "UPDATE approval SET version_id = :waiting, content_sha256 = :sha256"
                " WHERE version_id = :id AND approver_id = :by",
                {"waiting": w.waiting, "sha256": b"3" * 32, "id": w.version, "by": w.two},
            )
        ],
    ),
}

ACCEPTED = {
    "approval_when_each_language_is_approved": lambda w: [
        *a_row(w, "language_approval"),
        *_waiting(w),
    ],
}


@pytest.mark.parametrize("claim", REFUSED)
def test_refused(either, claim):
    by, rows = REFUSED[claim]
    either.refuses(rows(either), by)


@pytest.mark.parametrize("claim", ACCEPTED)
def test_accepted(either, claim):
    either.accepts(ACCEPTED[claim](either))
