// Who is typing (or sending something) in which chat, until it is over.

const LASTS = 5_500; // ms; Telegram shows an action for five seconds

export class Typing {
  #acting = new Map(); // chat id -> { action, name, timer }

  /** `changed` is called whenever somebody begins or ends. */
  constructor(changed) {
    this.changed = changed;
  }

  /** What is done in a chat, { action, name }, or undefined. */
  get(chat) {
    return this.#acting.get(chat);
  }

  begin(chat, action, name) {
    clearTimeout(this.get(chat)?.timer);
    this.#acting.set(chat, { action, name, timer: setTimeout(() => this.end(chat), LASTS) });
    this.changed();
  }

  end(chat) {
    clearTimeout(this.get(chat)?.timer);
    if (this.#acting.delete(chat)) this.changed();
  }

  /** Forget all, silently: everything is drawn anew. */
  clear() {
    for (const { timer } of this.#acting.values()) clearTimeout(timer);
    this.#acting.clear();
  }
}
