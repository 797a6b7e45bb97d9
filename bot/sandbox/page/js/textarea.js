// A text field that grows with its text, up to what the style sheet allows.

export function growing(area) {
  area.addEventListener("input", () => {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  });
  return area;
}

/** Set the text of a growing field. */
export function setText(area, text) {
  area.value = text;
  area.dispatchEvent(new Event("input"));
}
