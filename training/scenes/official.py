"""Writes scenes as the official VQA v1 files: pictures, questions, multiple-choice questions, annotations.

OUT/
    OpenEnded_abstract_v002_{split}2015_questions.json
    MultipleChoice_abstract_v002_{split}2015_questions.json
    abstract_v002_{split}2015_annotations.json               (not for test)
    abstract_v002_{split}2015/abstract_v002_{split}2015_{picture:012d}.png

Scene i of a split comes from `random.Random(f"{seed}/{split}/{i}")`: the same seed gives the same bytes, whatever the
number of processes, and no scene of the built-in model's training (`builtin-train/{seed}/{i}`) comes up here.
Everything is written to OUT.partial, which gets its name when it is complete; an interrupted run goes on there.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import random
import shutil
import signal
from collections.abc import Callable, Generator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import PIL
from PIL import Image, ImageChops, ImageDraw

from training.data.vqa import (
    CHOICES,
    MAKER,
    SPLITS,
    DataError,
    annotation_file,
    picture_file,
    picture_folder,
    question_file,
    write_json,
)
from training.locks import only_writer
from training.scenes import annotators, art, layout, questions
from training.scenes.pair_files import draw_pair, folder_of, write_lines
from training.scenes.variety import FIRST, THEMED, WIDE, Variety
from training.scenes.wording import QA

PROGRESS = ".progress"
"""Folder inside OUT.partial: the plan, and the records of every finished piece of work."""
_PIECE = 16  # scenes that one process draws at a time
_SCALE = 2.0  # canvas pixels to a picture's pixel while drawing: smooth edges, as in the released pictures


@dataclass(frozen=True, slots=True)
class Plan:
    """What to write."""

    seed: str
    """Names the scenes."""
    counts: dict[str, int]
    """Pictures by split."""
    per_picture: int = 3
    """Questions a picture; 10 at most, so that their numbers stay apart."""
    wide: bool = False
    """Whether scenes come in all styles and shapes, with questions as people type them."""
    leave_out: tuple[str, ...] = ()
    """What scenes in all styles do without; see `Variety.without`."""
    pairs: bool = False
    """Whether each picture is a pair, with questions about both; see `pair_files`."""
    theme: str = ""
    """Which of `themes.THEMES` the scenes are of; empty is none."""
    wide_questions: bool = False
    """Whether questions are as wide as those about scenes of wide variety, and the drawings are not."""

    @property
    def variety(self) -> Variety:
        """What the scenes may be like.

        Raises:
            ValueError: Something cannot be left out.
        """
        if self.theme:
            return THEMED[self.theme]
        if self.wide:
            return WIDE.without(self.leave_out)
        if self.wide_questions:
            return replace(FIRST, wordings=True, absent=True, wider=True).without(self.leave_out)
        return FIRST

    def first(self, split: str) -> int:
        """The number of a split's first picture: numbers go on from split to split, as in the released files."""
        return sum(self.counts.get(name, 0) for name in SPLITS[: SPLITS.index(split)])


@dataclass(frozen=True, slots=True)
class Piece:
    """Some neighbouring scenes of a split."""

    folder: Path
    plan: Plan
    split: str
    start: int
    end: int

    @property
    def record(self) -> Path:
        """The file that says what is in these scenes; it is there when their pictures are."""
        return self.folder / PROGRESS / f"{self.split}-{self.start}.json"


def write_scenes(out: Path, plan: Plan, progress: Callable[[int], None], workers: int = 2) -> None:
    """Write the files of all splits, going on where an interrupted run with the same plan stopped.

    Args:
        out: A folder that is empty or not there yet.
        plan: What to write.
        progress: Called with the number of pictures drawn since the last call.
        workers: Processes that draw.

    Raises:
        DataError: `out` or its `.partial` holds something else, or cannot be written.
    """
    out = out.resolve()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DataError(f"{out} is not empty. Choose another folder, or remove it first.")
    partial = out.with_name(f"{out.name}.partial")
    try:
        with only_writer(out, out.with_name(f"{partial.name}.lock")):
            _begin(partial, plan)
            for split, count in plan.counts.items():
                if count:
                    _write_split(partial, plan, split, progress, workers)
            shutil.rmtree(partial / PROGRESS)
            if out.exists():
                out.rmdir()
            partial.replace(out)
    except OSError as error:
        raise DataError(f"{out} cannot be written: {error.strerror or error}.") from error


def _begin(partial: Path, plan: Plan) -> None:
    """Make the folder, or keep what an interrupted run of the same plan and the same drawing code left in it."""
    made_by = json.loads(json.dumps({**asdict(plan), "drawing": _drawing_version()}))
    note = partial / PROGRESS / "plan.json"
    if partial.exists() and not note.is_file():
        raise DataError(f"{partial} is in the way: it is not from an interrupted run. Move or remove it first.")
    if note.is_file() and json.loads(note.read_text(encoding="utf-8")) != made_by:
        shutil.rmtree(partial)
    note.parent.mkdir(parents=True, exist_ok=True)
    write_json(note, made_by)


