"""Chats and their members."""

from __future__ import annotations

from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.members import member_json, membership_changed
from bot.sandbox.methods.call import Call, named
from bot.sandbox.posting import now, place, post

GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


async def get_chat(call: Call) -> dict[str, Any]:
    """All about a chat."""
    chat = call.chat()
    if not chat.begun:
        raise bad_request("chat not found")
    if chat.owner is None:
        call.check_member(chat)
    info: dict[str, Any] = {
        **chat.as_json(),
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(GIFTS, False),
    }
    if chat.owner is not None:
        if chat.owner.username:
            info["active_usernames"] = [chat.owner.username]
    else:
        names = [
            *("can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos"),
            *("can_send_videos", "can_send_video_notes", "can_send_voice_notes", "can_send_polls"),
            *("can_send_other_messages", "can_add_web_page_previews", "can_invite_users"),
        ]
        info["permissions"] = dict.fromkeys(names, True)
    pinned = chat.find(chat.pinned[-1]) if chat.pinned else None
    if pinned is not None:
        info["pinned_message"] = call.world.render(chat, pinned)
    return info


async def get_chat_member(call: Call) -> dict[str, Any]:
    """One member of a chat."""
    call.parameters.chat()
    user_id = call.parameters.integer("user_id")
    if user_id <= 0:
        raise bad_request("invalid user_id specified")
    chat = call.chat()
    user = call.world.user(user_id)
    if user is None:
        raise bad_request("member not found")
    if chat.owner is not None:
        if user_id not in {chat.owner.id, call.bot.id}:
            raise bad_request("member not found")
        return member_json(chat, user, "member")
    call.check_member(chat)
    return member_json(chat, user)


async def get_chat_administrators(call: Call) -> list[dict[str, Any]]:
    """A group's admins, without other bots."""
    chat = call.chat()
    if chat.owner is not None:
        raise bad_request("there are no administrators in the private chat")
    call.check_member(chat)
    admins = []
    for user_id, status in chat.members.items():
        user = call.world.user(user_id)
        if user and status in {"creator", "administrator"} and (not user.is_bot or user_id == call.bot.id):
            admins.append(member_json(chat, user))
    return admins


async def get_chat_member_count(call: Call) -> int:
    """How many are in a chat."""
    chat = call.chat()
    return 2 if chat.owner is not None else len(chat.people())


async def leave_chat(call: Call) -> bool:
    """Leave a group."""
    chat = call.chat()
    if chat.owner is not None:
        raise bad_request("chat member status can't be changed in private chats")
    call.check_member(chat)
    old = chat.members[call.bot.id]
    chat.members[call.bot.id] = "left"
    post(call.world, chat, call.bot.user, {"left_chat_member": call.bot.user.as_json()})
    membership_changed(chat, call.bot, call.bot.user, old, "left")
    return True


async def pin_chat_message(call: Call) -> bool:
    """Pin a message; a service message says so."""
    chat = call.chat()
    call.parameters.flags("disable_notification")
    if chat.owner is None and chat.members.get(call.bot.id) != "administrator":
        raise bad_request("not enough rights to manage pinned messages in the chat")
    stored = call.message(chat, "message to pin not found")
    chat.pinned = [number for number in chat.pinned if number != stored.id] + [stored.id]
    post(call.world, chat, call.bot.user, {"pinned_message": call.world.render(chat, stored, nested=True)})
    return True


async def unpin_chat_message(call: Call) -> bool:
    """Unpin one message, or the newest pinned one."""
    chat = call.chat()
    number = call.parameters.integer("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if number not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(number)
    call.world.events.emit(chat.people(), "unpinned", **place(chat), message_id=number)
    return True


async def unpin_all_chat_messages(call: Call) -> bool:
    """Unpin everything."""
    call.chat().pinned.clear()
    return True


async def get_user_profile_photos(call: Call) -> dict[str, Any]:
    """Nobody here has a portrait."""
    if call.world.user(call.parameters.integer("user_id")) is None:
        raise bad_request("user not found")
    call.parameters.integer("offset")
    call.parameters.integer("limit")
    return {"total_count": 0, "photos": []}


async def ban_chat_member(call: Call) -> bool:
    """Remove somebody from a group."""
    chat = call.chat()
    user_id = call.parameters.integer("user_id")
    call.parameters.integer("until_date")
    call.parameters.flags("revoke_messages")
    if chat.owner is not None:
        raise bad_request("can't ban members in private chats")
    if chat.members.get(call.bot.id) != "administrator":
        raise bad_request("not enough rights to restrict/unrestrict chat member")
    user = call.world.user(user_id)
    if user is None:
        raise bad_request("PARTICIPANT_ID_INVALID")
    if chat.members.get(user_id) in {"creator", "administrator"}:
        raise bad_request("user is an administrator of the chat")
    old = member_json(chat, user)
    chat.members[user_id] = "kicked"
    change = {"chat": chat.as_json(), "from": call.bot.user.as_json(), "date": now(), "old_chat_member": old}
    call.bot.updates.push("chat_member", {**change, "new_chat_member": member_json(chat, user)})
    return True


METHODS = named(
    *(get_chat, get_chat_member, get_chat_administrators, get_chat_member_count, leave_chat, pin_chat_message),
    *(unpin_chat_message, unpin_all_chat_messages, get_user_profile_photos, ban_chat_member),
)
