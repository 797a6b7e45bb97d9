// For developers: what goes wrong on purpose, and what the bot called.

import { el, fill, iconButton } from "./dom.js";
import { icon } from "./icons.js";
import { complain, openDialog, toast } from "./toast.js";

const RATES = [
  ["rate_5xx", "Server errors (5xx)"], ["rate_429", "Too many requests (429)"], ["timeout_rate", "Time-outs"],
  ["drop_rate", "Dropped connections"], ["double_updates", "Doubled updates"], ["reorder_updates", "Updates out of order"],
];
const CALLS_SHOWN = 40;

/** Show the panel. */
export async function openFaults(api) {
  const faults = await api.faults();
  const change = async (settings) => {
    try {
      Object.assign(faults, await api.setFaults(settings));
    } catch (error) {
      complain(error);
    }
    draw();
  };
  const controls = el("div", { class: "faults" });
  const calls = el("ol", { class: "calls" });
  const draw = () => fill(controls,
    RATES.filter(([name]) => name in faults).map(([name, label]) => slider(label, faults[name], (value) => change({ [name]: value }))),
    number("Wait after 429, seconds", faults.retry_after, (value) => change({ retry_after: value })),
    "limits" in faults ? check("Telegram's real rate limits", faults.limits, (on) => change({ limits: on })) : null);
  const calm = () => {
    change(Object.fromEntries(RATES.filter(([name]) => name in faults).map(([name]) => [name, 0]).concat([["next", []]])));
    toast("All faults are off");
  };
  const readCalls = async () => {
    try {
      const { calls: all } = await api.log();
      fill(calls, all.filter(({ method }) => method !== "getUpdates").slice(-CALLS_SHOWN).reverse().map(call));
    } catch (error) {
      complain(error);
    }
  };
  const dialog = el("dialog", { class: "sheet faults-sheet", "aria-label": "Faults and calls" });
  dialog.append(el("div", { class: "sheet-inside" },
    el("div", { class: "sheet-head" }, iconButton(icon("close"), "Close", () => dialog.close("")), el("h2", { class: "sheet-title" }, "Faults and calls"),
      el("button", { type: "button", class: "button quiet", on: { click: calm } }, "All off")),
    el("div", { class: "sheet-scroll" },
      el("p", { class: "hint" }, "Faults that the bot meets when it calls this sandbox."), controls,
      el("div", { class: "calls-head" }, el("h3", {}, "What the bot called"),
        el("button", { type: "button", class: "button quiet", on: { click: readCalls } }, "Refresh")), calls)));
  draw();
  readCalls();
  await openDialog(dialog);
}

function slider(label, value, change) {
  const shown = el("output", {}, `${Math.round(value * 100)} %`);
  const input = el("input", { type: "range", min: "0", max: "1", step: "0.05", "aria-label": label });
  input.value = value;
  input.addEventListener("input", () => { shown.textContent = `${Math.round(input.value * 100)} %`; });
  input.addEventListener("change", () => change(Number(input.value)));
  return el("label", { class: "fault" }, el("span", {}, label), shown, input);
}

function number(label, value, change) {
  const input = el("input", { type: "number", min: "1", max: "600", "aria-label": label });
  input.value = value;
  input.addEventListener("change", () => input.checkValidity() && input.value && change(Number(input.value)));
  return el("label", { class: "fault plain" }, el("span", {}, label), input);
}

function check(label, on, change) {
  const input = el("input", { type: "checkbox", "aria-label": label });
  input.checked = on;
  input.addEventListener("change", () => change(input.checked));
  return el("label", { class: "fault plain" }, el("span", {}, label), input);
}

function call(entry) {
  const detail = { params: entry.params ?? {}, [entry.ok ? "result" : "error"]: entry.ok ? entry.result : entry.description };
  return el("li", { class: entry.ok ? null : "failed" }, el("details", {},
    el("summary", {}, el("span", { class: "call-method" }, entry.method),
      el("span", { class: "call-note" }, entry.ok ? `#${entry.n}` : String(entry.error_code ?? "failed"))),
    el("pre", {}, JSON.stringify(detail, null, 2))));
}
