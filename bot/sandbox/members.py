"""Members of chats in Telegram's shapes, and who hears that one changed."""

from __future__ import annotations

from typing import Any

from bot.sandbox.accounts import BotAccount, Chat, User
from bot.sandbox.posting import now

ADMIN_RIGHTS = (
    *("can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members"),
    *("can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories"),
    *("can_pin_messages", "can_send_welcome_messages"),
)


def member_json(chat: Chat, user: User, status: str | None = None) -> dict[str, Any]:
    """Telegram's `ChatMember` of a user in a chat, with the status it has there or the one given."""
    status = status or chat.members.get(user.id, "left")
    member: dict[str, Any] = {"status": status, "user": user.as_json()}
    if status == "creator":
        member["is_anonymous"] = False
    elif status == "administrator":
        member |= {"can_be_edited": False, "is_anonymous": False, "can_promote_members": False}
        member |= dict.fromkeys(ADMIN_RIGHTS, True)
    elif status == "kicked":
        member["until_date"] = 0
    return member


def membership_changed(chat: Chat, bot: BotAccount, actor: User, old: str, new: str) -> None:
    """Tell a bot that it was blocked, unblocked, added, promoted or removed."""
    bot.updates.push(
        "my_chat_member",
        {
            "chat": chat.as_json(),
            "from": actor.as_json(),
            "date": now(),
            "old_chat_member": member_json(chat, bot.user, old),
            "new_chat_member": member_json(chat, bot.user, new),
        },
    )
