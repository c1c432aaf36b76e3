"""
What is kept of a person is sealed under a key that does not lie in the database.

`DATA_KEY` is 32 random bytes. From it one key for each purpose is derived (HKDF-SHA256), so that a
sealed chat id can never be passed off as a sealed draft, and a fingerprint of one table can never
be looked up in another. Source of the duty: Telegram's terms for bot developers, 4.4 (data about
users encrypted at rest, the key stored separately).
"""

import base64
import binascii
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_BYTES = 32
_NONCE_BYTES = 12


class BadDataKey(ValueError):
    """DATA_KEY is not 32 bytes in base64. Make one with `homeward keys`."""


class CannotUnseal(ValueError):
    """The sealed bytes were made with another key, for another purpose, or were changed."""


def new_data_key() -> str:
    """Make a key: 32 random bytes in URL-safe base64."""
    return base64.urlsafe_b64encode(os.urandom(_KEY_BYTES)).decode()


class Seal:
    """Seals and fingerprints under keys derived from one data key."""

    def __init__(self, data_key: str) -> None:
        """
        Args:
            data_key: 32 bytes in URL-safe base64, as `new_data_key` makes it.

        Raises:
            BadDataKey: it is not that.
        """
        try:
            raw = base64.urlsafe_b64decode(data_key.encode())
        except (binascii.Error, ValueError) as error:
            raise BadDataKey(BadDataKey.__doc__) from error
        if len(raw) != _KEY_BYTES:
            raise BadDataKey(BadDataKey.__doc__)
        self._root = raw
        self._derived: dict[str, bytes] = {}

    def seal(self, purpose: str, plain: bytes) -> bytes:
        """Encrypt *plain* for *purpose*: nonce (12 bytes), then AES-256-GCM ciphertext with tag."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self._key("seal", purpose)).encrypt(nonce, plain, purpose.encode())

    def unseal(self, purpose: str, sealed: bytes) -> bytes:
        """
        Open what `seal` made for the same *purpose*.

        Raises:
            CannotUnseal: another key or purpose, or changed bytes.
        """
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return AESGCM(self._key("seal", purpose)).decrypt(nonce, rest, purpose.encode())
        except (InvalidTag, ValueError) as error:
            raise CannotUnseal(f"cannot open what was sealed for {purpose!r}") from error

    def fingerprint(self, purpose: str, value: str) -> bytes:
        """A keyed hash (HMAC-SHA256, 32 bytes) to find a row by, without storing *value*."""
        return hmac.new(self._key("find", purpose), value.encode(), hashlib.sha256).digest()

    def search_key(self, purpose: str) -> bytes:
        """A key of 32 bytes for hashes that are searched for *purpose* and never opened."""
        return self._key("search", purpose)

    def token(self, purpose: str) -> str:
        """A secret of 43 URL-safe characters that only holders of the data key can derive."""
        return base64.urlsafe_b64encode(self._key("token", purpose)).decode().rstrip("=")

    def _key(self, use: str, purpose: str) -> bytes:
        name = f"homeward/{use}/{purpose}"
        if name not in self._derived:
            kdf = HKDF(hashes.SHA256(), _KEY_BYTES, salt=None, info=name.encode())
            self._derived[name] = kdf.derive(self._root)
        return self._derived[name]
