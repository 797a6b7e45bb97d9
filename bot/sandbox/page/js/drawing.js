// What was painted: strokes on a ground, in pixels of the picture. Painted anew from these whenever one is added or taken back.

export const WIDTH = 1050; // 7 : 4, as scenes are
export const HEIGHT = 600;

/** Where a scene takes place: the colour above the horizon, the colour below, and how far down the horizon is. */
export const GROUNDS = {
  Meadow: ["#a4d8f5", "#74ba58", 0.6],
  Beach: ["#b4e0f7", "#edd395", 0.6],
  Night: ["#1d2552", "#2c5236", 0.6],
  Room: ["#f2dfc4", "#a9784d", 0.68],
  Paper: ["#ffffff", "#ffffff", 1],
};

export const COLOURS = {
  Red: "#e02f2f", Orange: "#f5921d", Yellow: "#fbdc2d", Green: "#37a043", Blue: "#2f6fe0", Purple: "#8b3fc0",
  Pink: "#ff8fc0", Brown: "#7b4a21", Skin: "#f0c39a", White: "#ffffff", Gray: "#8a8a8a", Black: "#16161a",
};

/** Widths of lines in pixels; a shape is also filled. */
export const BRUSHES = {
  Shape: { width: 12, filled: true }, Thin: { width: 10 }, Medium: { width: 26 }, Thick: { width: 60 },
};

export class Drawing {
  ground = "Meadow";
  #steps = []; // strokes, and null where everything was cleared

  get strokes() {
    return this.#steps.slice(this.#steps.lastIndexOf(null) + 1);
  }

  get canUndo() {
    return this.#steps.length > 0;
  }

  /** Begin a stroke at a point; gives the stroke, which further points may be put into. */
  begin(colour, brush, point) {
    const stroke = { colour: COLOURS[colour], ...BRUSHES[brush], points: [point] };
    this.#steps.push(stroke);
    return stroke;
  }

  /** Take back the last stroke, or the last clearing. */
  undo() {
    this.#steps.pop();
  }

  clear() {
    if (this.strokes.length) this.#steps.push(null);
  }

  /** Paint it all. */
  paint(context) {
    const [above, below, horizon] = GROUNDS[this.ground];
    context.fillStyle = above;
    context.fillRect(0, 0, WIDTH, HEIGHT);
    context.fillStyle = below;
    context.fillRect(0, HEIGHT * horizon, WIDTH, HEIGHT);
    context.lineCap = context.lineJoin = "round";
    for (const stroke of this.strokes) paintStroke(context, stroke);
  }
}

function paintStroke(context, { colour, width, filled, points }) {
  const line = new Path2D();
  line.moveTo(...points[0]);
  for (let at = 1; at < points.length - 1; at += 1) { // through the middles between points: no corners
    const [x, y] = points[at];
    line.quadraticCurveTo(x, y, (x + points[at + 1][0]) / 2, (y + points[at + 1][1]) / 2);
  }
  line.lineTo(...points.at(-1)); // a tap is a dot
  if (filled) line.closePath();
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = width;
  if (filled) context.fill(line);
  context.stroke(line);
}
