// Times, sizes, names and one-line summaries, as people read them.

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const sameYear = new Intl.DateTimeFormat("en", { weekday: "long", day: "numeric", month: "long" });
const otherYear = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", year: "numeric" });
const short = new Intl.DateTimeFormat("en", { day: "numeric", month: "short" });

/** "14:05" of unix seconds. */
export const time = (seconds) => clock.format(seconds * 1000);

/** Which calendar day unix seconds fall on, for comparing. */
export const dayKey = (seconds) => new Date(seconds * 1000).toDateString();

/** "Today", "Yesterday", "Monday, November 23". */
export function day(seconds) {
  const date = new Date(seconds * 1000);
  const now = new Date();
  if (date.toDateString() === now.toDateString()) return "Today";
  const before = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (date.toDateString() === before.toDateString()) return "Yesterday";
  return (date.getFullYear() === now.getFullYear() ? sameYear : otherYear).format(date);
}

/** For the chat list: the time today, otherwise the day. */
export const shortTime = (seconds) => (day(seconds) === "Today" ? time(seconds) : short.format(seconds * 1000));

/** "1.4 MB" of bytes. */
export function size(bytes) {
  if (!Number.isFinite(bytes)) return "";
  if (bytes < 1000) return `${bytes} B`;
  const units = ["KB", "MB", "GB"];
  let value = bytes;
  let unit = -1;
  do {
    value /= 1024;
    unit += 1;
  } while (value >= 1000 && unit < units.length - 1);
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

const MEDIA = {
  photo: "Photo", document: "File", video: "Video", voice: "Voice message", audio: "Audio", animation: "GIF",
  sticker: "Sticker", video_note: "Video message", location: "Location", contact: "Contact",
};

/** What kind of thing a message carries, by its field's name; null for a text. */
export const mediaKind = (message) => Object.keys(MEDIA).find((kind) => kind in message && kind !== "document")
  ?? ("document" in message ? "document" : null);

/** A message in one line. */
export function summary(message) {
  if (message.text) return message.text.replace(/\s+/g, " ");
  const kind = mediaKind(message);
  const name = kind === "document" ? message.document.file_name || MEDIA.document : MEDIA[kind];
  if (kind) return message.caption ? message.caption.replace(/\s+/g, " ") : name;
  return service(message) ?? "Message";
}

/** The sentence of a message that nobody wrote ("Ada joined"); null for all others. */
export function service(message) {
  const who = message.from?.first_name ?? "Somebody";
  if (message.new_chat_members) return `${message.new_chat_members.map((user) => user.first_name).join(", ")} joined`;
  if (message.left_chat_member) return `${message.left_chat_member.first_name} left`;
  if (message.pinned_message) return `${who} pinned “${clip(summary(message.pinned_message), 40)}”`;
  if (message.new_chat_title) return `${who} named the group “${message.new_chat_title}”`;
  if (message.migrate_to_chat_id) return "This group became a supergroup";
  if (message.migrate_from_chat_id) return "This supergroup was a group before";
  return null;
}

export const clip = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

const ACTIONS = { upload_photo: "sending a photo", upload_document: "sending a file", choose_sticker: "choosing a sticker" };

/** "typing" and its like, without the dots. */
export const action = (name) => ACTIONS[name] ?? "typing";
