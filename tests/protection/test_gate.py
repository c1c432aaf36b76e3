"""The gate finds what could name a person, in every script, and lets the shipped stories pass."""

import re
from pathlib import Path

import pytest

from locales.catalog import LOCALES
from protection.gate.checking import Kind, examine, findings, warnings
from services.publishing import gate_findings
from services.story_texts import texts_of
from stories.pack import shipped_packs

HARMLESS = "She worked in a house. One morning, some months later, she walked out of the door."

FORMATS = [
    line.split("\t")
    for line in (Path(__file__).parent / "gate_formats.tsv")
    .read_text(encoding="utf-8")
    .splitlines()
]
"""(locale, kind or "clean", text with what is planted in brackets): further ways of writing."""


def kinds(text, locale="en"):
    return {finding.kind for finding in examine(text, locale) if finding.hard}


@pytest.mark.parametrize(
    ("planted", "kind"),
    [
        ("mala@mail.com", "email"),
        ("mala＠mail．com", "email"),
        ("https://example.org/mala", "handle_or_url"),
        ("www.example.org", "handle_or_url"),
        ("t.me/mala_home", "handle_or_url"),
        ("fb.com/mala.home", "handle_or_url"),
        ("see Example.COM for more", "handle_or_url"),
        ("@mala_home", "handle_or_url"),
        ("＠mala_home", "handle_or_url"),
        ("@\u2060mala_home", "handle_or_url"),
        ("13.7563, 100.5018", "gps"),
        ("13,7563; 100,5018", "gps"),
        ("12/5/1999", "exact_date"),
        ("1999-05-12", "exact_date"),
        ("12–05–1999", "exact_date"),
        ("١٢/٥/١٩٩٩", "exact_date"),
        ("12\u200b/5\u200b/1999", "exact_date"),
        ("she was 19", "exact_age"),
        ("I was １９", "exact_age"),
        ("081 234 5678", "phone"),
        ("(081) 234-5678", "phone"),
        ("081–234–5678", "phone"),
        ("081 - 234 - 5678", "phone"),
        ("+66.81.234.56.78", "phone"),
        ("081_234_5678", "phone"),
        ("٠٨١٢٣٤٥٦٧٨", "phone"),
        ("٠٨١٫٢٣٤٫٥٦٧٨", "phone"),
        ("๐๘๑ ๒๓๔ ๕๖๗๘", "phone"),
        ("081\u200b234\u200b5678", "phone"),
        ("0\u20608\u20601\u20602\u20603\u20604\u20605\u20606", "phone"),
        ("໐໘໑໒໓໔", "phone"),
        ("passport AB1234", "id_number"),
        ("AB 1234567", "id_number"),
    ],
)
def test_an_identifier_blocks(planted, kind):
    assert kind in kinds(f"{HARMLESS} {planted}")
    assert kind in kinds(planted)


@pytest.mark.parametrize(
    ("planted", "locale"),
    [("อายุ ๑๙ ปี", "th"), ("អាយុ ១៩ ឆ្នាំ", "km"), ("အသက် ၁၉ နှစ်", "my"), ("عمرها ١٩ سنة", "ar")],
)
def test_an_age_in_a_languages_own_digits_blocks(planted, locale):
    assert Kind.EXACT_AGE in kinds(planted, locale)


@pytest.mark.parametrize(
    ("planted", "locale"),
    [("in 2019", "en"), ("พ.ศ. ๒๕๖๒", "th"), ("In May 2019 it rained.", "en"), ("5/2019", "en")],
)
def test_a_year_warns_and_does_not_block(planted, locale):
    (found,) = examine(planted, locale)

    assert (found.kind, found.hard) == (Kind.EXACT_DATE, False)


@pytest.mark.parametrize(
    "text",
    [
        HARMLESS,
        "",
        "They asked for one hundred and fifty each month.",
        "I had two brothers. I was young.",
        "Tôi nợ 35.000.000 đồng.",
        "At home. In the end... all was well - at last.",
    ],
)
@pytest.mark.parametrize("locale", LOCALES)
def test_a_text_without_identifiers_passes_in_whatever_language(text, locale):
    assert findings({f"{locale}: s01": text}) == []


@pytest.mark.parametrize(("locale", "kind", "text"), FORMATS, ids=lambda part: part[:24])
def test_further_ways_of_writing(locale, kind, text):
    plain = re.sub("[⟦⟧]", "", text)
    blocked = [finding for finding in examine(plain, locale) if finding.hard]
    planted = re.findall("⟦(.*?)⟧", text)

    if kind == "clean":
        assert blocked == []
    for value in planted:
        start = plain.index(value)
        assert any(
            found.kind == kind and found.start < start + len(value) and start < found.end
            for found in blocked
        ), blocked


