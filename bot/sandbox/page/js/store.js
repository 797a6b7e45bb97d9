// What the page knows: people, chats, messages. Changes come in here and are announced as DOM events:
// "state" (everything may be new), "chats" (the list), "messages" (detail: { chat, cause }), "typing", "connection".

import { EventStream } from "./events.js";
import { MessageBox } from "./message-box.js";
import { Typing } from "./typing.js";

const EVENTS_KEPT = 4_500; // the server keeps 5,000; after a longer absence everything is read again
const PAGE = 50; // messages read at once

export class Store extends EventTarget {
  constructor(api) {
    super();
    this.api = api;
    this.users = [];
    this.bot = null;
    this.bots = [];
    this.samples = [];
    this.drawsScenes = false; // whether the sandbox draws new scenes
    this.description = "";
    this.chats = new Map(); // id -> summary as the server gives it
    this.boxes = new Map(); // chat id -> MessageBox
    this.typing = new Typing(() => this.#tell("typing"));
    this.current = null; // id of the chat that is open
    this.attentive = () => false; // whether the person sees the newest message of the open chat
    this.live = true;
    this.retryAt = 0; // ms since 1970
    this.last = 0; // number of the newest event that was taken in
    this.busy = new Set(); // "chat/message/data" of buttons that wait for the bot
    this.stream = null;
  }

  get me() {
    return this.users.find((user) => user.id === this.api.user) ?? { id: this.api.user, first_name: "You" };
  }

  get privateChat() {
    return [...this.chats.values()].find((chat) => chat.type === "private") ?? null;
  }

  isMine(message) {
    return message.from?.id === this.api.user;
  }

  /** Read everything and follow what happens. Throws ApiError while the server is away. */
  async begin() {
    this.#takeState(await this.api.state());
    this.stream?.stop();
    this.stream = new EventStream((after) => this.api.eventsUrl(after), () => this.#catchUp());
    this.stream.addEventListener("event", ({ detail }) => this.#take(detail));
    this.stream.addEventListener("status", ({ detail }) => {
      this.live = detail.live;
      this.retryAt = detail.retryAt ?? 0;
      this.#tell("connection");
    });
    this.stream.start(this.last);
  }

  /** Become another person. */
  async switchUser(user) {
    this.stream?.stop();
    this.api.user = user;
    this.#forget();
    await this.begin();
  }

  /** Talk to another of the sandbox's bots. */
  async switchBot(bot) {
    this.api.bot = bot;
    this.#forget();
    this.#takeState(await this.api.state());
  }

  // Messages ---------------------------------------------------------------------------------------------------------

  box(chat) {
    if (!this.boxes.has(chat)) this.boxes.set(chat, new MessageBox());
    return this.boxes.get(chat);
  }

  /** Read a chat's newest messages, if that was not done yet. */
  async open(chat) {
    const box = this.box(chat);
    if (!box.loaded) await this.#load(chat, box, "opened");
  }

  /** Read what came before the oldest known message. */
  async loadOlder(chat) {
    const box = this.box(chat);
    if (box.loaded && !box.complete) await this.#load(chat, box, "older");
  }

  async #load(chat, box, cause) {
    if (box.loading) return box.loading;
    box.loading = (async () => {
      const before = cause === "older" ? box.oldest : null;
      const { messages } = await this.api.messages(chat, { before, limit: PAGE });
      if (this.boxes.get(chat) !== box) return;
      box.loaded = true;
      box.complete = messages.length < PAGE;
      for (const message of messages) box.put(message);
      this.#tell("messages", { chat, cause });
    })();
    try {
      await box.loading;
    } finally {
      box.loading = null;
    }
  }

  /** Say that the person has seen the open chat. */
  markRead(chat) {
    const summary = this.chats.get(chat);
    if (!summary?.unread) return;
    summary.unread = 0;
    this.#tell("chats");
    this.api.read(chat).catch(() => {}); // the next state says it again
  }

  /** Send something; it shows at once as waiting. Rejects with ApiError, and then it is gone from the chat. */
  async send(chat, content, preview) {
    const box = this.box(chat);
    const waiting = box.wait({ from: this.me, date: Date.now() / 1000, ...preview });
    this.#tell("messages", { chat, cause: "sending" });
    try {
      const { messages } = await this.api.send(chat, content);
      for (const message of messages) this.#arrive(chat, message);
    } finally {
      box.settle(waiting);
      for (const message of box.takeHeld()) this.#arrive(chat, message);
      this.#tell("messages", { chat, cause: "sent" });
    }
  }

  async edit(chat, messageId, text) {
    const { messages } = await this.api.edit(chat, messageId, text);
    this.#change(chat, messages[0]);
  }

  async remove(chat, messageId) {
    await this.api.remove(chat, messageId);
    this.#vanish(chat, messageId);
  }

  /** Press a button; gives the bot's answer, or null when none came. */
  async press(chat, messageId, data) {
    const key = `${chat}/${messageId}/${data}`;
    if (this.busy.has(key)) return undefined;
    this.busy.add(key);
    this.#refresh(chat, messageId);
    try {
      return (await this.api.press(chat, messageId, data)).answer;
    } finally {
      this.busy.delete(key);
      this.#refresh(chat, messageId);
    }
  }

  // What happens -----------------------------------------------------------------------------------------------------

  #take(event) {
    if (event.n <= this.last) return;
    this.last = event.n;
    // Private chats of all bots have the person's number; only those of the chosen bot are shown.
    if (event.bot_id && event.chat_id && this.bot && event.bot_id !== this.bot.id) return;
    const { type, chat_id: chat } = event;
    if (type === "bot" || type === "commands") this.refreshState();
    else if (!chat) return;
    else if (!this.chats.has(chat)) this.refreshState();
    else if (type === "message") this.#hear(chat, event.message);
    else if (type === "edited") this.#change(chat, event.message);
    else if (type === "deleted") this.#vanish(chat, event.message_id ?? event.message.message_id);
    else if (type === "action") this.#act(chat, event);
    else if (type === "draft") this.#draft(chat, event);
    else if (type === "reaction") this.#react(chat, event);
  }

  #hear(chat, message) {
    const box = this.box(chat);
    // While something of ours is on its way, the answer to that request brings it; the event must not double it.
    if (this.isMine(message) && box.waiting.length) box.hold(message);
    else this.#arrive(chat, message);
  }

