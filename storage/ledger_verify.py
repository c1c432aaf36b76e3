"""
Recompute the ledger from its rows and compare: what the constraints and guards promised is checked
once more, in case somebody wrote past them.

Each check is one SELECT that finds the rows that should not be. It trusts no balance, no generated
column and no foreign key.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from storage import guards
from storage.database import Connection
from storage.guards_ledger import LEDGER
from storage.ledger_rules import ACCOUNT_KINDS, POSTING_RULES
from storage.ledger_tables import account_kind, posting_rule


@dataclass(frozen=True, slots=True)
class Difference:
    """
    One thing that is not as it must be.

    Attributes:
        what: The broken promise, one of a fixed set of words.
        subject: Whose: "account 12", "posting 7".
        expected: As recomputed, or as the rules say.
        found: As stored.
    """

    what: str
    subject: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.what}: {self.subject}: expected {self.expected}, found {self.found}"


async def verify(connection: Connection) -> list[Difference]:
    """
    Every difference between the ledger and what it must be; an empty list if it is sound.

    Run it in a `read` block, so that all checks see one moment.
    """
    differences = await _accounts(connection)
    for what, subject, select in _CHECKS:
        for row in await connection.execute(sa.text(select)):
            differences.append(Difference(what, f"{subject} {row[0]}", str(row[1]), str(row[2])))
    differences += await _rules(connection)
    for name in await connection.run_sync(guards.missing, LEDGER):
        differences.append(Difference("guard_missing", name, "in place", "not there"))
    return differences


async def _accounts(connection: Connection) -> list[Difference]:
    """The balances against the sums of the transfers, all by one pass over them."""
    found: dict[str, list[Difference]] = {
        "balance_wrong": [],
        "last_seq_wrong": [],
        "below_zero": [],
    }

    def add(what: str, account_id: int, expected: object, stored: object) -> None:
        found[what].append(Difference(what, f"account {account_id}", str(expected), str(stored)))

    for row in await connection.execute(sa.text(_ACCOUNTS)):
        if row.amount_minor != row.minor:
            add("balance_wrong", row.id, row.minor, row.amount_minor)
        if row.last_seq not in (None, row.seq):
            add("last_seq_wrong", row.id, row.seq, row.last_seq)
        if row.floored == 1 and row.minor < 0:
            add("below_zero", row.id, "0 or more", row.minor)
    return [difference for differences in found.values() for difference in differences]


async def _rules(connection: Connection) -> list[Difference]:
    """The reference tables against the lists of `storage.ledger_rules`, both ways."""
    kinds = {(kind.kind, kind.book_kind, kind.floored) for kind in ACCOUNT_KINDS}
    rules = {
        (rule.posting_kind, rule.debit_kind, rule.credit_kind, rule.shape, rule.of_donation)
        for rule in POSTING_RULES
    }
    differences = []
    for table, wanted in ((account_kind, kinds), (posting_rule, rules)):
        stored = {tuple(row) for row in await connection.execute(sa.select(table))}
        for row in sorted(wanted - stored):
            differences.append(Difference("rule_changed", table.name, str(row), "not there"))
        for row in sorted(stored - wanted):
            differences.append(Difference("rule_changed", table.name, "not there", str(row)))
    return differences


# What the transfers moved in each account, beside its balance, where something is wrong with it.
# Each side is summed by itself, because each has an index in the order of which it can be read;
# together they would have to be sorted, and SQLite may do that in memory.
_ACCOUNTS = """
WITH side AS (
 SELECT credit_id AS account_id, SUM(amount_minor) AS minor, MAX(seq) AS seq
   FROM transfer GROUP BY credit_id
 UNION ALL
 SELECT debit_id, -SUM(amount_minor), MAX(seq) FROM transfer GROUP BY debit_id
), moved AS (
 SELECT account_id, SUM(minor) AS minor, MAX(seq) AS seq FROM side GROUP BY account_id
)
SELECT a.id, COALESCE(m.minor, 0) AS minor, COALESCE(m.seq, 0) AS seq,
       b.amount_minor, b.last_seq, k.floored
  FROM account a
  LEFT JOIN moved m ON m.account_id = a.id
  LEFT JOIN balance b ON b.account_id = a.id
  LEFT JOIN account_kind k ON k.kind = a.kind AND k.book_kind = a.book_kind
 WHERE b.amount_minor IS NULL OR b.amount_minor <> COALESCE(m.minor, 0)
    OR b.last_seq <> COALESCE(m.seq, 0) OR (k.floored = 1 AND m.minor < 0)
 ORDER BY a.id"""

# Name of the promise, what the first column is an id of, and a SELECT of (id, expected, found).
_CHECKS: tuple[tuple[str, str, str], ...] = (
    (
        "account_kind_wrong",
        "account",
        """SELECT a.id, 'a kind of its book', a.kind FROM account a
           LEFT JOIN book ON book.id = a.book_id AND book.kind = a.book_kind
           LEFT JOIN account_kind k ON k.kind = a.kind AND k.book_kind = a.book_kind
                AND k.floored = a.floored
           WHERE book.id IS NULL OR k.kind IS NULL ORDER BY a.id""",
    ),
    (
        "organisation_book_wrong",
        "book",
        """SELECT 1, 'one book of the organisation, id 1', COUNT(*) FROM book
           WHERE kind = 'organisation' HAVING COUNT(*) <> 1 OR MIN(id) <> 1""",
    ),
    (
        "amount_wrong",
        "transfer",
        """SELECT seq, '1 or more', amount_minor FROM transfer WHERE amount_minor < 1
           ORDER BY seq""",
    ),
    (
        "legs_wrong",
        "posting",
        """SELECT p.id, p.n_legs, COUNT(t.seq) FROM posting p
           LEFT JOIN transfer t ON t.posting_id = p.id AND t.posting_kind = p.kind
                AND t.n_legs = p.n_legs AND t.leg BETWEEN 1 AND p.n_legs
           GROUP BY p.id, p.n_legs HAVING COUNT(DISTINCT t.leg) <> p.n_legs
               OR COUNT(t.seq) <> p.n_legs ORDER BY p.id""",
    ),
    (
        "posting_missing",
        "transfer",
        """SELECT t.seq, 'a posting of its kind', t.posting_id FROM transfer t
           LEFT JOIN posting p ON p.id = t.posting_id AND p.kind = t.posting_kind
           WHERE p.id IS NULL ORDER BY t.seq""",
    ),
    (
        "another_book",
        "transfer",
        """SELECT t.seq, 'both accounts in book ' || t.book_id,
                  COALESCE(d.book_id, 0) || ' and ' || COALESCE(c.book_id, 0)
           FROM transfer t
           LEFT JOIN account d ON d.id = t.debit_id LEFT JOIN account c ON c.id = t.credit_id
           WHERE d.id IS NULL OR c.id IS NULL OR d.id = c.id
              OR d.book_id <> t.book_id OR c.book_id <> t.book_id ORDER BY t.seq""",
    ),
    (
        "another_account",
        "transfer",
        """SELECT t.seq, t.currency || ' ' || t.debit_kind || ' to ' || t.credit_kind,
                  d.currency || ' ' || d.kind || ' to ' || c.currency || ' ' || c.kind
           FROM transfer t
           JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
           WHERE d.currency <> t.currency OR c.currency <> t.currency
              OR d.kind <> t.debit_kind OR c.kind <> t.credit_kind ORDER BY t.seq""",
    ),
    (
        "rule_broken",
        "transfer",
        """SELECT t.seq, 'a rule for it', t.posting_kind || ' ' || t.debit_kind || ' to '
                  || t.credit_kind
           FROM transfer t LEFT JOIN posting_rule r ON r.posting_kind = t.posting_kind
                AND r.debit_kind = t.debit_kind AND r.credit_kind = t.credit_kind
           WHERE r.posting_kind IS NULL
              OR (r.of_donation = 1) <> (t.donation_id IS NOT NULL)
              OR (r.shape = 'out') <> (t.cross_out IS NOT NULL)
              OR (r.shape = 'in') <> (t.cross_in IS NOT NULL)
              OR (r.shape = 'reversal') <> (t.reverses IS NOT NULL) ORDER BY t.seq""",
    ),
    (
        "crossing_wrong",
        "posting",
        """SELECT x.posting_id, 'two legs that say the same',
                  COALESCE(o.amount_minor, 0) || ' and ' || COALESCE(i.amount_minor, 0)
           FROM crossing x
           LEFT JOIN transfer o ON o.cross_out = x.posting_id AND o.posting_id = x.posting_id
                AND o.book_id = x.from_book AND o.currency = x.currency
                AND COALESCE(o.donation_id, 0) = COALESCE(x.donation_id, 0)
           LEFT JOIN transfer i ON i.cross_in = x.posting_id AND i.posting_id = x.posting_id
                AND i.book_id = x.to_book AND i.currency = x.currency
                AND COALESCE(i.donation_id, 0) = COALESCE(x.donation_id, 0)
           WHERE o.seq IS NULL OR i.seq IS NULL OR o.amount_minor <> x.amount_minor
              OR i.amount_minor <> x.amount_minor ORDER BY x.posting_id""",
    ),
    (
        "crossing_not_allowed",
        "posting",
        """SELECT x.posting_id, 'a re-earmark with consent, or a contribution', x.kind
           FROM crossing x
           LEFT JOIN book f ON f.id = x.from_book LEFT JOIN book t ON t.id = x.to_book
           WHERE f.id IS NULL OR t.id IS NULL OR f.id = t.id OR t.kind <> 'case'
              OR NOT ((x.kind = 're-earmark' AND f.kind = 'case' AND x.donation_id IS NOT NULL
                       AND COALESCE(x.consent_ref, '') <> '' AND x.consent_sha256 IS NOT NULL)
                   OR (x.kind = 'contribution' AND f.kind = 'organisation'))
           ORDER BY x.posting_id""",
    ),
    (
        "crossing_missing",
        "transfer",
        """SELECT t.seq, 'a crossing', t.posting_id FROM transfer t
           LEFT JOIN crossing x ON x.posting_id = t.posting_id
           WHERE (t.cross_out IS NOT NULL OR t.cross_in IS NOT NULL) AND x.posting_id IS NULL
           ORDER BY t.seq""",
    ),
    (
        "donation_overdrawn",
        "donation",
        # A sum below zero has a part below zero. So it is enough to look at donations of which
        # something was taken, one after the other; all of them would have to be sorted in memory.
        """SELECT donation_id, '0 or more in account ' || debit_id, minor FROM (
             SELECT DISTINCT donation_id, debit_id, (
               SELECT SUM(CASE WHEN credit_id = taken.debit_id THEN amount_minor ELSE 0 END
                        - CASE WHEN debit_id = taken.debit_id THEN amount_minor ELSE 0 END)
                 FROM transfer WHERE donation_id = taken.donation_id) AS minor
               FROM transfer taken JOIN account a ON a.id = taken.debit_id
               JOIN account_kind k ON k.kind = a.kind AND k.book_kind = a.book_kind
              WHERE taken.donation_id IS NOT NULL AND k.floored = 1
           ) AS of_donation WHERE minor < 0 ORDER BY donation_id, debit_id""",
    ),
    (
        "donation_missing",
        "transfer",
        """SELECT t.seq, 'a donation', t.donation_id FROM transfer t
           LEFT JOIN posting p ON p.id = t.donation_id AND p.kind = 'donation'
           WHERE t.donation_id IS NOT NULL AND p.id IS NULL ORDER BY t.seq""",
    ),
    (
        "reversal_wrong",
        "transfer",
        """SELECT t.seq, 'the exact swap of ' || t.reverses, t.amount_minor FROM transfer t
           LEFT JOIN transfer o ON o.seq = t.reverses AND o.debit_id = t.credit_id
                AND o.credit_id = t.debit_id AND o.amount_minor = t.amount_minor
                AND COALESCE(o.donation_id, 0) = COALESCE(t.donation_id, 0)
           WHERE t.reverses IS NOT NULL AND o.seq IS NULL ORDER BY t.seq""",
    ),
)
