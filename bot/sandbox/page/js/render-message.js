// One message (or one album) as a row with a bubble.

import { avatar, colourOf } from "./avatar.js";
import { el } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { renderText } from "./entities.js";
import { clip, mediaKind, service, summary, time } from "./format.js";
import { icon } from "./icons.js";
import { renderKeyboard } from "./keyboard.js";
import { photoBox, renderAlbum, renderCard, renderFile, renderOwnPhotos, renderPhoto, renderSticker } from "./render-media.js";

const ONLY_EMOJI = /^(?:\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier}|\u200D\p{Extended_Pictographic})*\s*){1,3}$/u;

/**
 * Render an item of the conversation.
 * `item`: { messages, first, last } - one message or the parts of an album, and its place in its sender's group.
 * `context`: { mine, group, busy(data), actions }.
 */
export function renderMessage(item, context) {
  const { messages, first, last } = item;
  const message = messages[0];
  const said = service(message);
  if (said) return el("div", { class: "service", role: "note" }, el("span", {}, said));

  const { mine, group, actions } = context;
  const bubble = renderBubble(item, context);
  const stack = el("div", { class: ["stack", bubble.width && "sized"], style: bubble.width ? { "--w": `${bubble.width}px` } : {} }, bubble.node);
  if (message.reply_markup?.inline_keyboard) stack.append(renderKeyboard(message, context));
  const sender = message.from?.first_name ?? "";
  const row = el(
    "article",
    {
      class: ["row", mine ? "out" : "in", first && "first", last && "last", message.waiting && "waiting"],
      "aria-label": `${mine ? "You" : sender}, ${time(message.date)}`, tabindex: "-1",
      data: { id: message.message_id ?? message.key ?? "draft" },
    },
    group && !mine ? el("div", { class: "row-avatar" }, last ? avatar(message.from, { size: 34 }) : null) : null,
    stack,
  );
  if (!message.waiting && message.message_id) {
    actions.menuOn(row, (target) => messages.find((one) => String(one.message_id) === target?.dataset.photo) ?? message);
  }
  return row;
}

function renderBubble({ messages, first }, { mine, group, actions }) {
  const message = messages[0];
  const captioned = messages.find((one) => one.caption) ?? message;
  const text = captioned.text ?? captioned.caption ?? "";
  const entities = captioned.entities ?? captioned.caption_entities ?? [];
  const visual = visualOf(messages, actions);
  const big = !visual.node && ONLY_EMOJI.test(text) && !message.reply_to_message;
  const sticker = "sticker" in message;
  const bare = Boolean(visual.photo && !text);
  const bubble = el("div", { class: ["bubble", visual.photo && "has-photo", (big || sticker) && "plain", bare && "bare"] });
  if (group && !mine && first && !sticker) {
    bubble.append(el("div", { class: `sender name-${message.from?.is_bot ? "bot" : colourOf(message.from?.id)}` }, message.from?.first_name ?? ""));
  }
  const origin = message.forward_origin?.sender_user;
  if (origin) bubble.append(el("div", { class: "forwarded" }, `Forwarded from ${origin.first_name}`));
  if (message.reply_to_message) bubble.append(renderQuote(message.reply_to_message, message.quote, actions));
  if (visual.node) bubble.append(visual.node);
  const meta = renderMeta(messages, captioned);
  if (text) {
    const body = el("div", { class: ["text", big && "big"], dir: "auto" }, el("span", { class: "words" }, renderText(text, entities, actions)), meta);
    bubble.append(body);
  } else {
    bubble.append(meta);
  }
  const reactions = renderReactions(captioned, actions);
  if (reactions) bubble.append(reactions);
  return { node: bubble, width: visual.width };
}

/** What is shown beside the text: { node, photo: whether it fills the bubble, width: of the bubble in CSS pixels }. */
function visualOf(messages, actions) {
  const message = messages[0];
  if (message.pictures?.length) {
    const width = message.pictures.length > 1 ? 420 : photoBox(message.pictures[0]).width;
    return { node: renderOwnPhotos(message.pictures), photo: true, width };
  }
  if (message.names?.length) {
    const rows = message.names.map((name) => el("div", { class: "file" }, el("span", { class: "file-face" }, icon("file", 20)),
      el("span", { class: "file-text" }, el("span", { class: "file-name" }, name), el("span", { class: "file-size" }, "Sending…"))));
    return { node: el("div", { class: "files" }, rows) };
  }
  if (messages.length > 1 && messages.every((one) => one.photo)) {
    return { node: renderAlbum(messages, actions), photo: true, width: 420 };
  }
  if (messages.length > 1) return { node: el("div", { class: "files" }, messages.map((one) => visualOf([one], actions).node)) };
  const kind = mediaKind(message);
  if (kind === "photo") return { node: renderPhoto(message, actions), photo: true, width: photoBox(message.photo.at(-1)).width };
  if (kind === "sticker") return { node: renderSticker(message) };
  if (kind === "location" || kind === "contact") return { node: renderCard(message) };
  return kind ? { node: renderFile(message) } : { node: null };
}

function renderMeta(messages, captioned) {
  const message = messages.at(-1);
  const state = message.waiting ? el("span", { class: "ticking", "aria-label": "Sending" }, icon("clock", 13)) : null;
  const edited = captioned.edit_date ? el("span", { class: "edited" }, "edited") : null;
  const full = new Date(message.date * 1000).toLocaleString();
  const clock = el("time", { datetime: new Date(message.date * 1000).toISOString(), title: full }, time(message.date));
  return el("span", { class: "meta" }, edited, clock, state);
}

/** The message that is answered, or what is quoted of it; a tap goes there. */
function renderQuote(quoted, quote, actions) {
  const colour = quoted.from?.is_bot ? "bot" : colourOf(quoted.from?.id);
  const small = quoted.photo?.[0]?.url ?? quoted.document?.thumbnail?.url;
  return el(
    "button",
    {
      type: "button", class: `quote name-${colour}`, title: "Go to the message that this answers",
      on: { click: () => actions.jump(quoted.message_id) },
    },
    small ? el("img", { src: small, alt: "", class: "quote-thumb" }) : null,
    el("span", { class: "quote-text" },
      el("span", { class: "quote-name" }, quoted.from?.first_name ?? ""),
      el("span", { class: "quote-line", dir: "auto" }, withEmoji(clip(quote?.text ?? summary(quoted), 120)))),
  );
}

function renderReactions(message, actions) {
  const counted = new Map();
  for (const [user, given] of Object.entries(message.reactions ?? {})) {
    for (const { emoji } of given) counted.set(emoji, [...(counted.get(emoji) ?? []), Number(user)]);
  }
  counted.delete(undefined);
  if (!counted.size) return null;
  const pills = [...counted].map(([emoji, users]) => el(
    "button",
    {
      type: "button", class: ["reaction", actions.isMe(users) && "own"], "aria-label": `${emoji}, ${users.length}`,
      on: { click: () => actions.react(message, actions.isMe(users) ? "" : emoji) },
    },
    el("span", {}, withEmoji(emoji)), users.length > 1 ? el("span", {}, String(users.length)) : null,
  ));
  return el("div", { class: "reactions" }, pills);
}
