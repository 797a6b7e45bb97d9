"""`vqabot ask` as a person calls it."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import tiny
from click.testing import CliRunner, Result
from PIL import Image
from tiny import Picture

import bot
from bot.cli import main
from bot.texts.caveats import TRUNCATED
from bot.texts.failures import not_so_many
from model.profile import BUILTIN_PROFILE


@pytest.fixture
def pictures(tmp_path: Path, picture: Picture) -> list[str]:
    names = []
    for number in range(2):
        path = tmp_path / f"picture {number}.png"
        path.write_bytes(picture(number))
        names.append(str(path))
    return names


@pytest.fixture
def ask(tiny_folder: Path):
    def run(*words: str, **options: object) -> Result:
        return CliRunner().invoke(main, ["ask", *words, "--model", str(tiny_folder)], **options)  # type: ignore[arg-type]

    return run


def test_one_question(ask, pictures) -> None:
    result = ask(pictures[0], "which ball is it", "--max-new-tokens", "3")
    assert result.exit_code == 0, result.output
    assert "(little more than a guess, " in result.output, "nothing is stored of what this model knows"
    assert result.stdout.splitlines()[:-1] == [TRUNCATED], "it would talk on"
    assert result.stderr.startswith("Loading the model "), "loading takes a while, which is said"


def test_words_that_ask_nothing_get_the_bots_reply(ask, pictures) -> None:
    result = ask(pictures[0], "asdfgh")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "All right. Ask me more about the picture, or ask in other words.\n"
    result = ask(pictures[0], "-q", "thanks!", "-q", "what is this?", "--json")
    thanks, what = (json.loads(line) for line in result.stdout.splitlines())
    assert (result.exit_code, thanks["answer"], thanks["reply"]) == (0, "", "You are welcome!")
    assert "error" not in thanks and thanks.keys() - {"reply"} == what.keys(), "nothing went wrong"


def test_a_picture_that_is_none_of_those_named_gets_the_bots_sentence(ask, pictures) -> None:
    for words in ("third picture?", "how many dogs are in the third picture?"):
        result = ask(*pictures, words)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == f"{pictures[0]}, {pictures[1]}: {not_so_many(2)}\n"
    result = ask(pictures[0], "how many dogs are in the second picture?")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"{pictures[0]}: {not_so_many(1)}\n")
    result = ask(*pictures, "-q", "what is this?", "-q", "and in the third?", "--json")
    assert [line.get("error") for line in map(json.loads, result.stdout.splitlines())].count(not_so_many(2)) == 1


def test_an_answer_that_is_cut_says_so_and_is_a_guess(picture: Picture, tmp_path: Path) -> None:
    """Beside it one that ends there: it is as sure as with all the room that there is."""
    scene = str(Path(bot.__file__).parent / "example.png")
    words = ["ask", scene, "-q", "Where is the girl?", "-q", "What color is the ball?", "--json"]
    for beams in ("1", "3"):
        said = {}
        for most in ("1", "2", "20"):
            result = CliRunner().invoke(main, [*words, "--beams", beams, "--max-new-tokens", most])
            assert result.exit_code == 0, result.output
            said[most] = [json.loads(line) for line in result.stdout.splitlines()]
        assert [one["truncated"] for most in said for one in said[most]] == [True, True, True, False, False, False]
        assert all(one["confidence"] < 0.01 for most in said for one in said[most] if one["truncated"])
        assert said["1"][0]["answer"] == "", "the only token is the one that begins an answer"
        (girl, ball), (_, whole) = said["2"], said["20"]
        assert (girl["answer"], ball["answer"]) == ("on", whole["answer"])
        assert ball["confidence"] == pytest.approx(whole["confidence"], abs=1e-4)
    told = CliRunner().invoke(main, ["ask", scene, "Where is the girl?", "--max-new-tokens", "2"]).stdout
    assert told.startswith(f"{TRUNCATED}\nOn …  (1 % sure"), told


def test_json_gives_one_object_a_question(ask, pictures) -> None:
    result = ask(*pictures, "-q", "what is this?", "-q", "Where is the dog?", "--json")
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(line["picture"], line["question"]) for line in lines] == [
        (name, question) for name in pictures for question in ("what is this?", "Where is the dog?")
    ]
    for line in lines:
        assert isinstance(line["answer"], str)
        assert 0 <= line["confidence"] <= 1
        assert line["seconds"] > 0
        assert (line["known_picture"], line["known_words"]) == (None, None), "nothing is stored to tell that by"
        assert (line["unknown_words"], line["alternatives"]) == ([], [])
        assert "error" not in line


def test_a_last_word_that_reads_like_a_question_joins_the_others(ask, pictures) -> None:
    result = ask(pictures[0], "what is this?", "-q", "who", "--json")
    assert [json.loads(line)["question"] for line in result.stdout.splitlines()] == ["what is this?", "who"]


def test_a_picture_from_standard_input(ask, picture: Picture) -> None:
    result = ask("-", "what is this", "--json", input=picture(1))
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["picture"] == "standard input"


def test_names_that_are_no_picture_fail_at_once(ask, pictures, tmp_path: Path) -> None:
    missing = ask(str(tmp_path / "missing.png"), "what is this")
    assert (missing.exit_code, missing.output.strip()) == (1, f"Error: There is no picture at {tmp_path}/missing.png.")
    folder = ask(str(tmp_path), "what is this")
    assert (folder.exit_code, "is a folder" in folder.output) == (1, True)
    mistyped = ask(pictures[0], "mistyped.png", "-q", "what is this")
    assert (mistyped.exit_code, "no picture at mistyped.png" in mistyped.output) == (1, True)


@pytest.mark.parametrize("words", [[], ["{0}"], ["{0}", ""], ["{0}", "  "], ["{0}", "{1}"], ["{0}", "-q", ""]])
def test_without_a_question_the_usage_is_shown(ask, pictures, words: list[str]) -> None:
    result = ask(*(word.format(*pictures) for word in words))
    assert result.exit_code == 2
    assert "question" in result.output


def test_a_question_of_marks_alone_is_refused(ask, pictures) -> None:
    result = ask(pictures[0], "?!")
    assert result.exit_code == 2
    assert "question is empty" in result.output


def test_a_bad_picture_is_refused_and_the_others_answered(ask, pictures, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"\xff\xd8\xff\xe0 nothing more")
    result = ask(pictures[0], str(bad), "what is this", "--json")
    assert result.exit_code == 1
    by_name = {line["picture"]: line for line in map(json.loads, result.stdout.splitlines())}
    assert "incomplete" in by_name[str(bad)]["error"]
    assert by_name[str(bad)]["answer"] == ""
    assert "error" not in by_name[pictures[0]]
    plain = ask(str(bad), "what is this")
    assert plain.exit_code == 1
    assert plain.output.count("\n") == 1


def test_a_question_that_compares_is_asked_once_about_all(ask, pictures, tmp_path: Path) -> None:
    one_only = ask(*pictures, "what changed?", "--json")
    assert one_only.exit_code == 1
    (line,) = map(json.loads, one_only.stdout.splitlines())
    assert line["pictures"] == list(pictures) and line["error"].startswith("I can look at one picture at a time only")
    model = tiny.build(tmp_path / "pairs", replace(BUILTIN_PROFILE, pictures=2))
    words = [*pictures[:2], "-q", "what is this", "-q", "Which one has a dog?", "--model", str(model), "--json"]
    result = CliRunner().invoke(main, ["ask", *words])
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["question"] for line in lines] == ["what is this", "what is this", "Which one has a dog?"]
    assert [line.get("pictures") for line in lines] == [None, None, list(pictures[:2])]
    plain = CliRunner().invoke(main, ["ask", *pictures[:2], "what changed", "--model", str(model)])
    assert plain.exit_code == 0 and f"{pictures[0]}, {pictures[1]}\n" in plain.output, plain.output
    names = [*pictures, str(shutil.copy(pictures[0], tmp_path / "third.png"))]
    words = [*names, "-q", "What changed?", "-q", "Which one has a dog?", "--model", str(model), "--json"]
    result = CliRunner().invoke(main, ["ask", *words])
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line.get("pictures", line["picture"]) for line in lines] == [*names, names[:2], names[1:]]
    assert [line["question"] for line in lines] == ["Which one has a dog?"] * 3 + ["What changed?"] * 2
    words = [*names, "What changed?", "--where", str(tmp_path / "where.png")]
    assert "two that it compares" in CliRunner().invoke(main, ["ask", *words]).output


def test_a_question_that_names_one_picture_is_asked_about_that_alone(ask, pictures) -> None:
    named = ask(*pictures, "how many dogs are in the second picture?", "--json")
    alone = ask(pictures[1], "How many dogs are in the picture?", "--json")
    one, same = (json.loads(result.stdout) for result in (named, alone))
    assert (one["picture"], one["answer"], one["confidence"]) == (pictures[1], same["answer"], same["confidence"])


def test_two_pictures_are_compared_whatever_they_are(ask, pictures) -> None:
    result = ask(pictures[0], "what changed?")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"{pictures[0]}: To compare, I need two pictures: name another one.\n"
    result = ask(pictures[0], pictures[0], "are they the same?", "--json")
    assert json.loads(result.stdout)["pictures"] == [pictures[0]] * 2, "one that is named twice is compared with itself"


def test_a_model_that_is_not_there(pictures) -> None:
    result = CliRunner().invoke(main, ["ask", pictures[0], "what is this", "--model", "nowhere"])
    assert (result.exit_code, result.output.startswith("Error: There is no model at 'nowhere'")) == (1, True)


def test_the_bots_settings_are_the_defaults(pictures, tiny_folder: Path, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text(f"VQABOT_MODEL={tiny_folder}\nVQABOT_DEFAULT_BEAMS=11\n")
    result = CliRunner().invoke(main, ["ask", pictures[0], "what is this"])
    assert (result.exit_code, "VQABOT_DEFAULT_BEAMS" in result.output) == (1, True)
    monkeypatch.setenv("VQABOT_DEFAULT_BEAMS", "2")
    result = CliRunner().invoke(main, ["ask", pictures[0], "what is this"])
    assert result.exit_code == 0, result.output


def test_settings_outside_their_limits(ask, pictures) -> None:
    for option in (("--beams", "0"), ("--beams", "11"), ("--max-new-tokens", "1001"), ("--beams", "many")):
        assert ask(pictures[0], "what is this", *option).exit_code == 2


def test_a_bad_picture_needs_no_torch(tmp_path: Path) -> None:
    file = io.BytesIO()
    Image.new("RGB", (40, 40)).save(file, "PNG")
    path = tmp_path / "cut.png"
    path.write_bytes(file.getvalue()[:60])
    code = "import sys; sys.modules['torch'] = None; from bot.cli import main; main(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", code, "ask", str(path), "what is this"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "incomplete" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_bots_settings_say_where_the_model_runs(ask, pictures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VQABOT_DEVICE", "cuda:99")
    result = ask(pictures[0], "what is this?")
    assert (result.exit_code, result.stderr.splitlines(keepends=True)[-1]) == (
        1,
        "Error: There is no GPU 'cuda:99' that torch can use here; choose auto or cpu.\n",
    )


def test_where_it_looked_is_drawn_for_one_question(ask, pictures, tmp_path: Path) -> None:
    out = tmp_path / "where.png"
    result = ask(pictures[0], "what is this", "--where", str(out))
    assert result.exit_code == 0, result.output
    with Image.open(out) as drawn, Image.open(pictures[0]) as asked:
        assert drawn.size == asked.size
    assert f"Where it looked is in {out}." in result.stderr
    for words, said in (
        ([*pictures, "what is this", "--where", str(out)], "--where is for one question"),
        ([pictures[0], "what is this", "--where", str(tmp_path / "where.txt")], "does not end like one"),
        ([pictures[0], "what is this", "--where", str(tmp_path / "nothere" / "a.png")], "there is no folder"),
    ):
        refused = ask(*words)
        assert refused.exit_code in (1, 2)
        assert said in refused.output


def test_two_questions_in_one_are_both_answered_and_what_has_no_short_answer_gets_a_sentence(ask, pictures) -> None:
    result = ask(pictures[0], "what colour is the ball and where is the dog?", "--json")
    assert result.exit_code == 0, result.output
    asked = [json.loads(line)["question"] for line in result.stdout.splitlines()]
    assert asked == ["What colour is the ball?", "Where is the dog?"]
    described = json.loads(ask(pictures[0], "Describe the picture.", "--json").stdout)
    assert (described["question"], described["asked_as"]) == ("Describe the picture.", "What do you see?")
    story = ask(pictures[0], "Tell me a story")
    assert story.exit_code == 1
    assert "Ask, for example: Who is holding the ball?" in story.output
    assert "--where OUT.png" in ask(pictures[0], "why?").output


def test_a_question_that_leans_on_the_one_before_is_completed_from_it(ask, pictures) -> None:
    typed = ["What colour is the ball?", "and the dog?", "thanks!", "where?", "is there a cat?", "where?", "dog?"]
    options = [word for question in typed for word in ("-q", question)]
    lines = [json.loads(line) for line in ask(*pictures, *options, "--json").stdout.splitlines()]
    (thanks,) = [line for line in lines if line["question"] == "thanks!"]
    assert (thanks["reply"], thanks["pictures"]) == ("You are welcome!", pictures), "once, not for each picture"
    asked = [(line["picture"], line["question"], line["asked_as"]) for line in lines if line != thanks]
    assert asked == [
        (picture, question, whole)
        for picture in pictures
        for question, whole in (
            ("What colour is the ball?", None),
            ("and the dog?", "What colour is the dog?"),
            ("where?", "Where is the dog?"),
            ("is there a cat?", None),
            ("where?", "Where is the cat?"),
            ("dog?", "Is there a dog?"),
        )
    ]
    alone = ask(pictures[0], "What colour is the dog?", "--json")
    same = next(line for line in lines if line["question"] == "and the dog?")
    assert json.loads(alone.stdout)["confidence"] == same["confidence"], "it is put to the model in full"
    shown = ask(pictures[0], "dog?").stdout.splitlines()
    assert shown[-1].startswith("Is there a dog?  "), "behind what is new in it"


def test_of_what_two_questions_name_the_second_leans_on_the_first(ask, pictures) -> None:
    words = ["-q", "how many dogs are in the second picture?", "-q", "and in the first?", "--json"]
    lines = [json.loads(line) for line in ask(*pictures, *words).stdout.splitlines()]
    assert [(line["picture"], line["asked_as"]) for line in lines] == [
        (pictures[1], "How many dogs are in the picture?"),
        (pictures[0], "How many dogs are in the picture?"),
    ]
