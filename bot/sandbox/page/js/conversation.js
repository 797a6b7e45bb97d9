// The open chat's messages: keeps the list of rows in step with the store, and the scroll position where it belongs.

import { el, fill, reducedMotion } from "./dom.js";
import { day, dayKey } from "./format.js";
import { renderMessage } from "./render-message.js";

const TOGETHER = 10 * 60; // seconds between messages of one sender that still stand as a group
const NEAR_END = 90; // px from the end that count as being at the end
const NEAR_START = 600; // px from the start at which older messages are read

export class Conversation {
  #rows = new Map(); // key -> { node, item }
  #newSince = 0; // messages that came while the person was reading further up
  #top = 0; // where the view was when it last moved

  constructor(store, actions, { onScroll, empty }) {
    this.store = store;
    this.actions = actions;
    this.onScroll = onScroll;
    this.empty = empty;
    this.chat = null;
    this.following = true; // whether the newest message is to stay in view; scrolling up ends that
    this.list = el("div", { class: "messages", role: "log", "aria-label": "Messages", "aria-live": "polite" });
    this.spinner = el("div", { class: "older-spinner", hidden: true }, el("span", { class: "spinner" }));
    this.node = el("div", { class: "scroller", tabindex: "-1" }, this.spinner, this.list);
    this.node.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.list.addEventListener("keydown", (event) => this.#walk(event));
    // What changes the size of the view (a keyboard, a longer draft) must not push the newest message out of it.
    new ResizeObserver(() => this.following && this.toEnd({ smooth: false })).observe(this.node);
  }

  get atEnd() {
    return this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < NEAR_END;
  }

  get newSince() {
    return this.#newSince;
  }

  /** Show another chat. */
  show(chat) {
    this.chat = chat;
    this.#rows.clear();
    this.#newSince = 0;
    this.list.replaceChildren();
    this.update("opened");
  }

  /** Show something else while there is no chat. */
  wait(panel) {
    this.chat = null;
    this.#rows.clear();
    fill(this.list, panel);
  }

  /** Bring the rows in step after something happened (`cause` as the store names it). */
  update(cause, message = null) {
    if (this.chat === null) return;
    const box = this.store.box(this.chat);
    const oldHeight = this.node.scrollHeight;
    const oldTop = this.node.scrollTop;
    this.#place(this.#items(box), cause);
    if (cause === "older") {
      this.node.scrollTop = this.#top = oldTop + this.node.scrollHeight - oldHeight;
    } else if (cause === "opened") {
      this.toEnd({ smooth: false });
    } else if (this.following || cause === "sending") {
      this.toEnd({ smooth: cause === "new" || cause === "sending" });
    } else if (cause === "new" && message && !this.store.isMine(message)) {
      this.#newSince += 1;
    }
    this.onScroll();
    if (cause === "opened" && box.loaded) this.#fillUp();
  }

  toEnd({ smooth = true } = {}) {
    const behavior = smooth && !reducedMotion() ? "smooth" : "instant";
    this.following = true;
    this.node.scrollTo({ top: this.node.scrollHeight, behavior });
    this.#newSince = 0;
  }

  /** Go to a message, reading back as far as needed; gives whether it was found. */
  async jump(messageId) {
    const box = this.store.box(this.chat);
    while (!box.byId.has(messageId) && !box.complete && box.oldest > messageId) await this.store.loadOlder(this.chat);
    const row = [...this.#rows.values()].find(({ item }) => item.messages?.some((one) => one.message_id === messageId));
    if (!row) return false;
    this.following = false;
    row.node.scrollIntoView({ block: "center", behavior: reducedMotion() ? "instant" : "smooth" });
    row.node.classList.remove("flash");
    requestAnimationFrame(() => row.node.classList.add("flash"));
    return true;
  }

  // Rows -------------------------------------------------------------------------------------------------------------

  #items(box) {
    const messages = [...box.messages, ...box.waiting];
    if (box.draft) messages.push({ ...box.draft, key: "draft", writing: true });
    const items = [];
    for (const message of messages) {
      const before = items.at(-1);
      const last = before?.messages?.at(-1);
      if (!last || dayKey(last.date) !== dayKey(message.date)) {
        items.push({ key: `day-${dayKey(message.date)}`, day: message.date });
      }
      if (message.media_group_id && last?.media_group_id === message.media_group_id && last.from?.id === message.from?.id) {
        before.messages.push(message);
      } else {
        items.push({ key: message.key ?? `message-${message.message_id}`, messages: [message] });
      }
    }
    for (const [at, item] of items.entries()) {
      if (!item.messages) continue;
      item.first = !together(items[at - 1], item);
      item.last = !together(item, items[at + 1]);
    }
    return items;
  }

  #place(items, cause) {
    const fresh = cause === "new" || cause === "sending" || cause === "draft";
    const kept = new Set(items.map((item) => item.key));
    for (const [key, { node }] of this.#rows) {
      if (kept.has(key)) continue;
      this.#rows.delete(key);
      if (cause === "deleted" && !reducedMotion()) leave(node);
      else node.remove();
    }
    let at = this.list.firstChild;
    for (const item of items) {
      while (at?.classList?.contains("leaving")) at = at.nextSibling;
      const known = this.#rows.get(item.key);
      if (known && same(known.item, item)) {
        known.item = item;
        if (known.node === at) at = at.nextSibling;
        else this.list.insertBefore(known.node, at);
        continue;
      }
      const node = this.#render(item);
      const focused = known?.node.contains(document.activeElement);
      if (known) {
        if (known.node === at) at = at.nextSibling;
        if (cause === "edited" && changedContent(known.item, item)) node.classList.add("changed");
        known.node.replaceWith(node);
        if (focused) node.focus({ preventScroll: true });
      } else {
        if (fresh && item.messages) node.classList.add("arriving");
        this.list.insertBefore(node, at);
      }
      this.#rows.set(item.key, { node, item });
    }
    if (!items.length && this.store.box(this.chat).loaded) fill(this.list, this.empty());
    else if (items.length) this.list.querySelector(":scope > .empty")?.remove();
  }

