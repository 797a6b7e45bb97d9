// Round pictures for people, groups and the bot.

import { el } from "./dom.js";
import { icon } from "./icons.js";

const COLOURS = 6;

/** A steady colour number for an id. */
export const colourOf = (id) => Math.abs(Number(id) || 0) % COLOURS;

/** A person's avatar: an initial on a colour; the bot's is an eye. */
export function avatar(who, { size = 40, group = false } = {}) {
  const name = who?.first_name ?? who?.title ?? "";
  const style = { "--size": `${size}px` };
  const colour = who?.is_bot ? "bot" : colourOf(who?.id);
  const inside = who?.is_bot ? el("span", { class: "avatar-eye" }) : group ? icon("people", size * 0.52) : [...name][0] ?? "?";
  return el("span", { class: `avatar colour-${colour}`, style, "aria-hidden": "true" }, inside);
}
