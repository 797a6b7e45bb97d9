"""What people think of answers, for tests."""

from __future__ import annotations

from click.testing import CliRunner
from e2e_helpers import YOU

from bot.app import Bot
from bot.cli import main


async def opinions(bot: Bot, chat: int = YOU) -> list[tuple[int, bool, str | None]]:
    assert bot.services is not None
    store = bot.services.store
    ids = [question.id async for question in store.questions.export(chat)]
    found = await store.feedback.of_questions(chat, ids)
    return [(one.user_id, one.is_right, one.answer) for each in found.values() for one in each]


async def export(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(main, ["feedback", "export", *map(str, arguments)])
    assert done.exit_code == code and "Traceback" not in done.output, done.output
    return done.output
