// A message's text with its entities, as nodes. Offsets count UTF-16 units, as JavaScript does.

const SIMPLE = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};
const STRONG = /[\p{L}]/u;
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/;

export function richText(text, entities, open) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return span(text, 0, text.length, sorted, open);
}

export function endsRightToLeft(text) {
  const lastLine = text.slice(text.lastIndexOf("\n") + 1);
  return RIGHT_TO_LEFT.test(STRONG.exec(lastLine)?.[0] ?? "");
}

function span(text, from, to, entities, open) {
  const nodes = document.createDocumentFragment();
  let at = from;
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    const begin = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    if (begin >= end) continue;
    nodes.append(text.slice(at, begin));
    const inner = entities.slice(index + 1).filter((other) => other.offset < end);
    const node = element(entity, text.slice(begin, end), open);
    node.append(span(text, begin, end, inner, open));
    nodes.append(node);
    at = end;
  }
  nodes.append(text.slice(at, to));
  return nodes;
}

function element(entity, text, open) {
  if (entity.type in SIMPLE) return document.createElement(SIMPLE[entity.type]);
  if (entity.type === "spoiler") return spoiler();
  if (entity.type === "text_link") return link(entity.url, open);
  if (entity.type === "url") return link(/^https?:/.test(text) ? text : `https://${text}`, open);
  if (entity.type === "email") return link(`mailto:${text}`, open);
  if (entity.type === "bot_command") return command(text, open);
  return document.createElement("span");
}

function link(address, open) {
  const node = document.createElement("a");
  node.href = /^(https?|mailto):/i.test(address) ? address : "#";
  node.target = "_blank";
  node.rel = "noopener noreferrer";
  node.addEventListener("click", (event) => {
    if (open.link(address)) event.preventDefault();
  });
  return node;
}

function command(text, open) {
  const node = document.createElement("a");
  node.href = "#";
  node.addEventListener("click", (event) => {
    event.preventDefault();
    open.command(text);
  });
  return node;
}

export function concealed(node) {
  const show = (event) => {
    if (node.classList.contains("shown")) return;
    event.preventDefault();
    event.stopPropagation();
    node.classList.add("shown");
    node.removeAttribute("role");
    node.removeAttribute("tabindex");
    node.removeAttribute("aria-label");
  };
  node.setAttribute("role", "button");
  node.setAttribute("aria-label", "Hidden. Show.");
  node.tabIndex = 0;
  node.addEventListener("click", show, true);
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") show(event);
  });
  return node;
}

function spoiler() {
  const node = document.createElement("span");
  node.className = "spoiler";
  return concealed(node);
}
