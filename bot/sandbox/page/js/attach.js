// Choosing, pasting and dropping files; the sheet that shows them before they are sent.

import { el, fill, iconButton } from "./dom.js";
import { size } from "./format.js";
import { icon } from "./icons.js";
import { growing } from "./textarea.js";
import { openDialog } from "./toast.js";

const SHOWN = /^image\/(jpeg|png|gif|webp|bmp|avif)$/;
const isPicture = (file) => file.type.startsWith("image/");
const canShow = (file) => SHOWN.test(file.type);

/** Let the person choose files; calls back with them. */
export function chooseFiles(take, { accept = "" } = {}) {
  const input = el("input", { type: "file", multiple: true, accept: accept || null, class: "off-screen", "aria-label": "Files to send" });
  input.addEventListener("change", () => {
    if (input.files.length) take([...input.files]);
    input.remove();
  });
  input.addEventListener("cancel", () => input.remove());
  document.body.append(input);
  input.click();
}

/** Show the files with room for a caption; resolves with { files, caption, asDocument }, or null when dismissed. */
export async function previewSheet(files, { caption = "", asDocument = false, title = "" } = {}) {
  let chosen = [...files];
  const urls = new Map(chosen.map((file) => [file, URL.createObjectURL(file)]));
  const previews = el("div", { class: "sheet-previews" });
  const heading = el("h2", { class: "sheet-title" });
  const asFile = el("input", { type: "checkbox" });
  asFile.checked = asDocument;
  const asFileRow = el("label", { class: "sheet-option" }, asFile, el("span", {}, "Send as a file, without making it smaller"));
  const text = growing(el("textarea", { class: "sheet-caption", rows: "1", placeholder: "Ask about it, or add a caption", "aria-label": "Caption", dir: "auto", autofocus: true }));
  text.value = caption;
  const dialog = el("dialog", { class: "sheet" });

  const add = (more) => {
    for (const file of more) urls.set(file, URL.createObjectURL(file));
    chosen = [...chosen, ...more];
    draw();
  };
  const remove = (file) => {
    chosen = chosen.filter((other) => other !== file);
    chosen.length ? draw() : dialog.close("");
  };
  const draw = () => {
    const pictures = chosen.filter(isPicture);
    const what = chosen.length === pictures.length ? "picture" : "file";
    heading.textContent = title || (chosen.length === 1 ? `Send a ${what}` : `Send ${chosen.length} ${what}s`);
    dialog.setAttribute("aria-label", heading.textContent);
    asFileRow.hidden = !pictures.length;
    previews.classList.toggle("several", chosen.length > 1);
    fill(previews, chosen.map((file) => preview(file, urls.get(file), asFile.checked, chosen.length > 1 ? () => remove(file) : null)));
  };
  const send = () => dialog.close("send");
  asFile.addEventListener("change", draw);
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    }
  });
  dialog.addEventListener("paste", (event) => {
    const pasted = filesOf(event.clipboardData);
    if (pasted.length) {
      event.preventDefault();
      add(pasted);
    }
  });
  dialog.append(el("div", { class: "sheet-inside" },
    el("div", { class: "sheet-head" }, iconButton(icon("close"), "Cancel", () => dialog.close("")), heading,
      iconButton(icon("plus"), "Add another", () => chooseFiles(add))),
    previews, asFileRow,
    el("div", { class: "sheet-foot" }, text, iconButton(icon("send", 20), "Send", send, { class: "send" }))));
  draw();
  const answered = openDialog(dialog);
  text.dispatchEvent(new Event("input"));
  const answer = await answered;
  const pictures = asFile.checked ? [] : await Promise.all(chosen.filter(canShow).map((file) => measure(urls.get(file))));
  const allShown = pictures.length === chosen.length && pictures.every(Boolean);
  const kept = answer === "send" && allShown;
  if (!kept) for (const url of urls.values()) URL.revokeObjectURL(url);
  if (answer !== "send") return null;
  return { files: chosen, caption: text.value.trim(), asDocument: asFile.checked, pictures: allShown ? pictures : [] };
}

/** The width and height of a picture, or null when the browser cannot show it. */
export async function measure(url) {
  const picture = new Image();
  picture.src = url;
  try {
    await picture.decode();
  } catch {
    return null;
  }
  return { url, width: picture.naturalWidth, height: picture.naturalHeight };
}

/** A JPEG of a video's first frame, as apps send it along; null where the browser cannot show it, or it is none. */
export async function stillOf(file) {
  if (!file.type.startsWith("video/")) return null;
  const url = URL.createObjectURL(file);
  const video = el("video", { muted: true, preload: "auto" });
  try {
    await new Promise((shown, failed) => {
      video.addEventListener("loadeddata", shown, { once: true });
      video.addEventListener("error", failed, { once: true });
      video.src = url;
    });
    const scale = Math.min(1, 320 / Math.max(video.videoWidth, video.videoHeight));
    const canvas = el("canvas", { width: Math.round(video.videoWidth * scale), height: Math.round(video.videoHeight * scale) });
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(url);
  }
}

function preview(file, url, asFile, remove) {
  const away = remove && iconButton(icon("close", 16), `Remove ${file.name || "picture"}`, remove, { class: "preview-remove" });
  if (!canShow(file) || asFile) {
    return el("div", { class: "preview-file" }, el("span", { class: "file-face" }, icon("file", 20)),
      el("span", { class: "file-text" }, el("span", { class: "file-name" }, file.name || "picture.png"),
        el("span", { class: "file-size" }, size(file.size))), away);
  }
  return el("div", { class: "preview-picture" }, el("img", { src: url, alt: file.name || "Picture" }), away);
}

/** The files of a paste or a drop. */
export const filesOf = (transfer) => [...(transfer?.files ?? [])];

/** Take files that are pasted anywhere or dropped on `zone`. */
export function listenForFiles(zone, take) {
  const veil = el("div", { class: "drop-veil", "aria-hidden": "true" },
    el("div", {}, icon("image", 44), el("strong", {}, "Drop to send"), el("span", {}, "Pictures or any other file")));
  zone.append(veil);
  let depth = 0; // dragenter and dragleave come for each child
  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const show = (on) => veil.classList.toggle("shown", on);
  addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    depth += 1;
    show(true);
  });
  addEventListener("dragleave", (event) => {
    if (!carriesFiles(event)) return;
    depth = Math.max(0, depth - 1);
    if (!depth) show(false);
  });
  addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    show(false);
    if (!document.querySelector("dialog[open]")) take(filesOf(event.dataTransfer));
  });
  addEventListener("paste", (event) => {
    const files = filesOf(event.clipboardData);
    if (!files.length || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    take(files);
  });
}
