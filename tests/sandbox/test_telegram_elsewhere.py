"""Inline queries and groups, as strict as the real ones."""

import pytest

ARTICLE = {
    "type": "article",
    "id": "1",
    "title": "T",
    "input_message_content": {"message_text": "x"},
}


@pytest.fixture
async def asked(telegram):
    """The id of a question that waits for its answer."""
    person = telegram.standin.person("A", "en")
    await telegram("deleteWebhook")
    await person.ask("q")
    (update,) = await telegram("getUpdates", allowed_updates=["inline_query"])
    return person, update["inline_query"]["id"]


async def test_a_question_is_answered_once(telegram, asked):
    person, query_id = asked

    await telegram("answerInlineQuery", inline_query_id=query_id, results=[ARTICLE])
    again = await telegram.refusal("answerInlineQuery", inline_query_id=query_id, results=[ARTICLE])

    assert [each["title"] for each in person.invitations] == ["T"]
    assert again.startswith("Bad Request: query is too old")


@pytest.mark.parametrize(
    ("results", "reason"),
    [
        ([ARTICLE, ARTICLE], "RESULT_ID_DUPLICATE"),
        ([ARTICLE | {"id": str(n)} for n in range(51)], "RESULTS_TOO_MUCH"),
        ([ARTICLE | {"title": ""}], "ARTICLE_TITLE_EMPTY"),
        ([ARTICLE | {"id": "a" * 65}], "RESULT_ID_INVALID"),
        ([ARTICLE | {"thumbnail_url": "ftp://x.example/a"}], "WEBDOCUMENT_URL_INVALID"),
        ([ARTICLE | {"input_message_content": {"message_text": ""}}], "message text is empty"),
    ],
)
async def test_a_bad_answer_is_refused_as_telegram_does(telegram, asked, results, reason):
    refused = await telegram.refusal("answerInlineQuery", inline_query_id=asked[1], results=results)

    assert refused == f"Bad Request: {reason}"
