// Telegram's text entities as elements. Offsets count UTF-16 units, which is what JavaScript's strings count too.

import { el } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { icon } from "./icons.js";

const SAFE_LINK = /^(https?|mailto|tel|ftp):/i;
const SIMPLE = { bold: "strong", italic: "em", underline: "u", strikethrough: "s" };
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);
const MARKED = new Set(["hashtag", "cashtag"]);

/**
 * A text with its entities as DOM nodes.
 * `actions`: { command(text), mention(text), copy(text) }: what a tap on such a part does.
 */
export function renderText(text, entities = [], actions = {}) {
  const sorted = entities
    .filter((entity) => entity.length > 0 && entity.offset >= 0 && entity.offset < text.length)
    .toSorted((a, b) => a.offset - b.offset || b.length - a.length);
  return build(text, 0, text.length, sorted, actions);
}

function build(text, start, stop, entities, actions) {
  const nodes = [];
  let at = start;
  let index = 0;
  while (index < entities.length) {
    const entity = entities[index];
    const end = Math.min(entity.offset + entity.length, stop);
    const inside = [];
    const beyond = [];
    index += 1;
    // What begins inside belongs inside; what also reaches beyond is cut in two.
    while (index < entities.length && entities[index].offset < end) {
      const other = entities[index];
      const over = other.offset + other.length - end;
      inside.push(over > 0 ? { ...other, length: other.length - over } : other);
      if (over > 0) beyond.push({ ...other, offset: end, length: over });
      index += 1;
    }
    if (beyond.length) {
      const rest = [...beyond, ...entities.slice(index)].toSorted((a, b) => a.offset - b.offset || b.length - a.length);
      entities = [...entities.slice(0, index), ...rest];
    }
    const isBlock = BLOCKS.has(entity.type);
    if (entity.offset > at) {
      const before = text.slice(at, entity.offset);
      nodes.push(...withEmoji(isBlock ? before.replace(/\n$/, "") : before));
    }
    const part = text.slice(entity.offset, end);
    nodes.push(wrap(entity, part, build(text, entity.offset, end, inside, actions), actions));
    at = Math.max(at, end);
    if (isBlock && text[at] === "\n" && at < stop) at += 1; // a block ends its line by itself
  }
  if (at < stop) nodes.push(...withEmoji(text.slice(at, stop)));
  return nodes;
}

function wrap(entity, part, children, actions) {
  const { type } = entity;
  if (SIMPLE[type]) return el(SIMPLE[type], {}, children);
  if (MARKED.has(type)) return el("span", { class: "tag" }, children);
  if (type === "url") return link(/^[a-z][a-z0-9+.-]*:/i.test(part) ? part : `https://${part}`, children);
  if (type === "email") return link(`mailto:${part}`, children);
  if (type === "phone_number") return link(`tel:${part}`, children);
  if (type === "text_link") return link(entity.url, children);
  if (type === "bot_command") return tappable("command", children, () => actions.command?.(part));
  if (type === "mention") return tappable("mention", children, () => actions.mention?.(part));
  if (type === "text_mention") return el("span", { class: "mention" }, children);
  if (type === "code") {
    return el("code", { title: "Press to copy", on: { click: () => actions.copy?.(part) } }, children);
  }
  if (type === "pre") return preformatted(entity.language, part, children, actions);
  if (type === "spoiler") return spoiler(children);
  if (type === "blockquote") return el("blockquote", {}, children);
  if (type === "expandable_blockquote") return expandable(children);
  return el("span", {}, children);
}

function link(url, children) {
  if (!SAFE_LINK.test(url ?? "")) return el("span", {}, children);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, children);
}

function tappable(kind, children, act) {
  return el("button", { type: "button", class: `inline-link ${kind}`, on: { click: act } }, children);
}

function preformatted(language, part, children, actions) {
  const copy = el(
    "button",
    { type: "button", class: "pre-copy", "aria-label": "Copy", title: "Copy", on: { click: () => actions.copy?.(part) } },
    icon("copy", 16),
  );
  const name = el("span", { class: "pre-language" }, language || "text");
  return el("div", { class: "pre" }, el("div", { class: "pre-head" }, name, copy), el("pre", {}, el("code", {}, children)));
}

function spoiler(children) {
  const cover = el("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Hidden text, press to show" });
  const content = el("span", { class: "spoiler-text", "aria-hidden": "true" }, children);
  const reveal = (event) => {
    if (cover.classList.contains("shown") || (event.key && event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    event.stopPropagation();
    cover.classList.add("shown");
    for (const name of ["role", "tabindex", "aria-label"]) cover.removeAttribute(name);
    content.removeAttribute("aria-hidden");
  };
  cover.addEventListener("click", reveal, { capture: true });
  cover.addEventListener("keydown", reveal);
  cover.append(content);
  return cover;
}

function expandable(children) {
  const quote = el("blockquote", { class: "expandable" }, children);
  const toggle = el("button", { type: "button", class: "quote-toggle", "aria-expanded": "false" }, "Show more");
  toggle.addEventListener("click", () => {
    const open = quote.classList.toggle("open");
    toggle.setAttribute("aria-expanded", String(open));
    toggle.textContent = open ? "Show less" : "Show more";
  });
  return el("div", { class: "expandable-quote" }, quote, toggle);
}
