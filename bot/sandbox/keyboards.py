"""`reply_markup`: checked as Telegram checks it."""

from __future__ import annotations

from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.parameters import Parameters

MAX_DATA = 64  # bytes of callback_data
MAX_BUTTONS = 100
Markup = dict[str, Any]
EXTRAS = {"style": str, "icon_custom_emoji_id": str}
ACTIONS: dict[str, type] = {
    "url": str,
    "callback_data": str,
    "switch_inline_query": str,
    "switch_inline_query_current_chat": str,
    "switch_inline_query_chosen_chat": dict,
    "copy_text": dict,
    "web_app": dict,
    "login_url": dict,
    "callback_game": dict,
    "pay": bool,
}


def read_markup(parameters: Parameters, *, inline_only: bool = False) -> tuple[Markup | None, Markup | None]:
    """Read `reply_markup`: an inline keyboard (a part of the message), or one for the person's keyboard.

    Raises:
        ApiError: 400 with Telegram's complaint.
    """
    markup = parameters.structure("reply_markup", "can't parse reply keyboard markup JSON object")
    if markup is None or markup == {}:
        parameters.understood.pop("reply_markup", None)
        return None, None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = _rows(markup["inline_keyboard"], inline=True)
        inline = {"inline_keyboard": rows}
        if not rows:
            return None, None
        return inline, None
    if inline_only:
        raise bad_request("inline keyboard expected")
    if "keyboard" in markup:
        _rows(markup["keyboard"], inline=False)
        if not markup["keyboard"]:
            raise bad_request("reply keyboard must be non-empty")
    elif not markup.get("remove_keyboard") and not markup.get("force_reply"):
        return None, None
    return None, markup


def _rows(rows: Any, *, inline: bool) -> list[list[Markup]]:  # noqa: ANN401 - JSON that was not checked yet
    field = "inline_keyboard" if inline else "keyboard"
    if not isinstance(rows, list):
        raise bad_request(f"field \"{field}\" of the {'InlineKeyboardMarkup' if inline else 'ReplyKeyboardMarkup'} "
                          "must be an Array of Arrays")
    checked: list[list[Markup]] = []
    total = 0
    for row in rows:
        if not isinstance(row, list):
            raise bad_request(f"field \"{field}\" must be an Array of Arrays of buttons")
        if inline:
            total += len(row)
            checked.append([_inline_button(button) for button in row])
        else:
            for button in row:
                if not isinstance(button, (str, dict)) or (isinstance(button, dict) and not button.get("text")):
                    raise bad_request("can't parse keyboard button: field \"text\" must be of type String")
    if total > MAX_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return [row for row in checked if row]


def _inline_button(button: Any) -> Markup:  # noqa: ANN401 - JSON that was not checked yet
    start = "can't parse inline keyboard button: "
    if not isinstance(button, dict):
        raise bad_request(start + "InlineKeyboardButton must be an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise bad_request(start + "Can't find field \"text\"")
    if not text.strip():
        raise bad_request(start + "Text of the button must be non-empty")
    chosen = [name for name in ACTIONS if button.get(name) is not None]
    if not chosen:
        raise bad_request(start + "Text buttons are unallowed in the inline keyboard")
    action = chosen[0]
    value: Any = button[action]
    if not isinstance(value, ACTIONS[action]):
        raise bad_request(start + f"field \"{action}\" has a wrong type")
    clean: Markup = {"text": text, action: value}
    clean |= {name: button[name] for name, kind in EXTRAS.items() if isinstance(button.get(name), kind)}
    if action == "callback_data" and not 1 <= len(value.encode("utf-8", "surrogatepass")) <= MAX_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    if action == "url" and (" " in value or ("." not in value and not value.startswith("tg://"))):
        raise bad_request(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
    return clean
