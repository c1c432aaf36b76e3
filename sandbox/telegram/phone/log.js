// The messages of one chat. Edits happen in place, when the new picture is there to be shown.

import { bubbleOf, keyboardOf, loadedPicture } from "./bubble.js";
import { pictureOf } from "./api.js";
import { dayName } from "./words.js";

const NEAR_PX = 120;

export class Log {
  constructor(box, down, phone) {
    this.box = box;
    this.down = down;
    this.phone = phone;
    this.shown = new Map();
    box.addEventListener("scroll", () => { down.hidden = this.isAtEnd(); });
    down.addEventListener("click", () => this.toEnd("smooth"));
    new ResizeObserver(() => { if (this.wasAtEnd) this.toEnd(); }).observe(box);
    this.wasAtEnd = true;
  }

  get isEmpty() {
    return this.shown.size === 0;
  }

  // Make the log equal to *messages*, touching only what differs.
  async setAll(messages) {
    const ids = new Set(messages.map((message) => message.message_id));
    for (const id of [...this.shown.keys()]) if (!ids.has(id)) this.remove(id);
    const isFirst = this.isEmpty;
    await Promise.all(messages.map((message) => this.put(message, { isOld: isFirst })));
    this.toEnd();
  }

  redrawAll() {
    for (const entry of this.shown.values()) this.draw(entry, entry.picture);
    this.arrange();
  }

  // Show a new message, or a known one anew.
  async put(message, { isOld = false } = {}) {
    let entry = this.shown.get(message.message_id);
    if (entry && JSON.stringify(entry.message) === JSON.stringify(message)) return;
    if (!entry) {
      entry = { node: document.createElement("article"), message, turn: 0, picture: null };
      this.shown.set(message.message_id, entry);
    }
    const turn = (entry.turn += 1);
    const before = entry.message;
    entry.message = message;
    let { picture } = entry;
    const isSame = picture && before.photo && message.photo && pictureOf(before.photo) === pictureOf(message.photo);
    if (!isSame) picture = message.photo ? await loadedPicture(message) : null;
    // Another edit overtook this one while its picture was loading, or the message is gone.
    if (entry.turn !== turn || this.shown.get(message.message_id) !== entry) return;
    const stays = this.isAtEnd() || !message.from.is_bot;
    this.draw(entry, picture);
    if (!entry.node.isConnected) {
      if (!isOld) entry.node.classList.add("arrives");
      this.insert(entry);
    }
    this.arrange();
    if (stays) this.toEnd();
    else this.down.hidden = false;
  }

  remove(id) {
    const entry = this.shown.get(id);
    if (!entry) return;
    entry.node.remove();
    this.shown.delete(id);
    this.arrange();
  }

  draw(entry, picture) {
    const { node, message } = entry;
    const focused = node.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    entry.picture = picture;
    const keyboard = keyboardOf(message, this.phone);
    const bubble = bubbleOf(message, picture, this.phone);
    node.classList.add("message");
    node.classList.toggle("mine", !message.from.is_bot);
    node.classList.toggle("keyed", Boolean(keyboard));
    node.classList.toggle("text", !picture);
    node.classList.toggle("pictured", Boolean(picture));
    node.classList.toggle("captioned", Boolean(picture && message.caption));
    node.classList.toggle("below", Boolean(message.show_caption_above_media));
    node.dataset.id = message.message_id;
    node.replaceChildren(...[bubble, keyboard].filter(Boolean));
    if (focused) {
      const key = node.querySelector(`[data-key="${focused}"]`) ?? node.querySelector(".key");
      (key ?? this.box).focus({ preventScroll: true });
    }
  }

  // In order of ids, whichever picture came first.
  insert(entry) {
    const id = entry.message.message_id;
    const later = [...this.box.querySelectorAll(".message")].find((node) => Number(node.dataset.id) > id);
    this.box.insertBefore(entry.node, later ?? null);
  }

  // Days between messages, and a tail on the last of each side's run.
  arrange() {
    for (const chip of this.box.querySelectorAll(".day")) chip.remove();
    const nodes = [...this.box.querySelectorAll(".message")];
    let day = "";
    nodes.forEach((node, index) => {
      const { message } = this.shown.get(Number(node.dataset.id));
      const next = nodes[index + 1] && this.shown.get(Number(nodes[index + 1].dataset.id)).message;
      const previous = nodes[index - 1] && this.shown.get(Number(nodes[index - 1].dataset.id)).message;
      const isLast = !next || next.from.is_bot !== message.from.is_bot;
      node.classList.toggle("tail", isLast && !message.reply_markup && Boolean(message.text ?? message.caption));
      node.classList.toggle("follows", Boolean(previous) && previous.from.is_bot === message.from.is_bot);
      const name = dayName(this.phone.language, message.date);
      if (name !== day) {
        const chip = document.createElement("div");
        chip.className = "day";
        chip.textContent = name;
        node.before(chip);
        day = name;
      }
    });
  }

  isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.box;
    this.wasAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    return this.wasAtEnd;
  }

  toEnd(behavior = "instant") {
    this.box.scrollTo({ top: this.box.scrollHeight, behavior });
    this.wasAtEnd = true;
    this.down.hidden = true;
  }
}
