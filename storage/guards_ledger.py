"""
The guards of the ledger: nothing is changed, balances follow the transfers and are not written by
hand, no fund falls below zero, and a donation gives no more than it still has in an account.

Both engines refuse with the same word (`Refused.constraint`): `append_only`, `below_zero`,
`balance_is_derived`, `not_a_donation`, `more_than_the_donation_has`; on SQLite also
`foreign_keys_are_off`, `checks_are_off`, `seq_out_of_order`; on PostgreSQL also
`not_read_committed`.
"""

# ruff: noqa: S608 - what is put together here is our own text

from storage.guards import REFUSE, SQLITE_CHECKS_ARE_ON, Guard, append_only, frozen
from storage.ledger_tables import (
    account,
    account_kind,
    book,
    crossing,
    posting,
    posting_rule,
    transfer,
)

# The foreign key says that it is a posting. From an account without a floor a donation could give
# what it never had, so there the guard below would not see that it is none.
_IS_NO_DONATION = """
NEW.donation_id IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM posting WHERE id = NEW.donation_id AND kind = 'donation')"""

# What one donation has in the account that a transfer takes from. Where the account has a floor the
# donation has one of its own in it: no gift is paid back, moved on or charged back with another's.
_HAS_TOO_LITTLE = """
NEW.donation_id IS NOT NULL
   AND EXISTS (SELECT 1 FROM account WHERE id = NEW.debit_id AND floored = 1)
   AND (SELECT SUM(CASE WHEN credit_id = NEW.debit_id THEN amount_minor ELSE 0 END
                 - CASE WHEN debit_id = NEW.debit_id THEN amount_minor ELSE 0 END)
          FROM transfer WHERE donation_id = NEW.donation_id) < 0"""

# A balance changes only by a transfer that it has not seen yet, by exactly its amount. The order
# of seq in one account is the order of commits: SQLite has one writer, and on PostgreSQL a
# transfer takes its number after it has locked both balances.
_FOLLOWS_A_TRANSFER = """
EXISTS (SELECT 1 FROM transfer t WHERE t.seq = NEW.last_seq AND NEW.last_seq > OLD.last_seq
   AND ((t.debit_id = OLD.account_id AND NEW.amount_minor = OLD.amount_minor - t.amount_minor)
     OR (t.credit_id = OLD.account_id AND NEW.amount_minor = OLD.amount_minor + t.amount_minor)))"""

_ENTRY = """
CREATE VIEW entry AS
SELECT seq, posting_id, debit_id AS account_id, book_id, currency, -amount_minor AS amount_minor
  FROM transfer
UNION ALL
SELECT seq, posting_id, credit_id, book_id, currency, amount_minor FROM transfer"""

ENTRY = Guard(sqlite=(_ENTRY,), postgresql=(_ENTRY,), view="entry")

ACCOUNT = Guard(
    sqlite=(
        """
CREATE TRIGGER guard_account_has_balance AFTER INSERT ON account BEGIN
 INSERT INTO balance (account_id, floored, amount_minor, last_seq)
 VALUES (NEW.id, NEW.floored, 0, 0); END""",
    ),
    postgresql=(
        """
CREATE FUNCTION guard_account_has_balance() RETURNS trigger LANGUAGE plpgsql
 SET search_path FROM CURRENT AS $$ BEGIN
 INSERT INTO balance (account_id, floored, amount_minor, last_seq)
 VALUES (NEW.id, NEW.floored, 0, 0);
 RETURN NULL; END $$""",
        """
CREATE TRIGGER guard_account_has_balance AFTER INSERT ON account
 FOR EACH ROW EXECUTE FUNCTION guard_account_has_balance()""",
    ),
)

# `below_zero` is raised here although a CHECK says it too: under INSERT OR IGNORE or OR FAIL SQLite
# applies the caller's conflict clause to the statements of a trigger and would skip the CHECK's
# refusal, leaving one half of a transfer booked. RAISE(ABORT) is not softened.
BALANCE = Guard(
    sqlite=(
        f"""
CREATE TRIGGER guard_balance_insert BEFORE INSERT ON balance BEGIN
{SQLITE_CHECKS_ARE_ON}
 SELECT RAISE(ABORT, 'balance_is_derived') WHERE NEW.amount_minor <> 0 OR NEW.last_seq <> 0
   OR EXISTS (SELECT 1 FROM balance WHERE account_id = NEW.account_id); END""",
        f"""
CREATE TRIGGER guard_balance_update BEFORE UPDATE ON balance BEGIN
 SELECT RAISE(ABORT, 'balance_is_derived') WHERE NEW.account_id <> OLD.account_id
   OR NEW.floored <> OLD.floored OR NOT {_FOLLOWS_A_TRANSFER};
 SELECT RAISE(ABORT, 'below_zero') WHERE NEW.floored = 1 AND NEW.amount_minor < 0; END""",
        """
CREATE TRIGGER guard_balance_delete BEFORE DELETE ON balance BEGIN
 SELECT RAISE(ABORT, 'balance_is_derived'); END""",
    ),
    postgresql=(
        f"""
CREATE FUNCTION guard_balance() RETURNS trigger LANGUAGE plpgsql
 SET search_path FROM CURRENT AS $$ BEGIN
 IF TG_OP = 'INSERT' THEN
  IF NEW.amount_minor = 0 AND NEW.last_seq = 0 THEN RETURN NEW; END IF;
 ELSIF TG_OP = 'UPDATE' THEN
  IF NEW.account_id = OLD.account_id AND NEW.floored = OLD.floored AND {_FOLLOWS_A_TRANSFER} THEN
   IF NEW.floored = 1 AND NEW.amount_minor < 0 THEN
    RAISE EXCEPTION 'below_zero: account % would have %', NEW.account_id, NEW.amount_minor
     USING ERRCODE = 'check_violation', CONSTRAINT = 'below_zero';
   END IF;
   RETURN NEW;
  END IF;
 END IF;
 RAISE EXCEPTION 'balance_is_derived: it follows the transfers'
  USING ERRCODE = 'restrict_violation', CONSTRAINT = 'balance_is_derived'; END $$""",
        """
CREATE TRIGGER guard_balance_row BEFORE INSERT OR UPDATE OR DELETE ON balance
 FOR EACH ROW EXECUTE FUNCTION guard_balance()""",
        """
CREATE TRIGGER guard_balance_truncate BEFORE TRUNCATE ON balance
 FOR EACH STATEMENT EXECUTE FUNCTION guard_balance()""",
    ),
)

