// One message: its bubble and the keyboard under it.

import { pictureOf } from "./api.js";
import { concealed, endsRightToLeft, richText } from "./richtext.js";
import { clockTime } from "./words.js";

const ARROW = "M7 17 17 7M9 7h8v8";
const COPY = "M9 9h11v11H9zM5 15V4h11";
const TICKS = "m1 6.5 3.2 3.200L10.5 3M6.8 8.800l1 .9L14.5 3";

export function keyId(message, row, column) {
  return `${message.message_id}/${row}/${column}`;
}

export function bubbleOf(message, picture, phone) {
  const text = message.text ?? message.caption ?? "";
  const parts = [];
  if (picture) parts.push(message.has_media_spoiler ? veiled(picture) : picture);
  if (text) parts.push(wordsPart(message, text, phone));
  if (message.show_caption_above_media) parts.reverse();
  const bubble = made("div", "bubble");
  bubble.append(...parts);
  if (!text) bubble.append(timeOf(message, phone, "time over"));
  if (message.has_protected_content) {
    bubble.classList.add("guarded");
    bubble.addEventListener("contextmenu", (event) => event.preventDefault());
  }
  return bubble;
}

export async function loadedPicture(message) {
  const size = message.photo.at(-1);
  const picture = made("img", "picture");
  picture.width = size.width;
  picture.height = size.height;
  picture.alt = "";
  picture.draggable = !message.has_protected_content;
  picture.src = pictureOf(message.photo);
  const tooLong = new Promise((resolve) => { setTimeout(resolve, 2000); });
  await Promise.race([picture.decode().catch(() => {}), tooLong]);
  return picture;
}

export function keyboardOf(message, phone) {
  const rows = message.reply_markup?.inline_keyboard ?? [];
  if (!rows.length) return null;
  const keyboard = made("div", "keyboard");
  rows.forEach((row, rowIndex) => {
    const line = made("div", "row");
    row.forEach((button, column) => {
      const key = keyOf(message, button, phone);
      key.dataset.key = keyId(message, rowIndex, column);
      line.append(key);
    });
    keyboard.append(line);
  });
  return keyboard;
}

function keyOf(message, button, phone) {
  const address = button.url ?? button.web_app?.url;
  const key = made(address ? "a" : "button", `key ${button.style ?? ""}`);
  const label = made("span");
  label.textContent = button.text;
  label.dir = "auto";
  key.append(label);
  key.title = button.text;
  if (address) {
    key.href = address;
    key.target = "_blank";
    key.rel = "noopener noreferrer";
    key.append(drawing(ARROW, "corner", "0 0 24 24"));
    key.addEventListener("click", (event) => {
      if (phone.open.link(address)) event.preventDefault();
    });
  } else {
    key.type = "button";
    if (button.copy_text) key.append(drawing(COPY, "corner", "0 0 24 24"));
    key.addEventListener("click", () => {
      if (button.copy_text) phone.copy(button.copy_text.text);
      else if (button.callback_data) phone.press(message, button, key);
    });
  }
  return key;
}

function wordsPart(message, text, phone) {
  const words = made("div", "words");
  const said = made("div", "said");
  said.dir = "auto";
  said.append(richText(text, message.entities ?? message.caption_entities ?? [], phone.open));
  const apart = endsRightToLeft(text) || said.lastElementChild?.matches("pre, blockquote:last-child");
  const time = timeOf(message, phone, apart ? "time apart" : "time");
  if (apart) words.append(said, time);
  else {
    said.append(time);
    words.append(said);
  }
  return words;
}

function timeOf(message, phone, className) {
  const time = made("span", className);
  // A bot's message with buttons is edited all the time; saying so would be noise.
  const isMarked = message.edit_date && !message.reply_markup;
  const clock = made("span");
  clock.textContent = clockTime(phone.language, message.date);
  if (isMarked) {
    const edited = made("span");
    edited.textContent = phone.words.edited;
    time.append(edited);
  }
  time.append(clock);
  if (!message.from.is_bot) time.append(drawing(TICKS, "", "0 0 16 12"));
  return time;
}

function veiled(picture) {
  const veil = made("span", "veil");
  veil.append(picture);
  concealed(veil);
  veil.addEventListener("click", () => veil.classList.remove("veil"));
  return veil;
}

function drawing(path, className, viewBox) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", viewBox);
  svg.setAttribute("aria-hidden", "true");
  if (className) svg.setAttribute("class", className);
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

function made(tag, className = "") {
  const node = document.createElement(tag);
  if (className) node.className = className.trim();
  return node;
}
