"""The thin check of a text: what it takes for an identifier, and what it lets pass."""

import pytest

from stories import rules


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "I worked for 3 months and owed 12,000 baht."),
        ("en", "It was 5 o'clock. He said no.Then I left."),
        ("ar", "عملتُ 3 أشهر، ثم خرجتُ من الباب."),
        ("fr", "L’été, j’ai dit : « non »."),
        ("th", "ฉัน\u200bกลับบ้าน"),
        ("km", "ខ្ញុំ\u200bទៅ\u200bផ្ទះ"),
        ("my", "ကျွန်မ အိမ်ပြန်ခဲ့တယ်။"),
        ("my", "ယောက်ျားတွေ သင်္ဘောပေါ်မှာ ဩဂုတ်ထိ ဒေါ်လေးကို စောင့်တယ်။"),
        ("zh_Hans", "我回家了。"),
    ],
)
def test_a_plain_text_has_no_fault(locale, text):
    assert rules.faults(text, locale, 350) == []


@pytest.mark.parametrize(
    ("locale", "text", "word"),
    [
        ("en", "Call 081 234 5678.", "phone"),
        ("th", "โทร ๐๘๑-๒๓๔-๕๖๗๘", "phone"),
        ("ar", "اتصل على ٠٨١٢٣٤٥٦٧٨", "phone"),
        ("en", "Write to me at somebody@mail.net.", "e-mail"),
        ("en", "See t.me/somebody or www.x.y", "link"),
        ("en", "Look at somewhere.com for more.", "link"),
        ("en", "It was on 3/4/19.", "date"),
        ("th", "ปี 2562", "date"),
        ("en", "I was aged 19.", "age"),
        ("es", "Tenía 19 años.", "age"),
        ("id", "Saya berumur 19 tahun.", "age"),
        ("ar", "كان عمري 19 سنة", "age"),
        ("en", "I went\u200b home.", "U+200B"),
        ("en", "I went \u202ehome.", "U+202E"),
        ("ar", "\u200fعدتُ إلى البيت", "U+200F"),
        ("en", "soft\u00adhyphen", "U+00AD"),
        ("ar", "\ufe8eلبيت", "presentation"),
        ("my", "\u1031\u1000\u102c\u1004\u1039\u1038", "Zawgyi"),
        ("my", "\u1019\u103a\u1060", "Zawgyi"),
        ("vi", "Tie\u0302\u0301ng", "NFC"),
        ("en", " A space before.", "space"),
    ],
)
def test_a_text_is_refused_for(locale, text, word):
    found = rules.faults(text, locale, 350)

    assert len(found) == 1, found
    assert word in found[0]
