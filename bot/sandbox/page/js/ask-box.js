// Questions to tap, and a field for one's own: the foot of a sheet that shows a picture.

import { el, fill, iconButton } from "./dom.js";
import { icon } from "./icons.js";
import { growing } from "./textarea.js";

export class AskBox {
  /** `ask(question)` hears the question that was tapped or written; it may be empty. */
  constructor(ask, question = "") {
    this.ask = ask;
    this.chips = el("div", { class: "chips", role: "group", "aria-label": "Questions to tap" });
    this.text = growing(el("textarea", {
      class: "sheet-caption", rows: "1", placeholder: "Or ask your own", "aria-label": "Question", dir: "auto", enterkeyhint: "send", autocomplete: "off",
    }));
    this.text.value = question;
    this.text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#send();
    });
    this.foot = el("div", { class: "sheet-foot" }, this.text, iconButton(icon("send", 20), "Send", () => this.#send(), { class: "send" }));
  }

  /** Offer these questions. */
  offer(questions) {
    fill(this.chips, questions.map((question) =>
      el("button", { type: "button", class: "chip", dir: "auto", on: { click: () => this.ask(question) } }, question)));
  }

  #send() {
    this.ask(this.text.value.trim());
  }
}
