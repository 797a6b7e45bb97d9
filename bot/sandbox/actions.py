"""What people do in their chats."""

from __future__ import annotations

from typing import Any

from bot.sandbox import attachments, entities, pictures, utf16
from bot.sandbox.accounts import Chat, Stored, User
from bot.sandbox.callbacks import Query
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.members import membership_changed
from bot.sandbox.methods.forwarding import forwarded
from bot.sandbox.methods.reacting import check_reaction
from bot.sandbox.parameters import Upload
from bot.sandbox.posting import changed, now, place, post, remove
from bot.sandbox.world import World

ALBUM = 10  # files in one album
OTHER_KINDS = {"sticker", "video", "voice", "audio", "animation", "video_note"}


def text_content(world: World, text: str, field: str) -> dict[str, Any]:
    """A person's text or caption with the entities that stand in it.

    Raises:
        ApiError: 400 when it is too long.
    """
    text, found = entities.parse(text, "", None, world.find_user)
    limit = entities.MAX_TEXT if field == "text" else entities.MAX_CAPTION
    if utf16.length(text) > limit:
        raise bad_request(f"a {field} may have at most {limit} characters")
    content: dict[str, Any] = {field: text} if text else {}
    if found:
        content["entities" if field == "text" else "caption_entities"] = found
    return content


async def media_content(world: World, upload: Upload, kind: str, still: bytes = b"") -> dict[str, Any]:
    """A person's file as an app sends it: pictures become photos, what cannot be one goes as a document.

    `still` as in `attachments.other`.
    """
    media_type = upload.content_type
    if media_type in {"", "application/octet-stream"}:
        media_type = attachments.guess(upload.name)
    if not kind:
        kind = {"image/gif": "animation"}.get(media_type, media_type.partition("/")[0])
        kind = {"image": "photo", "video": "video", "audio": "audio", "animation": "animation"}.get(kind, "document")
    if kind in OTHER_KINDS:
        return await attachments.other(world.files, kind, upload.data, upload.name, media_type, still)
    if kind == "live_photo":
        return await attachments.live_photo(world.files, upload.data, still)
    if kind == "photo":
        try:
            return await attachments.photo(world.files, upload.data, pictures.phone_sizes)
        except ApiError:
            pass  # apps offer to send such a file as it is
    return await attachments.document(world.files, upload.data, upload.name, media_type)


async def send(
    world: World,
    chat: Chat,
    user: User,
    *,
    text: str = "",
    caption: str = "",
    uploads: list[Upload],
    as_document: bool = False,
    kind: str = "",
    reply_to: int | None = None,
    thread: int | None = None,
    captions: list[str] | None = None,
    quoted: dict[str, Any] | None = None,
    quote: str = "",
    still: bytes = b"",
    seconds: int = 0,
    behind: dict[str, Any] | None = None,
    album: str | None = None,
) -> list[Stored]:
    """Send a text, or files with a caption on the first; several become albums of up to ten.

    `captions`: one for each file instead; `quoted`: an `external_reply`; `quote`: what is quoted of the message that is
    answered; `still`: as in `media_content`; `seconds`: how long a voice message is; `behind`: as in `post`; `album`:
    the `media_group_id` of an album of which these files are late ones.

    Raises:
        ApiError: 400 when there is nothing to send or too much of it.
    """
    if thread is not None and thread not in (chat.topics or {}):
        raise bad_request("message thread not found")
    if reply_to is not None and chat.find(reply_to) is None:
        raise bad_request("message to be replied not found")
    contents: list[dict[str, Any]] = []
    if uploads:
        head = text_content(world, caption or text, "caption")
        heads = [text_content(world, caption, "caption") for caption in captions or []]
        for number, upload in enumerate(uploads):
            head = heads[number] if number < len(heads) else head
            if not upload.data:
                raise bad_request("file must be non-empty")
            media = await media_content(world, upload, "document" if as_document else kind, still)
            if seconds and "voice" in media:
                media["voice"]["duration"] = seconds
            world.remember_media(media)
            contents.append({**media, **head})
            head = {}
        for start in range(0, len(contents), ALBUM):
            if album is not None or len(contents[start : start + ALBUM]) > 1:
                group = album or str(next(world.media_groups))
                contents[start : start + ALBUM] = [
                    {"media_group_id": group, **content} for content in contents[start : start + ALBUM]
                ]
    elif kind == "location":
        contents.append({"location": {"latitude": 52.52, "longitude": 13.405}})
    elif kind == "contact":
        contents.append({"contact": {"phone_number": "+15550100", "first_name": "Ada"}})
    else:
        content = text_content(world, text or caption, "text")
        if not content:
            raise bad_request("there is nothing to send")
        contents.append(content)
    unblock(world, chat, user)
    if quoted is not None:
        contents[0]["external_reply"] = quoted
    if quote:
        answered = chat.find(reply_to) if reply_to is not None else None
        contents[0]["quote"] = _text_quote(quote, quoted if answered is None else answered.body)
    return [post(world, chat, user, content, reply_to=reply_to, thread=thread, behind=behind) for content in contents]


def forward(world: World, chat: Chat, user: User, stored: Stored, thread: int | None) -> Stored:
    """Send a message of any chat on, with who wrote it.

    Raises:
        ApiError: 400 for a service message, or where there is no such topic.
    """
    if thread is not None and thread not in (chat.topics or {}):
        raise bad_request("message thread not found")
    content = forwarded(stored)
    unblock(world, chat, user)
    return post(world, chat, user, content, thread=thread)


