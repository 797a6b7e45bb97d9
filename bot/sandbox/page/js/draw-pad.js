// A pad to paint a scene of one's own, with a finger, a pen or a mouse, and to ask about it.

import { fileOf } from "./api.js";
import { AskBox } from "./ask-box.js";
import { el, iconButton } from "./dom.js";
import { BRUSHES, COLOURS, Drawing, GROUNDS, HEIGHT, WIDTH } from "./drawing.js";
import { icon } from "./icons.js";
import { openDialog } from "./toast.js";

const QUESTIONS = [
  "What colour is the ball?", "How many balls are there?", "Is there a tree?", "How many people are there?",
  "Is it day or night?", "What is the weather like?",
];
const CLOSE = 3; // pixels of the picture between two points that are worth keeping

let drawing = new Drawing(); // kept while the pad is closed, until it was sent

/** A drawing that was sent: the next one begins on an empty pad. */
export function forgetDrawing() {
  drawing = new Drawing();
}

/** Let the person paint; resolves with { file, question }, or null when the pad was dismissed. */
export async function drawPad(question = "") {
  const canvas = el("canvas", { class: "pad", width: WIDTH, height: HEIGHT, role: "img", "aria-label": "Your drawing" });
  const context = canvas.getContext("2d");
  const dialog = el("dialog", { class: "sheet draw-sheet", "aria-label": "Draw" });
  const chosen = { colour: "Red", brush: "Shape" };
  let asked = "";
  const box = new AskBox((text) => {
    asked = text;
    dialog.close("send");
  }, question);
  box.offer(QUESTIONS);

  const hint = el("p", { class: "pad-hint", "aria-hidden": "true" }, "Paint here: a ball, a tree, a person …");
  const show = () => {
    drawing.paint(context);
    hint.hidden = drawing.strokes.length > 0;
    undo.disabled = !drawing.canUndo;
    clear.disabled = !drawing.strokes.length;
  };
  const undo = iconButton(icon("undo"), "Undo", () => { drawing.undo(); show(); });
  const clear = iconButton(icon("trash"), "Clear", () => { drawing.clear(); show(); });
  const grounds = choice("Where it is", Object.keys(GROUNDS), drawing.ground, (name) => { drawing.ground = name; show(); },
    (name) => el("span", { class: "swatch ground", style: { "--above": GROUNDS[name][0], "--below": GROUNDS[name][1] } }));
  const colours = choice("Colour", Object.keys(COLOURS), chosen.colour, (name) => { chosen.colour = name; },
    (name) => el("span", { class: "swatch", style: { "--colour": COLOURS[name] } }));
  const brushes = choice("Brush", Object.keys(BRUSHES), chosen.brush, (name) => { chosen.brush = name; },
    (name) => el("span", { class: ["brush", `brush-${name.toLowerCase()}`] }));
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.target === box.text) return;
    event.preventDefault();
    undo.click();
  });
  paintWith(canvas, chosen, show);
  dialog.append(el("div", { class: "sheet-inside" },
    el("div", { class: "sheet-head" }, iconButton(icon("close"), "Cancel", () => dialog.close("")),
      el("h2", { class: "sheet-title" }, "Draw"), undo, clear),
    el("div", { class: "sheet-body" }, el("div", { class: "pad-frame" }, canvas, hint),
      colours, el("div", { class: "pad-tools" }, brushes, grounds), box.chips),
    box.foot));
  show();
  if ((await openDialog(dialog)) !== "send") return null;
  // At once: toBlob() waits until the browser is idle, on a busy machine for seconds in which the drawing would be nowhere.
  const [, data] = canvas.toDataURL("image/png").split(",");
  return { file: fileOf(data, "drawing.png", "image/png"), question: asked };
}

/** Radio buttons that show what they choose. */
function choice(label, names, begin, take, face) {
  const group = `pad-${label.toLowerCase().replaceAll(" ", "-")}`;
  return el("fieldset", { class: "choice" }, el("legend", { class: "off-screen" }, label), names.map((name) =>
    el("label", { title: name },
      el("input", { type: "radio", name: group, "aria-label": name, checked: name === begin, on: { change: () => take(name) } }), face(name))));
}

/** Turn what one finger, pen or mouse does on the canvas into strokes; `show()` after each change. */
function paintWith(canvas, chosen, show) {
  let stroke = null;
  let pointer = null;
  const place = (event) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return [((event.clientX - left) / width) * WIDTH, ((event.clientY - top) / height) * HEIGHT];
  };
  // Else the browser takes the end of a quick stroke for a fling, and the next tap for what stops it.
  canvas.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  canvas.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button !== 0) return; // a second finger, another button
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer);
    stroke = drawing.begin(chosen.colour, chosen.brush, place(event));
    show();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    const steps = event.getCoalescedEvents?.() ?? [];
    for (const point of (steps.length ? steps : [event]).map(place)) {
      const [x, y] = stroke.points.at(-1);
      if (Math.hypot(point[0] - x, point[1] - y) >= CLOSE) stroke.points.push(point);
    }
    show();
  });
  for (const name of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(name, (event) => {
      if (event.pointerId === pointer) pointer = stroke = null;
    });
  }
}
