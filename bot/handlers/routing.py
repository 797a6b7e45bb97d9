"""How commands and presses of buttons reach the functions that are for them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from telegram import CallbackQuery, Chat, Message, Update, User
from telegram.error import BadRequest
from telegram.ext import BaseHandler, CommandHandler, filters

from bot.callback_data import CallbackData, Numbered
from bot.handlers.rights import may_change
from bot.services import Context, Services
from storage.records import Question

Data = TypeVar("Data", bound=CallbackData)
AboutQuestion = TypeVar("AboutQuestion", bound=Numbered)


@dataclass(frozen=True, slots=True)
class Press(Generic[Data]):
    """Somebody pressed a button that the bot made."""

    query: CallbackQuery
    data: Data
    chat: Chat
    message_id: int
    """The message under which the button is."""

    @property
    def user(self) -> User:
        """Who pressed."""
        return self.query.from_user

    async def answer(self, text: str | None = None, *, alert: bool = False) -> None:
        """As `answer_press`."""
        await answer_press(self.query, text, alert=alert)


class PressHandler(BaseHandler[Any, Context, None], Generic[Data]):
    """Takes presses of one kind of button; what does not parse is no button of ours, and left to others."""

    def __init__(self, kind: type[Data], callback: Callable[[Press[Data], Context], Coroutine[Any, Any, None]]) -> None:
        super().__init__(callback)
        self._kind = kind

    def check_update(self, update: object) -> Press[Data] | None:
        """The press that an update is; None where it is another, or none."""
        query = update.callback_query if isinstance(update, Update) else None
        data = self._kind.unpack(query.data) if query is not None else None
        if query is None or query.message is None or data is None:
            return None
        return Press(query, data, query.message.chat, query.message.message_id)

    async def handle_update(self, update: object, application: object, check_result: object, context: Context) -> None:
        """Hand the press on."""
        await self.callback(check_result, context)


def command(
    name: str, handle: Callable[[Message, Context], Coroutine[Any, Any, None]]
) -> CommandHandler[Context, None]:
    """Hands on messages that begin with a command, not their edits."""

    async def call(update: Update, context: Context) -> None:
        assert update.effective_message is not None  # the handler takes no update without one
        await handle(update.effective_message, context)

    return CommandHandler(name, call, filters.UpdateType.MESSAGE)


async def answer_press(query: CallbackQuery, text: str | None = None, *, alert: bool = False) -> None:
    """Say something to whoever pressed, or only that it was seen; a press that was reported twice is answered once."""
    with suppress(BadRequest):
        await query.answer(text, show_alert=alert or None)


async def question_pressed(services: Services, press: Press[AboutQuestion]) -> Question | None:
    """The question of this chat that a button is about; None where there is none any more."""
    return await services.store.questions.in_chat(press.chat.id, press.data.number)


async def is_askers(services: Services, press: Press[Any], question: Question) -> bool:
    """Whether who asked a question pressed, or an admin of the group."""
    return question.user_id == press.user.id or await may_change(services, press.chat, press.user)
