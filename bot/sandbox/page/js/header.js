// The head of the conversation: who it is with, and what they are doing.

import { avatar } from "./avatar.js";
import { el, fill, iconButton } from "./dom.js";
import { action } from "./format.js";
import { icon } from "./icons.js";

export class Header {
  constructor(store, { back, menu }) {
    this.store = store;
    this.face = el("span", { class: "header-face" });
    this.name = el("h1", { class: "header-name" });
    this.line = el("p", { class: "header-line" });
    this.backCount = el("span", { class: "badge", hidden: true });
    this.node = el("header", { class: "bar header" },
      el("div", { class: "header-back" }, iconButton(icon("back"), "All chats", back), this.backCount),
      this.face, el("div", { class: "header-text" }, this.name, this.line),
      iconButton(icon("menu"), "Menu", (event) => menu(event.currentTarget), { class: "header-menu" }));
  }

  update() {
    const { store } = this;
    const chat = store.chats.get(store.current);
    const others = [...store.chats.values()].filter((other) => other !== chat).reduce((sum, other) => sum + other.unread, 0);
    this.backCount.hidden = !others;
    this.backCount.textContent = String(others);
    document.title = `${others ? `(${others}) ` : ""}${chat?.title || "Sandbox"}`;
    this.name.textContent = chat?.title || "Sandbox";
    const isPrivate = chat?.type === "private";
    fill(this.face, chat ? avatar(isPrivate ? { ...store.bot, is_bot: true } : chat, { size: 40, group: !isPrivate }) : null);
    const acting = chat && store.typing.get(chat.id);
    this.line.classList.toggle("acting", Boolean(acting && store.live));
    if (!store.live) {
      fill(this.line, "connecting", dots());
    } else if (acting) {
      fill(this.line, `${isPrivate ? "" : `${acting.name} is `}${action(acting.action)}`, dots());
    } else if (isPrivate) {
      this.line.textContent = chat.blocked ? "blocked by you" : `bot · @${store.bot?.username ?? ""}`;
    } else if (chat) {
      const count = Object.values(chat.members ?? {}).filter((status) => !["left", "kicked"].includes(status)).length;
      this.line.textContent = `${chat.type} · ${count} members`;
    } else {
      this.line.textContent = "waiting for a bot";
    }
  }
}

const dots = () => el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
