// The sandbox's client API (`/client/...`): one method for each thing that a person's phone does.

const MOST_BYTES = 250 * 1024 * 1024; // what the server takes in one request, less some room for the form
const PATIENCE = 30_000; // ms until a small request counts as lost

/** A request that failed, with a sentence for the person. */
export class ApiError extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status; // HTTP status; 0: the server was not reached
  }
}

export class Api {
  constructor(user) {
    this.user = user; // id of the person whose phone this is
    this.bot = null; // id of the bot whose private chat is meant; null: the newest
  }

  state() {
    return this.#get("state");
  }

  messages(chat, { before = null, limit = 50 } = {}) {
    return this.#get("messages", { chat, limit, ...(before ? { before } : {}) });
  }

  /** Send a text, or files (more than one make an album) with a caption. */
  send(chat, { text = "", caption = "", files = [], asDocument = false, replyTo = null, quote = "", still = null, kind = "", seconds = 0 }) {
    const form = new FormData();
    for (const [name, value] of Object.entries(this.#who({ chat, text, caption }))) form.append(name, value);
    if (replyTo) form.append("reply_to", replyTo);
    if (quote) form.append("quote", quote);
    if (still) form.append("thumbnail", still, "still.jpg");
    if (kind) form.append("kind", kind);
    if (seconds) form.append("duration", seconds);
    if (asDocument) form.append("as_document", "1");
    if (files.reduce((sum, file) => sum + file.size, 0) > MOST_BYTES) {
      return Promise.reject(new ApiError("That is too much at once: 250 MB is the most that can be sent."));
    }
    for (const file of files) form.append("file", file, file.name || "picture.png");
    return this.#request("send", { method: "POST", body: form });
  }

  /** Send a message of a chat on to another. */
  forward(fromChat, messageId, chat) {
    return this.#post("forward", { chat, from_chat: fromChat, message_id: messageId });
  }

  edit(chat, messageId, text) {
    return this.#post("edit", { chat, message_id: messageId, text, caption: text });
  }

  remove(chat, messageId) {
    return this.#post("delete", { chat, message_id: messageId });
  }

  press(chat, messageId, data) {
    return this.#post("press", { chat, message_id: messageId, data });
  }

  react(chat, messageId, emoji) {
    return this.#post("react", { chat, message_id: messageId, emoji });
  }

  read(chat) {
    return this.#post("read", { chat });
  }

  /** Have a scene drawn that nobody has seen: { file, questions }. */
  async newScene() {
    const { picture, media_type: type, questions } = await this.#post("scene", {}, { bare: true });
    return { file: fileOf(picture, "scene.png", type), questions };
  }

  faults() {
    return this.#get("faults");
  }

  setFaults(settings) {
    return this.#post("faults", settings, { bare: true });
  }

  log(after = 0) {
    return this.#get("log", { after });
  }

  /** Where this person's events come from, after the event numbered `after`. */
  eventsUrl(after) {
    return `client/events?${new URLSearchParams({ user: this.user, after })}`;
  }

  #who(fields) {
    return { user: this.user, ...(this.bot ? { bot: this.bot } : {}), ...fields };
  }

  #get(path, query = {}) {
    return this.#request(`${path}?${new URLSearchParams(this.#who(query))}`, { signal: AbortSignal.timeout(PATIENCE) });
  }

  #post(path, fields, { bare = false } = {}) {
    return this.#request(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(bare ? fields : this.#who(fields)),
      signal: AbortSignal.timeout(PATIENCE),
    });
  }

  async #request(path, options) {
    let response;
    try {
      response = await fetch(`client/${path}`, options);
    } catch {
      throw new ApiError("The sandbox cannot be reached. Is it still running?");
    }
    const body = await response.json().catch(() => null);
    if (response.ok && body) return body;
    if (response.status === 413) throw new ApiError("This file is too big for the sandbox.", 413);
    throw new ApiError(sentence(body?.error) || `The sandbox answered with an error (${response.status}).`, response.status);
  }
}

/** A file of the bytes that stand in a text as base64. */
export function fileOf(base64, name, type) {
  return new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], name, { type });
}

/** Telegram's complaint as a sentence: "Bad Request: message is too long" -> "Message is too long." */
export function sentence(text) {
  if (!text) return "";
  const plain = text.replace(/^(Bad Request|Forbidden): /, "");
  return plain.charAt(0).toUpperCase() + plain.slice(1) + (/[.!?]$/.test(plain) ? "" : ".");
}
