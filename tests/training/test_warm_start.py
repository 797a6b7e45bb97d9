"""A training that begins with an earlier model: what it answered is not lost, though sizes and words were others."""

import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from transformers.models.florence2 import Florence2ForConditionalGeneration

from bot.cli import main
from training.builtin import architecture
from training.builtin.architecture import COLUMNS, HIDDEN, IMAGE_TOKENS, ROWS, load_tokenizer
from training.builtin.dense_head import DenseHead
from training.builtin.recipe import Recipe, train
from training.builtin.warm_start import OFFSET, PLACES, WORDS, take_over, take_over_head

BLOCK = "model.vision_tower.blocks.0.0.spatial_block.ffn"


EARLIER_WORDS = [*architecture.SPECIAL, "dog", "xylophonist"]


def fresh() -> Florence2ForConditionalGeneration:
    return architecture.build_model(len(load_tokenizer())).eval()


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Florence2ForConditionalGeneration]:
    """A model with hidden units to spare, a row less of cells and whole words; and it without the spare units."""
    folder, model = tmp_path_factory.mktemp("earlier"), fresh()
    config = model.config.__class__.from_dict(model.config.to_dict())
    config.vision_config.mlp_ratio = 4.0
    config.text_config.vocab_size = len(EARLIER_WORDS)
    wide, state = Florence2ForConditionalGeneration(config), model.state_dict()
    for name, value in wide.state_dict().items():
        if value.shape == state[name].shape:
            value.copy_(state[name])
        elif ".ffn." in name:  # every fourth unit does nothing
            value.zero_()
            units = torch.arange(value.shape[-1 if "fc2" in name else 0])
            kept = units[units % 4 != 1]
            value.index_copy_(value.ndim - 1 if "fc2" in name else 0, kept, state[name])
    words = architecture.wrapped(
        type(load_tokenizer().backend_tokenizer).from_str(
            json.dumps(
                {
                    **json.loads(load_tokenizer().backend_tokenizer.to_str()),
                    "model": {
                        "type": "WordLevel",
                        "unk_token": "<unk>",
                        "vocab": {word: number for number, word in enumerate(EARLIER_WORDS)},
                    },
                }
            )
        )
    )
    processor = architecture.build_processor(words)
    processor.image_processor.size = {"height": architecture.HEIGHT - 32, "width": architecture.WIDTH}
    wide.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder, model


def test_what_a_model_has_learnt_is_taken_over(earlier: tuple[Path, Florence2ForConditionalGeneration]) -> None:
    folder, before = earlier
    model, tokenizer = fresh(), load_tokenizer()
    take_over(model, tokenizer, str(folder))
    pixels = torch.randn(1, 3, architecture.HEIGHT, architecture.WIDTH)
    with torch.no_grad():
        seen, was = (one.get_image_features(pixels).pooler_output for one in (model, before))
    torch.testing.assert_close(seen, was)  # units that did nothing were left out

    old, new = Florence2ForConditionalGeneration.from_pretrained(folder).state_dict(), model.state_dict()
    dog, pieces = tokenizer.convert_tokens_to_ids("dog"), tokenizer.encode("xylophonist", add_special_tokens=False)
    assert len(pieces) > 1
    assert torch.equal(new[WORDS][dog], old[WORDS][-2])
    assert all(torch.equal(new[WORDS][piece], old[WORDS][-1]) for piece in pieces)
    assert model.lm_head.weight is model.get_input_embeddings().weight

    places, were = new[PLACES][OFFSET:], old[PLACES][OFFSET:]
    tokens = (ROWS - 1) * COLUMNS + 1
    assert torch.equal(places[0], were[0])
    torch.testing.assert_close(places[1 : 1 + COLUMNS], were[1 : 1 + COLUMNS])  # the first row of cells
    torch.testing.assert_close(
        places[IMAGE_TOKENS - COLUMNS : IMAGE_TOKENS], were[tokens - COLUMNS : tokens]
    )  # the last
    assert places.shape[1] == HIDDEN
    for start in (IMAGE_TOKENS, 2 * IMAGE_TOKENS):  # words after one picture, and after two
        assert torch.equal(places[start], were[tokens])
    # A second picture's cells, behind where words stand, begin as the first one's.
    assert torch.equal(
        places[2 * IMAGE_TOKENS - COLUMNS : 2 * IMAGE_TOKENS], places[IMAGE_TOKENS - COLUMNS : IMAGE_TOKENS]
    )


