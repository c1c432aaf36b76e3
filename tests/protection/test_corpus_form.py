"""The corpus of the publish gate: whether it has the form that its README gives."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from locales.catalog import LOCALES

CORPUS = Path(__file__).parent / "corpus"
PARTS = ("tune", "held")
LEAST_PLANTED, LEAST_CLEAN = 14, 12
LEAST_OF_KIND = {
    "phone": 4,
    "email": 2,
    "handle_or_url": 4,
    "id_number": 4,
    "gps": 2,
    "exact_date": 4,
    "exact_age": 4,
    "person_name": 2,
    "place_fine": 2,
    "organisation": 1,
    "body_mark": 1,
    "sensational": 1,
}
NATIVE_DIGITS = {"th": "[๐-๙]", "km": "[០-៩]", "lo": "[໐-໙]", "my": "[၀-၉]", "ar": "[٠-٩]"}

each_file = pytest.mark.parametrize(
    ("part", "locale"), [(part, locale) for part in PARTS for locale in LOCALES]
)


def sentences(part, locale):
    lines = (CORPUS / part / f"{locale}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def everything():
    return [row for part in PARTS for locale in LOCALES for row in sentences(part, locale)]


def kinds(rows):
    return Counter(finding["kind"] for row in rows for finding in row["findings"])


@pytest.mark.parametrize("part", PARTS)
def test_no_file_is_of_a_language_that_people_cannot_choose(part):
    assert {path.stem for path in (CORPUS / part).iterdir()} == {*LOCALES}


@each_file
def test_every_line_says_where_it_belongs(part, locale):
    for row in sentences(part, locale):
        assert row.keys() == {"id", "locale", "text", "part", "clean", "findings"}
        assert (row["locale"], row["part"]) == (locale, part)
        assert re.fullmatch(rf"{locale}-{part[0]}-\d{{3}}", row["id"])
        assert row["clean"] == (not row["findings"])


@each_file
def test_every_planted_value_stands_in_its_sentence(part, locale):
    for row in sentences(part, locale):
        for finding in row["findings"]:
            assert finding.keys() == {"kind", "value"}
            assert finding["kind"] in LEAST_OF_KIND
            assert finding["value"] == finding["value"].strip() != ""
            assert finding["value"] in row["text"], row["id"]


@each_file
def test_each_half_of_each_language_has_enough_of_everything(part, locale):
    rows = sentences(part, locale)
    clean = sum(row["clean"] for row in rows)

    assert len(rows) - clean >= LEAST_PLANTED
    assert clean >= LEAST_CLEAN
    assert kinds(rows) >= Counter(LEAST_OF_KIND)


@pytest.mark.parametrize(
    ("part", "locale"), [(part, locale) for part in PARTS for locale in NATIVE_DIGITS]
)
def test_a_language_with_its_own_digits_uses_them(part, locale):
    own = [row for row in sentences(part, locale) if re.search(NATIVE_DIGITS[locale], row["text"])]

    assert len(own) >= 8
    assert kinds(own).keys() >= {"phone", "id_number", "exact_date"}


def test_no_id_and_no_sentence_comes_twice():
    ids = Counter(row["id"] for row in everything())
    texts = Counter(row["text"] for row in everything())

    assert [name for name, times in ids.items() if times > 1] == []
    assert [text for text, times in texts.items() if times > 1] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_planted_for_tuning_is_not_planted_again_in_what_is_held(locale):
    tune, held = (
        {finding["value"].casefold() for row in rows for finding in row["findings"]}
        for rows in (sentences("tune", locale), sentences("held", locale))
    )

    assert tune & held == set()
