// Photos in boxes of their final size (nothing jumps when they load), albums, files.

import { el } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { mediaKind, size } from "./format.js";
import { icon } from "./icons.js";

const LARGEST = { width: 420, height: 420 }; // CSS pixels of a photo in a bubble
const NARROWEST = 220;
const seen = new Set(); // addresses that were loaded once: they appear without a fade

/** The box of one photo in a bubble, in CSS pixels. */
export function photoBox({ width, height }) {
  const scale = Math.min(LARGEST.width / width, LARGEST.height / height);
  const boxWidth = Math.max(NARROWEST, Math.round(width * scale));
  const boxHeight = Math.min(LARGEST.height, Math.max(90, Math.round((height * boxWidth) / width)));
  return { width: boxWidth, height: boxHeight };
}

/** The photo size that fills `width` CSS pixels sharply. */
function bestSize(sizes, width) {
  const wanted = width * Math.min(devicePixelRatio || 1, 2);
  return sizes.find((one) => one.width >= wanted) ?? sizes.at(-1);
}

/** A picture that fades in over its own blurred small version. */
function blurUp(sizes, width, label) {
  const best = bestSize(sizes, width);
  const picture = el("img", { class: "sharp", src: best.url, alt: label, decoding: "async", draggable: "false" });
  if (seen.has(best.url)) picture.classList.add("loaded");
  const done = () => {
    seen.add(best.url);
    picture.classList.add("loaded");
  };
  picture.addEventListener("load", done);
  if (picture.complete && picture.naturalWidth) done();
  const small = el("img", { class: "blurred", src: sizes[0].url, alt: "", "aria-hidden": "true", draggable: "false" });
  return [small, picture];
}

function photoButton(message, width, actions, extra = {}) {
  const label = message.caption ? `Photo: ${message.caption}` : "Photo";
  return el(
    "button",
    {
      type: "button", class: "photo", "aria-label": `${label}. Press to enlarge`,
      data: { photo: message.message_id ?? "" }, on: { click: () => actions.view(message) }, ...extra,
    },
    blurUp(message.photo, width, ""),
  );
}

/** A single photo. */
export function renderPhoto(message, actions) {
  const largest = message.photo.at(-1);
  const box = photoBox(largest);
  return photoButton(message, box.width, actions, { style: { "aspect-ratio": `${box.width} / ${box.height}` } });
}

const ROWS = { 2: [2], 3: [1, 2], 4: [2, 2], 5: [2, 3], 6: [3, 3], 7: [1, 3, 3], 8: [2, 3, 3], 9: [3, 3, 3], 10: [2, 2, 3, 3] };

/** Rows of one to three cells, shaped like the photos on the whole. `sizes`: width and height of each. */
function albumGrid(sizes, makeCell) {
  const mean = sizes.reduce((sum, { width, height }) => sum + width / height, 0) / sizes.length;
  const cell = Math.min(1.75, Math.max(0.75, mean));
  const grid = el("div", { class: "album", role: "group", "aria-label": `${sizes.length} photos`, style: { "--cell": cell.toFixed(3) } });
  let next = 0;
  for (const count of ROWS[sizes.length] ?? [sizes.length]) {
    const row = el("div", { class: "album-row" });
    for (const end = next + count; next < end; next += 1) row.append(makeCell(next, 420 / count));
    grid.append(row);
  }
  return grid;
}

/** Several photos as a grid. */
export function renderAlbum(messages, actions) {
  return albumGrid(messages.map((message) => message.photo.at(-1)), (at, width) => photoButton(messages[at], width, actions));
}

/** Photos that are on their way: shown from the person's own files. */
export function renderOwnPhotos(pictures) {
  const picture = (at, style = {}) =>
    el("div", { class: "photo", style }, el("img", { class: "sharp loaded", src: pictures[at].url, alt: "Photo" }));
  if (pictures.length > 1) return albumGrid(pictures, (at) => picture(at));
  const box = photoBox(pictures[0]);
  return picture(0, { "aspect-ratio": `${box.width} / ${box.height}` });
}

/** A file as a row that downloads it; what was recorded can be heard. */
export function renderFile(message) {
  const kind = mediaKind(message);
  const file = message[kind];
  if (kind === "voice") {
    return el("audio", { class: "voice", controls: true, preload: "metadata", src: file.url, "aria-label": `Voice message, ${file.duration} s` });
  }
  const name = file.file_name || { voice: "Voice message.ogg", video_note: "Video message.mp4" }[kind] || `${kind}`;
  const extension = name.includes(".") ? name.split(".").at(-1).slice(0, 4).toUpperCase() : "";
  const thumbnail = file.thumbnail?.url;
  const face = thumbnail
    ? el("span", { class: "file-face" }, el("img", { src: thumbnail, alt: "", class: "file-thumb" }))
    : el("span", { class: "file-face" }, icon("download", 20));
  return el(
    "a",
    { class: "file", href: file.url, download: name },
    el("span", { class: "off-screen" }, "Download "),
    face,
    el("span", { class: "file-text" }, el("span", { class: "file-name" }, name),
      el("span", { class: "file-size" }, [size(file.file_size), extension].filter(Boolean).join(" · "))),
  );
}

/** A sticker: its picture, or its emoji where the picture cannot be shown. */
export function renderSticker(message) {
  const { url, emoji } = message.sticker;
  const picture = el("img", { class: "sticker", src: url, alt: `Sticker ${emoji ?? ""}` });
  picture.addEventListener("error", () => picture.replaceWith(el("span", { class: "sticker-emoji" }, withEmoji(emoji ?? "🙂"))));
  return picture;
}

/** A place or a contact, in two lines. */
export function renderCard(message) {
  const { location, contact } = message;
  const lines = location
    ? ["Location", `${location.latitude.toFixed(4)}, ${location.longitude.toFixed(4)}`]
    : [contact.first_name, contact.phone_number];
  return el("div", { class: "file" },
    el("span", { class: "file-face" }, icon(location ? "pin" : "people", 20)),
    el("span", { class: "file-text" }, lines.map((line, at) => el("span", { class: at ? "file-size" : "file-name" }, line))));
}
