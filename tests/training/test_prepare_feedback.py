"""What people said about answers, prepared with other data."""

from __future__ import annotations

from pathlib import Path

from own_data_helpers import ONE, colour_of, lines, picture, run

from training.data.prepared import read_examples


def test_what_people_said_joins_train_but_for_pictures_that_judge(tmp_path: Path) -> None:
    folder, said = tmp_path / "data", tmp_path / "feedback"
    for name, colour in (("a.png", "red"), ("b.png", "blue")):
        picture(folder / name, colour)
    lines(folder / "train.jsonl", ONE)
    lines(folder / "val.jsonl", {**ONE, "image": "b.png"})
    for name, colour in (("images/x.png", "teal"), ("images/y.png", "blue"), ("images/z.png", "red")):
        picture(said / name, colour)
    votes = {"answer": "teal", "answers": ["teal", "teal", "blue"], "said": [{"answer": "red", "wrong": 3}]}
    records = [{"image": f"images/{name}.png", "question": "What colour?", **votes} for name in "xyz"]
    lines(said / "train.jsonl", *records)
    out = tmp_path / "out"
    told = run(folder, out, "--feedback", said)
    assert "Left out of feedback are 1 question about pictures of val or test." in told
    first, *others = read_examples(out, "train")
    assert first.answer == "red" and [other.answer for other in others] == ["teal", "teal"]
    assert colour_of(out, others[0]) == (0, 128, 128) and others[0].answers.count("blue") == 3
    assert others[1].image == first.image and others[1].image_id == first.image_id, "the same picture is one"
    assert len({example.question_id for example in (first, *others)}) == 3
    assert len(read_examples(out, "val")) == 1
