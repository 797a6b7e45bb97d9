// A photo over the whole window: zoom by wheel, pinch, double tap or keys; move by dragging; arrows for the next one.

import { el, iconButton } from "./dom.js";
import { icon } from "./icons.js";

const MOST = 8; // times the fitting size
const STEP = 2.5; // what a double tap zooms to

/** Show `photos` (messages with a photo), beginning with the one at `index`. */
export function viewPhotos(photos, index) {
  const picture = el("img", { class: "viewer-picture", draggable: "false" });
  const caption = el("p", { class: "viewer-caption", dir: "auto" });
  const count = el("span", { class: "viewer-count" });
  const download = el("a", { class: "icon-button", "aria-label": "Download", title: "Download" }, icon("download"));
  const stage = el("div", { class: "viewer-stage" }, picture);
  const dialog = el("dialog", { class: "viewer", "aria-label": "Photo" });
  const close = () => dialog.close();
  const previous = iconButton(icon("back", 28), "Previous photo", () => go(-1), { class: "viewer-side left" });
  const next = iconButton(icon("back", 28), "Next photo", () => go(1), { class: "viewer-side right" });
  dialog.append(stage, el("div", { class: "viewer-bar" }, iconButton(icon("close"), "Close", close), count, download), previous, next, caption);

  const view = new Zoom(stage, picture);
  function show() {
    const message = photos[index];
    const largest = message.photo.at(-1);
    view.reset();
    picture.src = largest.url;
    picture.alt = message.caption ? `Photo: ${message.caption}` : "Photo";
    picture.style.backgroundImage = `url("${encodeURI(message.photo[0].url)}")`;
    picture.style.setProperty("--ratio", `${largest.width} / ${largest.height}`);
    picture.width = largest.width;
    picture.height = largest.height;
    caption.textContent = message.caption ?? "";
    count.textContent = photos.length > 1 ? `${index + 1} of ${photos.length}` : "";
    download.href = largest.url;
    download.download = `photo-${message.message_id}.jpg`;
    previous.hidden = index === 0;
    next.hidden = index === photos.length - 1;
  }
  function go(by) {
    if (photos[index + by]) {
      index += by;
      show();
    }
  }
  dialog.addEventListener("keydown", (event) => {
    const act = { ArrowLeft: () => go(-1), ArrowRight: () => go(1), "+": () => view.by(1.4), "-": () => view.by(1 / 1.4), 0: () => view.reset() }[event.key];
    act?.();
  });
  stage.addEventListener("swipe", ({ detail }) => go(detail));
  stage.addEventListener("outside", close);
  dialog.addEventListener("close", () => dialog.remove());
  show();
  document.body.append(dialog);
  dialog.showModal();
}

class Zoom {
  #scale = 1;
  #x = 0;
  #y = 0;
  #pointers = new Map();
  #moved = false;
  #lastTap = 0;

  constructor(stage, picture) {
    this.stage = stage;
    this.picture = picture;
    stage.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.by(Math.exp(-event.deltaY / 300), event.clientX, event.clientY);
    }, { passive: false });
    stage.addEventListener("pointerdown", (event) => this.#down(event));
    stage.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel"]) stage.addEventListener(name, (event) => this.#up(event));
  }

  reset() {
    this.#scale = 1;
    this.#x = this.#y = 0;
    this.#apply();
  }

  /** Zoom by a factor, keeping the point of the window where it is. */
  by(factor, x = innerWidth / 2, y = innerHeight / 2) {
    const scale = Math.min(MOST, Math.max(1, this.#scale * factor));
    const ratio = scale / this.#scale;
    this.#x = (x - innerWidth / 2) * (1 - ratio) + this.#x * ratio;
    this.#y = (y - innerHeight / 2) * (1 - ratio) + this.#y * ratio;
    this.#scale = scale;
    this.#apply();
  }

  #apply() {
    const roomX = Math.max(0, (this.picture.offsetWidth * this.#scale - innerWidth) / 2);
    const roomY = Math.max(0, (this.picture.offsetHeight * this.#scale - innerHeight) / 2);
    this.#x = Math.min(roomX, Math.max(-roomX, this.#x));
    this.#y = Math.min(roomY, Math.max(-roomY, this.#y));
    this.picture.style.transform = `translate(${this.#x}px, ${this.#y}px) scale(${this.#scale})`;
    this.stage.classList.toggle("zoomed", this.#scale > 1);
  }

  #down(event) {
    this.stage.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY, startX: event.clientX, on: event.target });
    if (this.#pointers.size === 1) this.#moved = false;
  }

  #move(event) {
    const pointer = this.#pointers.get(event.pointerId);
    if (!pointer) return;
    const [dx, dy] = [event.clientX - pointer.x, event.clientY - pointer.y];
    if (Math.hypot(dx, dy) > 3 || this.#moved) this.#moved = true;
    else return;
    if (this.#pointers.size === 2) {
      const other = [...this.#pointers.values()].find((one) => one !== pointer);
      const before = Math.hypot(pointer.x - other.x, pointer.y - other.y);
      const after = Math.hypot(event.clientX - other.x, event.clientY - other.y);
      this.by(after / Math.max(before, 1), (event.clientX + other.x) / 2, (event.clientY + other.y) / 2);
    } else if (this.#scale > 1) {
      this.#x += dx;
      this.#y += dy;
      this.#apply();
    }
    Object.assign(pointer, { x: event.clientX, y: event.clientY });
  }

  #up(event) {
    const pointer = this.#pointers.get(event.pointerId);
    this.#pointers.delete(event.pointerId);
    if (!pointer || this.#pointers.size) return;
    const sideways = event.clientX - pointer.startX;
    if (this.#moved) {
      if (this.#scale === 1 && Math.abs(sideways) > 60) this.#fire("swipe", sideways < 0 ? 1 : -1);
    } else if (event.timeStamp - this.#lastTap < 300) {
      this.#scale > 1 ? this.reset() : this.by(STEP, event.clientX, event.clientY);
    } else if (pointer.on === this.stage) {
      this.#fire("outside");
    }
    this.#lastTap = event.timeStamp;
  }

  #fire(name, detail) {
    this.stage.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
