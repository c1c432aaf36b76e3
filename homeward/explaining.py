"""What other rooms could not do, told to the operator as a setting and its remedy."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.starting import TelegramAnswersNot, TelegramRefuses
from homeward.errors import (
    DatabaseAway,
    OperatorError,
    PerhapsDone,
    SchemaIsOld,
    TelegramAway,
    TelegramRefused,
)
from storage import engines
from storage.errors import CommitUncertain, DatabaseUnavailable


@contextmanager
def explaining(database_url: str) -> Iterator[None]:
    """
    Turn what fails inside into `homeward.errors` where the operator can mend it.

    A task group's errors are one error here: the first, unless one of them is a fault of ours,
    which is raised as it is.

    Args:
        database_url: The database that is worked with; its password is not repeated.
    """
    try:
        yield
    except Exception as error:
        found = _explained(error, database_url)
        if found is None or found is error:
            raise
        # The causes hold addresses with passwords and tokens.
        raise found from None


def _explained(error: Exception, database_url: str) -> OperatorError | None:
    if isinstance(error, ExceptionGroup):
        parts = [_explained(part, database_url) for part in error.exceptions]
        return None if None in parts else parts[0]
    if isinstance(error, OperatorError):
        return error
    if isinstance(error, CommitUncertain):
        # Not all that staff does bears to be done twice: a part of a gift would go back again.
        return PerhapsDone(
            f"DATABASE_URL: the answer of the database at {engines.without_password(database_url)} "
            "was lost at the very end. What you asked for may have been done: look before you "
            "repeat it. `homeward ledger statement CASE` shows what is booked."
        )
    if isinstance(error, DatabaseUnavailable):
        if engines.holds_nothing(database_url):
            return SchemaIsOld(SchemaIsOld.__doc__)
        return DatabaseAway(
            f"DATABASE_URL: the database at {engines.without_password(database_url)} does not "
            "answer or lets nobody in. Start it, or correct the setting."
        )
    if isinstance(error, TelegramAnswersNot):
        return TelegramAway(
            "TELEGRAM_API_BASE: Telegram does not answer there. Check the network and the setting."
        )
    if isinstance(error, TelegramRefuses):
        return TelegramRefused(f"{error.setting}: {error}")
    return None
