"""Real pocketsphinx on short recordings (`tests/speech`), in its limited process; and what is no recording."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.benchmarks.synthetic_speech import encoded
from bot.texts.failures import sentence
from model.errors import ModelError, SoundError
from model.serving.listener import Listener
from model.speech import transcriber
from model.speech.transcriber import RATE, check_speech, chosen
from model.speech.wordings import Wordings

SOUNDS = Path(__file__).parents[1] / "speech"
PATIENCE = 300.0


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    listening = Listener("pocketsphinx")
    yield listening
    listening.close()


@pytest.mark.parametrize("name", ["ball.ogg", "ball.webm", "ball.mp4"])
def test_what_is_said_is_heard_in_whatever_phones_and_browsers_record(listener: Listener, name: str) -> None:
    heard = listener.submit((SOUNDS / name).read_bytes()).result(PATIENCE)
    assert heard.text == "What color is the ball?" and heard.confidence >= 0.5


def test_of_what_may_have_been_said_the_likeliest_question_is_heard(listener: Listener) -> None:
    """Likelier to the ear alone is "What food is the lady do"."""
    heard = listener.submit((SOUNDS / "mood.ogg").read_bytes()).result(PATIENCE)
    assert heard.text == "What mood is the lady in?" and heard.confidence >= 0.5


def test_silence_and_what_is_no_question_are_not_made_one(listener: Listener) -> None:
    silence = listener.submit((SOUNDS / "silence.ogg").read_bytes()).result(PATIENCE)
    assert (silence.text, silence.confidence) == ("", 0.0)
    chords = listener.submit((SOUNDS / "chords.ogg").read_bytes()).result(PATIENCE)
    assert chords.confidence < 0.5, "a question is no likelier there than the one word that is heard in them"
    assert listener.submit((SOUNDS / "milk.ogg").read_bytes()).result(PATIENCE).confidence < 0.5


@pytest.mark.parametrize(
    ("sound", "code"),
    [
        (b"", "sound_unknown"),
        (b"\0" * 1000, "sound_unknown"),
        (b"OggS" + bytes(range(256)) * 20, "sound_unknown"),
        ((Path(__file__).parents[2] / "bot" / "example.png").read_bytes(), "sound_unknown"),
        (b"#EXTM3U\nfile:///etc/passwd\n", "sound_unknown"),
    ],
)
def test_what_is_no_sound_is_refused(listener: Listener, sound: bytes, code: str) -> None:
    with pytest.raises(SoundError, match=code) as refused:
        listener.submit(sound).result(PATIENCE)
    assert "{" not in sentence(refused.value)


def test_a_long_sound_is_refused_and_a_cut_one_is_heard_as_far_as_it_goes(listener: Listener) -> None:
    with pytest.raises(SoundError, match="sound_too_long"):
        listener.submit(encoded(bytes(2 * RATE * 61))).result(PATIENCE)
    whole = (SOUNDS / "ball.ogg").read_bytes()
    listener.submit(whole[: len(whole) * 2 // 3]).result(PATIENCE)


def test_a_killed_process_is_replaced(listener: Listener) -> None:
    listener.submit(b"").exception(PATIENCE)
    assert listener._process is not None
    os.kill(listener._process.pid, signal.SIGKILL)
    heard = listener.submit((SOUNDS / "ball.ogg").read_bytes()).result(PATIENCE)
    assert heard.text == "What color is the ball?"


def test_settings_that_cannot_be_are_told_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    check_speech("off")
    check_speech("openai/whisper-base.en")  # the worker fetches it
    for wrong in ("nowhere", str(tmp_path)):
        with pytest.raises(ModelError) as refused:
            check_speech(wrong)
        assert "VQABOT_SPEECH" in sentence(refused.value)
    monkeypatch.setattr(transcriber, "find_spec", lambda package: None)
    assert chosen("auto") == "off"
    check_speech("auto")
    with pytest.raises(ModelError) as missing:
        check_speech("pocketsphinx")
    assert "pip install '.[speech]'" in sentence(missing.value)


def test_wordings_tell_questions_from_other_words() -> None:
    wordings = Wordings()
    assert wordings.is_question("what color is the ball") and wordings.is_question("are there more cats than dogs")
    assert not wordings.is_question("ball on the what are")
    assert {"ball", "color"} < wordings.words
