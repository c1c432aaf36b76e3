"""
The six digits of an authenticator app: which code is right now, and how an app learns the secret.

Source: RFC 6238 (read 2026-11): 30 seconds a step, HMAC-SHA1, which is what every app speaks.
"""

import base64
import datetime as dt
import hmac

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP_S = 30
DIGITS = 6
_WINDOW = 1
"""A clock that is one step off is forgiven, and no more (RFC 6238, 5.2)."""


def right_step(secret: bytes, code: str, now: dt.datetime) -> int | None:
    """
    The step whose code this is: the present one or a neighbour. None if the code is wrong.

    Whether a code of this step was taken before is for the caller to know.
    """
    given = "".join(code.split())
    if len(given) != DIGITS or not (given.isascii() and given.isdigit()):
        return None
    totp = _totp(secret)
    present = int(now.timestamp()) // STEP_S
    found = None
    # Every step is computed and compared whole, so that the time it takes says nothing.
    for step in range(present - _WINDOW, present + _WINDOW + 1):
        if hmac.compare_digest(totp.generate(step * STEP_S), given.encode()):
            found = step
    return found


def code_at(secret: bytes, now: dt.datetime) -> str:
    """The code that an app shows at *now*."""
    return _totp(secret).generate(int(now.timestamp())).decode()


def written(secret: bytes) -> str:
    """The secret as one types it into an app: base32 in groups of four."""
    plain = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def address(secret: bytes, account: str, issuer: str) -> str:
    """The `otpauth:` address that an app on the same telephone opens."""
    return _totp(secret).get_provisioning_uri(account, issuer)


def _totp(secret: bytes) -> TOTP:
    # SHA-1 is the one algorithm that all apps know; as an HMAC it is not weakened.
    return TOTP(secret, DIGITS, SHA1(), STEP_S)  # noqa: S303
