// The stream of what happens, over server-sent events, kept alive with growing pauses between tries.

const FIRST_PAUSE = 500; // ms
const LONGEST_PAUSE = 10_000;

export class EventStream extends EventTarget {
  #source = null;
  #timer = 0;
  #tries = 0;
  #stopped = true;

  /**
   * `probe` is asked before each new try and gives the number to go on after; it throws while the server is away.
   * Fires "event" (detail: the event) and "status" (detail: { live, retryAt }).
   */
  constructor(urlAfter, probe) {
    super();
    this.urlAfter = urlAfter;
    this.probe = probe;
    this.onOnline = () => this.retryNow();
    this.onVisible = () => document.visibilityState === "visible" && this.retryNow();
  }

  start(after) {
    this.#stopped = false;
    addEventListener("online", this.onOnline);
    document.addEventListener("visibilitychange", this.onVisible);
    this.#open(after);
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
    removeEventListener("online", this.onOnline);
    document.removeEventListener("visibilitychange", this.onVisible);
  }

  /** Do not wait for the pause to end. */
  retryNow() {
    if (this.#stopped || this.#source) return;
    clearTimeout(this.#timer);
    this.#retry();
  }

  #open(after) {
    const source = new EventSource(this.urlAfter(after));
    this.#source = source;
    source.onopen = () => {
      this.#tries = 0;
      this.#tell({ live: true });
    };
    source.onmessage = (message) => this.dispatchEvent(new CustomEvent("event", { detail: JSON.parse(message.data) }));
    // The browser's own retry neither slows down nor notices that the server was started afresh: ours does.
    source.onerror = () => {
      source.close();
      if (this.#source === source) this.#later();
    };
  }

  #later() {
    this.#source = null;
    const pause = Math.min(FIRST_PAUSE * 2 ** this.#tries, LONGEST_PAUSE) * (0.8 + 0.4 * Math.random());
    this.#tries += 1;
    this.#tell({ live: false, retryAt: Date.now() + pause });
    this.#timer = setTimeout(() => this.#retry(), pause);
  }

  async #retry() {
    try {
      const after = await this.probe();
      if (!this.#stopped && !this.#source) this.#open(after);
    } catch {
      if (!this.#stopped && !this.#source) this.#later();
    }
  }

  #tell(detail) {
    this.dispatchEvent(new CustomEvent("status", { detail }));
  }
}
