// The page: two phones where there is room for them, one where there is not.

import { Phone } from "./phone.js";
import { LANGUAGES } from "./words.js";

const query = new URLSearchParams(location.search);
const asked = (slot) => (query.get(slot) in LANGUAGES ? query.get(slot) : null);
const known = (slot) => localStorage.getItem(`homeward.phone.${slot}`);
const named = query.get("person") ?? "";
const wide = matchMedia("(min-width: 901px)");

function addPhone(slot, name, fallback, payload, label) {
  const unit = document.getElementById("phone").content.firstElementChild.cloneNode(true);
  document.getElementById("phones").append(unit);
  const language = asked(slot) ?? (known(slot) ? null : fallback);
  new Phone(unit, { name, slot, language, payload, label }).begin();
}

function addSecond() {
  if (!named && wide.matches && document.querySelectorAll(".unit").length === 1) {
    addPhone("b", "Noor", "ar", null, "Second phone");
  }
}

function showTheme() {
  const chosen = localStorage.getItem("homeward.theme");
  const isDark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
}

document.getElementById("theme").addEventListener("click", () => {
  const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  localStorage.setItem("homeward.theme", next);
  showTheme();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showTheme);
wide.addEventListener("change", addSecond);

showTheme();
if (/^[0-9]+$/.test(named)) {
  // The phone of somebody who is there already.
  localStorage.setItem(`homeward.phone.${named}`, named);
  addPhone(named, "Guest", "en", null, "Phone");
} else {
  addPhone("a", "Sam", "en", query.get("start"), "First phone");
  addSecond();
}
