"""What the bot reacts to: one small file a topic, each with its `HANDLERS`."""

from __future__ import annotations

from bot.services import App


def register_all(application: App) -> None:
    """Register every topic; commands come before questions, and questions before what nobody understands."""
    from bot.handlers import (
        access,
        admin,
        cancel,
        chats,
        commands,
        compare,
        delete,
        errors,
        export,
        feedback,
        history,
        questions,
        settings,
        start,
        unknown,
        voice,
        where,
    )

    for module in (
        *(access, start, settings, history, export, delete, admin, cancel, compare, where, voice, chats, commands),
        *(feedback, questions, unknown),
    ):
        application.add_handlers(module.HANDLERS)
    application.add_error_handler(errors.on_error)
