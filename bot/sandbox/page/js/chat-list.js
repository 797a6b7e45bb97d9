// The list of chats beside (on a phone: before) the conversation.

import { avatar } from "./avatar.js";
import { el, fill, iconButton } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { action, clip, shortTime, summary } from "./format.js";
import { icon } from "./icons.js";

export class ChatList {
  /** `open(chat)` opens one; `menu(button)` opens the page's menu. */
  constructor(store, { open, menu }) {
    this.store = store;
    this.open = open;
    this.list = el("nav", { class: "chats", "aria-label": "Choose a chat" });
    this.me = el("button", { type: "button", class: "me", on: { click: (event) => menu(event.currentTarget) } });
    this.node = el("section", { class: "sidebar", "aria-label": "Chats" },
      el("header", { class: "bar" },
        iconButton(icon("menu"), "Menu", (event) => menu(event.currentTarget)),
        el("h1", { class: "bar-title" }, "Chats"), this.me),
      this.list,
      el("p", { class: "sidebar-note" }, "A local stand-in for Telegram. Nothing you send here leaves this machine."));
  }

  update() {
    const { me, chats } = this.store;
    this.me.setAttribute("aria-label", `You are ${me.first_name}. Switch person`);
    this.me.title = `You are ${me.first_name}`;
    fill(this.me, avatar(me, { size: 34 }));
    const rows = [...chats.values()].map((chat) => this.#row(chat));
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.chat : null;
    fill(this.list, rows);
    if (focused) this.list.querySelector(`[data-chat="${focused}"]`)?.focus({ preventScroll: true });
  }

  #row(chat) {
    const { store } = this;
    const { last, unread } = chat;
    const isPrivate = chat.type === "private";
    const acting = store.typing.get(chat.id);
    const current = store.current === chat.id;
    const sender = last && (store.isMine(last) ? "You: " : isPrivate ? "" : `${last.from?.first_name ?? ""}: `);
    const line = acting
      ? el("span", { class: "chat-line acting" }, `${isPrivate ? "" : `${acting.name} is `}${action(acting.action)}…`)
      : el("span", { class: "chat-line", dir: "auto" }, last ? [el("span", { class: "chat-sender" }, sender), thumbnail(last), withEmoji(clip(summary(last), 90))].flat() : "No messages yet");
    return el(
      "button",
      {
        type: "button", class: ["chat", current && "current"], "aria-current": current ? "true" : null, data: { chat: chat.id },
        on: { click: () => this.open(chat.id) },
      },
      avatar(isPrivate ? { ...store.bot, is_bot: true } : chat, { size: 50, group: !isPrivate }),
      el("span", { class: "chat-text" },
        el("span", { class: "chat-top" }, el("span", { class: "chat-name" }, chat.title || "Bot"),
          last ? el("time", { class: "chat-time" }, shortTime(last.date)) : null),
        el("span", { class: "chat-bottom" }, line, unread ? el("span", { class: "badge", title: `${unread} unread` }, String(unread)) : null)),
    );
  }
}

function thumbnail(message) {
  const small = message.photo?.[0]?.url;
  return small ? el("img", { class: "chat-thumb", src: small, alt: "" }) : null;
}
