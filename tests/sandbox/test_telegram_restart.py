import json


async def test_everything_survives_a_restart(start_telegram, tmp_path, bot, picture):
    state_file = tmp_path / "telegram.json"
    first = await start_telegram(state_file=state_file)
    person = first.standin.person("Layla", "ar")
    await person.send("/start")
    sent = await first.upload("sendPhoto", picture(), chat_id=str(person.id), caption="c")
    await first("setMyCommands", commands=[{"command": "start", "description": "Begin"}])
    await first("setWebhook", url=bot.url, secret_token="s", drop_pending_updates=True)
    first.standin.faults.hold()
    await person.send("while the bot was away")
    await first.standin.close()

    second = await start_telegram(state_file=state_file)
    again = second.standin.find_person(person.id)
    await second.standin.settled()

    assert bot.texts == ["while the bot was away"]
    assert bot.secrets == ["s"]
    assert again.messages[1] == sent
    assert (await second("getMyCommands"))[0]["command"] == "start"
    repeated = await second("sendPhoto", chat_id=person.id, photo=sent["photo"][-1]["file_id"])
    assert repeated["message_id"] == 4
    assert repeated["photo"] == sent["photo"]
    address = f"{second.address}/sim/telegram/files/{sent['photo'][-1]['file_unique_id']}"
    async with second.session.get(address) as answer:
        assert await answer.read() == picture()


async def test_ids_go_on_after_a_restart(start_telegram, tmp_path):
    state_file = tmp_path / "telegram.json"
    first = await start_telegram(state_file=state_file)
    person = first.standin.person("Layla")
    await person.send("one")
    (before,) = await first("getUpdates")
    await first("getUpdates", offset=before["update_id"] + 1)
    await first.standin.close()

    second = await start_telegram(state_file=state_file)
    await second.standin.find_person(person.id).send("two")
    other = second.standin.person("Noor")
    (after,) = await second("getUpdates")

    assert after["update_id"] == before["update_id"] + 1
    assert after["message"]["message_id"] == before["message"]["message_id"] + 1
    assert other.id == person.id + 1


async def test_state_is_on_disk_soon_without_a_proper_end(start_telegram, tmp_path):
    state_file = tmp_path / "telegram.json"
    telegram = await start_telegram(state_file=state_file)

    telegram.standin.person("Layla")

    accounts = json.loads(state_file.read_text())["world"]["accounts"]
    assert [account["name"] for account in accounts] == ["Layla"]


async def test_open_tap_can_be_answered_after_a_restart(start_telegram, tmp_path):
    state_file = tmp_path / "telegram.json"
    first = await start_telegram(state_file=state_file)
    person = first.standin.person("Layla")
    await person.send("/start")
    keyboard = {"inline_keyboard": [[{"text": "Next", "callback_data": "n"}]]}
    await first("sendMessage", chat_id=person.id, text="x", reply_markup=keyboard)
    query_id = await person.press("Next")
    await first.standin.close()

    second = await start_telegram(state_file=state_file)

    assert await second("answerCallbackQuery", callback_query_id=query_id) is True
