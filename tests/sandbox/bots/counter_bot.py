"""A bot with an inline keyboard as aiogram's users write it: a dispatcher, callback data, edits in place."""

import asyncio
import os

from aiogram import Bot, Dispatcher, F
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.filters import Command, CommandStart
from aiogram.filters.callback_data import CallbackData
from aiogram.types import BotCommand, CallbackQuery, InlineKeyboardMarkup, Message
from aiogram.utils.keyboard import InlineKeyboardBuilder

dispatcher = Dispatcher()


class Step(CallbackData, prefix="step"):
    value: int
    by: int


def keyboard(value: int) -> InlineKeyboardMarkup:
    builder = InlineKeyboardBuilder()
    builder.button(text="−1", callback_data=Step(value=value, by=-1))
    builder.button(text="+1", callback_data=Step(value=value, by=1))
    return builder.adjust(2).as_markup()


@dispatcher.message(CommandStart())
async def start(message: Message) -> None:
    await message.answer("The count is <b>0</b>", reply_markup=keyboard(0))


@dispatcher.message(Command("who"))
async def who(message: Message, bot: Bot) -> None:
    admins = await bot.get_chat_administrators(message.chat.id)
    await message.reply(", ".join(f"{admin.user.full_name} ({admin.status})" for admin in admins))


@dispatcher.callback_query(Step.filter())
async def step(query: CallbackQuery, callback_data: Step) -> None:
    value = callback_data.value + callback_data.by
    await query.message.edit_text(f"The count is <b>{value}</b>", reply_markup=keyboard(value))
    await query.answer(f"Now {value}")


@dispatcher.message(F.text)
async def other(message: Message) -> None:
    await message.send_copy(chat_id=message.chat.id)


async def main() -> None:
    session = AiohttpSession(api=TelegramAPIServer.from_base(os.environ["BOT_API"]))
    properties = DefaultBotProperties(parse_mode=ParseMode.HTML)
    async with Bot(os.environ["BOT_TOKEN"], session=session, default=properties) as bot:
        await bot.set_my_commands([BotCommand(command="start", description="Count from 0")])
        await dispatcher.start_polling(bot)


if __name__ == "__main__":
    asyncio.run(main())
