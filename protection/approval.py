"""Whether a version may become public: four eyes on these very texts."""

from collections.abc import Iterable
from typing import Protocol


class GivenApproval(Protocol):
    """What the rule needs to know of an approval."""

    @property
    def id(self) -> int: ...
    @property
    def content_sha256(self) -> bytes: ...
    @property
    def author_id(self) -> int: ...
    @property
    def last_editor_id(self) -> int: ...
    @property
    def approver_id(self) -> int: ...


def valid_approval(
    approvals: Iterable[GivenApproval],
    *,
    content_sha256: bytes,
    author_id: int,
    last_editor_id: int,
) -> int | None:
    """
    The id of the newest approval of exactly *content_sha256* by somebody who is neither its author
    nor its last editor, or None.

    An approval of any other text, even of the same story a comma earlier, counts for nothing.
    """
    valid = [
        approval.id
        for approval in approvals
        if approval.content_sha256 == content_sha256
        and approval.author_id == author_id
        and approval.last_editor_id == last_editor_id
        and approval.approver_id not in (author_id, last_editor_id)
    ]
    return max(valid, default=None)