TRANSFER = Guard(
    sqlite=(
        # seq without a hole: nobody can jump to the end of the numbers and so stop all booking.
        f"""
CREATE TRIGGER guard_transfer_booked AFTER INSERT ON transfer BEGIN
 SELECT RAISE(ABORT, 'seq_out_of_order') WHERE NEW.seq <> 1
    AND NOT EXISTS (SELECT 1 FROM transfer WHERE seq = NEW.seq - 1);
 SELECT RAISE(ABORT, 'seq_out_of_order')
  WHERE EXISTS (SELECT 1 FROM transfer WHERE seq > NEW.seq);
 SELECT RAISE(ABORT, 'not_a_donation')
  WHERE {_IS_NO_DONATION};
 SELECT RAISE(ABORT, 'more_than_the_donation_has')
  WHERE {_HAS_TOO_LITTLE};
 UPDATE balance SET amount_minor = amount_minor - NEW.amount_minor, last_seq = NEW.seq
  WHERE account_id = NEW.debit_id;
 UPDATE balance SET amount_minor = amount_minor + NEW.amount_minor, last_seq = NEW.seq
  WHERE account_id = NEW.credit_id; END""",
    ),
    postgresql=(
        # In READ COMMITTED each statement below sees what was committed while it waited for the
        # lock; at a higher level the sum of a donation would be of an older moment. Whoever takes
        # from a donation changes the balance of the account it stands in, so these locks serve for
        # it too. A lock of its own would be taken in another order than theirs by `ledger.post`.
        """
CREATE FUNCTION guard_transfer_before() RETURNS trigger LANGUAGE plpgsql
 SET search_path FROM CURRENT AS $$ BEGIN
 IF current_setting('transaction_isolation') <> 'read committed' THEN
  RAISE EXCEPTION 'not_read_committed: book in READ COMMITTED'
   USING ERRCODE = 'restrict_violation', CONSTRAINT = 'not_read_committed';
 END IF;
 PERFORM 1 FROM balance WHERE account_id IN (NEW.debit_id, NEW.credit_id)
  ORDER BY account_id FOR NO KEY UPDATE;
 NEW.seq := nextval(pg_get_serial_sequence('transfer', 'seq'));
 RETURN NEW; END $$""",
        f"""
CREATE FUNCTION guard_transfer_booked() RETURNS trigger LANGUAGE plpgsql
 SET search_path FROM CURRENT AS $$ BEGIN
 IF {_IS_NO_DONATION} THEN
  RAISE EXCEPTION 'not_a_donation: posting %', NEW.donation_id
   USING ERRCODE = 'check_violation', CONSTRAINT = 'not_a_donation';
 END IF;
 IF {_HAS_TOO_LITTLE} THEN
  RAISE EXCEPTION 'more_than_the_donation_has: donation % in account %',
   NEW.donation_id, NEW.debit_id
   USING ERRCODE = 'check_violation', CONSTRAINT = 'more_than_the_donation_has';
 END IF;
 UPDATE balance SET amount_minor = amount_minor - NEW.amount_minor, last_seq = NEW.seq
  WHERE account_id = NEW.debit_id;
 UPDATE balance SET amount_minor = amount_minor + NEW.amount_minor, last_seq = NEW.seq
  WHERE account_id = NEW.credit_id;
 RETURN NULL; END $$""",
        """
CREATE TRIGGER guard_transfer_before BEFORE INSERT ON transfer
 FOR EACH ROW EXECUTE FUNCTION guard_transfer_before()""",
        """
CREATE TRIGGER guard_transfer_booked AFTER INSERT ON transfer
 FOR EACH ROW EXECUTE FUNCTION guard_transfer_booked()""",
    ),
)

LEDGER: tuple[Guard, ...] = (
    REFUSE,
    *(append_only(table) for table in (book, account, posting, crossing, transfer)),
    *(frozen(table) for table in (account_kind, posting_rule)),
    ACCOUNT,
    BALANCE,
    TRANSFER,
    ENTRY,
)
