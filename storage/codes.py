"""Random names for rows that are shown outside: receipt references and case codes."""

import secrets

# No vowels and no look-alikes, so that a code is never a word and can be read over the telephone.
_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"


def new_code(length: int) -> str:
    """A random code of *length* characters, 4.75 bits each."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def new_reference() -> str:
    """A receipt's reference: 28 characters, 133 random bits. Whoever has it may see the receipt."""
    return new_code(28)


def new_case_code() -> str:
    """A case's code: 8 characters. It is public and names nobody."""
    return new_code(8)
