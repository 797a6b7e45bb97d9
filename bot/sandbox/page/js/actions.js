// What a person can do in the open chat: sending, answering, pressing, deleting, and the menus that offer it.

import { measure, previewSheet, stillOf } from "./attach.js";
import { avatar } from "./avatar.js";
import { el } from "./dom.js";
import { drawPad, forgetDrawing } from "./draw-pad.js";
import { withEmoji } from "./emoji.js";
import { mediaKind } from "./format.js";
import { onMenu, showMenu } from "./menu.js";
import { newSceneSheet } from "./new-scene.js";
import { complain, confirm, copyText, say, toast } from "./toast.js";
import { viewPhotos } from "./viewer.js";

const QUICK_REACTIONS = ["👍", "❤", "😁", "🔥", "🎉", "🤔"];
const LONGEST_CAPTION = 1024; // UTF-16 units

/** The actions; `ui` gives { composer, conversation } once they exist. */
export function makeActions(store, ui) {
  /** Send a picture with a question to the open chat. */
  async function sendPicture(file, question) {
    const chat = store.current;
    const picture = await measure(URL.createObjectURL(file));
    // In a group the bot hears only what mentions it.
    const caption = question && chat < 0 && store.bot ? `@${store.bot.username} ${question}` : question;
    try {
      await store.send(chat, { files: [file], caption }, { caption, pictures: picture ? [picture] : [] });
    } finally {
      if (picture) URL.revokeObjectURL(picture.url);
    }
  }

  /** Ask to which chat a message is sent on, and go there. */
  function chooseChat(message, x, y) {
    const from = store.current;
    const forward = (chat) => store.api.forward(from, message.message_id, chat).then(() => ui.open(chat)).catch(complain);
    const items = [...store.chats.values()].map((chat) => ({
      label: chat.title, act: () => forward(chat.id),
      glyph: avatar(chat.id > 0 ? { ...store.bot, is_bot: true } : chat, { size: 26, group: chat.id < 0 }),
    }));
    showMenu({ x, y, items: [{ heading: "Forward to" }, ...items], label: "Forward to" });
  }

  const actions = {
    isMe: (users) => users.includes(store.me.id),

    /** Send a text; what is refused comes back into the text field. */
    async sendText(text, reply = null) {
      const chat = store.current;
      const content = { text, replyTo: reply?.message_id, quote: reply?.quoted };
      try {
        await store.send(chat, content, { text, reply_to_message: reply ?? undefined, quote: reply?.quoted && { text: reply.quoted } });
      } catch (error) {
        ui.composer.restore(text, reply, chat);
        complain(error);
      }
    },

    /** Send what was recorded, as a voice message. */
    async sendVoice({ file, seconds }) {
      const reply = ui.composer.takeReply();
      try {
        await store.send(store.current, { files: [file], kind: "voice", seconds, replyTo: reply?.message_id },
          { names: ["Voice message"], reply_to_message: reply ?? undefined });
      } catch (error) {
        complain(error);
      }
    },

    /** Show files in the sheet and send them; after a refusal the sheet is there again. */
    async sendFiles(files, begun = {}) {
      const chat = store.current;
      if (chat === null || !files.length) return;
      if (store.current < 0 || store.bot) {
        const chosen = await previewSheet(files, begun);
        if (!chosen) return;
        const { caption, asDocument, pictures } = chosen;
        if (caption.length > LONGEST_CAPTION) {
          toast(`A caption may have at most ${LONGEST_CAPTION} characters; this one has ${caption.length}.`, { error: true });
          actions.sendFiles(chosen.files, { caption, asDocument });
          return;
        }
        ui.composer.focus();
        const reply = ui.composer.takeReply();
        const preview = { caption, pictures, names: pictures.length ? [] : chosen.files.map((file) => file.name), reply_to_message: reply ?? undefined };
        try {
          const still = chosen.files.length === 1 ? await stillOf(chosen.files[0]) : null;
          const content = { files: chosen.files, caption, asDocument, still, replyTo: reply?.message_id, quote: reply?.quoted };
          await store.send(chat, content, preview);
        } catch (error) {
          complain(error);
          if (store.current === chat) actions.sendFiles(chosen.files, { caption, asDocument });
        } finally {
          for (const { url } of pictures) URL.revokeObjectURL(url);
        }
      }
    },

    /** Send a sample picture with its question. */
    async sendSample(sample) {
      try {
        const response = await fetch(sample.url);
        if (!response.ok) throw new Error("This sample cannot be read.");
        const blob = await response.blob();
        await sendPicture(new File([blob], `${sample.name}.png`, { type: blob.type }), sample.question);
      } catch (error) {
        complain(error);
      }
    },

    /** Have a scene drawn, and send it with a question about it. */
    async newScene() {
      try {
        const chosen = await newSceneSheet(store.api);
        if (chosen) await sendPicture(chosen.file, chosen.question);
      } catch (error) {
        complain(error);
      }
    },

    /** Let the person paint, and send that; after a refusal the pad is there again. */
    async draw(question = "") {
      const chat = store.current;
      const chosen = await drawPad(question);
      if (!chosen) return;
      try {
        await sendPicture(chosen.file, chosen.question);
        forgetDrawing();
      } catch (error) {
        complain(error);
        if (store.current === chat) actions.draw(chosen.question);
      }
    },

    async edit(message, text) {
      const chat = store.current;
      try {
        await store.edit(chat, message.message_id, text);
      } catch (error) {
        complain(error);
        if (store.current === chat) ui.composer.startEdit({ ...message, text: "text" in message ? text : undefined, caption: text });
      }
    },

    editLast() {
      const own = store.box(store.current).messages.filter((one) => store.isMine(one) && editable(one)).at(-1);
      if (own) ui.composer.startEdit(own);
      return Boolean(own);
    },

    async jump(messageId) {
      const found = await ui.conversation.jump(messageId).catch(complain);
      if (found === false) toast("That message is gone.");
    },

    view(message) {
      const photos = store.box(store.current).messages.filter((one) => one.photo);
      viewPhotos(photos, Math.max(0, photos.findIndex((one) => one.message_id === message.message_id)));
    },

    command(text) {
      actions.sendText(text);
    },

    mention(text) {
      ui.composer.insert(`${text} `);
    },

    copy: copyText,

    react: (message, emoji) => store.api.react(store.current, message.message_id, emoji).catch(complain),

    /** Press a button under a message. */
    async key(message, button) {
      const chat = store.current;
      if (button.copy_text) return copyText(button.copy_text.text);
      const inline = button.switch_inline_query_current_chat ?? button.switch_inline_query;
      if (inline !== undefined) return ui.composer.insert(`@${store.bot?.username ?? ""} ${inline}`);
      if (!button.callback_data) return toast("Buttons of this kind do nothing in the sandbox.");
      try {
        const answer = await store.press(chat, message.message_id, button.callback_data);
        if (answer === null) toast("The bot did not answer this button in time.", { error: true });
        else if (answer?.text && answer.show_alert) await say(answer.text);
        else if (answer?.text) toast(answer.text);
      } catch (error) {
        complain(error);
      }
      return undefined;
    },

    /** Give a row its menu; `pick(target)` says which message of an album was meant. */
    menuOn(row, pick) {
      onMenu(row, (x, y, target) => actions.openMenu(pick(target.closest("[data-photo]")), x, y));
      row.addEventListener("dblclick", (event) => {
        if (event.target === row) ui.composer.startReply(pick(null));
      });
    },

    openMenu(message, x, y) {
      const chat = store.current;
      const mine = store.isMine(message);
      const text = message.text ?? message.caption;
      const selected = getSelection().toString().trim();
      const marked = selected && text?.includes(selected) ? selected : null;
      const file = message.photo?.at(-1) ?? message[mediaKind(message)];
      const summary = store.chats.get(chat);
      const mayDelete = chat > 0 || mine || ["creator", "administrator"].includes(summary?.members?.[store.me.id]);
      const items = [
        { label: "Reply", glyph: "reply", act: () => ui.composer.startReply(message) },
        marked && { label: "Quote and reply", glyph: "reply", act: () => ui.composer.startReply({ ...message, quoted: marked }) },
        mine && editable(message) && { label: message.text ? "Edit" : "Edit caption", glyph: "edit", act: () => ui.composer.startEdit(message) },
        store.chats.size > 1 && { label: "Forward", glyph: "forward", act: () => setTimeout(() => chooseChat(message, x, y)) },
        text && { label: "Copy text", glyph: "copy", act: () => copyText(text) },
        file?.url && { label: message.photo ? "Save picture" : "Save file", glyph: "download", act: () => download(file, message) },
        mayDelete && { label: "Delete", glyph: "trash", danger: true, act: () => actions.remove(message) },
      ].filter(Boolean);
      const given = (message.reactions?.[store.me.id] ?? []).map(({ emoji }) => emoji);
      const top = el("div", { class: "quick-reactions", role: "group", "aria-label": "Reactions" }, QUICK_REACTIONS.map((emoji) => el(
        "button",
        {
          type: "button", class: ["closes", given.includes(emoji) && "own"], "aria-label": `React with ${emoji}`,
          role: "menuitemcheckbox", "aria-checked": String(given.includes(emoji)),
          on: { click: () => actions.react(message, given.includes(emoji) ? "" : emoji) },
        },
        withEmoji(emoji),
      )));
      showMenu({ x, y, items, top, label: "Message" });
    },

    async remove(message) {
      const chat = store.current;
      if (!(await confirm("Delete this message for everybody?", "Delete"))) return;
      await store.remove(chat, message.message_id).catch(complain);
    },

  };
  return actions;
}

const editable = (message) => !message.waiting && ("text" in message || "photo" in message || "document" in message);

function download(file, message) {
  const link = el("a", { href: file.url, download: file.file_name ?? `photo-${message.message_id}.jpg` });
  document.body.append(link);
  link.click();
  link.remove();
}