def _drawing_version() -> str:
    """Changes whenever the same seed might give other bytes."""
    digest = hashlib.sha256(PIL.__version__.encode())
    room = Path(__file__).parent
    for file in (*sorted(room.glob("*.py")), *sorted((room / "emoji").iterdir())):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _write_split(folder: Path, plan: Plan, split: str, progress: Callable[[int], None], workers: int) -> None:
    (folder / (folder_of(split) if plan.pairs else picture_folder(split))).mkdir(parents=True, exist_ok=True)
    count = plan.counts[split]
    pieces = [Piece(folder, plan, split, start, min(start + _PIECE, count)) for start in range(0, count, _PIECE)]
    done = [piece for piece in pieces if piece.record.is_file()]
    progress(sum(piece.end - piece.start for piece in done))
    with closing(_spread([piece for piece in pieces if piece not in done], workers)) as drawn:
        for number in drawn:
            progress(number)
    records = [record for piece in pieces for record in json.loads(piece.record.read_text(encoding="utf-8"))]
    if plan.pairs:
        write_lines(folder, split, records)
        return
    asked = [record["question"] for record in records]
    choices = [{**record["question"], "multiple_choices": record["choices"]} for record in records]
    header = _header(split)
    write_json(folder / question_file(split), {"task_type": "Open-Ended", **header, "questions": asked})
    write_json(
        folder / question_file(split, "MultipleChoice"),
        {"task_type": "Multiple-Choice", "num_choices": CHOICES, **header, "questions": choices},
    )
    if split != "test":
        notes = [record["annotation"] for record in records]
        write_json(folder / annotation_file(split), {**header, "annotations": notes})


def _spread(pieces: list[Piece], workers: int) -> Generator[int, None, None]:
    """Draw pieces, in several processes where that pays; yields the number of scenes in each, in order."""
    if workers <= 1 or len(pieces) <= 1:
        yield from map(_draw, pieces)
        return
    fresh = multiprocessing.get_context("spawn")  # a fork of a process with threads may hang
    stopped = fresh.Event()
    with ProcessPoolExecutor(workers, fresh, _leave_interrupts_to_parent, (stopped,)) as pool:
        try:
            yield from pool.map(_draw, pieces)
        except BaseException:  # else the pieces that were handed out would still be drawn to their end
            stopped.set()
            raise


_stopped: Event | None = None
"""In a drawing process: set by its parent when nobody wants the rest any more."""


def _leave_interrupts_to_parent(stopped: Event) -> None:
    global _stopped
    _stopped = stopped
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _draw(piece: Piece) -> int:
    """Draw the scenes of a piece and note what is in them; 0 when the parent was interrupted meanwhile."""
    records: list[dict[str, Any]] = []
    for index in range(piece.start, piece.end):
        if _stopped is not None and _stopped.is_set():
            return 0
        rng = random.Random(f"{piece.plan.seed}/{piece.split}/{index}")
        image_id = piece.plan.first(piece.split) + index
        if piece.plan.pairs:
            variety, number = piece.plan.variety, piece.plan.per_picture
            records += draw_pair(piece.folder, piece.split, image_id, rng, variety, questions=number, scale=_SCALE)
            continue
        scene = layout.compose(rng, piece.plan.variety)
        picture = art.render(scene, rng, _SCALE)
        if piece.plan.wide_questions:  # after the drawing, which stays the first style's
            scene.variety = piece.plan.variety
        asked = questions.ask(scene, rng, piece.plan.per_picture)
        path = piece.folder / picture_folder(piece.split) / picture_file(piece.split, image_id)
        translucent(picture, rng).save(path, compress_level=4)
        records += [_record(qa, image_id, 10 * image_id + place, rng) for place, qa in enumerate(asked)]
    write_json(piece.record, records)
    return piece.end - piece.start


def _record(qa: QA, image_id: int, number: int, rng: random.Random) -> dict[str, Any]:
    people = annotators.human_answers(qa, rng)
    return {
        "question": {"image_id": image_id, "question": qa.question, "question_id": number},
        "choices": annotators.multiple_choices(qa, rng),
        "annotation": {
            "question_id": number,
            "image_id": image_id,
            "question_type": annotators.question_type(qa.question),
            "answer_type": annotators.answer_type(qa.answer),
            "multiple_choice_answer": qa.answer,
            "answers": [
                {"answer": said.answer, "answer_confidence": said.confidence, "answer_id": place}
                for place, said in enumerate(people, 1)
            ],
        },
    }


def translucent(picture: Image.Image, rng: random.Random) -> Image.Image:
    """Make an RGB picture RGBA as the released ones are: some patches are not opaque, with alpha from 145 on.

    Colours under the patches are darkened so that on white, the project's one rule for transparency, the picture looks
    as it was drawn; pixels too dark for that stay opaque. Who drops alpha instead sees the patches.
    """
    result = picture.convert("RGBA")
    for _ in range(rng.randrange(2, 6)):
        alpha = rng.randrange(145, 251)
        veil = 255 - alpha  # what white adds behind the patch, at least
        x, y, width = rng.uniform(0, picture.width), rng.uniform(0, picture.height), rng.uniform(40, 120)
        patch = Image.new("L", picture.size)
        ImageDraw.Draw(patch).ellipse((x, y, x + width, y + width * 0.5), fill=255)
        red, green, blue = picture.split()
        darkest = ImageChops.darker(ImageChops.darker(red, green), blue)
        bright_enough = darkest.point([255 * (value >= veil) for value in range(256)])
        under = picture.point([max(0, round((value - veil) * 255 / alpha)) for value in range(256)] * 3)
        under.putalpha(alpha)
        result.paste(under, mask=ImageChops.darker(patch, bright_enough))
    return result


def _header(split: str) -> dict[str, Any]:
    return {
        "info": {
            "description": "Cartoon scenes drawn by vqabot, in the files of VQA abstract scenes v1.",
            "url": "",
            "version": "1.0",
            "year": 2015,
            "contributor": MAKER,
            "date_created": "2015-10-02 00:00:00",
        },
        "license": {"name": "MIT", "url": "https://opensource.org/license/mit"},
        "data_type": "abstract_v002",
        "data_subtype": f"{split}2015",
    }
