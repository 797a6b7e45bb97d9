// Where one writes: text, replies, edits, files, commands.

import { CommandMenu } from "./commands.js";
import { coarsePointer, el, fill, iconButton } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { clip, summary } from "./format.js";
import { icon } from "./icons.js";
import { renderStandingKeyboard } from "./keyboard.js";
import { growing, setText } from "./textarea.js";
import { complain } from "./toast.js";
import { canRecord, startRecording } from "./voice.js";

const RECORD = "Record a voice message";

export class Composer {
  #drafts = new Map(); // chat id -> what was typed and not sent
  #reply = null; // message that is answered
  #editing = null; // message that is edited
  #before = ""; // what was typed when editing began
  #commands = [];
  #recording = null; // a promise of what is being recorded

  /** `act`: { send(text, replyTo), voice({ file, seconds }), edit(message, text), attach(), jump(id), editLast() }. */
  constructor(act, samples) {
    this.act = act;
    this.chat = null;
    this.menu = new CommandMenu((command, complete) => this.#pick(command, complete));
    this.text = growing(el("textarea", {
      rows: "1", class: "composer-text", placeholder: "Message", "aria-label": "Message", dir: "auto", enterkeyhint: "send",
      autocomplete: "off", "aria-controls": "commands",
    }));
    this.context = el("div", { class: "composer-context", hidden: true });
    this.keyboard = el("div", { class: "composer-keyboard", hidden: true });
    this.slash = iconButton(icon("slash"), "Commands", () => this.#toggleMenu(), { class: "in-field", hidden: true });
    this.samplesButton = iconButton(icon("spark"), "Sample pictures", () => samples.toggle(), { class: "in-field" });
    this.voiceButton = iconButton(icon("mic"), RECORD, () => this.#voice(), { class: "in-field", hidden: !canRecord() });
    this.sendButton = iconButton(icon("send", 20), "Send", () => this.#send(), { class: "send" });
    this.attachButton = iconButton(icon("attach"), "Attach a picture or file", () => this.act.attach(), { class: "attach" });
    this.node = el("footer", { class: "composer" },
      this.menu.node, this.context,
      el("form", { class: "composer-row", on: { submit: (event) => { event.preventDefault(); this.#send(); } } },
        this.attachButton,
        el("div", { class: "field" }, this.text, this.slash, this.voiceButton, this.samplesButton),
        this.sendButton),
      this.keyboard);
    this.text.addEventListener("input", () => this.#typed());
    this.text.addEventListener("keydown", (event) => this.#key(event));
    this.#typed();
  }

  get reply() {
    return this.#reply;
  }

  get editing() {
    return this.#editing;
  }

  /** Change to a chat, with what was typed there before. */
  show(chat) {
    if (this.chat !== null) this.#drafts.set(this.chat, this.#editing ? this.#before : this.text.value);
    this.chat = chat;
    this.#reply = this.#editing = null;
    this.#context();
    this.menu.close();
    setText(this.text, this.#drafts.get(chat) ?? "");
  }

  setCommands(commands) {
    this.#commands = commands;
    this.#typed();
  }

  setSamples(open) {
    this.samplesButton.setAttribute("aria-pressed", String(open));
  }

  /** The bot's own keyboard, or none. */
  setKeyboard(standing) {
    const markup = standing?.markup;
    if (this.shownKeyboard === markup) return;
    this.shownKeyboard = markup;
    this.keyboard.hidden = !markup;
    if (markup) {
      fill(this.keyboard, renderStandingKeyboard(markup, (text) => {
        this.act.send(text, null);
        if (markup.one_time_keyboard) this.keyboard.hidden = true;
      }));
    }
    this.text.placeholder = markup?.input_field_placeholder || "Message";
  }

  focus({ always = false } = {}) {
    if (always || !coarsePointer()) this.text.focus({ preventScroll: true });
  }

  startReply(message) {
    if (this.#editing) this.#endEdit();
    this.#reply = message;
    this.#context();
    this.focus({ always: true });
  }

  startEdit(message) {
    if (!this.#editing) this.#before = this.text.value;
    this.#editing = message;
    this.#reply = null;
    this.#context();
    setText(this.text, message.text ?? message.caption ?? "");
    this.focus({ always: true });
    this.text.setSelectionRange(this.text.value.length, this.text.value.length);
  }

  /** Put a text where the person can go on with it. */
  insert(text) {
    setText(this.text, this.text.value && !this.text.value.endsWith(" ") ? `${this.text.value} ${text}` : this.text.value + text);
    this.focus({ always: true });
  }

  /** Give back what could not be sent. */
  restore(text, reply, chat) {
    if (chat !== this.chat) {
      this.#drafts.set(chat, [text, this.#drafts.get(chat)].filter(Boolean).join("\n"));
      return;
    }
    setText(this.text, [text, this.text.value].filter(Boolean).join("\n"));
    if (reply && !this.#editing) {
      this.#reply = reply;
      this.#context();
    }
  }

  /** What Esc ends: the menu, the edit, the reply. Gives whether there was something. */
  dismiss() {
    if (this.menu.open) this.menu.close();
    else if (this.#editing) this.#endEdit();
    else if (this.#reply) this.takeReply();
    else return false;
    return true;
  }

  /** The message that is answered; the next one answers nothing. */
  takeReply() {
    const reply = this.#reply;
    this.#reply = null;
    this.#context();
    return reply;
  }

  /** A message is gone: neither answer nor edit it. */
  forget(alive) {
    if (this.#editing && !alive(this.#editing)) this.#endEdit();
    if (this.#reply && !alive(this.#reply)) this.takeReply();
  }

  #endEdit() {
    this.#editing = null;
    this.#context();
    setText(this.text, this.#before);
  }

  /** Begin to record, or end it and send. */
  async #voice() {
    try {
      if (this.#recording) {
        const recording = await this.#recording;
        this.#recording = null;
        this.#showRecording(false);
        this.act.voice(await recording.stop());
      } else {
        this.#recording = startRecording(() => this.#voice());
        await this.#recording;
        this.#showRecording(true);
      }
    } catch (error) {
      this.#recording = null;
      this.#showRecording(false);
      complain(error.name === "NotAllowedError" ? new Error("The browser does not let this page use the microphone.") : error);
    }
  }

  #showRecording(on) {
    const label = on ? "Send the recording" : RECORD;
    this.voiceButton.classList.toggle("recording", on);
    this.voiceButton.setAttribute("aria-label", label);
    this.voiceButton.title = label;
    this.text.placeholder = on ? "Recording… press again to send" : "Message";
  }

  #send() {
    const text = this.text.value.trim();
    this.menu.close();
    if (this.#editing) {
      const message = this.#editing;
      if (!text && "text" in message) return;
      this.#endEdit();
      if (text !== (message.text ?? message.caption ?? "")) this.act.edit(message, text);
    } else if (text) {
      setText(this.text, "");
      this.act.send(text, this.takeReply());
    }
    this.text.focus({ preventScroll: true });
  }

  #pick(command, complete) {
    this.menu.close();
    if (complete) {
      setText(this.text, `/${command} `);
      this.menu.close();
      this.focus({ always: true });
    } else {
      setText(this.text, "");
      this.act.send(`/${command}`, this.takeReply());
      this.focus();
    }
  }

  #toggleMenu() {
    if (this.menu.open) this.menu.close();
    else {
      this.menu.show(this.#commands);
      this.focus();
    }
  }

  #typed() {
    const { value } = this.text;
    this.slash.hidden = Boolean(value) || !this.#commands.length;
    this.sendButton.disabled = !value.trim() && !this.#editing?.photo && !this.#editing?.document;
    if (/^\/\w*$/.test(value)) this.menu.show(this.#commands, value);
    else this.menu.close();
    this.#point();
  }

  #key(event) {
    if (event.isComposing) return;
    if (this.menu.key(event)) this.#point();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "ArrowUp" && !this.text.value && !this.#editing) {
      if (this.act.editLast()) event.preventDefault();
    }
  }

  #point() {
    if (this.menu.marked) this.text.setAttribute("aria-activedescendant", this.menu.marked);
    else this.text.removeAttribute("aria-activedescendant");
  }

  #context() {
    const message = this.#editing ?? this.#reply;
    this.context.hidden = !message;
    this.sendButton.replaceChildren(icon(this.#editing ? "check" : "send", 20));
    this.sendButton.setAttribute("aria-label", this.#editing ? "Save" : "Send");
    if (!message) return;
    const small = message.photo?.[0]?.url ?? message.document?.thumbnail?.url;
    const title = this.#editing ? "Edit message" : `Reply to ${message.from?.first_name ?? ""}`;
    fill(this.context,
      icon(this.#editing ? "edit" : "reply", 20),
      el("button", { type: "button", class: "context-body", on: { click: () => this.act.jump(message.message_id) } },
        small ? el("img", { src: small, alt: "", class: "quote-thumb" }) : null,
        el("span", { class: "quote-text" }, el("span", { class: "quote-name" }, title),
          el("span", { class: "quote-line", dir: "auto" }, withEmoji(clip(message.quoted ?? summary(message), 120))))),
      iconButton(icon("close", 20), this.#editing ? "Stop editing" : "Do not reply", () => { this.dismiss(); this.focus(); }));
  }
}
