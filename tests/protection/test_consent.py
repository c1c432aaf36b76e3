"""A consent allows one purpose, on one channel, in one language, for as long as it says."""

import datetime as dt
from dataclasses import replace

import pytest

from protection.consent import allowed_locales
from storage.stories import Consent

GIVEN = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
UNTIL = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


def consent(**otherwise):
    given = Consent("tell_story", "bot", "en", GIVEN, UNTIL, None)
    return replace(given, **otherwise)


def allowed(*consents, at=GIVEN, purpose="tell_story", channel="bot"):
    return allowed_locales(consents, purpose=purpose, channel=channel, now=at)


@pytest.mark.parametrize("at", [GIVEN, UNTIL - SECOND])
def test_it_is_valid_from_the_moment_it_was_given_until_it_ends(at):
    assert allowed(consent(), at=at) == {"en"}


@pytest.mark.parametrize("at", [GIVEN - SECOND, UNTIL, UNTIL + dt.timedelta(days=400)])
def test_it_is_not_valid_before_or_after(at):
    assert allowed(consent(), at=at) == frozenset()


def test_withdrawn_is_withdrawn_at_once_and_for_every_moment():
    withdrawn = consent(withdrawn_at=UNTIL)

    assert allowed(withdrawn) == frozenset()
    assert allowed(withdrawn, consent(locale="ar")) == {"ar"}


def test_consent_to_the_bot_is_none_to_the_web():
    assert allowed(consent(), channel="web") == frozenset()
    assert allowed(consent(channel="web"), channel="web") == {"en"}


def test_consent_to_one_purpose_is_none_to_another():
    assert allowed(consent(), purpose="tell_news") == frozenset()


def test_each_language_needs_its_own():
    assert allowed(consent(), consent(locale="ar"), consent(locale="fr", valid_until=GIVEN)) == {
        "en",
        "ar",
    }
    assert allowed() == frozenset()


def test_consent_to_some_uses_ends_with_the_last_of_them():
    once = Consent("tell_story", "bot", "en", GIVEN, UNTIL, None, uses=1)

    def allowed(used):
        return allowed_locales([once], purpose="tell_story", channel="bot", now=GIVEN, used=used)

    assert allowed(0) == {"en"}
    assert allowed(1) == set()
