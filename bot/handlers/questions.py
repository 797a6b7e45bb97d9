"""Pictures and questions, new and edited."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from telegram import Message, MessageEntity, Update
from telegram.constants import ChatAction
from telegram.error import TelegramError
from telegram.ext import CommandHandler, MessageHandler, filters

from bot.asking.albums import (
    arriving_album,
    has_asked,
    on_album_caption,
    on_album_picture,
    on_other_caption,
    on_removed_caption,
)
from bot.asking.asking import admit, ask, person_of, revision_of, say, thread_of
from bot.asking.pictures import PictureNotTakenError
from bot.asking.pictures_compared import compared, spoken_of
from bot.asking.pictures_meant import pictures_meant, replied_pictures, take
from bot.conversation.meaning import Ask, Command, Facts, Name, Nothing, Object, Refuse, Show, Source, Talk, meaning_of
from bot.conversation.message_facts import attachment_of, facts_of, unread_attachment
from bot.conversation.phrases_in_english import in_english
from bot.conversation.question_language import asked_in
from bot.conversation.several_questions import on_one_line
from bot.conversation.short_forms import asks_for_people
from bot.conversation.small_talk import SmallTalk
from bot.conversation.steering import asks_again, asks_of_this
from bot.handlers.as_text import handle_as_text
from bot.handlers.feedback import is_correction, on_objection
from bot.handlers.voice import is_unclear
from bot.services import Context, Services
from bot.texts import about
from bot.texts import questions as texts
from bot.texts import small_talk as small_talk_texts
from bot.texts.language import language, speaking, to_speak


class _Attached(filters.MessageFilter):
    """Messages with something beside words, also what `filters.ATTACHMENT` leaves out or what cannot be parsed."""

    def filter(self, message: Message) -> bool:
        """Whether it is one."""
        return attachment_of(message) is not None or unread_attachment(message) is not None


async def on_message(update: Update, context: Context) -> None:
    """Understand a message and do what it means."""
    message = update.effective_message
    services = context.services
    if message is None or _is_a_bots(message):
        return
    words = await services.wording.words_of(message)
    facts = facts_of(message, services.bot.id, services.bot.username, words)
    if facts.command is None:
        facts = replace(facts, text=in_english(facts.text, language()))
    if facts.picture is None and await is_correction(services, message, facts.text):
        return
    meaning = meaning_of(facts)
    edited = update.edited_message is not None
    try:
        if await is_unclear(services, message, facts, words, meaning):
            return
        replaced = edited and await _picture_replaced(services, message, facts)
        if isinstance(meaning, Nothing):
            if edited and not await _still_asks(services, message, facts):
                await _withdraw(services, message, facts, revision_of(update))
            elif not edited and facts.picture is not None and await _album_asks(services, message, facts):
                await on_album_picture(services, message, facts, 0)
            return
        if edited and not isinstance(meaning, Ask | Object) and not (isinstance(meaning, Show) and replaced):
            await _withdraw(services, message, facts, revision_of(update))
            return
        await services.know(message)
        match meaning:
            case Refuse(why):
                await _refuse(services, message, facts, why)
            case Name(command):
                await say(message, about.of_command(command))
            case Talk(SmallTalk.ASKING) if asks_for_people(facts.text) and await _shown(services, message):
                asked = Ask(on_one_line(facts.text), Source.NEWEST)
                await _on_question(services, message, facts, asked, revision_of(update), replaced, spoken=False)
            case Talk(kind):
                await _on_talk(services, message, facts, kind)
            case Object(right):
                if (await services.effective(message.chat_id)).feedback:
                    await on_objection(services, message, facts.text, right)
                else:
                    await _on_talk(services, message, facts, SmallTalk.INSULT)
            case Command(name):
                await _on_command(services, update, context, facts, name)
            case Show(source):
                await _on_picture(services, message, facts, source, revision_of(update))
            case Ask():
                spoken = words.confidence is not None
                await _on_question(services, message, facts, meaning, revision_of(update), replaced, spoken=spoken)
    except PictureNotTakenError as error:
        if not isinstance(meaning, Nothing):
            await say(message, str(error))


def _is_a_bots(message: Message) -> bool:
    """Another bot wrote it. People who write in a group's or channel's name have a bot in the sender's place, too."""
    return message.sender_chat is None and message.from_user is not None and message.from_user.is_bot