  #render(item) {
    if (item.day) return el("div", { class: "day", role: "separator" }, el("span", {}, day(item.day)));
    return renderMessage(item, {
      mine: item.messages[0].from?.id === this.store.me.id,
      group: this.chat < 0,
      busy: (message, data) => this.store.busy.has(`${this.chat}/${message.message_id}/${data}`),
      actions: this.actions,
    });
  }

  // Moving -----------------------------------------------------------------------------------------------------------

  #scrolled() {
    const { scrollTop } = this.node;
    if (this.atEnd) this.following = true;
    else if (scrollTop < this.#top) this.following = false;
    this.#top = scrollTop;
    if (this.following) this.#newSince = 0;
    if (scrollTop < NEAR_START) this.#older();
    this.onScroll();
  }

  async #older() {
    const box = this.store.box(this.chat);
    if (!box.loaded || box.complete || box.loading) return;
    this.spinner.hidden = false;
    try {
      await this.store.loadOlder(this.chat);
    } catch {
      // The next scroll tries again.
    } finally {
      this.spinner.hidden = true;
    }
  }

  /** Read older messages until the view is full. */
  async #fillUp() {
    if (this.node.scrollHeight <= this.node.clientHeight) await this.#older();
  }

  #walk(event) {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    const row = event.target.closest(".row");
    if (!row || event.target !== row) return;
    const rows = [...this.list.querySelectorAll(".row")];
    const next = rows[rows.indexOf(row) + (event.key === "ArrowUp" ? -1 : 1)];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  }
}

function together(one, other) {
  const before = one?.messages?.at(-1);
  const after = other?.messages?.[0];
  return Boolean(before && after && before.from?.id === after.from?.id && after.date - before.date < TOGETHER
    && !isService(before) && !isService(after));
}

const isService = (message) => ["new_chat_members", "left_chat_member", "pinned_message"].some((key) => key in message);

function same(one, other) {
  if (one.day) return true;
  return one.first === other.first && one.last === other.last && one.messages.length === other.messages.length
    && one.messages.every((message, at) => message === other.messages[at]);
}

function changedContent(one, other) {
  const content = ({ messages }) => JSON.stringify(messages.map(({ text, caption, edit_date: edited }) => [text, caption, edited]));
  return content(one) !== content(other);
}

function leave(node) {
  node.classList.add("leaving");
  node.style.setProperty("--height", `${node.offsetHeight}px`);
  node.addEventListener("animationend", () => node.remove(), { once: true });
  setTimeout(() => node.remove(), 600); // a hidden page runs no animations
}
