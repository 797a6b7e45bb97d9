// Which chat is open, kept in the address, so that a phone's own back button leads from a chat to the list.

export class Route {
  /** `changed(chat)` is called when the address names another chat; null means the list of chats. */
  constructor(changed) {
    this.changed = changed;
    addEventListener("popstate", () => changed(this.chat));
  }

  /** The chat in the address; null for the list, undefined when nothing was chosen yet. */
  get chat() {
    if (location.hash === "#chats") return null;
    const number = Number(location.hash.replace(/^#chat=/, ""));
    return location.hash && Number.isInteger(number) && number !== 0 ? number : undefined;
  }

  /** Open a chat (or the list) with a new entry in the history. */
  go(chat) {
    const hash = chat === null ? "#chats" : `#chat=${chat}`;
    if (location.hash !== hash) history.pushState(null, "", hash);
    this.changed(chat);
  }

  /** Open a chat as the first one; the list lies behind it. */
  begin(chat) {
    if (chat === null) return;
    if (this.chat !== chat) {
      if (this.chat === undefined) history.replaceState(null, "", "#chats");
      history.pushState(null, "", `#chat=${chat}`);
    }
    this.changed(chat);
  }
}
