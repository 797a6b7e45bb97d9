"""What happens to chats themselves: the bot is added to a group, a group becomes a supergroup, messages come."""

from __future__ import annotations

from telegram import ChatMemberUpdated, Update
from telegram.constants import ChatMemberStatus, ChatType, ParseMode
from telegram.ext import ApplicationHandlerStop, ChatMemberHandler, MessageHandler, TypeHandler, filters

from bot.asking.asking import person_of, thread_of
from bot.conversation.message_facts import picture_of
from bot.conversation.recent_messages import RecentMessage
from bot.services import Context
from bot.texts import about as texts

_AWAY = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)


async def on_any_message(update: Update, context: Context) -> None:
    """Remember what came. What a channel posts into its group by itself goes to nobody: no command in it is one."""
    message = update.message
    if message is None:
        return
    context.services.recent.note(
        message.chat_id,
        RecentMessage(
            message.message_id,
            thread_of(message),
            person_of(message)[0],
            picture_of(message),
            message.media_group_id,
            message.caption if message.media_group_id and message.chat.type != ChatType.PRIVATE else None,
        ),
    )
    if message.is_automatic_forward:
        raise ApplicationHandlerStop


async def on_migration(update: Update, context: Context) -> None:
    """Take the history along to the new number, whichever of the two chats tells of it first."""
    message = update.effective_message
    if message is None:
        return
    services = context.services
    for old, new in (
        (message.chat_id, message.migrate_to_chat_id),
        (message.migrate_from_chat_id, message.chat_id),
    ):
        if old is not None and new is not None:
            await services.store.chats.migrate(old, new)
            services.dispatcher.chat_migrated(old, new)
            if old in services.settings.allowed_ids and not await services.store.access.decisions([new]):
                await services.store.access.decide(new, True)


def was_added(change: ChatMemberUpdated) -> bool:
    """Whether the bot came into a group."""
    group = change.chat.type in (ChatType.GROUP, ChatType.SUPERGROUP)
    was_there, is_there = (member.status not in _AWAY for member in (change.old_chat_member, change.new_chat_member))
    return group and not was_there and is_there


async def on_membership(update: Update, context: Context) -> None:
    """Somebody added the bot to a group: say how to ask."""
    change = update.my_chat_member
    assert change is not None
    if not was_added(change):
        return
    services = context.services
    await services.store.chats.touch(change.chat.id, change.chat.type, change.chat.title or "")
    text = texts.group_welcome(services.bot.username)
    await services.bot.send_message(change.chat.id, text, parse_mode=ParseMode.HTML)


HANDLERS = {
    -1: [TypeHandler(Update, on_any_message)],  # before the usual ones
    0: [
        MessageHandler(filters.StatusUpdate.MIGRATE, on_migration),
        ChatMemberHandler(on_membership, ChatMemberHandler.MY_CHAT_MEMBER),
    ],
}
