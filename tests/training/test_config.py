"""The one typed config of a command: YAML, flags, and sentences for what does not fit."""

from pathlib import Path
from typing import Literal

import click
import pytest
from click.testing import CliRunner
from pydantic import Field

from bot.commands.options import config_options, resolve
from training.config import Config, ConfigError


class Small(Config):
    rate: float = Field(1e-6, gt=0, description="Learning rate.")
    epochs: int = Field(3, ge=1)
    frozen: bool = Field(False, description="Freeze it.")
    task: Literal["open", "choice"] = "open"
    out: Path | None = None


@click.command()
@config_options(Small)
def small(config_file: Path | None, **given: object) -> None:
    click.echo(resolve(Small, config_file, given).model_dump_json())


def settings(*arguments: str) -> Small:
    done = CliRunner().invoke(small, arguments)
    assert done.exit_code == 0, done.output
    return Small.model_validate_json(done.output)


def test_flags_overrule_the_file_and_the_file_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("rate: 1e-4\nepochs: 5\n")
    assert settings("--config", str(file), "--epochs", "7") == Small(rate=1e-4, epochs=7)
    assert settings("--frozen", "--task", "choice") == Small(frozen=True, task="choice")
    assert settings("--no-frozen") == Small()


def test_what_was_saved_is_read_again(tmp_path: Path) -> None:
    config = Small(rate=0.5, out=tmp_path / "x", frozen=True)
    config.save(tmp_path)
    assert Small.resolve(tmp_path / "config.yaml", {}) == config


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("speed: 3", "speed is no setting; there are epochs, frozen, out, rate, task"),
        ("epochs: 0", "epochs must be at least 1; it is 0"),
        ("rate: fast", "rate must be a number; it is fast"),
        ("task: closed", "task must be 'open' or 'choice'; it is closed"),
        ("frozen: 3", "frozen must be true or false; it is 3"),
        ("- 1", "must be a YAML mapping"),
        ("a: [", "line 1 is not valid YAML"),
    ],
)
def test_a_wrong_file_is_refused_with_a_sentence_that_names_it(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as refusal:
        Small.resolve(file, {})
    assert named in str(refusal.value)
    assert str(file) in str(refusal.value)


def test_what_is_missing_or_misspelt_is_named(tmp_path: Path) -> None:
    class Needs(Config):
        data: Path

    with pytest.raises(ConfigError, match=r"^data is missing\.$"):
        Needs.resolve(None, {})
    with pytest.raises(ConfigError, match=r"epoch is no setting; did you mean epochs\?$"):
        Small.resolve(None, {"epoch": 3})


def test_a_missing_file_and_a_wrong_flag_end_without_a_traceback(tmp_path: Path) -> None:
    missing = CliRunner().invoke(small, ["--config", str(tmp_path / "none.yaml")])
    assert missing.exit_code == 1
    assert "cannot be read: No such file or directory." in missing.output
    wrong = CliRunner().invoke(small, ["--rate", "-1"])
    assert wrong.exit_code == 1
    assert "rate must be above 0; it is -1.0" in wrong.output


def test_help_shows_each_setting_with_its_default() -> None:
    text = CliRunner().invoke(small, ["--help"]).output
    assert "Learning rate.  [default: 1e-06]" in " ".join(text.split("\n")).replace("\n", " ")
    assert "--frozen / --no-frozen" in text
    assert "[open|choice]" in text