def _text_quote(text: str, answered: dict[str, Any] | None) -> dict[str, Any]:
    """Telegram's `TextQuote` of what a person marks in a message; of another chat's its words are not told."""
    words = (answered or {}).get("text") or (answered or {}).get("caption") or ""
    at = words.find(text) if words else 0
    if at < 0 or answered is None:
        raise bad_request("QUOTE_TEXT_INVALID")
    return {"text": text, "position": utf16.length(words[:at]), "is_manual": True}


def elsewhere(chat: Chat, stored: Stored) -> dict[str, Any]:
    """What `external_reply` tells of a message of another chat."""
    sender = stored.body["from"]
    told: dict[str, Any] = {"origin": {"type": "user", "date": stored.body["date"], "sender_user": sender}}
    if chat.type == "supergroup":  # of private chats and basic groups bots are told no more than who wrote
        told |= {"chat": chat.as_json(), "message_id": stored.id}
    kinds = ("photo", "live_photo", "document", *sorted(OTHER_KINDS), "location", "contact")
    return told | {kind: stored.body[kind] for kind in kinds if kind in stored.body}


async def replace_media(world: World, chat: Chat, user: User, stored: Stored, caption: str, upload: Upload) -> None:
    """Edit one's own message so that it shows another file.

    Raises:
        ApiError: 400 when it is somebody else's.
    """
    if stored.sender_id != user.id:
        raise bad_request("message can't be edited")
    media = await media_content(world, upload, "")
    world.remember_media(media)
    gone = {"text", "entities", "caption", "caption_entities", "photo", "document", *OTHER_KINDS}
    kept = {key: value for key, value in stored.body.items() if key not in gone}
    stored.body = {**kept, **media, **text_content(world, caption, "caption"), "edit_date": now()}
    changed(world, chat, stored, by_person=True)


def edit(world: World, chat: Chat, user: User, stored: Stored, text: Any, caption: Any) -> None:  # noqa: ANN401
    """Edit one's own text or caption.

    Raises:
        ApiError: 400 when it is somebody else's or nothing would change.
    """
    if stored.sender_id != user.id:
        raise bad_request("message can't be edited")
    field = "text" if "text" in stored.body else "caption"
    content = text_content(world, str(text if text is not None else caption or ""), field)
    if field == "text" and not content:
        raise bad_request("message text is empty")
    replaced = {field, "entities", "caption_entities"}
    body = {key: value for key, value in stored.body.items() if key not in replaced} | content
    if body == stored.body:
        raise bad_request("message is not modified")
    stored.body = {**body, "edit_date": now()}
    changed(world, chat, stored, by_person=True)


def delete(world: World, chat: Chat, user: User, stored: Stored) -> None:
    """Delete a message for everybody: anything in a private chat, one's own or as an admin in a group.

    Raises:
        ApiError: 400 where one may not.
    """
    admin = chat.members.get(user.id) in {"creator", "administrator"}
    if chat.owner is None and stored.sender_id != user.id and not admin:
        raise bad_request("message can't be deleted for everyone")
    remove(world, chat, stored)


def press(world: World, chat: Chat, user: User, stored: Stored, data: str) -> Query:
    """Press an inline button.

    Raises:
        ApiError: 400 when the message has no such button.
    """
    rows = stored.body.get("reply_markup", {}).get("inline_keyboard", [])
    bot = world.bots.get(stored.sender_id)
    if bot is None or not any(button.get("callback_data") == data for row in rows for button in row):
        raise bad_request("DATA_INVALID: the message has no such button")
    query = world.callbacks.ask(bot.id, user.id, chat.id)
    bot.updates.push(
        "callback_query",
        {
            "id": query.id,
            "from": user.as_json(),
            "message": world.render(chat, stored),
            "chat_instance": bot.chat_instance(chat.id),
            "data": data,
        },
    )
    return query


def react(world: World, chat: Chat, user: User, stored: Stored, emoji: str) -> None:
    """Put an emoji on a message, or take it away. Bots hear of it if they asked for it (in groups: as admins)."""
    new = [{"type": "emoji", "emoji": emoji}] if emoji else []
    for reaction in new:
        check_reaction(reaction)
    old = stored.reactions.get(user.id, [])
    stored.reactions[user.id] = new
    world.events.emit(chat.people(), "reaction", **place(chat), message_id=stored.id, user_id=user.id, reaction=new)
    for bot in world.bots_in(chat):
        if chat.owner is not None or chat.members.get(bot.id) == "administrator":
            bot.updates.push(
                "message_reaction",
                {
                    "chat": chat.as_json(),
                    "message_id": stored.id,
                    "user": user.as_json(),
                    "date": now(),
                    "old_reaction": old,
                    "new_reaction": new,
                },
            )


def block(world: World, chat: Chat, user: User) -> None:
    """Block the bot of a private chat."""
    bot = world.bots_in(chat)[0]
    if user.id not in bot.blocked_by:
        bot.blocked_by.add(user.id)
        membership_changed(chat, bot, user, "member", "kicked")


def unblock(world: World, chat: Chat, user: User) -> None:
    """Writing to a bot unblocks it."""
    if chat.owner is None:
        return
    bot = world.bots_in(chat)[0]
    if user.id in bot.blocked_by:
        bot.blocked_by.discard(user.id)
        membership_changed(chat, bot, user, "kicked", "member")