  #arrive(chat, message) {
    const box = this.box(chat);
    if (box.gone.has(message.message_id) || box.byId.has(message.message_id)) return;
    if (box.loaded) box.put(message);
    const summary = this.chats.get(chat);
    if (summary) {
      if (!summary.last || summary.last.message_id < message.message_id) summary.last = message;
      if (this.isMine(message)) summary.unread = 0;
      else if (!(this.current === chat && this.attentive())) summary.unread += 1;
      else this.api.read(chat).catch(() => {}); // the next state says it again
    }
    if (!this.isMine(message)) {
      this.typing.end(chat);
      box.draft = null;
    }
    this.#tell("messages", { chat, cause: "new", message });
    this.#tell("chats");
  }

  #change(chat, message) {
    this.box(chat).replace(message);
    const summary = this.chats.get(chat);
    if (summary?.last?.message_id === message.message_id) summary.last = message;
    if (!this.isMine(message)) this.typing.end(chat);
    this.#tell("messages", { chat, cause: "edited", message });
    this.#tell("chats");
  }

  #vanish(chat, messageId) {
    const box = this.box(chat);
    box.remove(messageId);
    const summary = this.chats.get(chat);
    if (summary?.last?.message_id === messageId) {
      summary.last = box.newest ?? null;
      if (!summary.last) this.refreshState();
    }
    this.#tell("messages", { chat, cause: "deleted" });
    this.#tell("chats");
  }

  #act(chat, { action, sender }) {
    if (action === "cancel") this.typing.end(chat);
    else this.typing.begin(chat, action, sender?.first_name ?? "");
  }

  #draft(chat, { text, entities }) {
    this.box(chat).draft = { from: this.bot, date: Date.now() / 1000, text, entities };
    this.#tell("messages", { chat, cause: "draft" });
  }

  #react(chat, { message_id: id, user_id: user, reaction }) {
    const message = this.box(chat).byId.get(id);
    if (!message) return;
    this.#change(chat, { ...message, reactions: { ...message.reactions, [user]: reaction } });
  }

  #refresh(chat, messageId) {
    const message = this.box(chat).byId.get(messageId);
    if (message) this.box(chat).replace({ ...message });
    this.#tell("messages", { chat, cause: "busy" });
  }

  // The whole ---------------------------------------------------------------------------------------------------------

  async refreshState() {
    try {
      this.#takeState(await this.api.state(), { keepNumber: true });
    } catch {
      this.stream?.retryNow(); // the stream will notice that the server is away, and reads the state later
    }
  }

  async #catchUp() {
    const state = await this.api.state();
    const restarted = state.last_event < this.last;
    if (restarted || state.last_event - this.last > EVENTS_KEPT) {
      this.#forget();
      this.#takeState(state);
    }
    return this.last;
  }

  #takeState(state, { keepNumber = false } = {}) {
    const other = state.bot?.id !== this.bot?.id;
    if (other && this.bot) for (const id of [this.privateChat?.id]) this.boxes.delete(id);
    Object.assign(this, {
      users: state.users, bot: state.bot, bots: state.bots ?? [], samples: state.samples ?? [],
      description: state.description ?? "", drawsScenes: state.draws_scenes ?? false,
    });
    this.chats = new Map(state.chats.map((chat) => [chat.id, { commands: state.commands ?? [], ...chat }]));
    if (!keepNumber) this.last = state.last_event ?? 0;
    this.#tell("state");
  }

  #forget() {
    this.boxes.clear();
    this.busy.clear();
    this.typing.clear();
  }

  #tell(kind, detail = null) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}