async def _picture_replaced(services: Services, message: Message, facts: Facts) -> bool:
    """Whether an edit put another picture into a message whose picture is kept; the new one then is.

    Raises:
        PictureNotTakenError: It cannot be had.
    """
    known = await services.store.photos.of_message(message.chat_id, message.message_id)
    if known is None:
        return False
    if facts.picture is None:
        if facts.unsupported is not None:
            await services.store.photos.forget(message.chat_id, message.message_id)
        return False
    photo = await take(services, message, facts.picture, facts.album)
    return photo.sha256 != known.sha256


async def _withdraw(services: Services, message: Message, facts: Facts, revision: int) -> None:
    """An edit that leaves no question asks nothing: what is not answered yet need not be. An answer says to what."""
    if await on_removed_caption(services, message, facts):
        return
    for question in await services.store.questions.of_message(message.chat_id, message.message_id):
        if question.revision < revision:
            await services.dispatcher.cancel(message.chat_id, question.id)
    if await services.store.outcomes.show_question(message.chat_id, message.message_id):
        services.delivery.wake(message.chat_id)


async def _still_asks(services: Services, message: Message, facts: Facts) -> bool:
    """Whether the words that a message asked the bot still stand in it, or it never did."""
    asked = await services.store.questions.of_message(message.chat_id, message.message_id)
    return not asked or asked[0].text in " ".join(facts.text.split())


async def _album_asks(services: Services, message: Message, facts: Facts) -> bool:
    """Whether a message is of an album whose caption has asked the bot."""
    return facts.album is not None and await has_asked(services, message.chat_id, facts.album)


async def _refuse(services: Services, message: Message, facts: Facts, why: str) -> None:
    """Say what cannot be, once for an album. A picture under too long a question is kept: it can be asked again."""
    if facts.picture is not None:
        await take(services, message, facts.picture, facts.album)
    album = None if facts.album is None else services.recent.album(message.chat_id, facts.album)
    if album is None or not album.refused or why in texts.REFUSALS:
        said = await say(message, texts.REFUSALS.get(why) or texts.UNSUPPORTED[why])
        if facts.picture is not None:
            await _about(services, said, message.message_id)
    if album is not None and facts.album is not None and facts.picture is None:
        album.refused = True
        question = meaning_of(replace(facts, unsupported=None, reply_to=None))
        if isinstance(question, Ask):
            await on_other_caption(services, message, facts.album, question.question)


async def _on_command(services: Services, update: Update, context: Context, facts: Facts, name: str) -> None:
    """A command under a picture or after a mention is one; in private chats the picture is kept beside it."""
    message = update.effective_message
    assert message is not None
    if facts.private and facts.picture is not None and name != "delete":
        await take(services, message, facts.picture, facts.album)
    word = f"/{name}" if message.text is None else f"/{name}@{services.bot.username}"  # a mention says who is meant
    command = {"type": MessageEntity.BOT_COMMAND, "offset": 0, "length": len(word)}
    text = word if facts.command is None else word + facts.text[len(facts.text.split()[0]) :]
    await handle_as_text(update, context, message, text, entities=[command])


async def _on_talk(services: Services, message: Message, facts: Facts, kind: SmallTalk) -> None:
    """Words that ask nothing: a short sentence, in groups only for who greets the bot or asks about it."""
    if facts.private or facts.asked_by_command or kind in small_talk_texts.IN_GROUPS:
        await say(message, small_talk_texts.reply(kind, await _shown(services, message)))


async def _shown(services: Services, message: Message) -> bool:
    """Whether there is a picture that a message's writer may mean."""
    return bool(await services.store.photos.current(message.chat_id, thread_of(message), person_of(message)[0]))


