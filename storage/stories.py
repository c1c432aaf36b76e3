"""
Story versions, the consent to show them, the approval of one exact version, and what is public.

The database itself holds what must never be skipped: an approval names the version by the SHA-256
of all its texts and was given by somebody other than its author; only an approved version of the
same case can be the public one.
"""

import datetime as dt
from dataclasses import dataclass, field

import sqlalchemy as sa

from storage import rows
from storage.columns import BIG, BLOB, TEXT, UnixTime
from storage.database import Connection
from storage.schema import table
from storage.sealing import Seal

_PACK = "story"

story_version = table(
    "story_version",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("content_sha256", BLOB, nullable=False),
    sa.Column("author_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("last_editor_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("pack_sealed", BLOB, nullable=False),
    sa.Column("created_at", UnixTime, nullable=False),
    sa.UniqueConstraint("case_id", "content_sha256"),
    sa.UniqueConstraint("id", "author_id"),
    sa.UniqueConstraint(
        "id",
        "case_id",
        "content_sha256",
        "author_id",
        "last_editor_id",
        name="uq_story_version_exact",
    ),
)

consent = table(
    "consent",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("purpose", TEXT, nullable=False),
    sa.Column("channel", TEXT, nullable=False),
    sa.Column("locale", TEXT, nullable=False),
    sa.Column("witness_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("given_at", UnixTime, nullable=False),
    sa.Column("valid_until", UnixTime, nullable=False),
    sa.Column("withdrawn_at", UnixTime),
    sa.Column("uses", BIG),
    sa.CheckConstraint(
        "purpose IN ('tell_story', 'show_need', 'publish_updates', 'translate')",
        name="known_purpose",
    ),
    sa.CheckConstraint("channel IN ('bot', 'web')", name="known_channel"),
    sa.CheckConstraint("valid_until > given_at", name="ends_after_it_begins"),
    sa.CheckConstraint("uses > 0", name="uses_positive"),
)

approval = table(
    "approval",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("version_id", BIG, nullable=False),
    sa.Column("case_id", BIG, nullable=False),
    sa.Column("content_sha256", BLOB, nullable=False),
    sa.Column("author_id", BIG, nullable=False),
    sa.Column("last_editor_id", BIG, nullable=False),
    sa.Column("approver_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("approved_at", UnixTime, nullable=False),
    sa.ForeignKeyConstraint(
        ["version_id", "case_id", "content_sha256", "author_id", "last_editor_id"],
        [
            "story_version.id",
            "story_version.case_id",
            "story_version.content_sha256",
            "story_version.author_id",
            "story_version.last_editor_id",
        ],
        name="fk_approval_exact_version",
    ),
    sa.UniqueConstraint("version_id", "approver_id"),
    sa.UniqueConstraint("id", "version_id", "case_id"),
    sa.CheckConstraint("approver_id <> author_id", name="four_eyes"),
    sa.CheckConstraint("approver_id <> last_editor_id", name="not_the_last_editor"),
)

publication = table(
    "publication",
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("version_id", BIG, nullable=False),
    sa.Column("approval_id", BIG, nullable=False),
    sa.Column("published_at", UnixTime, nullable=False),
    sa.ForeignKeyConstraint(
        ["approval_id", "version_id", "case_id"],
        ["approval.id", "approval.version_id", "approval.case_id"],
        name="fk_publication_approved_version",
    ),
)


@dataclass(frozen=True, slots=True)
class Consent:
    """
    A survivor's consent to one purpose, on one channel, in one language, until a date.

    Attributes:
        uses: How many publications it covers; None: any number.
        witness_id: Before whom it was given; None where nobody asks.
    """

    purpose: str
    channel: str
    locale: str
    given_at: dt.datetime
    valid_until: dt.datetime
    withdrawn_at: dt.datetime | None
    uses: int | None = None
    witness_id: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Version:
    """One exact version of a story. `pack` is its canonical JSON (`stories.pack`)."""

    id: int
    case_id: int
    content_sha256: bytes
    author_id: int
    last_editor_id: int
    pack: str
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody who neither began it nor touched it last approved one exact version."""

    id: int
    version_id: int
    content_sha256: bytes
    author_id: int
    last_editor_id: int
    approver_id: int


async def add_version(
    connection: Connection,
    seal: Seal,
    *,
    case_id: int,
    content_sha256: bytes,
    author_id: int,
    last_editor_id: int,
    pack: str,
    now: dt.datetime,
) -> int:
    """Keep a version; hand back its id, the old one if these exact texts are there already."""
    known = await with_texts(connection, case_id, content_sha256)
    if known is not None:
        return known
    return await rows.add(
        connection,
        story_version,
        case_id=case_id,
        content_sha256=content_sha256,
        author_id=author_id,
        last_editor_id=last_editor_id,
        pack_sealed=seal.seal(_PACK, pack.encode()),
        created_at=now,
    )


async def with_texts(connection: Connection, case_id: int, content_sha256: bytes) -> int | None:
    """The id of the version of the case with exactly these texts; None if there is none."""
    found: int | None = await connection.scalar(
        sa.select(story_version.c.id).where(
            story_version.c.case_id == case_id, story_version.c.content_sha256 == content_sha256
        )
    )
    return found


async def version(connection: Connection, seal: Seal, version_id: int) -> Version | None:
    """The version with this id, opened; None if there is none."""
    rows = await connection.execute(
        sa.select(story_version).where(story_version.c.id == version_id)
    )
    row = rows.one_or_none()
    if row is None:
        return None
    pack = seal.unseal(_PACK, row.pack_sealed).decode()
    return Version(
        row.id, row.case_id, row.content_sha256, row.author_id, row.last_editor_id, pack,
        row.created_at,
    )  # fmt: skip


async def add_consent(
    connection: Connection, case_id: int, given: Consent, *, witness_id: int
) -> None:
    """Write down a consent that was given before *witness_id*."""
    await connection.execute(
        sa.insert(consent).values(
            case_id=case_id,
            purpose=given.purpose,
            channel=given.channel,
            locale=given.locale,
            witness_id=witness_id,
            given_at=given.given_at,
            valid_until=given.valid_until,
            withdrawn_at=given.withdrawn_at,
            uses=given.uses,
        )
    )


async def withdraw_consents(
    connection: Connection,
    case_id: int,
    now: dt.datetime,
    *,
    purpose: str,
    channel: str | None,
    locale: str | None,
) -> int:
    """
    Write down that consents are withdrawn; hand back how many held until now.

    Args:
        channel, locale: None: on every channel, in every language.
    """
    meant = [
        consent.c.case_id == case_id,
        consent.c.purpose == purpose,
        consent.c.withdrawn_at.is_(None),
        consent.c.valid_until > now,
    ]
    if channel is not None:
        meant.append(consent.c.channel == channel)
    if locale is not None:
        meant.append(consent.c.locale == locale)
    withdrawn = await connection.execute(sa.update(consent).where(*meant).values(withdrawn_at=now))
    return withdrawn.rowcount


async def consents(connection: Connection, case_ids: list[int]) -> dict[int, list[Consent]]:
    """All consents of these cases, valid or not, by case id."""
    found: dict[int, list[Consent]] = {case_id: [] for case_id in case_ids}
    for row in await connection.execute(
        sa.select(consent).where(consent.c.case_id.in_(case_ids)).order_by(consent.c.id)
    ):
        found[row.case_id].append(
            Consent(
                row.purpose,
                row.channel,
                row.locale,
                row.given_at,
                row.valid_until,
                row.withdrawn_at,
                row.uses,
                row.witness_id,
            )
        )
    return found


async def add_approval(
    connection: Connection, approved: Version, *, approver_id: int, now: dt.datetime
) -> int:
    """
    Write down that *approver_id* approved exactly this version.

    The database refuses the author and the last editor as approver, and a hash that is not the
    version's.
    """
    return await rows.add(
        connection,
        approval,
        version_id=approved.id,
        case_id=approved.case_id,
        content_sha256=approved.content_sha256,
        author_id=approved.author_id,
        last_editor_id=approved.last_editor_id,
        approver_id=approver_id,
        approved_at=now,
    )


async def approvals(
    connection: Connection, version_id: int, *, since: dt.datetime | None = None
) -> list[Approval]:
    """The approvals of a version, oldest first; only those given after *since*, or all."""
    wanted = sa.select(approval).where(approval.c.version_id == version_id)
    if since is not None:
        wanted = wanted.where(approval.c.approved_at > since)
    rows = await connection.execute(wanted.order_by(approval.c.id))
    return [
        Approval(
            row.id,
            row.version_id,
            row.content_sha256,
            row.author_id,
            row.last_editor_id,
            row.approver_id,
        )
        for row in rows
    ]


async def publish(
    connection: Connection, case_id: int, version_id: int, approval_id: int, now: dt.datetime
) -> None:
    """Make an approved version the public one of its case, in place of the one before."""
    await connection.execute(sa.delete(publication).where(publication.c.case_id == case_id))
    await connection.execute(
        sa.insert(publication).values(
            case_id=case_id, version_id=version_id, approval_id=approval_id, published_at=now
        )
    )


async def published_at(connection: Connection, case_ids: list[int]) -> dict[int, dt.datetime]:
    """Since when each of these cases that is public shows its version."""
    rows = await connection.execute(
        sa.select(publication.c.case_id, publication.c.published_at).where(
            publication.c.case_id.in_(case_ids)
        )
    )
    return {row.case_id: row.published_at for row in rows}


async def published(
    connection: Connection, case_ids: list[int] | None = None
) -> dict[int, tuple[int, bytes]]:
    """
    The public version of each of these cases that has one: case id to (version id, SHA-256).

    Args:
        case_ids: None: of all cases.
    """
    wanted = sa.select(
        publication.c.case_id, publication.c.version_id, story_version.c.content_sha256
    ).join(story_version, story_version.c.id == publication.c.version_id)
    if case_ids is not None:
        wanted = wanted.where(publication.c.case_id.in_(case_ids))
    rows = await connection.execute(wanted)
    return {row.case_id: (row.version_id, row.content_sha256) for row in rows}
