// The messages of one chat that the page has read, in order of their numbers.

let waitingNumber = 0;

export class MessageBox {
  constructor() {
    this.byId = new Map(); // message id -> message, not in order
    this.gone = new Set(); // ids that were deleted; a late event must not bring them back
    this.waiting = []; // our own that the server has not taken yet
    this.held = []; // our own that came as events while some were waiting
    this.draft = null; // what the bot is writing
    this.loaded = false; // the newest were read
    this.complete = false; // there is nothing older
    this.loading = null; // the read in progress
  }

  /** All messages, oldest first. */
  get messages() {
    return [...this.byId.values()].sort((a, b) => a.message_id - b.message_id);
  }

  get oldest() {
    return Math.min(...this.byId.keys());
  }

  get newest() {
    return this.byId.get(Math.max(...this.byId.keys()));
  }

  put(message) {
    if (!this.gone.has(message.message_id) && !message.deleted) this.byId.set(message.message_id, message);
  }

  /** Take a message's new form, here and where others quote it. */
  replace(message) {
    if (this.byId.has(message.message_id)) this.byId.set(message.message_id, message);
    for (const [id, other] of this.byId) {
      if (other.reply_to_message?.message_id === message.message_id) {
        this.byId.set(id, { ...other, reply_to_message: message });
      }
    }
  }

  remove(id) {
    this.gone.add(id);
    this.byId.delete(id);
    for (const [other, message] of this.byId) {
      if (message.reply_to_message?.message_id === id) {
        const { reply_to_message: _, ...rest } = message;
        this.byId.set(other, rest);
      }
    }
  }

  wait(message) {
    const waiting = { ...message, waiting: true, key: `waiting-${(waitingNumber += 1)}` };
    this.waiting.push(waiting);
    return waiting;
  }

  settle(waiting) {
    this.waiting = this.waiting.filter((other) => other !== waiting);
  }

  hold(message) {
    this.held.push(message);
  }

  /** The held messages, once nothing is waiting any more. */
  takeHeld() {
    return this.waiting.length ? [] : this.held.splice(0);
  }
}
