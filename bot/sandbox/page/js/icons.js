// Our own line icons on a 24 x 24 grid.

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = {
  menu: "M4 7h16M4 12h16M4 17h10",
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  attach: "M19.5 11.5l-7.8 7.8a4.8 4.8 0 0 1-6.8-6.8l8.3-8.3a3.2 3.2 0 0 1 4.6 4.6l-8.2 8.1a1.6 1.6 0 0 1-2.3-2.3l7.2-7.1",
  send: "M5 12L4 5l16.5 7L4 19zM5 12h7",
  slash: "M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v11a2.5 2.5 0 0 1-2.5 2.5h-11A2.5 2.5 0 0 1 4 17.5zM14 8l-4 8",
  spark: "M11 4l1.8 5.2L18 11l-5.2 1.8L11 18l-1.8-5.2L4 11l5.2-1.8zM18.5 15.5v5M16 18h5",
  down: "M6 9l6 6 6-6",
  download: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  file: "M7 3.5h7l4.5 4.5v11a1.5 1.5 0 0 1-1.5 1.5H7A1.5 1.5 0 0 1 5.5 19V5A1.5 1.5 0 0 1 7 3.5zM14 3.5V8h4.5",
  reply: "M10 6L4 12l6 6M4.5 12H14a6 6 0 0 1 6 6",
  forward: "M14 6l6 6-6 6M19.5 12H10a6 6 0 0 0-6 6",
  edit: "M4.5 19.5l1-4.5L16 4.5l3.5 3.5L9 18.5zM13.5 7l3.5 3.5",
  copy: "M9 9h9.5A1.5 1.5 0 0 1 20 10.5V19a1.5 1.5 0 0 1-1.5 1.5h-8A1.5 1.5 0 0 1 9 19zM15 5.5V5a1.5 1.5 0 0 0-1.5-1.5h-8A1.5 1.5 0 0 0 4 5v8.5A1.5 1.5 0 0 0 5.5 15H6",
  trash: "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 12.5a1 1 0 0 0 1 1h7a1 1 0 0 0 1-1L17.5 7M10 11v5.5M14 11v5.5",
  check: "M5 12.5l4.5 4.5L19 7.5",
  clock: "M12 7v5l3 2M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0z",
  link: "M8 16L16.5 7.5M9 7h8v8",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
  auto: "M4.5 5h15v10.5h-15zM9 20h6M12 15.5V20",
  bug: "M8.5 9a3.5 3.5 0 0 1 7 0M7.5 9h9v5.5a4.5 4.5 0 0 1-9 0zM12 11v8M3.5 13.5h4M16.5 13.5h4M4.5 7l3 2.5M19.5 7l-3 2.5M5 20l3-2.5M19 20l-3-2.5",
  list: "M8.5 6.5H20M8.5 12H20M8.5 17.5H20M4 6.5h.5M4 12h.5M4 17.5h.5",
  again: "M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4v5h-5",
  undo: "M8.5 5.5L4 10l4.5 4.5M4.5 10H14a5.5 5.5 0 0 1 0 11h-3",
  mic: "M12 3.5a2.8 2.8 0 0 0-2.8 2.8v5a2.8 2.8 0 0 0 5.6 0v-5A2.8 2.8 0 0 0 12 3.5zM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v2.5",
  brush: "M20 4L10.5 13.5M14.5 9.5l2 2M9.5 13a3.2 3.2 0 0 1 2 3c0 2.5-2.5 4-7 4 1.3-1 1.4-2 1.5-3.5A3.5 3.5 0 0 1 9.5 13z",
  plus: "M12 5v14M5 12h14",
  image: "M5.5 4.5h13A1.5 1.5 0 0 1 20 6v12a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18V6a1.5 1.5 0 0 1 1.5-1.5zM4 16l4.5-4.5 4 4 2.5-2.5 5 4.5M15 9h.5",
  keyboard: "M4 6.5h16v11H4zM7.5 10h.5M11.5 10h.5M15.5 10h.5M8.5 14h7",
  pin: "M9 4h6l-.8 6 3.3 3.5h-11L9.8 10zM12 13.5V20",
  people: "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 19.5c.5-3.5 3-5.5 6-5.5s5.5 2 6 5.5M15.5 5a3.2 3.2 0 0 1 0 6M17 14.3c2.2.6 3.6 2.4 4 5.2",
};
const FILLED = new Set(["send"]);

/** An icon as an SVG element; decoration for a button that carries its own label. */
export function icon(name, size = 22) {
  const filled = FILLED.has(name);
  return shape(
    { width: size, height: size, class: "icon", fill: filled ? "currentColor" : "none", stroke: "currentColor", "stroke-width": filled ? "1.2" : "1.8" },
    [{ d: SHAPES[name] }],
  );
}

/** An SVG element on the grid, of paths given by their attributes; nobody has it read out. */
export function shape(attributes, paths) {
  const svg = element("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", "stroke-linecap": "round", "stroke-linejoin": "round", ...attributes });
  svg.append(...paths.map((path) => element("path", path)));
  return svg;
}

function element(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) if (value !== null) node.setAttribute(key, value);
  return node;
}
