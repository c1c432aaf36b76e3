"""What the gate can find, and what an officer does about it."""

from enum import StrEnum


class Kind(StrEnum):
    """One kind of thing that can tell who somebody is, or that shames her."""

    PHONE = "phone"
    EMAIL = "email"
    HANDLE_OR_URL = "handle_or_url"
    ID_NUMBER = "id_number"
    GPS = "gps"
    EXACT_DATE = "exact_date"
    EXACT_AGE = "exact_age"
    PERSON_NAME = "person_name"
    PLACE_FINE = "place_fine"
    ORGANISATION = "organisation"
    BODY_MARK = "body_mark"
    SENSATIONAL = "sensational"
    SECRET = "secret"  # noqa: S105


REMEDIES = {
    Kind.PHONE: "Take the telephone number out.",
    Kind.EMAIL: "Take the e-mail address out.",
    Kind.HANDLE_OR_URL: "Take the link or account name out.",
    Kind.ID_NUMBER: "Take the number out: a document, a plate or a file can be traced.",
    Kind.GPS: "Take the coordinates out.",
    Kind.EXACT_DATE: "Say when it was with a word: one spring, some months later.",
    Kind.EXACT_AGE: "Write no exact age; a word like young or grown up is enough.",
    Kind.PERSON_NAME: "Write no name, of her or of anybody: a friend, my aunt, the agent.",
    Kind.PLACE_FINE: "Name no place smaller than a province: a village, a town by the sea.",
    Kind.ORGANISATION: "Name no organisation, employer or office: a shelter, a factory.",
    Kind.BODY_MARK: "Leave out marks of the body by which somebody could be known.",
    Kind.SENSATIONAL: "Say it in plain words, without pity and without horror.",
    Kind.SECRET: "Take this word out: it is on the case's secret list.",
}
"""One sentence for each kind, for the officer who reads the finding."""
