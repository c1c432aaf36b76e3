"""Sentences and values in a language."""

import datetime as dt
import html
import logging

import pytest

from locales.catalog import BrokenMessage, CatalogsNotBuilt, Languages
from locales.text import Month, Name, Text, say, say_n
from values.money import Money

HELLO = 'msgid "Hello {name}"\nmsgstr "مرحبا {name}"\n\n'
MONTHS = (
    'msgid "one month"\nmsgid_plural "{count} months"\n'
    'msgstr[0] "لا أشهر"\nmsgstr[1] "شهر واحد"\nmsgstr[2] "شهران"\n'
    'msgstr[3] "{count} أشهر"\nmsgstr[4] "{count} شهرا"\nmsgstr[5] "{count} شهر"\n\n'
)
FSI, PDI = "\u2068", "\u2069"


def unexpected(locale, msgid, flaw):
    pytest.fail(f"reported as broken: {locale} {msgid!r}: {flaw}")


def arabic(catalogs, entries, report=unexpected):
    return Languages.load(catalogs(ar=entries), report).i18n("ar")


def english(catalogs):
    return Languages.load(catalogs(), unexpected).i18n("en")


def test_a_sentence_is_said_in_the_language_with_its_name_isolated(catalogs):
    said = arabic(catalogs, HELLO).text(say("Hello {name}", name=Name("Mala")))

    assert said == f"مرحبا {FSI}Mala{PDI}"


def test_a_missing_translation_is_said_in_english(catalogs):
    assert arabic(catalogs, HELLO).t("Bye {n}", n="x") == "Bye x"


def test_a_fuzzy_translation_is_said_in_english(catalogs):
    assert arabic(catalogs, "#, fuzzy\n" + HELLO).t("Hello {name}", name="x") == "Hello x"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "لا أشهر"),
        (1, "شهر واحد"),
        (2, "شهران"),
        (3, "3 أشهر"),
        (11, "11 شهرا"),
        (100, "100 شهر"),
    ],
)
def test_arabic_counts_with_six_forms(catalogs, count, said):
    assert arabic(catalogs, MONTHS).tn("one month", "{count} months", count) == said


def test_english_counts_where_a_translation_is_missing(catalogs):
    i18n = arabic(catalogs, HELLO)

    assert i18n.text(say_n("one month", "{count} months", 1)) == "one month"
    assert i18n.text(say_n("one month", "{count} months", 1200)) == "1,200 months"


def test_a_text_with_a_count_but_no_values_can_show_it(catalogs):
    assert english(catalogs).text(Text("one", {}, "{count} of them", 2)) == "2 of them"


def test_a_context_chooses_between_two_translations(catalogs):
    i18n = arabic(
        catalogs,
        'msgctxt "verb"\nmsgid "Open"\nmsgstr "افتح"\n\n'
        'msgctxt "state"\nmsgid "Open"\nmsgstr "مفتوح"\n',
    )

    assert i18n.text(Text("Open", context="verb")) == "افتح"
    assert i18n.text(Text("Open", context="state")) == "مفتوح"
    assert i18n.t("Open") == "Open"


@pytest.mark.parametrize(
    "broken", ["مرحبا", "مرحبا {nom}", "مرحبا {name", "{name.__class__}", "{0}"]
)
def test_broken_translation_falls_back_to_english_and_is_reported_once(catalogs, broken):
    reports: list[tuple[str, str, str]] = []
    i18n = arabic(
        catalogs, HELLO.replace("مرحبا {name}", broken), lambda *told: reports.append(told)
    )

    said = {i18n.t("Hello {name}", name="x") for _ in range(3)}

    assert said == {"Hello x"}
    assert [(locale, msgid) for locale, msgid, _ in reports] == [("ar", "Hello {name}")]


def test_broken_plural_form_falls_back_to_the_english_form(catalogs):
    reports: list[tuple[str, str, str]] = []
    entries = MONTHS.replace("{count} شهرا", "{n} شهرا").replace("شهر واحد", "{")
    i18n = arabic(catalogs, entries, lambda *told: reports.append(told))

    assert i18n.tn("one month", "{count} months", 11) == "11 months"
    assert i18n.tn("one month", "{count} months", 1) == "one month"
    assert i18n.tn("one month", "{count} months", 2) == "شهران"
    assert len(reports) == 1


def test_a_broken_translation_is_logged_without_values(catalogs, caplog):
    i18n = Languages.load(catalogs(ar=HELLO.replace("مرحبا {name}", "{"))).i18n("ar")

    with caplog.at_level(logging.WARNING, logger="locales"):
        i18n.t("Hello {name}", name="secret")

    (record,) = caplog.records
    assert record.getMessage() == "broken_translation"
    assert "secret" not in str(vars(record))


@pytest.mark.parametrize("msgid", ["Hello {who}", "Hello {", "<b>Hello", "<u>Hello</u>"])
def test_english_that_cannot_be_filled_is_the_program_s_fault_and_raises(catalogs, msgid):
    with pytest.raises(BrokenMessage):
        english(catalogs).t(msgid, name="x")


@pytest.mark.parametrize("value", [1.5, None, True, b"x", object()])
def test_a_value_of_no_known_type_is_refused(catalogs, value):
    with pytest.raises(TypeError):
        english(catalogs).t("{value}", value=value)


