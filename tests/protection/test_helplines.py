"""Help lines: what is in the directory, and how long a check holds."""

import datetime as dt

import pytest
from babel import Locale
from pydantic import ValidationError

from locales.catalog import LOCALES
from protection.helplines import (
    DUE_AFTER,
    GOOD_FOR,
    Directory,
    directory,
    is_due,
    may_be_shown,
)

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
LINE = {"id": "xx-line", "country": "TH", "numbers": ["1300"], "source": "a.example"}
POLICE = {"TH": {"number": "191", "police": True}}


def test_the_countries_of_the_region_and_of_its_people_abroad_are_there():
    assert {"TH", "VN", "KH", "LA", "MM", "ID", "PH", "MY", "CN", "AE"} <= {*directory().countries}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_country_and_every_language_has_a_name_in_every_language(locale):
    names = Locale.parse(locale)
    spoken = {code for line in directory().line for code in line.languages}

    assert [code for code in directory().countries if code not in names.territories] == []
    assert [code for code in spoken if code not in names.languages] == []


@pytest.mark.parametrize(
    ("line", "emergency"),
    [
        ({**LINE, "numbers": []}, POLICE),
        ({**LINE, "numbers": ["call us"]}, POLICE),
        ({**LINE, "hours": "24/7"}, POLICE),
        ({**LINE, "notes": ["nice"]}, POLICE),
        ({**LINE, "price": "free"}, POLICE),
        ({**LINE, "source": ""}, POLICE),
        (LINE, {}),
    ],
)
def test_what_is_not_as_it_must_be_is_refused(line, emergency):
    Directory.model_validate({"line": [LINE], "emergency": POLICE})

    with pytest.raises(ValidationError):
        Directory.model_validate({"line": [line], "emergency": emergency})


def test_two_lines_need_two_names():
    with pytest.raises(ValidationError, match="the same id"):
        Directory.model_validate({"line": [LINE, LINE], "emergency": POLICE})


def test_whatever_is_written_of_a_line_is_in_its_digest():
    lines = [
        Directory.model_validate({"line": [LINE | more], "emergency": POLICE}).line[0]
        for more in ({}, {"numbers": ["1301"]}, {"hours": "always"}, {"notes": ["free"]})
    ]

    assert len({line.digest for line in lines}) == len(lines)


def test_a_check_holds_for_180_days_and_is_due_a_month_before():
    second = dt.timedelta(seconds=1)

    assert may_be_shown(NOW - GOOD_FOR, NOW)
    assert not may_be_shown(NOW - GOOD_FOR - second, NOW)
    assert not may_be_shown(None, NOW)
    assert not is_due(NOW - DUE_AFTER, NOW)
    assert is_due(NOW - DUE_AFTER - second, NOW)
    assert is_due(None, NOW)
    assert dt.timedelta(days=180) == GOOD_FOR
