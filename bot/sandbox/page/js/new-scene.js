// A scene that was just drawn, with questions to tap; another one until it pleases.

import { AskBox } from "./ask-box.js";
import { el, iconButton } from "./dom.js";
import { icon } from "./icons.js";
import { complain, openDialog } from "./toast.js";

/** Show a new scene; resolves with { file, question }, or null when it was dismissed. */
export async function newSceneSheet(api) {
  let file = null;
  let question = "";
  const dialog = el("dialog", { class: "sheet", "aria-label": "A new scene" });
  const box = new AskBox((asked) => {
    question = asked;
    dialog.close("send");
  });
  const picture = el("img", { alt: "The new scene" });
  const draw = async () => {
    another.disabled = true;
    try {
      const scene = await api.newScene();
      URL.revokeObjectURL(picture.src);
      file = scene.file;
      picture.src = URL.createObjectURL(file);
      box.offer(scene.questions);
    } finally {
      another.disabled = false;
    }
  };
  const another = iconButton(icon("again"), "Another scene", () => draw().catch(complain));
  dialog.append(el("div", { class: "sheet-inside" },
    el("div", { class: "sheet-head" }, iconButton(icon("close"), "Cancel", () => dialog.close("")),
      el("h2", { class: "sheet-title" }, "A new scene"), another),
    el("div", { class: "sheet-body" }, el("div", { class: "preview-picture scene" }, picture),
      el("p", { class: "hint" }, "Nobody has seen it before. Tap a question."), box.chips),
    box.foot));
  await draw(); // what cannot be drawn opens no sheet
  const answer = await openDialog(dialog);
  URL.revokeObjectURL(picture.src);
  return answer === "send" ? { file, question } : null;
}
