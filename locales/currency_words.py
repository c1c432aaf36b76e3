"""
What people write for a currency: codes, signs, and its name in the languages we know.

The full names are CLDR's, through Babel. CLDR has no short ones ("dollars", "บาท"), which is what
people type, so those stand here.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from babel import numbers

from locales.known import KNOWN
from values.currencies import CURRENCIES

_DOLLARS = ("USD", "AUD", "CAD", "NZD", "SGD")

_SHORT: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        _DOLLARS,
        """$ dollar dollars dólar dólares dolar dolyar dolyares đô đôla ดอลลาร์ ดอลล่าร์ ដុល្លារ
        ដុល្លា ໂດລາ ໂດລ່າ ဒေါ်လာ دولار دولارا دولارات""",
    ),
    (("USD",), "US$ U$ 美金 美刀 ໂດລາສະຫະລັດ"),
    (("AUD",), "A$ AU$ 澳元"),
    (("CAD",), "C$ CA$ 加元"),
    (("NZD",), "NZ$ 新西兰元 纽元"),
    (("SGD",), "S$ SG$ 新元 新币"),
    (("EUR",), "€ euro euros eur يورو ယူရို ဥရော ເອີໂຣ"),
    (("GBP",), "£ pound pounds sterling bảng libra libras livre livres ปอนด์ ផោន ປອນ ပေါင် جنيه"),
    (("CHF",), "fr sfr franc francs franco francos ฟรังก์ فرنك 法郎"),
    (("JPY",), "¥ 円 yen yens yenes yên เยน យ៉េន យេន ເຢນ ယန်း 日圆 日币 ين"),
    (("THB",), "฿ baht bahts bat bats bạt baat บาท บ បាត ບາດ ဘတ် 铢 泰币 بات باهت"),
    (("UGX",), "ush shs shilling shillings"),
    (("ISK",), "kr krona kronur krónur"),
    (("VND",), "₫ đ vnđ dong dongs đồng ดอง ដុង ດົງ ဒေါင် 盾 دونغ"),
    (("CNY",), "元 块 人民币 rmb yuan"),
    (("IDR",), "rp rupiah"),
    (("MYR",), "rm ringgit"),
    (("INR",), "₹ rs rupee rupees"),
    (("PHP",), "₱ piso peso pesos"),
    (("LAK",), "₭ kip ກີບ"),
    (("KHR",), "៛ riel រៀល"),
    (("MMK",), "kyat kyats ကျပ်"),
    (("KRW",), "₩ won"),
    (("RUB",), "₽ rouble ruble rubles"),
    (("SAR",), "ريال riyal"),
    (("AED",), "درهم dirham"),
)
"""Short names and signs. Currencies that no case is in are here to be named when refused."""

_COUNTS = (None, 0, 1, 2, 3, 11, 100)
"""Numbers that bring out every plural form that our languages have."""


def currencies_meant(written: str) -> frozenset[str]:
    """
    The ISO codes that *written* may stand for, or none if it is no word for money.

    Signs and short names are shared: `$` may be any dollar.
    """
    word = folded(written)
    code = word.upper()
    meant = _words().get(word, frozenset())
    return meant | {code} if code in _codes() else meant


def folded(written: str) -> str:
    """
    Reduce *written* to what makes a word of it.

    Case, spaces, dots, accents of Latin letters, Arabic vowel and hamza signs and invisible
    characters are dropped: "U.S. dollars" and "US Dollars" are one word; so are "đồng" and "dong".
    """
    decomposed = unicodedata.normalize("NFD", written.casefold().replace("đ", "d"))
    return "".join(
        letter
        for letter in decomposed
        if letter != "."
        and not letter.isspace()
        and unicodedata.category(letter) != "Cf"
        and not "\u0300" <= letter <= "\u036f"
        and not "\u064b" <= letter <= "\u0655"
    )


@lru_cache(maxsize=1)
def _words() -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for codes, words in _SHORT:
        for word in words.split():
            found[folded(word)].update(codes)
    for code in {*CURRENCIES, *(code for codes, _ in _SHORT for code in codes)}:
        for name in _names(code):
            found[folded(name)].add(code)
    return {word: frozenset(codes) for word, codes in found.items()}


def _names(code: str) -> Iterator[str]:
    for locale in KNOWN:
        for count in _COUNTS:
            yield numbers.get_currency_name(code, count, locale)
        if code in CURRENCIES:
            yield numbers.get_currency_symbol(code, locale)


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(numbers.list_currencies())
