// Puts the page together and keeps its parts in step with the store.

import { makeActions } from "./actions.js";
import { Api } from "./api.js";
import { chooseFiles, listenForFiles } from "./attach.js";
import { avatar } from "./avatar.js";
import { ChatList } from "./chat-list.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { el, fill, iconButton } from "./dom.js";
import { Header } from "./header.js";
import { icon } from "./icons.js";
import { standingKeyboard } from "./keyboard.js";
import { openMainMenu } from "./main-menu.js";
import { Route } from "./route.js";
import { Samples } from "./samples.js";
import { Store } from "./store.js";
import { paintBars } from "./theme.js";
import { complain } from "./toast.js";

const wide = matchMedia("(min-width: 760px)"); // as in layout.css: the list stands beside the conversation
const RETRY = 1_500; // ms until the first state is asked for again

class App {
  constructor(store) {
    this.store = store;
    const ui = {};
    this.actions = makeActions(store, ui);
    this.route = new Route((chat) => this.open(chat));
    this.samples = new Samples({
      send: (sample) => this.actions.sendSample(sample),
      newScene: () => this.actions.newScene(),
      draw: () => this.actions.draw(),
    }, (open) => this.composer?.setSamples(open));
    this.composer = new Composer({
      send: (text, reply) => this.actions.sendText(text, reply),
      voice: (recorded) => this.actions.sendVoice(recorded),
      edit: (message, text) => this.actions.edit(message, text),
      attach: () => chooseFiles((files) => this.actions.sendFiles(files)),
      jump: (id) => this.actions.jump(id),
      editLast: () => this.actions.editLast(),
    }, this.samples);
    this.conversation = new Conversation(store, this.actions, { onScroll: () => this.#scrolled(), empty: () => this.#emptyChat() });
    Object.assign(ui, { composer: this.composer, conversation: this.conversation, open: (chat) => this.route.go(chat) });
    const menu = (button) => openMainMenu(store, button).catch(complain);
    this.list = new ChatList(store, { open: (chat) => this.route.go(chat), menu });
    this.header = new Header(store, { back: () => this.route.go(null), menu });
    this.unread = el("span", { class: "badge", hidden: true });
    this.down = iconButton([icon("down"), this.unread], "Go to the newest message", () => this.conversation.toEnd(), { class: "to-end" });
    this.banner = el("div", { class: "banner", role: "status", hidden: true });
    this.main = el("section", { class: "main", "aria-label": "Conversation" }, this.header.node, this.banner,
      el("div", { class: "view" }, this.conversation.node, this.down), this.samples.node, this.composer.node);
    fill(document.querySelector("#app"), this.list.node, this.main);
    listenForFiles(this.main, (files) => this.actions.sendFiles(files));
    this.#listen();
  }

  async begin() {
    try {
      await this.store.begin();
      this.store.live = true;
      this.#connection();
    } catch {
      this.store.live = false;
      this.#connection();
      setTimeout(() => this.begin(), RETRY);
    }
  }

  /** Show a chat; null: on a phone the list of chats, beside it on a wide window the chat that was open. */
  async open(chat) {
    const { store } = this;
    document.body.dataset.view = chat === null ? "list" : "chat";
    if (chat === null || !store.chats.has(chat)) return;
    const other = store.current !== chat;
    store.current = chat;
    if (other) {
      this.composer.show(chat);
      this.conversation.show(chat);
    }
    this.#draw();
    try {
      await store.open(chat);
      if (store.current !== chat) return;
      store.markRead(chat);
      this.#draw();
      if (other) this.composer.focus();
    } catch (error) {
      complain(error);
    }
  }

  #listen() {
    const { store } = this;
    store.attentive = () => document.visibilityState === "visible" && this.conversation.following
      && (wide.matches || document.body.dataset.view === "chat");
    store.addEventListener("state", () => this.#state());
    store.addEventListener("chats", () => this.#draw());
    store.addEventListener("typing", () => this.#draw());
    store.addEventListener("connection", () => this.#connection());
    store.addEventListener("messages", ({ detail }) => {
      if (detail.chat !== store.current) return;
      this.conversation.update(detail.cause, detail.message);
      this.composer.setKeyboard(standingKeyboard(store.box(detail.chat).messages, store.me.id));
      this.composer.forget((message) => store.box(detail.chat).byId.has(message.message_id));
    });
    document.addEventListener("visibilitychange", () => this.#scrolled());
    document.addEventListener("keydown", (event) => this.#key(event));
    const fit = () => document.documentElement.style.setProperty("--height", `${visualViewport.height}px`);
    window.visualViewport?.addEventListener("resize", fit);
  }

  #state() {
    const { store } = this;
    const wanted = this.route.chat;
    const first = store.privateChat?.id ?? null;
    this.samples.set(store.samples, store.drawsScenes);
    const reread = store.current !== null && !store.box(store.current).loaded;
    if (wanted === null) this.open(null);
    const shown = store.chats.has(wanted) ? wanted : store.chats.has(store.current) ? store.current : first;
    if (shown === null) {
      this.conversation.wait(this.#noBot());
      this.#draw();
    } else if (shown !== store.current || reread) {
      store.current = null;
      if (wanted === null) this.#openBehind(shown);
      else this.route.begin(shown);
    } else {
      this.#draw();
    }
  }

  /** On a phone the list stays in front. */
  async #openBehind(chat) {
    await this.open(chat);
    if (this.route.chat === null) document.body.dataset.view = "list";
  }

  #draw() {
    const { store } = this;
    const chat = store.chats.get(store.current);
    this.list.update();
    this.header.update();
    this.composer.setCommands((chat?.commands ?? []).map((one) => ({
      ...one, command: chat.id < 0 && store.bot ? `${one.command}@${store.bot.username}` : one.command,
    })));
    this.main.classList.toggle("without-chat", !chat);
  }

  #scrolled() {
    const { conversation, store } = this;
    this.down.classList.toggle("shown", !conversation.following);
    this.unread.hidden = !conversation.newSince;
    this.unread.textContent = String(conversation.newSince);
    if (store.current !== null && store.attentive()) store.markRead(store.current);
  }

  #connection() {
    const { store } = this;
    clearInterval(this.bannerTimer);
    const show = () => {
      const seconds = Math.max(1, Math.ceil((store.retryAt - Date.now()) / 1000));
      fill(this.banner, el("span", {}, store.retryAt ? `No connection. Trying again in ${seconds} s.` : "Connecting to the sandbox…"),
        store.retryAt ? el("button", { type: "button", class: "button quiet", on: { click: () => store.stream?.retryNow() } }, "Try now") : null);
    };
    this.banner.hidden = store.live;
    if (!store.live) {
      show();
      this.bannerTimer = setInterval(show, 1000);
    }
    this.header.update();
  }

  #emptyChat() {
    const { store } = this;
    const chat = store.chats.get(store.current);
    const isPrivate = chat?.type === "private";
    const start = el("button", { type: "button", class: "button primary", on: { click: () => this.actions.sendText("/start") } }, "Start");
    return el("div", { class: "empty" },
      avatar(isPrivate ? { ...store.bot, is_bot: true } : chat, { size: 84, group: !isPrivate }),
      el("h2", {}, chat?.title ?? ""),
      el("p", {}, isPrivate
        ? store.description || "Send a picture with a question, or begin with the button below."
        : "Write something to everybody. Bots hear what mentions them, replies to them, or begins with a slash."),
      isPrivate ? start : null);
  }

  #noBot() {
    return el("div", { class: "empty" },
      avatar({ is_bot: true }, { size: 84 }),
      el("h2", {}, "No bot has called yet"),
      el("p", {}, "Start one with this page's address as its Bot API server. It shows up here with its first call."),
      el("code", { class: "address" }, location.origin));
  }

  #key(event) {
    if (event.defaultPrevented || document.querySelector("dialog[open], .menu")) return;
    if (event.key === "Escape") {
      if (!this.composer.dismiss() && !this.conversation.following) this.conversation.toEnd();
    } else if (event.key === "ArrowUp" && event.altKey) {
      event.preventDefault();
      this.conversation.list.querySelector(".row:last-child")?.focus();
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest("input, textarea, button, a")) {
      this.composer.focus({ always: true });
    }
  }
}

paintBars();
const named = Number(new URLSearchParams(location.search).get("user"));
const app = new App(new Store(new Api(named || Number(sessionStorage.getItem("sandbox-user")) || 1001)));
app.begin();
