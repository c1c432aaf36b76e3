"""Filling fields, and finding what is wrong with a translation."""

import pytest

from locales.template import flaw_in, template


@pytest.mark.parametrize(
    "sentence",
    [
        "{0}",
        "{}",
        "{name!r}",
        "{name:>9999999}",
        "{name.__class__}",
        "{name[0]}",
        "{Name}",
        "{na me}",
        "{name",
        "name}",
        "{{name}}",
        "{{",
    ],
)
def test_a_brace_that_is_not_a_plain_field_is_a_flaw(sentence):
    assert template(sentence).flaw == "stray brace"


def test_values_are_put_in_as_they_are():
    filled = template("{a} and <b>{b}</b>, {a}").fill({"a": "{b}", "b": "100%"})

    assert filled == "{b} and <b>100%</b>, {b}"


@pytest.mark.parametrize(
    ("translation", "flaw"),
    [
        ("<b>{name}</b> da {sum}", None),
        ("{sum}: <b>{name}</b>", None),
        ("<b>{nom}</b> {sum}", "unknown field nom"),
        ("<b>{name}</b>", "missing field sum"),
        ("{name} {sum}", "other tags than the English"),
        ("<b>{name} {sum}", "unclosed <b>"),
        ("<b><i>{name}</b></i> {sum}", "unbalanced </b>"),
        ("{name}</b> {sum}<b>", "unbalanced </b>"),
        ("<script>{name}</script> {sum}", "tag <script> is not allowed"),
        ('<b onclick="x">{name}</b> {sum}', 'tag <b onclick="x"> is not allowed'),
        ("<b>{name}</b> {sum", "stray brace"),
        ("", "empty"),
    ],
)
def test_a_translation_must_have_the_fields_and_tags_of_the_english(translation, flaw):
    assert flaw_in(translation, ["<b>{name}</b> gave {sum}"], ["name", "sum"]) == flaw


def test_a_form_that_says_its_number_in_words_is_sound():
    forms = ["{name}: one month", "{name}: {count} months"]

    assert flaw_in("{name}: شهران", forms, ["name", "count"]) is None
    assert flaw_in("شهران", forms, ["name", "count"]) == "missing field name"
    assert flaw_in("شهران", ["{count} month", "{count} months"], ["count"]) is None
    assert flaw_in("شهران", ["{count} months"], ["count"]) == "missing field count"
