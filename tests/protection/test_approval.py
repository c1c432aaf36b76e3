"""An approval counts for exactly one text, and never from the hands that wrote it."""

from dataclasses import replace

from protection.approval import valid_approval
from storage.stories import Approval

TEXT, EDITED = b"\x01" * 32, b"\x02" * 32
AUTHOR, REVIEWER, EDITOR = 7, 8, 9


def approval(**otherwise):
    given = Approval(
        id=3, version_id=1, content_sha256=TEXT, author_id=AUTHOR, last_editor_id=AUTHOR,
        approver_id=REVIEWER,
    )  # fmt: skip
    return replace(given, **otherwise)


def valid(*approvals, text=TEXT, editor=AUTHOR):
    return valid_approval(approvals, content_sha256=text, author_id=AUTHOR, last_editor_id=editor)


def test_another_person_approves_these_very_texts():
    assert valid(approval()) == 3


def test_an_edit_voids_the_approval():
    assert valid(approval(), text=EDITED) is None


def test_the_author_cannot_approve():
    assert valid(approval(approver_id=AUTHOR)) is None


def test_the_last_editor_cannot_approve():
    by_the_editor = approval(last_editor_id=EDITOR, approver_id=EDITOR)
    by_another = approval(last_editor_id=EDITOR)

    assert valid(by_the_editor, editor=EDITOR) is None
    assert valid(by_another, editor=EDITOR) == 3
    assert valid(approval(), editor=EDITOR) is None


def test_the_newest_approval_is_the_one_that_counts():
    assert valid(approval(id=1), approval(id=2, approver_id=EDITOR)) == 2


def test_an_approval_of_what_somebody_else_wrote_does_not_count():
    assert valid(approval(author_id=REVIEWER, approver_id=AUTHOR)) is None
    assert valid(approval(author_id=9)) is None


def test_one_that_counts_is_found_among_those_that_do_not():
    assert valid(approval(id=1, content_sha256=EDITED), approval(id=2)) == 2
    assert valid() is None
