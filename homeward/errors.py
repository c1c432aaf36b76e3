"""
What the operator can mend, each in a line that names the setting and the remedy; exit code 2.

    OperatorError
        BadSettings         a setting is missing or cannot be used
        SchemaIsOld         `homeward migrate` comes first
        DatabaseAway        the database does not answer
        PerhapsDone         its answer was lost at the very end
        TelegramAway        Telegram does not answer
        TelegramRefused     Telegram does not know the token, or will not do as asked
        StripeAway          Stripe does not answer
        StripeRefused       Stripe does not know the key, or the key may not see what is needed
        PortTaken           somebody else listens there, or nobody may
        NoSuchCase          the case that was named is not there
        NotDone             what staff asked for cannot be done; nothing has changed
        CannotVerify        the ledger could not be looked at; that is no difference
"""

import errno

PORT_ERRORS = frozenset({errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL})
"""What the system says of an address that cannot be listened on."""


class OperatorError(Exception):
    """Base of all errors that the operator can mend."""


class BadSettings(OperatorError):
    """
    A setting is missing or cannot be used. The message names each with its remedy, a line each.
    """


class SchemaIsOld(OperatorError):
    """The database is not at the current schema. Run `homeward migrate`."""


class DatabaseAway(OperatorError):
    """The database does not answer."""


class PerhapsDone(OperatorError):
    """What was asked for may have been done: the database's answer was lost at the very end."""


class TelegramAway(OperatorError):
    """Telegram does not answer."""


class TelegramRefused(OperatorError):
    """Telegram answers, and refuses."""


class StripeAway(OperatorError):
    """Stripe does not answer."""


class StripeRefused(OperatorError):
    """Stripe answers, and refuses."""


class PortTaken(OperatorError):
    """Nothing can listen at this port."""


class NoSuchCase(OperatorError):
    """The case that was named is not there."""


class NotDone(OperatorError):
    """What staff asked for cannot be done; nothing has changed."""


class CannotVerify(OperatorError):
    """The ledger could not be looked at."""
