"""Answers a whole split into a results file of the official format; goes on where it was interrupted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from bot.texts.failures import sentence
from model.loading import locate
from training.config import Config
from training.data.files import PictureFile
from training.data.vqa import DataError, VqaQuestion, write_results
from training.evaluation.answer_length import USUAL
from training.evaluation.asking import VqaModel, request, sent_pictures

AT_ONCE = 32


class PredictConfig(Config):
    """How a split is answered."""

    split: Literal["train", "val", "calibration", "judging", "test"] = Field(
        "test", description="Which questions; calibration and judging are what `data prepare --divide-val` made of val."
    )
    task: Literal["open-ended", "multiple-choice"] = Field("open-ended", description="Say an answer, or choose one.")
    beams: int = Field(3, ge=1, le=10, description="Width of the beam search, as the bot has it; 1 is greedy.")
    max_new_tokens: int = Field(USUAL, ge=1, le=1000, description="Longest answer in tokens.")


def predict(
    model: VqaModel,
    name: str,
    pictures: Mapping[int, PictureFile],
    questions: Sequence[VqaQuestion],
    settings: PredictConfig,
    out: Path,
    progress: Callable[[int], None] = lambda _: None,
) -> dict[int, str]:
    """Answer every question; the results file is written when all are answered, in the questions' order.

    Until then `out`.progress keeps the answers, line by line; a further call with the same model, questions and
    settings goes on from it.

    Args:
        model: What answers.
        name: The model's (`model_name`); answers of another one are not mixed with its own.
        pictures: Where each picture is, by its number.
        questions: What to answer.
        settings: How the model is asked.
        out: The results file.
        progress: Called with the number of questions done since the last call.

    Returns:
        The refusals by question number; their answers in the file are empty.

    Raises:
        DataError: The file of answers so far belongs to something else.
        OSError: The file cannot be written.
    """
    ordered = sorted(questions, key=lambda q: q.image_ids)  # a picture's questions share its features
    partial = out.with_name(out.name + ".progress")
    mark = _mark(name, questions, settings)
    done = _kept(partial, mark)
    refused: dict[int, str] = {number: error for number, (_, error) in done.items() if error}
    progress(len(done))
    left = [q for q in ordered if q.question_id not in done]
    with partial.open("a", encoding="utf-8") as file:
        if not done and file.tell() == 0:
            file.write(json.dumps({"of": mark}) + "\n")
        for start in range(0, len(left), AT_ONCE):
            part = left[start : start + AT_ONCE]
            sent = {numbers: sent_pictures(numbers, pictures) for numbers in {q.image_ids for q in part}}
            answers = model.answer(
                [request(q, sent[q.image_ids], settings.beams, settings.max_new_tokens) for q in part]
            )
            for question, answer in zip(part, answers, strict=True):
                refusal = sentence(answer.error or "")
                done[question.question_id] = (answer.text, refusal)
                if refusal:
                    refused[question.question_id] = refusal
                line = [question.question_id, answer.text, refusal]
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            progress(len(part))
    write_results(out, {q.question_id: done[q.question_id][0] for q in questions})
    partial.unlink()
    return refused


def model_name(model: str) -> str:
    """A model's name with the state of its weights: trained again, it is another one.

    Raises:
        ModelError: There is no such model.
    """
    states = (file.stat() for file in sorted(locate(model).glob("*.safetensors")))
    return " ".join([model, *(f"{state.st_size}/{state.st_mtime_ns}" for state in states)])


def _mark(name: str, questions: Sequence[VqaQuestion], settings: PredictConfig) -> str:
    """Tells one prediction from another: model, settings, and the questions with their words."""
    text = json.dumps([name, settings.model_dump(), [[q.question_id, q.question] for q in questions]])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _kept(partial: Path, mark: str) -> dict[int, tuple[str, str]]:
    """The answers of an interrupted run. A last line that was cut short is dropped."""
    if not partial.exists():
        return {}
    whole, _, cut = partial.read_text(encoding="utf-8").rpartition("\n")
    lines = whole.splitlines()
    if cut:
        partial.write_text(whole + "\n" if lines else "", encoding="utf-8")
    if not lines:
        return {}
    try:
        if json.loads(lines[0])["of"] != mark:
            raise DataError(
                f"{partial} holds answers of another model, other questions or other settings: delete it to begin anew."
            )
        return {int(number): (text, error) for number, text, error in map(json.loads, lines[1:])}
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{partial} is damaged: delete it to begin anew.") from error
