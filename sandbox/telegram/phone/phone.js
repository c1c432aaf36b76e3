// One phone: one person with the bot's chat open.

import { act, eventsOf, findPerson, newPerson } from "./api.js";
import { Log } from "./log.js";
import { LANGUAGES, directionOf, wordsOf } from "./words.js";

const ANSWER_WAIT_MS = 15000;
const TYPING_MS = 5000;
const TOAST_MS = 3200;

export class Phone {
  constructor(unit, { name, slot, language, payload, label }) {
    this.unit = unit;
    this.name = name;
    this.slot = `homeward.phone.${slot}`;
    this.language = language ?? "en";
    this.asked = language;
    this.payload = payload;
    this.waiting = new Map();
    this.open = { link: (address) => this.openLink(address), command: (text) => this.send(text) };
    unit.setAttribute("aria-label", label);
    this.find = (selector) => unit.querySelector(selector);
    this.log = new Log(this.find(".log"), this.find(".down"), this);
    this.wire();
    this.speak();
  }

  async begin() {
    const known = localStorage.getItem(this.slot);
    const found = known && (await findPerson(known));
    if (!found) return this.renew();
    if (this.asked && this.asked !== found.person.language_code) {
      await act(known, "language", { language_code: this.asked });
    }
    return this.listen(Number(known));
  }

  async renew() {
    const person = await newPerson(this.name, this.language);
    localStorage.setItem(this.slot, person.id);
    this.listen(person.id);
  }

  listen(id) {
    this.id = id;
    this.events?.close();
    const events = eventsOf(id);
    this.events = events;
    events.onmessage = ({ data }) => this.hear(JSON.parse(data));
    events.onerror = async () => {
      this.showState(this.words.connecting);
      // The stand-in may have started over without this person.
      if (events.readyState === EventSource.CLOSED) {
        events.close();
        setTimeout(() => this.events === events && this.begin(), 1500);
      }
    };
  }

  async hear(event) {
    switch (event.kind) {
      case "hello":
        this.setPerson(event.person);
        this.setBot(event.bot);
        await this.log.setAll(event.messages);
        this.refresh();
        this.showState();
        this.sendPayload();
        break;
      case "message":
        if (event.message.from.is_bot) this.showState();
        await this.log.put(event.message);
        this.refresh();
        break;
      case "edited":
        await this.log.put(event.message);
        break;
      case "deleted":
        this.log.remove(event.message_id);
        this.refresh();
        break;
      case "answer":
        this.answered(event);
        break;
      case "action":
        this.showState(this.words.typing, TYPING_MS);
        break;
      case "person":
        this.setPerson(event.person);
        this.setBot((await findPerson(this.id)).bot);
        this.refresh();
        break;
      case "about":
        this.setBot((await findPerson(this.id)).bot);
        break;
      default:
    }
  }

  setPerson(person) {
    this.person = person;
    if (person.language_code !== this.language || !this.spoken) {
      this.language = person.language_code ?? "en";
      this.spoken = true;
      this.speak();
      this.log.redrawAll();
    }
    this.find("select.language").value = this.language;
    this.find(".block").textContent = person.is_blocking ? "Unblock" : "Block";
  }

  setBot(bot) {
    this.bot = bot;
    this.find(".title bdi").textContent = bot.name;
    this.find(".about p").textContent = bot.description;
    this.find(".menu").hidden = bot.commands.length === 0;
    this.refresh();
  }

  // The words and the direction of the app's language.
  speak() {
    this.words = wordsOf(this.language);
    const device = this.find(".device");
    device.lang = this.language;
    device.dir = directionOf(this.language);
    this.find("textarea").placeholder = this.words.message;
    this.find("textarea").setAttribute("aria-label", this.words.message);
    this.find(".send").setAttribute("aria-label", this.words.send);
    this.find(".down").setAttribute("aria-label", this.words.newest);
    this.find(".menu span").textContent = this.words.menu;
    this.find(".about h3").textContent = this.words.about;
    this.find(".alert button").textContent = this.words.ok;
    this.showState();
  }

  // What stands at the bottom: the input line, Start, or Unblock.
  refresh() {
    const isBlocking = this.person?.is_blocking ?? false;
    const isNew = this.log.isEmpty;
    const instead = this.find(".instead");
    instead.hidden = !(isBlocking || isNew);
    this.find(".composer").hidden = isBlocking || isNew;
    instead.querySelector("p").textContent = isBlocking ? this.words.blocked : "";
    instead.querySelector("button").textContent = isBlocking ? this.words.unblock : this.words.start;
    this.find(".about").hidden = !(isNew && this.bot?.description);
  }

  sendPayload() {
    const payload = this.payload;
    this.payload = null;
    if (payload === null || payload === undefined) return;
    // Once: a reload must not start the bot again.
    const address = new URL(location.href);
    address.searchParams.delete("start");
    history.replaceState(null, "", address);
    this.send(`/start ${payload}`.trim());
  }

  async send(text) {
    try {
      await act(this.id, "send", { text });
      this.log.toEnd();
    } catch (error) {
      this.toast(error.message);
    }
  }

