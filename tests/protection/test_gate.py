"""The gate finds what could name a person, in every script, and lets the shipped stories pass."""

import pytest

from protection.gate.checking import findings
from services.publishing import gate_findings
from stories.pack import shipped_packs

HARMLESS = "She worked in a house. One morning, some months later, she walked out of the door."


def rules(text):
    return {finding.rule for finding in findings({"en: s01": text})}


@pytest.mark.parametrize(
    ("planted", "rule"),
    [
        ("mala@mail.com", "email"),
        ("mala＠mail．com", "email"),
        ("https://example.org/mala", "link"),
        ("www.example.org", "link"),
        ("t.me/mala_home", "link"),
        ("fb.com/mala.home", "link"),
        ("see Example.COM for more", "link"),
        ("@mala_home", "handle"),
        ("＠mala_home", "handle"),
        ("13.7563, 100.5018", "coordinates"),
        ("13,7563; 100,5018", "coordinates"),
        ("12/5/1999", "date"),
        ("1999-05-12", "date"),
        ("12–05–1999", "date"),
        ("١٢/٥/١٩٩٩", "date"),
        ("in 2019", "year"),
        ("พ.ศ. ๒๕๖๒", "year"),
        ("she was 19", "age"),
        ("อายุ ๑๙ ปี", "age"),
        ("អាយុ ១៩ ឆ្នាំ", "age"),
        ("အသက် ၁၉ နှစ်", "age"),
        ("عمرها ١٩ سنة", "age"),
        ("I was １９", "age"),
        ("081 234 5678", "number"),
        ("(081) 234-5678", "number"),
        ("081–234–5678", "number"),
        ("081 - 234 - 5678", "number"),
        ("+66.81.234.56.78", "number"),
        ("081_234_5678", "number"),
        ("٠٨١٢٣٤٥٦٧٨", "number"),
        ("٠٨١٫٢٣٤٫٥٦٧٨", "number"),
        ("๐๘๑ ๒๓๔ ๕๖๗๘", "number"),
        ("໐໘໑໒໓໔", "number"),
        ("081\u200b234\u200b5678", "number"),
        ("0\u20608\u20601\u20602\u20603\u20604", "number"),
        ("20\u200b19", "year"),
        ("@\u2060mala_home", "handle"),
        ("12\u200b/5\u200b/1999", "date"),
        ("passport AB1234", "document"),
        ("AB 1234567", "document"),
    ],
)
def test_an_identifier_is_found(planted, rule):
    assert rule in rules(f"{HARMLESS} {planted}")
    assert rule in rules(planted)


@pytest.mark.parametrize(
    "text",
    [
        HARMLESS,
        "",
        "They asked for one hundred and fifty each month.",
        "I had two brothers. I was young.",
        "الفتاة عملت في بيت. ثم خرجت.",
        "ខ្ញុំ\u200bធ្វើការ\u200bក្នុង\u200bផ្ទះ។",
        "At home. In the end... all was well - at last.",
    ],
)
def test_a_text_without_identifiers_passes(text):
    assert findings({"en: s01": text}) == []


def test_a_finding_says_where_and_what_to_do_and_repeats_nothing():
    (finding,) = findings({"en: s01": HARMLESS, "ar: s02": "@mala_home"})

    assert finding.where == "ar: s02"
    assert finding.remedy == "Take the account name out."
    assert "mala_home" not in repr(finding)


def test_every_text_is_looked_at():
    found = findings({"en: s01": "@mala_home", "en: s02": HARMLESS, "ar: s01": "١٢/٥/١٩٩٩"})

    assert {finding.where for finding in found} == {"en: s01", "ar: s01"}


@pytest.mark.parametrize("pack", shipped_packs(), ids=lambda pack: pack.slug)
def test_the_shipped_stories_pass_in_every_language(pack):
    assert gate_findings(pack) == []


def _planted(pack):
    """The pack once for each of its texts, with an identifier in it; the text's place beside it."""
    plain = pack.model_dump(mode="json")
    for locale, texts in plain["texts"].items():
        for name in ("title", "intro", "content_note", "gentle"):
            yield f"{locale}: {name}", locale, (name,)
        for group in ("steps", "lines"):
            for key in texts[group]:
                yield f"{locale}: {key}", locale, (group, key)


@pytest.mark.parametrize("pack", shipped_packs()[:1], ids=lambda pack: pack.slug)
def test_no_text_of_a_story_escapes_the_gate(pack):
    for where, locale, path in _planted(pack):
        plain = pack.model_dump(mode="json")
        place = plain["texts"][locale]
        for part in path[:-1]:
            place = place[part]
        place[path[-1]] += " @mala_home"

        found = gate_findings(type(pack).model_validate(plain))

        assert [finding.rule for finding in found] == ["handle"], where
