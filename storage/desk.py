"""
The way to the desk: links that are good once, sessions, and acts for which a code was asked again.

Links, browsers and sessions are known by hashes of secrets that nobody keeps but the browser.
"""

import sqlalchemy as sa

from storage.columns import BIG, BLOB, TEXT, UnixTime
from storage.schema import table

desk_link = table(
    "desk_link",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("token_sha256", BLOB, nullable=False, unique=True),
    sa.Column("staff_id", BIG, sa.ForeignKey("staff_access.staff_id"), nullable=False, index=True),
    sa.Column("browser_sha256", BLOB),
    sa.Column("expires_at", UnixTime, nullable=False),
    sa.Column("wrong_codes", BIG, nullable=False),
    sa.UniqueConstraint("id", "staff_id"),
    sa.CheckConstraint("length(token_sha256) = 32", name="sha256_has_32_bytes"),
    sa.CheckConstraint("length(browser_sha256) = 32", name="browser_sha256_has_32_bytes"),
    sa.CheckConstraint("wrong_codes BETWEEN 0 AND 5", name="few_wrong_codes"),
)

desk_session = table(
    "desk_session",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("token_sha256", BLOB, nullable=False, unique=True),
    sa.Column("link_id", BIG, nullable=False, unique=True),
    sa.Column("staff_id", BIG, nullable=False, index=True),
    sa.Column("opened_at", UnixTime, nullable=False),
    sa.Column("expires_at", UnixTime, nullable=False),
    sa.Column("closed_at", UnixTime),
    sa.ForeignKeyConstraint(["link_id", "staff_id"], ["desk_link.id", "desk_link.staff_id"]),
    sa.CheckConstraint("length(token_sha256) = 32", name="sha256_has_32_bytes"),
    sa.CheckConstraint(
        "expires_at > opened_at AND expires_at <= opened_at + 1800", name="half_an_hour_at_most"
    ),
)

desk_step_up = table(
    "desk_step_up",
    sa.Column("session_id", BIG, sa.ForeignKey("desk_session.id"), primary_key=True),
    sa.Column("act", TEXT, primary_key=True),
    sa.Column("good_until", UnixTime, nullable=False),
)