async def _on_picture(services: Services, message: Message, facts: Facts, source: Source, revision: int) -> None:
    """A picture without words, its own or the one that it replies to: ask what to know about it."""
    if source is Source.OWN and facts.album is not None:
        await on_album_picture(services, message, facts, revision)
        return
    if source is not Source.OWN and not await replied_pictures(services, message, facts):
        await say(message, texts.EMPTY_ASK if facts.asked_by_command else texts.NO_WORDS)
        return
    photos = (await pictures_meant(services, message, facts, source)).photos
    text = texts.WHAT_TO_KNOW if len(photos) == 1 else texts.WHAT_TO_KNOW_ALBUM
    if any(photo.still_of for photo in photos):
        text = texts.WHAT_TO_KNOW_STILL
    said = await say(message, texts.WHAT_TO_KNOW_REPLACED if revision else text)
    await _about(services, said, photos[-1].message_id)


async def _on_question(
    services: Services,
    message: Message,
    facts: Facts,
    meaning: Ask,
    revision: int,
    replaced: bool,
    *,
    spoken: bool,
) -> None:
    if revision and not replaced and await _same_as_before(services, message, meaning.question):
        return
    if (tongue := asked_in(meaning.question, language())) is not None:
        if facts.picture is not None:
            await take(services, message, facts.picture, facts.album)
        client = message.from_user.language_code if message.from_user else None
        with speaking(to_speak(tongue, client) or language()):
            said = await say(message, texts.OTHER_LANGUAGE)
        if facts.picture is not None:
            await _about(services, said, message.message_id)
        return
    admission = await admit(services, message, revision)
    if admission is None:
        if facts.picture is not None:  # not fetched now, but whoever asks again means it
            services.recent.defer(message.chat_id, thread_of(message), facts.picture, facts.album)
        return
    if meaning.source in (Source.OWN, Source.REPLIED):  # fetching takes a moment; else the progress stands at once
        services.spawn(_typing(services, message))
    if meaning.source is Source.OWN and facts.album is not None:
        await on_album_caption(services, message, facts, meaning.question, admission)
        return
    meant = await pictures_meant(services, message, facts, meaning.source, admission.known)
    album = None
    if meaning.source is Source.NEWEST and not revision:
        album = await arriving_album(services, message.chat_id, meant.photos)
    photos = meant.photos
    if meaning.source is Source.NEWEST and not album:
        photos = await spoken_of(services, message, photos, meaning.question, admission.known)
    obvious = meant.obvious and len(photos) == len(meant.photos)
    beside = meant.photos[0] if len(photos) < len(meant.photos) else None
    if not album:
        photos = await compared(services, message, photos, meaning.question)
    await ask(
        services,
        message,
        photos,
        meaning.question,
        admission,
        obvious=obvious,
        spoken=spoken,
        album=album,
        beside=beside,
    )


async def _same_as_before(services: Services, message: Message, question: str) -> bool:
    """Telegram also reports edits that change no word (a link's preview, a reaction)."""
    asked = await services.store.questions.of_message(message.chat_id, message.message_id)
    return bool(asked) and (asked[0].text == question or asks_again(question) or asks_of_this(question))


async def _about(services: Services, said: Message, photo_message_id: int) -> None:
    """Remember which picture a message of the bot's is about: a reply to it means that picture."""
    await services.store.sent.record(said.chat_id, [said.message_id], photo_message_id=photo_message_id)


async def _typing(services: Services, message: Message) -> None:
    with suppress(TelegramError):
        await services.bot.send_chat_action(message.chat_id, ChatAction.TYPING, message_thread_id=thread_of(message))


_CONTENT = (
    (filters.TEXT & ~filters.COMMAND)
    | filters.CAPTION
    | (filters.UpdateType.EDITED_MESSAGE & filters.COMMAND)  # what asked something before asks nothing any more
    | _Attached()
)
HANDLERS = [CommandHandler("ask", on_message), MessageHandler(filters.UpdateType.MESSAGES & _CONTENT, on_message)]
"""Messages and their edits; commands are other handlers' business, except /ask and those in captions."""
