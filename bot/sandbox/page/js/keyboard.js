// Buttons under a message, and the bot's own keyboard under the composer.

import { el } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { icon } from "./icons.js";

/** The inline keyboard of a message. `context`: { busy(message, data), actions }. */
export function renderKeyboard(message, context) {
  const rows = message.reply_markup.inline_keyboard.map((row) =>
    el("div", { class: "keys-row" }, row.map((button) => renderKey(message, button, context))));
  return el("div", { class: "keys", role: "group", "aria-label": "Buttons" }, rows);
}

function renderKey(message, button, { busy, actions }) {
  const look = ["key", button.style && `key-${button.style}`];
  if (button.url) {
    const safe = /^https?:/i.test(button.url) ? button.url : null;
    return el("a", { class: look, href: safe, target: "_blank", rel: "noopener noreferrer" },
      el("span", { class: "key-text" }, withEmoji(button.text)), el("span", { class: "key-corner" }, icon("link", 12)));
  }
  const waits = Boolean(button.callback_data) && busy(message, button.callback_data);
  const corner = button.copy_text ? el("span", { class: "key-corner" }, icon("copy", 12)) : null;
  return el(
    "button",
    { type: "button", class: [...look, waits && "busy"], "aria-busy": waits ? "true" : null, on: { click: () => actions.key(message, button) } },
    el("span", { class: "key-text" }, withEmoji(button.text)), corner,
    waits ? el("span", { class: "spinner", "aria-label": "Waiting for the bot" }) : null,
  );
}

/** The newest keyboard that a bot asked for in a chat, or null: its `reply_keyboard` is never part of the message. */
export function standingKeyboard(messages, me) {
  for (const message of messages.toReversed()) {
    const markup = message.reply_keyboard;
    if (!markup || message.from?.id === me) continue;
    if (markup.keyboard) return { message, markup };
    if (markup.remove_keyboard) return null;
  }
  return null;
}

/** The bot's keyboard: each key sends its text. */
export function renderStandingKeyboard(markup, send) {
  const rows = markup.keyboard.map((row) => el("div", { class: "keys-row" }, row.map((button) => {
    const text = typeof button === "string" ? button : button.text;
    return el("button", { type: "button", class: "key", on: { click: () => send(text) } }, el("span", { class: "key-text" }, withEmoji(text)));
  })));
  return el("div", { class: "keys standing-keys", role: "group", "aria-label": "Bot keyboard" }, rows);
}
