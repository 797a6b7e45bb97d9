// The bot's commands: the whole list from its button, or those that fit what is being typed.

import { el, fill } from "./dom.js";

export class CommandMenu {
  #shown = [];
  #at = 0;

  /** `choose(command, complete)` gets the picked command; `complete` when it should only be written out. */
  constructor(choose) {
    this.choose = choose;
    this.node = el("div", { class: "commands", role: "listbox", id: "commands", "aria-label": "Commands", hidden: true });
  }

  get open() {
    return !this.node.hidden;
  }

  /** Id of the marked option, for the text field. */
  get marked() {
    return this.open ? `command-${this.#at}` : null;
  }

  /** Show the commands that begin with `typed` ("/", "/set"); none: close. */
  show(commands, typed = "/") {
    const start = typed.slice(1).toLowerCase();
    this.#shown = commands.filter(({ command }) => command.toLowerCase().startsWith(start));
    this.#at = 0;
    this.node.hidden = !this.#shown.length;
    this.#draw();
  }

  close() {
    this.node.hidden = true;
  }

  /** Handle a key of the text field; gives whether it was meant for the menu. */
  key(event) {
    if (!this.open) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.#at = (this.#at + step + this.#shown.length) % this.#shown.length;
      this.#draw();
    } else if (event.key === "Tab" && !event.shiftKey) {
      this.choose(this.#shown[this.#at].command, true);
    } else if (event.key === "Enter" && !event.shiftKey) {
      this.choose(this.#shown[this.#at].command, false);
    } else if (event.key === "Escape") {
      this.close();
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }

  #draw() {
    fill(this.node, this.#shown.map(({ command, description }, index) => el(
      "button",
      {
        type: "button", role: "option", id: `command-${index}`, class: ["command-row", index === this.#at && "marked"],
        "aria-selected": String(index === this.#at), tabindex: "-1",
        on: { click: () => this.choose(command, false), pointermove: () => index !== this.#at && this.#mark(index) },
      },
      el("span", { class: "command-name" }, `/${command}`), el("span", { class: "command-about" }, description),
    )));
    this.node.children[this.#at]?.scrollIntoView({ block: "nearest" });
  }

  #mark(index) {
    this.node.children[this.#at]?.classList.remove("marked");
    this.node.children[index]?.classList.add("marked");
    this.#at = index;
  }
}
