// Short notices over the conversation, and the dialogs that wait for an answer.

import { el } from "./dom.js";
import { withEmoji } from "./emoji.js";

const LASTS = 4_500; // ms

/** Show a notice; an error stands out and is read out at once. */
export function toast(text, { error = false } = {}) {
  const place = document.querySelector("#toasts");
  const note = el("div", { class: ["toast", error && "error"], role: error ? "alert" : null }, withEmoji(text));
  for (const other of place.children) if (other.textContent === text) other.remove();
  place.append(note);
  if (place.matches(":popover-open")) place.hidePopover();
  place.showPopover(); // once more, so that it lies above a dialog that was opened meanwhile
  while (place.children.length > 3) place.firstChild.remove();
  const end = () => {
    note.classList.add("going");
    setTimeout(() => note.remove(), 250);
  };
  const timer = setTimeout(end, LASTS + text.length * 25);
  note.addEventListener("click", () => {
    clearTimeout(timer);
    end();
  });
}

/** Say what went wrong. */
export const complain = (error) => toast(error?.message || "Something went wrong.", { error: true });

/** Open a dialog; resolves with the value that it was closed with ("" when it was dismissed). */
export function openDialog(dialog) {
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close(""));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    }, { once: true });
  });
}

function box(text, buttons) {
  const rows = buttons.map(([value, label, look]) =>
    el("button", { type: "submit", value, class: ["button", look], autofocus: look !== "quiet" }, label));
  return el("dialog", { class: "box", "aria-label": text },
    el("form", { method: "dialog" }, el("p", { dir: "auto" }, withEmoji(text)), el("div", { class: "box-buttons" }, rows)));
}

/** A text that has to be seen. */
export const say = (text) => openDialog(box(text, [["ok", "OK", "primary"]]));

/** A question; resolves with whether the person agreed. */
export async function confirm(text, label) {
  return (await openDialog(box(text, [["", "Cancel", "quiet"], ["ok", label, "danger"]]))) === "ok";
}

/** Put a text on the clipboard. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Not allowed outside of localhost and https: the old way still is.
    const area = el("textarea", { class: "off-screen" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast("Copied");
}
