// Builds elements. Data only ever becomes text or attributes here, never markup.

/**
 * Make an element: el("button", { class: "send", on: { click } }, "Send").
 * Attributes that are false, null or undefined are left out; `on` holds listeners, `data` the dataset,
 * `style` custom properties and the like.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (name === "data") {
      Object.assign(node.dataset, value);
    } else if (name === "style") {
      for (const [property, setting] of Object.entries(value)) node.style.setProperty(property, setting);
    } else if (name === "class") {
      node.className = Array.isArray(value) ? value.filter(Boolean).join(" ") : value;
    } else {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Put these children, and only these, into a node. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A round button with an icon and a name for those who do not see it. */
export function iconButton(glyph, label, onClick, extra = {}) {
  const { class: more, ...rest } = extra;
  return el(
    "button",
    { type: "button", class: ["icon-button", more], "aria-label": label, title: label, on: { click: onClick }, ...rest },
    glyph,
  );
}

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
export const coarsePointer = () => matchMedia("(pointer: coarse)").matches;