def test_values_are_escaped_and_the_sentence_is_not(catalogs):
    text = say("<b>{name}</b> & {word}", name=Name("<i>&"), word="<x>")

    assert english(catalogs).html(text) == f"<b>{FSI}&lt;i&gt;&amp;{PDI}</b> & &lt;x&gt;"
    assert english(catalogs).text(text, html.escape) == english(catalogs).html(text)


def test_a_value_inside_an_inner_text_is_escaped_once(catalogs):
    inner = say("about {word}", word="<x> & y")

    assert english(catalogs).html(say("News {what}", what=inner)) == (
        "News about &lt;x&gt; &amp; y"
    )


def test_an_inner_text_is_translated(catalogs):
    entries = 'msgid "News {what}"\nmsgstr "أخبار {what}"\n\n' + HELLO

    said = arabic(catalogs, entries).text(say("News {what}", what=say("Hello {name}", name="x")))

    assert said == "أخبار مرحبا x"


def test_a_name_cannot_break_out_of_its_isolate(catalogs):
    said = english(catalogs).t("{name}!", name=Name(f"Ma{PDI}\u202ela\u200f"))

    assert said == f"{FSI}Mala{PDI}!"


def test_an_empty_msgid_says_nothing(catalogs):
    assert english(catalogs).t("") == ""


@pytest.mark.parametrize(
    ("locale", "shown"),
    [
        ("en", "12,345 USD"),
        ("th", "12,345 USD"),
        ("vi", "12.345 USD"),
        ("id", "12.345 USD"),
        ("ar", "12,345 USD"),
        ("fr", "12\u202f345 USD"),
        ("es", "12.345 USD"),
        ("my", "12,345 USD"),
    ],
)
def test_money_has_the_separators_of_the_language_and_the_code_behind(catalogs, locale, shown):
    i18n = Languages.load(catalogs(**{locale: ""})).i18n(locale)

    assert i18n.money(Money(12_345_00, "USD")) == shown.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        (Money(0, "USD"), "0 USD"),
        (Money(5, "USD"), "0.05 USD"),
        (Money(1_250, "USD"), "12.50 USD"),
        (Money(-1_250, "USD"), "-12.50 USD"),
        (Money(1_250, "JPY"), "1,250 JPY"),
        (Money(10_000, "ISK"), "100 ISK"),
    ],
)
def test_money_has_decimals_only_for_a_fraction(catalogs, money, shown):
    assert english(catalogs).money(money) == shown.replace(" ", "\u00a0")


def test_money_in_a_sentence_is_isolated_as_a_whole(catalogs):
    assert english(catalogs).t("{m}.", m=Money(100, "USD")) == f"{FSI}1\u00a0USD{PDI}."


def test_days_months_numbers_and_percents_are_written_out(catalogs):
    root = catalogs(th="", ar="", fr="")
    en, th, ar, fr = (Languages.load(root).i18n(locale) for locale in ("en", "th", "ar", "fr"))

    assert en.t("{d}", d=dt.date(2026, 3, 14)) == "March 14, 2026"
    assert en.t("{d}", d=Month(2026, 3)) == "March 2026"
    assert ar.month(Month(2026, 3)) == "مارس 2026"
    assert fr.number(12345) == "12\u202f345"
    assert (en.percent(45), fr.percent(45)) == ("45%", "45\u00a0%")
    assert en.list(["a", "b", "c"]) == "a, b, and c"
    assert th.month(Month(2026, 3)) == "มีนาคม ค.ศ. 2026"


def test_digits_are_latin_in_every_language(catalogs):
    root = catalogs(**dict.fromkeys(("ar", "my", "km", "lo", "th"), ""))
    languages = Languages.load(root)

    for locale in languages.offered:
        i18n = languages.i18n(locale)
        shown = [i18n.money(Money(123, "USD")), i18n.date(dt.date(2026, 3, 14)), i18n.percent(9)]
        assert all(d.isascii() for text in shown for d in text if d.isdecimal()), locale


def test_languages_are_offered_in_the_order_of_the_menu(catalogs):
    languages = Languages.load(catalogs(ar="", zh_Hans="", th=""))

    assert languages.offered == ("en", "th", "zh_Hans", "ar")
    assert languages.negotiate("de", "zh-TW") == "zh_Hans"
    assert languages.from_accept_language("km, ar;q=0.5") == "ar"
    assert languages.i18n("zh_Hans").html_lang == "zh-Hans"
    assert (languages.i18n("ar").direction, languages.i18n("th").direction) == ("rtl", "ltr")


def test_a_language_no_longer_offered_is_answered_in_english(catalogs):
    assert Languages.load(catalogs(ar="")).i18n("km").locale == "en"


def test_a_catalog_that_was_not_compiled_is_refused_with_the_remedy(catalogs, write_catalog):
    root = catalogs()
    write_catalog("ar", HELLO)

    with pytest.raises(CatalogsNotBuilt, match=r"make catalogs"):
        Languages.load(root)


def test_a_catalog_compiled_from_another_text_is_refused(catalogs, write_catalog):
    root = catalogs(ar="")
    write_catalog("ar", HELLO)

    with pytest.raises(CatalogsNotBuilt, match=r"another messages\.po"):
        Languages.load(root)


def test_an_installation_without_english_is_refused(tmp_path):
    with pytest.raises(CatalogsNotBuilt, match=r"en.*is missing"):
        Languages.load(tmp_path)


def test_the_shipped_catalogs_load(tmp_path):
    assert {"en", "ar"} <= set(Languages.load().offered)
