"""`vqabot bench voice`: what it cannot listen with is a sentence, and what it prints are figures of real sounds."""

from __future__ import annotations

import json
import shutil

import pytest
from click.testing import CliRunner

from bot.cli import main


@pytest.mark.parametrize(
    ("speech", "said"),
    [
        ("nonsense", "There is no model for speech at 'nonsense'"),
        ("/no/such/folder", "There is no model for speech at '/no/such/folder'"),
        ("off", "Nothing listens"),
    ],
)
def test_what_cannot_listen_is_a_sentence(speech: str, said: str) -> None:
    done = CliRunner().invoke(main, ["bench", "voice", "--speech", speech])
    assert done.exit_code == 1 and isinstance(done.exception, SystemExit)
    assert said in done.output


@pytest.mark.long
@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng speaks")
def test_a_question_is_heard_and_answered_and_silence_is_none() -> None:
    done = CliRunner().invoke(main, ["bench", "voice", "--questions", "2", "--wordless", "1", "--json"])
    assert done.exit_code == 0, done.output
    figures = json.loads(done.output)
    assert figures["wordless"] == 1 and figures["invented"] == 0
    assert figures["clean"]["word_error"] <= figures["10 dB"]["word_error"]
    assert figures["clean"]["not_heard"] < 100
