// Menus that open at a point: for a message, or under a button.

import { el } from "./dom.js";
import { icon } from "./icons.js";

const MARGIN = 8; // px to the edges of the window
const LONG_PRESS = 450; // ms
const WOBBLE = 10; // px that a finger may move meanwhile
const AFTER_LIFTING = 50; // ms in which the browser makes a click of it
let closeOpen = null;

/**
 * Show a menu at a point of the window.
 * `items`: { label, glyph, act, danger, checked }, { heading }, or null for a line; `top`: an element above them.
 */
export function showMenu({ x, y, items, top = null, label = "Menu" }) {
  closeOpen?.();
  const before = document.activeElement;
  const menu = el("div", { class: "menu", role: "menu", "aria-label": label });
  if (top) menu.append(top);
  for (const item of items) menu.append(item ? renderItem(item) : el("div", { class: "menu-line", role: "separator" }));
  const cover = el("div", { class: "menu-cover" }, menu);
  const close = ({ focus = true } = {}) => {
    cover.remove();
    closeOpen = null;
    if (focus && before?.isConnected) before.focus({ preventScroll: true });
  };
  closeOpen = close;
  cover.addEventListener("click", (event) => (event.target === cover || event.target.closest(".menu-item, .closes")) && close());
  cover.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    if (event.target === cover) close();
  });
  cover.addEventListener("keydown", (event) => keys(event, menu, close));
  document.querySelector("#app").append(cover);
  const { offsetWidth: width, offsetHeight: height } = menu; // as laid out: its entrance is animated
  const left = Math.max(MARGIN, Math.min(x, innerWidth - width - MARGIN));
  const below = y + height + MARGIN <= innerHeight;
  menu.style.left = `${left}px`;
  menu.style.top = `${below ? y : Math.max(MARGIN, Math.min(y - height, innerHeight - height - MARGIN))}px`;
  menu.querySelector(".menu-item")?.focus({ preventScroll: true });
}

function renderItem({ heading, label, glyph, act, danger, checked }) {
  if (heading) return el("div", { class: "menu-heading", role: "presentation" }, heading);
  const radio = checked !== undefined;
  return el(
    "button",
    {
      type: "button", class: ["menu-item", danger && "danger"], role: radio ? "menuitemradio" : "menuitem",
      "aria-checked": radio ? String(checked) : null, on: { click: act },
    },
    typeof glyph === "string" ? icon(glyph, 20) : glyph, el("span", { class: "menu-label" }, label),
    checked ? icon("check", 18) : null,
  );
}

function keys(event, menu, close) {
  const all = [...menu.querySelectorAll("button")];
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    close();
  } else if (to !== undefined) {
    event.preventDefault();
    all.at(to % all.length)?.focus();
  }
}

/** Call `open(x, y, target)` for a right click, a long press, or the menu key on a node. */
export function onMenu(node, open) {
  let timer = 0;
  let start = null;
  let opened = false;
  const cancel = () => clearTimeout(timer);
  node.addEventListener("contextmenu", (event) => {
    if (event.target.closest("a[href]") && !event.target.closest(".file, .key")) return; // the browser's own, for links
    event.preventDefault();
    cancel();
    if (opened) return;
    const box = node.getBoundingClientRect();
    const byKey = event.clientX === 0 && event.clientY === 0;
    open(byKey ? box.left + 40 : event.clientX, byKey ? box.top + 20 : event.clientY, event.target);
  });
  node.addEventListener("pointerdown", (event) => {
    opened = false;
    if (event.pointerType !== "touch") return;
    start = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => {
      opened = true;
      navigator.vibrate?.(8);
      swallowClick(event.pointerId);
      open(start.x, start.y, event.target);
    }, LONG_PRESS);
  });
  node.addEventListener("pointermove", (event) => {
    if (start && Math.hypot(event.clientX - start.x, event.clientY - start.y) > WOBBLE) cancel();
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) node.addEventListener(name, cancel);
}

/** The finger that opened a menu may lie on one of its items: lifting it chooses nothing. */
function swallowClick(pointer) {
  const swallow = (event) => {
    if (event.pointerId !== undefined && event.pointerId !== pointer) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const lifted = new AbortController();
  document.addEventListener("click", swallow, { capture: true, signal: lifted.signal });
  const over = () => setTimeout(() => lifted.abort(), AFTER_LIFTING);
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, over, { capture: true, once: true });
}
