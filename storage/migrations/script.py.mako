"""
${message}.

Revision: ${up_revision}, after ${down_revision}. Guards are away while this runs.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, BLOB, INT, TEXT

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
