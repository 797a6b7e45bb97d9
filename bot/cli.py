"""The front door: one command, `vqabot`. Every sub-command is imported only when it is called."""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

import click

from bot.commands.errors import Interrupted, Unexpected, is_for_people, needs
from bot.texts.failures import sentence


class Entry(NamedTuple):
    """Where a sub-command lives and the line that `vqabot --help` shows for it."""

    target: str  # "module:attribute"
    help: str


COMMANDS: dict[str, Entry] = {
    "demo": Entry("bot.commands.demo:demo", "Try the whole bot here: a chat page, no token, no network."),
    "run": Entry("bot.commands.run:run", "Run the bot on Telegram (needs a token)."),
    "settings": Entry("bot.commands.settings:settings", "Check the settings, and show what holds."),
    "worker": Entry("bot.commands.worker:worker", "Answer questions for a bot on another machine."),
    "ask": Entry("bot.commands.ask:ask", "Ask about pictures on the command line."),
    "backup": Entry("bot.commands.backup:backup", "Copy all that the bot remembers, while it runs."),
    "feedback": Entry("bot.commands.feedback:feedback", "Make training data from what people think of answers."),
    "sandbox": Entry("bot.commands.sandbox:sandbox", "Run the local Bot API server alone, for any bot."),
    "scenes": Entry("bot.commands.scenes:scenes", "Draw cartoon scenes with questions, in the official VQA files."),
    "train": Entry("bot.commands.train:train", "Fine-tune a model on prepared data."),
    "tune": Entry("bot.commands.tune:tune", "Search the settings of a training."),
    "data": Entry("bot.commands.data:data", "Look at data and prepare it for training."),
    "evaluate": Entry("bot.commands.evaluate:evaluate", "Judge a model on annotated questions."),
    "compare": Entry("bot.commands.compare:compare", "Hold models against each other on the same budget."),
    "predict": Entry("bot.commands.predict:predict", "Answer a split into an official results file."),
    "calibrate": Entry("bot.commands.calibrate:calibrate", "Make a model's confidence true."),
    "walkthrough": Entry("bot.commands.walkthrough:walkthrough", "See a training teach the built-in model new things."),
    "package": Entry("bot.commands.package:package", "Pack a model into a ZIP that the bot takes."),
    "score": Entry("bot.commands.score:score", "Score anybody's results against official annotations."),
    "builtin": Entry("bot.commands.builtin:builtin", "Rebuild the built-in model, or one of another family."),
    "bench": Entry("bot.commands.bench:bench", "Measure speed and memory against a baseline."),
}


class LazyGroup(click.Group):
    """A click group that knows its commands by name and imports one only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command; None when there is none of that name."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, attribute = entry.target.split(":")
        try:
            command = getattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError as error:
            raise needs("training", error) from error
        assert isinstance(command, click.Command)
        _keep_help_whole(command)
        return command

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - whatever a command returns
        """Run a command. It ends in words whatever happens, also while its libraries are loaded."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Interrupted("") from None
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise  # click's own ways to end; the last one is `vqabot ... | head`
        except ModuleNotFoundError as error:
            raise needs("training", error) from error
        except Exception as error:
            if is_for_people(error):
                raise click.ClickException(sentence(error)) from error
            raise Unexpected(error) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


def _keep_help_whole(command: click.Command) -> None:
    """Let no line of an example break, so that it can be copied, and no sentence about a sub-command be cut."""
    if command.epilog and not command.epilog.startswith("\b"):
        command.epilog = f"\b\n{command.epilog}"
    if isinstance(command, click.Group):
        for each in command.commands.values():
            each.short_help = each.get_short_help_str(limit=1000)
            _keep_help_whole(each)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: vqabot demo     (then open http://127.0.0.1:8081)",
)
@click.version_option(package_name="vqabot", prog_name="vqabot")
def main() -> None:
    """A Telegram bot that answers questions about pictures.

    Run it, try it without a token, or retrain the model behind it.
    """


if __name__ == "__main__":
    main()
