"""`reply_markup`: checked as Telegram checks it."""

from __future__ import annotations

from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.html_text import link_entity
from bot.sandbox.parameters import Parameters

MAX_DATA = 64  # bytes of callback_data
MAX_COPY = 256  # characters of copy_text
MAX_BUTTONS = 100
Markup = dict[str, Any]
# Actions of an inline button with their JSON types; a button has exactly one.
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
TYPE_NAMES = {str: "String", dict: "Object", bool: "Boolean"}
FLAGS = ("force_reply", "remove_keyboard", "selective", "one_time_keyboard", "is_persistent", "resize_keyboard")
BUTTON = "can't parse inline keyboard button: "


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
    for name in FLAGS:
        if not isinstance(markup.get(name, False), bool):
            raise bad_request(f'field "{name}" must be of type Boolean')
    if "inline_keyboard" in markup:
        keyboard = _inline_rows(markup["inline_keyboard"])
        parameters.note("reply_markup", {"inline_keyboard": keyboard})
        return ({"inline_keyboard": keyboard} if keyboard else None), None
    if inline_only:
        raise bad_request("inline keyboard expected")
    if "keyboard" in markup:
        markup = {**markup, "keyboard": _reply_rows(markup["keyboard"])}
        parameters.note("reply_markup", markup)
        return None, markup
    if markup.get("remove_keyboard") or markup.get("force_reply"):
        return None, markup
    parameters.understood.pop("reply_markup")
    return None, None


def _rows(rows: Any, field: str) -> list[list[Any]]:  # noqa: ANN401 - JSON that was not checked yet
    if not isinstance(rows, list):
        raise bad_request(f'field "{field}" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{field}" must be an Array of Arrays')
    return rows


def _inline_rows(rows: Any) -> list[list[Markup]]:  # noqa: ANN401 - JSON that was not checked yet
    checked = [[_inline_button(button) for button in row] for row in _rows(rows, "inline_keyboard")]
    if sum(map(len, checked)) > MAX_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return [row for row in checked if row]


def _reply_rows(rows: Any) -> list[list[Markup]]:  # noqa: ANN401 - JSON that was not checked yet
    """Buttons for the person's keyboard; a button may come as its text alone."""
    checked: list[list[Markup]] = []
    for row in _rows(rows, "keyboard"):
        buttons = [button if isinstance(button, dict) else {"text": button} for button in row]
        for button in buttons:
            if not isinstance(button.get("text"), str):
                raise bad_request("can't parse keyboard button: Can't find field \"text\"")
            if not button["text"].strip():
                raise bad_request("keyboard button text must be non-empty")
        checked.append(buttons)
    if not any(checked):
        raise bad_request("reply keyboard must be non-empty")
    return checked


def _inline_button(button: Any) -> Markup:  # noqa: ANN401 - JSON that was not checked yet
    if not isinstance(button, dict):
        raise bad_request(BUTTON + "expected an Object")
    text = button.get("text")
    if text is None:
        raise bad_request(BUTTON + 'Can\'t find field "text"')
    if not isinstance(text, str):
        raise bad_request(BUTTON + 'Field "text" must be of type String')
    if not text.strip():
        raise bad_request(BUTTON + "Text of the button must be non-empty")
    for action, kind in ACTIONS.items():
        value: Any = button.get(action)
        if value is None or (action == "callback_data" and value == ""):
            continue
        if not isinstance(value, kind):
            raise bad_request(f'{BUTTON}Field "{action}" must be of type {TYPE_NAMES[kind]}')
        _check_action(action, value)
        looks = {name: button[name] for name in ("style", "icon_custom_emoji_id") if name in button}
        return {"text": text, action: value, **looks}
    raise bad_request(BUTTON + "Text buttons are unallowed in the inline keyboard")


def _check_action(action: str, value: Any) -> None:  # noqa: ANN401 - of the action's type
    if action == "callback_data" and len(value.encode("utf-8", "surrogatepass")) > MAX_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    if action == "url":
        if value.lower().startswith("ftp:"):
            raise bad_request(f"inline keyboard button URL '{value}' is invalid: Unsupported URL protocol")
        if link_entity({}, value) is None:
            raise bad_request(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
    if action == "copy_text":
        copied = value.get("text")
        if not isinstance(copied, str) or not 1 <= len(copied) <= MAX_COPY:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if action == "web_app" and not str(value.get("url", "")).startswith("https://"):
        address = value.get("url", "")
        raise bad_request(f"inline keyboard button Web App URL '{address}' is invalid: Only HTTPS links are allowed")
    if action in {"pay", "callback_game"}:
        raise bad_request("BUTTON_TYPE_INVALID")
