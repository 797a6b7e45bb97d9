// The emoji of the bot's buttons and texts and of our own menus, drawn here: not every machine has a font with them.

import { el } from "./dom.js";
import { shape } from "./icons.js";

const GOLD = "#ffc83d";
const INK = "#5c3a12";
const THUMB = "M8 10.4l3.5-7.3c1.4 0 2.5 1.1 2.5 2.5V9h4.7a2 2 0 0 1 2 2.3l-1.1 7A2 2 0 0 1 17.6 20H8zM2.8 10.4h3.4V20H2.8z";
const FACE = [["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", GOLD]];
const EYES = ["M8.8 8.6a1.2 1.6 0 1 0 0 3.2 1.2 1.6 0 0 0 0-3.2zM15.2 8.6a1.2 1.6 0 1 0 0 3.2 1.2 1.6 0 0 0 0-3.2z", INK];
const LAUGH = ["M6.8 13.2h10.4a5.2 5.2 0 0 1-10.4 0z", INK];

/** Emoji -> its parts, each a path on a 24 x 24 grid and a colour; a third item is the width of a line instead. */
const DRAWN = {
  "👍": [[THUMB, GOLD]],
  "👎": [[THUMB, GOLD]],
  "❤": [["M12 20.5C6 16.2 3 13 3 9.2A4.7 4.7 0 0 1 12 7a4.7 4.7 0 0 1 9 2.2c0 3.8-3 7-9 11.3z", "#e8364f"]],
  "🙂": [...FACE, EYES, ["M8 14.4a5 5 0 0 0 8 0", INK, 1.4]],
  "😄": [...FACE, ["M7.3 11a1.6 1.6 0 0 1 3 0M13.7 11a1.6 1.6 0 0 1 3 0", INK, 1.4], LAUGH],
  "😁": [...FACE, EYES, LAUGH, ["M7.4 13.9h9.2l-.5 2H7.9z", "#fff"]],
  "🤔": [...FACE, EYES, ["M7 7.6l3-.6M14 6.2l3 .8M10 15.4l4.4-1", INK, 1.4], ["M6.6 20.6c-1.7-2.6-.4-4.8 1.6-4.6l3.6.9-.3 1.6-2 .3c.7 1.8-1 3.2-2.9 1.8z", "#e59a28"]],
  "🔥": [["M12 2.5c.8 3.6 6.5 6 6.5 11.5A6.5 6.5 0 0 1 12 21a6.5 6.5 0 0 1-6.5-7c0-2.6 1.4-4.3 2.6-5.6.2 1.7.9 2.6 1.9 3-.3-3.4.2-6.4 2-8.9z", "#f4702e"], ["M12.2 12c.4 1.8 2.8 3 2.8 5.5a3 3 0 0 1-6 0c0-1.3.7-2.2 1.3-2.8.4.8.8 1 1.2 1.1-.1-1.3.1-2.7.7-3.8z", GOLD]],
  "🎉": [["M3 21l4.6-11.5 7 7z", GOLD], ["M12.5 10.5c2-1.5 2.3-3.7 1.4-6M14.5 13.2c1.8-1.7 4-1.7 6-.9", "#3f8fe0", 1.6], ["M8 3.5v1.8M18 6.5l1.3-1.3M20.5 17.5h-1.8", "#e8364f", 2.2], ["M5.8 14.2l4 4", "#e59a28", 1.6]],
  "🖼": [["M3 4.5h18v15H3z", "#b07a3c"], ["M5.5 7h13v10h-13z", "#9fd3f5"], ["M5.5 17v-2l4-4 3.5 3.5 2-2 3.5 3.5V17z", "#4f9d57"]],
  "🔎": [["M10.5 13.5L4 20", "#6b5a4a", 3], ["M14 4a6 6 0 1 0 0 12 6 6 0 0 0 0-12z", "#bfe3f7"], ["M14 4a6 6 0 1 0 0 12 6 6 0 0 0 0-12z", "#7b8794", 1.8]],
  "📦": [["M3.5 7.5L12 3.5l8.5 4v9L12 20.5l-8.5-4z", "#c98d4e"], ["M3.5 7.5L12 11.5l8.5-4L12 3.5z", "#e0ad72"], ["M8 5.6l8.5 4v3", "#f3dcb8", 1.8]],
};
const KNOWN = new RegExp(`(${Object.keys(DRAWN).join("|")})\uFE0F?`, "gu");

/** A text as nodes, with the emoji that we know as drawings; whoever copies it or has it read out gets the emoji. */
export function withEmoji(text) {
  return text.split(KNOWN).map((part, place) => (place % 2 ? drawing(part) : part)).filter(Boolean);
}

function drawing(emoji) {
  const svg = shape({ class: emoji === "👎" ? "upside-down" : null }, DRAWN[emoji].map(([d, colour, line]) =>
    (line ? { d, fill: "none", stroke: colour, "stroke-width": line } : { d, fill: colour })));
  return el("span", { class: "emoji" }, svg, el("span", { class: "emoji-text" }, emoji));
}
