"""A photo bot on python-telegram-bot's webhook server: fetches a picture, turns it, sends it back twice."""

import io
import os
import socket

from PIL import Image
from telegram import InputMediaDocument, Update
from telegram.constants import ChatAction
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def turn(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    await update.effective_chat.send_action(ChatAction.UPLOAD_PHOTO)
    file = await update.message.photo[-1].get_file()
    picture = Image.open(io.BytesIO(await file.download_as_bytearray()))
    out = io.BytesIO()
    picture.transpose(Image.Transpose.ROTATE_90).save(out, "PNG")
    sent = await update.message.reply_photo(out.getvalue(), caption="Turned")
    await update.message.reply_media_group(
        [InputMediaDocument(out.getvalue(), filename=f"{number}.png") for number in (1, 2)],
        reply_to_message_id=sent.message_id,
    )


def main() -> None:
    url = os.environ["BOT_API"]
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setblocking(False)
    builder = Application.builder().token(os.environ["BOT_TOKEN"]).read_timeout(60).connect_timeout(60).pool_timeout(60)
    application = builder.base_url(f"{url}/bot").base_file_url(f"{url}/file/bot").build()
    application.add_handler(MessageHandler(filters.PHOTO, turn))
    application.run_webhook(
        unix=listening,
        url_path="hook",
        webhook_url=f"http://127.0.0.1:{listening.getsockname()[1]}/hook",
        secret_token="s3cret",
        bootstrap_retries=-1,
    )


if __name__ == "__main__":
    main()