  async press(message, button, key) {
    if (key.classList.contains("waits")) return;
    key.classList.add("waits");
    key.setAttribute("aria-busy", "true");
    const body = { message_id: message.message_id, data: button.callback_data };
    try {
      const { callback_query_id: id } = await act(this.id, "press", body);
      if (this.early?.delete(id)) return this.calm(key);
      this.waiting.set(id, key);
      setTimeout(() => this.calm(key, id), ANSWER_WAIT_MS);
    } catch (error) {
      this.calm(key);
      this.toast(error.message);
    }
  }

  calm(key, id) {
    key?.classList.remove("waits");
    key?.removeAttribute("aria-busy");
    this.waiting.delete(id);
  }

  answered({ callback_query_id: id, text, is_alert: isAlert, url }) {
    // The answer can be here before the request that made the tap has ended.
    if (this.waiting.has(id)) this.calm(this.waiting.get(id), id);
    else (this.early ??= new Set()).add(id);
    if (text && isAlert) this.alert(text);
    else if (text) this.toast(text);
    if (url && !this.openLink(url)) window.open(url, "_blank", "noopener");
  }

  // Links to this bot stay in the app; whether this was one.
  openLink(address) {
    if (!this.bot || !URL.canParse(address)) return false;
    const link = new URL(address);
    const names = [`t.me/${this.bot.username}`, `${location.host}/t.me/${this.bot.username}`];
    if (!names.includes(`${link.host}${link.pathname}`)) return false;
    this.send(`/start ${link.searchParams.get("start") ?? ""}`.trim());
    return true;
  }

  async copy(text) {
    await navigator.clipboard?.writeText(text).catch(() => {});
    this.toast(this.words.copied);
  }

  toast(text) {
    const toast = this.find(".toast");
    toast.textContent = text;
    toast.classList.add("shown");
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => {
      toast.classList.remove("shown");
    }, TOAST_MS);
  }

  alert(text) {
    const cover = this.find(".cover");
    const before = document.activeElement;
    cover.querySelector("p").textContent = text;
    cover.querySelector(".alert").setAttribute("aria-label", this.bot.name);
    cover.hidden = false;
    const button = cover.querySelector("button");
    const close = () => {
      cover.hidden = true;
      before?.focus?.({ preventScroll: true });
    };
    button.onclick = close;
    cover.onclick = (event) => { if (event.target === cover) close(); };
    cover.onkeydown = (event) => {
      if (event.key === "Escape") close();
      if (event.key === "Tab") event.preventDefault();
    };
    button.focus();
  }

  showState(text, forMs) {
    clearTimeout(this.stateTimer);
    const state = this.find(".state");
    state.textContent = text ?? this.words.bot;
    state.classList.toggle("lively", Boolean(text));
    if (forMs) this.stateTimer = setTimeout(() => this.showState(), forMs);
  }

  wire() {
    const select = this.find("select.language");
    for (const [code, name] of Object.entries(LANGUAGES)) select.add(new Option(name, code));
    select.value = this.language;
    select.addEventListener("change", () => act(this.id, "language", { language_code: select.value }));
    this.find(".block").addEventListener("click", () => {
      act(this.id, this.person.is_blocking ? "unblock" : "block");
      this.fold();
    });
    this.find(".reset").addEventListener("click", () => {
      this.fold();
      this.renew();
    });
    const more = this.find(".more");
    more.addEventListener("click", () => {
      const isOpen = this.find(".tools").classList.toggle("open");
      more.setAttribute("aria-expanded", String(isOpen));
    });
    this.find(".instead button").addEventListener("click", async () => {
      if (this.person.is_blocking) await act(this.id, "unblock");
      else await this.send("/start");
    });
    this.wireComposer();
  }

  wireComposer() {
    const input = this.find("textarea");
    const form = this.find(".composer");
    const grow = () => {
      input.style.height = "auto";
      input.style.height = `${input.scrollHeight + 2}px`;
      this.find(".send").disabled = !input.value.trim();
      this.suggest(input.value.startsWith("/") && !/\s/.test(input.value) ? input.value : null);
    };
    input.addEventListener("input", grow);
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
      if (event.key === "Escape") this.suggest(null);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = input.value.trim();
      if (!text) return;
      input.value = "";
      grow();
      this.send(text);
    });
    this.find(".room").addEventListener("click", () => this.suggest(null));
    this.find(".menu").addEventListener("click", () => {
      this.suggest(this.find(".commands").hidden ? "/" : null);
    });
  }

  // The commands that begin with what was typed; null closes the list.
  suggest(typed) {
    const list = this.find(".commands");
    const fitting = typed ? this.bot.commands.filter(({ command }) => `/${command}`.startsWith(typed)) : [];
    list.replaceChildren(...fitting.map((each) => this.suggestion(each)));
    list.hidden = fitting.length === 0;
    this.find(".menu").setAttribute("aria-expanded", String(!list.hidden));
  }

  suggestion({ command, description }) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const name = document.createElement("b");
    const what = document.createElement("span");
    name.textContent = `/${command}`;
    what.textContent = description;
    what.dir = "auto";
    button.type = "button";
    button.append(name, what);
    button.addEventListener("click", () => {
      this.find("textarea").value = "";
      this.suggest(null);
      this.send(`/${command}`);
    });
    item.append(button);
    return item;
  }

  fold() {
    this.find(".tools").classList.remove("open");
    this.find(".more").setAttribute("aria-expanded", "false");
  }
}
