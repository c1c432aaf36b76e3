import pytest

from sandbox.telegram.formatted import written
from sandbox.telegram.markup import parse_html, utf16_length
from sandbox.telegram.refusals import Refusal


def entity(kind, offset, length, **more):
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>a</b>", "a", [entity("bold", 0, 1)]),
        ("<STRONG>a</STRONG>", "a", [entity("bold", 0, 1)]),
        ("<b>a<i>b</i></b>", "ab", [entity("bold", 0, 2), entity("italic", 1, 1)]),
        ("<b></b>a", "a", []),
        ("<b>a</>", "a", [entity("bold", 0, 1)]),
        ("1 &lt; 2 &amp;&#x41;&#66;", "1 < 2 &AB", []),
        ("&nbsp; a", "&nbsp; a", []),
        ("<span class='tg-spoiler'>x</span>", "x", [entity("spoiler", 0, 1)]),
        ("<tg-spoiler>x</tg-spoiler>", "x", [entity("spoiler", 0, 1)]),
        ("<blockquote>q</blockquote>", "q", [entity("blockquote", 0, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [entity("expandable_blockquote", 0, 1)]),
        ("<pre>p</pre>", "p", [entity("pre", 0, 1)]),
        (
            '<pre><code class="language-py">p</code></pre>',
            "p",
            [entity("pre", 0, 1, language="py")],
        ),
        (
            '<a href="https://a.org/?x=1&amp;y=2">l</a>',
            "l",
            [entity("text_link", 0, 1, url="https://a.org/?x=1&y=2")],
        ),
        ("<a href='no link'>l</a>", "l", []),
        ('<a href="http://localhost/x">l</a>', "l", []),
    ],
)
def test_html_becomes_text_and_entities(source, text, entities):
    assert parse_html(source) == (text, entities)


def test_offsets_count_utf16_units():
    text, entities = parse_html("😀ก<b>😀</b>ع<i>x</i>")

    assert text == "😀ก😀عx"
    assert entities == [entity("bold", 3, 2), entity("italic", 6, 1)]
    assert utf16_length(text) == 7


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("a<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("ก<br>", 'Unsupported start tag "br" at byte offset 3'),
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        (
            "<b><i>x</b></i>",
            'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
        ),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("x <b", "Unclosed start tag at byte offset 2"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<a href=x_y>z</a>", "Unexpected end of name token at byte offset 8"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<b ="1">x</b>', 'Empty attribute name in the tag "b" at byte offset 0'),
    ],
)
def test_broken_html_is_refused_in_telegrams_words(source, reason):
    with pytest.raises(Refusal) as refusal:
        parse_html(source)

    assert refusal.value.description == f"Bad Request: can't parse entities: {reason}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start abc", [("bot_command", "/start")]),
        ("and/or 1/2", []),
        ("see https://a.org/x. Or a@b.org", [("url", "https://a.org/x"), ("email", "a@b.org")]),
        ("@homeward #help 😀 /help", [("mention", "@homeward"), ("hashtag", "#help"),
                                     ("bot_command", "/help")]),
    ],
)  # fmt: skip
def test_commands_and_links_are_found_in_what_a_person_writes(text, found):
    formatted = written(text)

    units = text.encode("utf-16-le")
    cut = [
        (each["type"], units[2 * each["offset"] : 2 * (each["offset"] + each["length"])])
        for each in formatted.entities
    ]
    assert [(kind, piece.decode("utf-16-le")) for kind, piece in cut] == found
