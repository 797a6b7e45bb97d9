// A strip of pictures that are one tap away, each with a question about it; a new scene, and a pad to draw one's own.

import { el, fill, iconButton } from "./dom.js";
import { icon } from "./icons.js";

const KEY = "sandbox-samples";

export class Samples {
  /** `act`: { send(sample), newScene(), draw() }; `changed(open)` hears when the strip opens or closes. */
  constructor(act, changed) {
    this.act = act;
    this.changed = changed;
    this.samples = [];
    this.open = localStorage.getItem(KEY) !== "closed";
    this.heading = el("span");
    this.newScene = tool("again", "New scene", () => busy(this.newScene, act.newScene));
    this.tools = el("div", { class: "strip-tools" }, this.newScene, tool("brush", "Draw", () => act.draw()));
    this.strip = el("div", { class: "strip-cards" });
    this.node = el("section", { class: "strip", "aria-label": "Sample pictures", hidden: true },
      el("div", { class: "strip-head" }, this.heading,
        iconButton(icon("close", 16), "Hide sample pictures", () => this.toggle())), this.strip);
    // A mouse wheel moves a strip that only goes sideways.
    this.strip.addEventListener("wheel", (event) => {
      if (Math.abs(event.deltaY) <= Math.abs(event.deltaX)) return;
      event.preventDefault();
      this.strip.scrollLeft += event.deltaY;
    }, { passive: false });
  }

  /** Offer these samples, and new scenes where the sandbox draws some. */
  set(samples, drawsScenes) {
    this.newScene.hidden = !drawsScenes;
    this.heading.textContent = samples.length ? "Tap a scene to ask about it" : "Ask about a picture of your own";
    if (JSON.stringify(samples) !== JSON.stringify(this.samples) || !this.strip.hasChildNodes()) {
      this.samples = samples;
      fill(this.strip, this.tools, samples.map((sample) => this.#card(sample)));
    }
    this.#show();
  }

  toggle() {
    this.open = !this.open;
    localStorage.setItem(KEY, this.open ? "open" : "closed");
    this.#show();
  }

  #show() {
    this.node.hidden = !this.open;
    this.changed(this.open);
  }

  #card(sample) {
    const card = el(
      "button",
      { type: "button", class: "card", "aria-label": `Send ${sample.name}: ${sample.question}`, title: sample.question },
      el("img", { src: sample.url, alt: "", loading: "lazy", draggable: "false" }),
      el("span", { class: "card-question" }, sample.question),
    );
    card.addEventListener("click", () => busy(card, () => this.act.send(sample)));
    return card;
  }
}

const tool = (glyph, label, act) => el("button", { type: "button", class: "tool", on: { click: act } }, icon(glyph, 20), el("span", {}, label));

/** Do something once, however often a button is pressed meanwhile. */
async function busy(button, act) {
  if (button.ariaBusy) return;
  button.ariaBusy = "true";
  try {
    await act();
  } finally {
    button.ariaBusy = null;
  }
}
