"""The table of languages."""

import gettext
import re

import pytest
from babel import Locale
from stripe.params.checkout import SessionCreateParams

from locales.known import KNOWN


@pytest.mark.parametrize("locale", KNOWN)
def test_plural_forms_part_numbers_as_cldr_does(locale):
    header = KNOWN[locale].plural_forms
    ((count, rule),) = re.findall(r"^nplurals=(\d); plural=(.*);$", header)
    form_of = gettext.c2py(rule)
    category_of = Locale.parse(locale).plural_form

    pairs = {(form_of(n), category_of(n)) for n in range(201)}

    assert len(pairs) == len({form for form, _ in pairs}) == len({name for _, name in pairs})
    assert {form for form, _ in pairs} == set(range(int(count)))


@pytest.mark.parametrize("locale", KNOWN)
def test_direction_is_the_script_s_own(locale):
    assert KNOWN[locale].direction == Locale.parse(locale).text_direction


@pytest.mark.parametrize("locale", KNOWN)
def test_telegram_code_has_two_letters(locale):
    assert re.fullmatch("[a-z]{2}", KNOWN[locale].telegram)


def test_every_payment_page_language_is_one_that_stripe_takes():
    accepted = str(SessionCreateParams.__annotations__["locale"])

    refused = [known.stripe for known in KNOWN.values() if f"'{known.stripe}'" not in accepted]

    assert refused == []


def test_no_two_languages_share_a_name_or_a_telegram_code():
    assert len({known.autonym for known in KNOWN.values()}) == len(KNOWN)
    assert len({known.telegram for known in KNOWN.values()}) == len(KNOWN)


def test_html_lang_is_a_bcp_47_tag():
    assert KNOWN["zh_Hans"].html_lang == "zh-Hans"
    assert KNOWN["fil"].html_lang == "fil"
