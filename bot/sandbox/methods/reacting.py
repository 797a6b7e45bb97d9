"""answerCallbackQuery and setMessageReaction."""

from __future__ import annotations

from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.methods.call import Call, named
from bot.sandbox.posting import place

MAX_ANSWER = 200  # characters
EMOJI = (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 "
    "🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡"
)
REACTIONS = frozenset(EMOJI.split())  # without variation selectors


async def answer_callback_query(call: Call) -> bool:
    """End a button's waiting circle, perhaps with a notice."""
    query_id = call.parameters.string("callback_query_id")
    text = call.parameters.string("text")
    alert = call.parameters.boolean("show_alert")
    call.parameters.string("url")
    call.parameters.integer("cache_time")
    if len(text) > MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    query = call.world.callbacks.take(query_id, call.bot.id)
    if query is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    answer = {"text": text, "show_alert": alert}
    if not query.answer.done():
        query.answer.set_result(answer)
    call.world.events.emit([query.user_id], "callback_answer", chat_id=query.chat_id, query_id=query_id, **answer)
    return True


async def set_message_reaction(call: Call) -> bool:
    """Put the bot's one reaction on a message, or take it away."""
    chat = call.chat()
    stored = call.message(chat, "message to react not found")
    reactions = call.parameters.structure("reaction", "can't parse reaction types JSON object")
    reactions = [] if reactions is None else reactions
    call.parameters.boolean("is_big")
    if not isinstance(reactions, list) or len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    for reaction in reactions:
        check_reaction(reaction)
    stored.reactions[call.bot.id] = reactions
    call.world.events.emit(
        chat.people(), "reaction", **place(chat), message_id=stored.id, user_id=call.bot.id, reaction=reactions
    )
    return True


def check_reaction(reaction: Any) -> None:  # noqa: ANN401 - JSON that was not checked yet
    """Refuse what is no emoji reaction of Telegram's.

    Raises:
        ApiError: 400.
    """
    if not isinstance(reaction, dict) or reaction.get("type") not in {"emoji", "custom_emoji"}:
        raise bad_request("can't parse reaction type")
    emoji = str(reaction.get("emoji", "")).replace("\ufe0f", "")
    if reaction["type"] == "custom_emoji" or emoji not in REACTIONS:
        raise bad_request("REACTION_INVALID")


METHODS = named(answer_callback_query, set_message_reaction)