def test_a_finding_tells_its_place_in_the_text_as_it_was_written():
    text = "ring ０８１\u200b-２３４－５６７８ now, e\u0301toile"
    (found,) = findings({"en: s01": text})

    assert found.value == text[found.start : found.end] == "０８１\u200b-２３４－５６７８"


def test_a_finding_says_where_and_what_to_do_and_repeats_nothing():
    (finding,) = findings({"en: s01": HARMLESS, "ar: s02": "@mala_home"})

    assert finding.where == "ar: s02"
    assert finding.remedy == "Take the link or account name out."
    assert "mala_home" not in repr(finding)


def test_every_kind_has_a_remedy():
    assert all(finding.remedy.endswith(".") for finding in _one_of_each())
    assert {finding.kind for finding in _one_of_each()} == {*Kind}


def _one_of_each():
    (found,) = findings({"en": "@mala_home"})
    return [type(found)("en", kind, "", 0, 0, hard=True) for kind in Kind]


def test_every_text_is_looked_at_in_its_own_language():
    found = findings({"en: s01": "@mala_home", "en: s02": HARMLESS, "fr": "J'avais dix-neuf ans."})

    assert [(one.where, one.kind) for one in found] == [
        ("en: s01", Kind.HANDLE_OR_URL),
        ("fr", Kind.EXACT_AGE),
    ]


def test_what_blocks_does_not_warn_too():
    texts = {"en: s01": "My friend Amina was seventeen. Write to amina@example.org."}

    assert {one.kind for one in findings(texts)} == {Kind.EXACT_AGE, Kind.EMAIL}
    assert {one.kind for one in warnings(texts)} == {Kind.PERSON_NAME}


@pytest.mark.parametrize(
    ("text", "locale", "warned"),
    [
        ("Burns on her arm were seen by Sister Agatha Moss.", "en", {"body_mark", "person_name"}),
        ("A scar on my chin, and 081 234 5678.", "en", {"body_mark"}),
        ("At Blue Lotus Laundry nobody was paid.", "en", {"organisation"}),
        ("I hid behind the Saint Jude chapel.", "en", {"place_fine"}),
        ("Room 3 was ours.", "en", set()),
        ("Room 312 was ours.", "en", {"place_fine"}),
        ("La chambre 3 était la nôtre.", "fr", set()),
        ("Dengan Rp1.500.000 saya pulang.", "id", set()),
        ("โรงงานปลากระป๋องดาวเรืองไม่จ่ายเงิน", "th", {"organisation"}),
        ("ฉันมาจากเชียงราย", "th", set()),
        ("朋友王桂兰借给我钱。", "zh_Hans", {"person_name"}),
        ("ورشة النور للحدادة كانت مغلقة", "ar", {"organisation"}),
    ],
)
def test_what_is_warned_of(text, locale, warned):
    assert {one.kind for one in warnings({locale: text})} == warned


def test_the_invented_name_of_the_story_is_no_warning_in_its_language():
    texts = {"en: pseudonym": "Amina", "en: s01": "They called me Amina.", "fr: s01": "Amina rit."}

    assert [one.where for one in warnings(texts)] == ["fr: s01"]


def test_the_same_words_are_found_in_each_place_where_they_stand():
    same = "+66 81 234 5678."
    texts = {"en: s01": same, "en: s02": same, "fr: s01": same}

    assert [one.where for one in findings(texts)] == ["en: s01", "en: s02", "fr: s01"]


@pytest.mark.parametrize("pack", shipped_packs(), ids=lambda pack: pack.slug)
def test_the_shipped_stories_pass_in_every_language(pack):
    assert gate_findings(pack) == []


@pytest.mark.parametrize("pack", shipped_packs(), ids=lambda pack: pack.slug)
def test_the_shipped_stories_are_seldom_warned_of(pack):
    texts = len(pack.locales) * (len(pack.steps) + len(pack.lines) + 5)

    assert len(warnings(texts_of(pack))) <= texts * 0.05


def _planted(pack):
    """The pack with an identifier in each of its texts; the places of these."""
    plain = pack.model_dump(mode="json")
    places = set()
    for locale, texts in plain["texts"].items():
        for name in ("title", "intro", "content_note", "gentle"):
            places.add(f"{locale}: {name.replace('_', ' ')}")
            texts[name] += " @mala_home"
        for group in ("steps", "lines"):
            for key in texts[group]:
                places.add(f"{locale}: {key}")
                texts[group][key] += " @mala_home"
    return type(pack).model_validate(plain), places


@pytest.mark.parametrize("pack", shipped_packs()[:1], ids=lambda pack: pack.slug)
def test_no_text_of_a_story_escapes_the_gate(pack):
    planted, places = _planted(pack)

    found = gate_findings(planted)

    assert {finding.kind for finding in found} == {Kind.HANDLE_OR_URL}
    assert {finding.where for finding in found} == places
