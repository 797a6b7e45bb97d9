"""An echo bot as python-telegram-bot's users write it: polling, commands, an error handler."""

import os

from telegram import ForceReply, Update
from telegram.ext import Application, CommandHandler, ContextTypes, MessageHandler, filters


async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    await update.message.reply_html(
        f"Hi {update.effective_user.mention_html()}!", reply_markup=ForceReply(selective=True)
    )


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    await update.message.reply_text(update.message.text, do_quote=True)


def main() -> None:
    url = os.environ["BOT_API"]
    builder = Application.builder().token(os.environ["BOT_TOKEN"]).read_timeout(60).connect_timeout(60).pool_timeout(60)
    application = builder.base_url(f"{url}/bot").base_file_url(f"{url}/file/bot").build()
    application.add_handler(CommandHandler("start", start))
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, echo))
    application.run_polling(allowed_updates=Update.ALL_TYPES, bootstrap_retries=-1)


if __name__ == "__main__":
    main()