def test_the_first_phase_of_a_warm_start_changes_no_weight_of_the_model(
    earlier: tuple[Path, Florence2ForConditionalGeneration], tmp_path: Path
) -> None:
    folder, _ = earlier
    torch.manual_seed(0)  # pieces that no earlier word is made of are drawn
    model = fresh()
    take_over(model, load_tokenizer(), str(folder))
    small = Recipe(
        processes=1, threads=1, start=str(folder), dense_steps=2, question_steps=1, dense_batch=2, batch=4, warmup=1
    )
    for steps, same in ((0, True), (1, False)):
        recipe = Recipe(**{**{name: getattr(small, name) for name in small.__slots__}, "question_steps": steps})
        train(recipe, tmp_path, print)
        kept = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["model"]
        assert torch.equal(kept[f"{BLOCK}.fc1.weight"], model.state_dict()[f"{BLOCK}.fc1.weight"]) is same


def test_from_a_training_of_the_same_kind_everything_goes_on_as_it_was(tmp_path: Path) -> None:
    small = Recipe(processes=1, threads=1, dense_steps=1, question_steps=1, dense_batch=2, batch=4, warmup=1)
    train(small, tmp_path / "first", print)
    first = torch.load(tmp_path / "first" / "checkpoint.pt", weights_only=True)
    # Pieces of words and a second picture's positions are as the training has left them.
    model = fresh()
    take_over(model, load_tokenizer(), str(tmp_path / "first"))
    saved = Florence2ForConditionalGeneration.from_pretrained(tmp_path / "first" / "model").state_dict()
    for name, value in model.state_dict().items():
        assert torch.equal(value, saved[name].float()), name
    second = Recipe(
        **{
            **{name: getattr(small, name) for name in small.__slots__},
            "seed": 1,
            "start": str(tmp_path / "first"),
            "dense_steps": 1,
            "question_steps": 0,
            "learning_rate": 1e-12,
        }
    )
    train(second, tmp_path / "second", print)
    kept = torch.load(tmp_path / "second" / "checkpoint.pt", weights_only=True)
    for name, value in kept["head"].items():
        torch.testing.assert_close(value, first["head"][name], msg=name)


def test_a_model_of_another_kind_is_no_beginning(tmp_path: Path) -> None:
    other = architecture.build_model(len(load_tokenizer()))
    config = other.config.__class__.from_dict(other.config.to_dict())
    config.text_config.encoder_layers = 2
    Florence2ForConditionalGeneration(config).save_pretrained(tmp_path)
    architecture.build_processor(load_tokenizer()).save_pretrained(tmp_path)
    with pytest.raises(
        ValueError, match=r"has other layers than the built-in model: model\.language_model\.encoder\.layers\.2"
    ):
        take_over(other, load_tokenizer(), str(tmp_path))


def test_a_beginning_that_is_no_model_is_a_sentence_before_processes_start(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "blip"}')
    (tmp_path / "model.safetensors").touch()
    for start, sentence in ((tmp_path, "it is of the family blip"), (tmp_path / "nothing", "nothing")):
        done = CliRunner().invoke(
            main, ["builtin", str(tmp_path / "out"), "--start", str(start), "--question-steps", "1"]
        )
        assert done.exit_code == 1
        assert sentence in done.output
        assert "mistake in vqabot" not in done.output


@pytest.mark.parametrize("content", [b"junk", b""])
def test_a_checkpoint_that_cannot_be_read_is_a_sentence_before_processes_start(tmp_path: Path, content: bytes) -> None:
    architecture.save(str(tmp_path / "model"), fresh(), architecture.build_processor(load_tokenizer()))
    (tmp_path / "checkpoint.pt").write_bytes(content)
    done = CliRunner().invoke(
        main, ["builtin", str(tmp_path / "out"), "--start", str(tmp_path), "--question-steps", "1"]
    )
    assert done.exit_code == 1
    assert "holds no dense head of this version: begin with" in done.output
    assert "mistake in vqabot" not in done.output
    torch.save({"head": {"other": torch.zeros(1)}}, tmp_path / "checkpoint.pt")
    with pytest.raises(ValueError, match="holds no dense head of this version"):
        take_over_head(DenseHead(load_tokenizer()), str(tmp_path))


def test_the_built_in_model_is_meant_by_its_name_whatever_folder_is_called_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "builtin").mkdir()
    (tmp_path / "builtin" / "checkpoint.pt").write_bytes(b"junk")
    monkeypatch.chdir(tmp_path)
    take_over_head(DenseHead(load_tokenizer()), "builtin")
    take_over(fresh(), load_tokenizer(), "builtin")
