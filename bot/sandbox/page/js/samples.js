// A strip of pictures that are one tap away, each with a question about it.

import { el, fill, iconButton } from "./dom.js";
import { icon } from "./icons.js";

const KEY = "sandbox-samples";

export class Samples {
  /** `send(sample)` sends one; `changed({ any, open })` hears when the strip opens or closes. */
  constructor(send, changed) {
    this.send = send;
    this.changed = changed;
    this.samples = [];
    this.open = localStorage.getItem(KEY) !== "closed";
    this.strip = el("div", { class: "strip-cards" });
    this.node = el("section", { class: "strip", "aria-label": "Sample pictures", hidden: true },
      el("div", { class: "strip-head" }, el("span", {}, "Tap a scene to ask about it"),
        iconButton(icon("close", 16), "Hide sample pictures", () => this.toggle())), this.strip);
    // A mouse wheel moves a strip that only goes sideways.
    this.strip.addEventListener("wheel", (event) => {
      if (Math.abs(event.deltaY) <= Math.abs(event.deltaX)) return;
      event.preventDefault();
      this.strip.scrollLeft += event.deltaY;
    }, { passive: false });
  }

  set(samples) {
    if (JSON.stringify(samples) !== JSON.stringify(this.samples)) {
      this.samples = samples;
      fill(this.strip, samples.map((sample) => this.#card(sample)));
    }
    this.#show();
  }

  toggle() {
    this.open = !this.open;
    localStorage.setItem(KEY, this.open ? "open" : "closed");
    this.#show();
  }

  #show() {
    this.node.hidden = !this.open || !this.samples.length;
    this.changed({ any: this.samples.length > 0, open: this.open });
  }

  #card(sample) {
    const card = el(
      "button",
      { type: "button", class: "card", "aria-label": `Send ${sample.name}: ${sample.question}`, title: sample.question },
      el("img", { src: sample.url, alt: "", loading: "lazy", draggable: "false" }),
      el("span", { class: "card-question" }, sample.question),
    );
    card.addEventListener("click", async () => {
      if (card.ariaBusy) return;
      card.ariaBusy = "true";
      try {
        await this.send(sample);
      } finally {
        card.ariaBusy = null;
      }
    });
    return card;
  }
}
