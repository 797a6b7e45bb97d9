"""Begins a training with the weights of an earlier built-in model, whose pictures, words and sizes were others.

What has the same name and shape is taken as it is. Feed-forward layers that have become narrower keep the hidden units
that weigh most (pruning by magnitude: Li et al., "Pruning Filters for Efficient ConvNets", 2017). Embeddings follow
their words, positions what stands at them.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional
from transformers import PreTrainedTokenizerFast
from transformers.models.florence2 import Florence2ForConditionalGeneration

from model.loading import BUILTIN, locate, model_type
from training.builtin.architecture import COLUMNS, IMAGE_TOKENS, ROWS
from training.builtin.dense_head import DenseHead

STRIDE = 32
"""Pixels of a cell's side."""
OFFSET = 2
"""BART's position embeddings begin at their third row."""
SHORT = 24
"""Tokens of a question: nearly none has more."""
WORDS = "model.language_model.shared.weight"
PLACES = "model.language_model.encoder.embed_positions.weight"
TURNS = "model.language_model.decoder.embed_positions.weight"


def take_over(model: Florence2ForConditionalGeneration, tokenizer: PreTrainedTokenizerFast, start: str) -> None:
    """Give `model` the weights of an earlier one as far as they go.

    Args:
        model: The new model; it is changed.
        tokenizer: Its tokenizer.
        start: An earlier built-in model: `builtin`, a folder or a ZIP; or the folder of its training.

    Raises:
        ModelError: There is no such model.
        ValueError: It is of another family, or its layers are others.
    """
    checkpoint = _checkpoint(start)
    folder = locate(str(checkpoint.parent / "model") if checkpoint else start)
    if (kind := model_type(folder)) != "florence2":
        raise ValueError(f"{start} is no built-in model: it is of the family {kind}.")
    earlier = Florence2ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32)
    words = PreTrainedTokenizerFast.from_pretrained(folder)
    old, new = earlier.state_dict(), model.state_dict()
    if (missing := new.keys() - old.keys()) or new[WORDS].shape[1] != old[WORDS].shape[1]:
        raise ValueError(f"{start} has other layers than the built-in model: {', '.join(sorted(missing)[:3]) or WORDS}")
    for name, value in new.items():
        if ".ffn." in name and old[name].shape != value.shape:
            block = name[: name.index(".ffn.")]
            value.copy_(_narrowed(old, block, name, len(new[f"{block}.ffn.fc1.bias"])))
        elif old[name].shape == value.shape:
            value.copy_(old[name])
    # What has not changed stays as it is: pieces put together again, and positions of a second picture, would be lost.
    if words.get_vocab() != tokenizer.get_vocab():
        _place_words(new[WORDS], old[WORDS], tokenizer, words)
    size = json.loads((folder / "processor_config.json").read_text(encoding="utf-8"))["image_processor"]["size"]
    grid = size["height"] // STRIDE, size["width"] // STRIDE
    if grid != (ROWS, COLUMNS) or new[PLACES].shape != old[PLACES].shape:
        _place_positions(new[PLACES][OFFSET:], old[PLACES][OFFSET:], *grid)
    turns = min(len(new[TURNS]), len(old[TURNS]))
    new[TURNS][:turns] = old[TURNS][:turns]
    model.load_state_dict(new)
    model.tie_weights()


def take_over_head(head: DenseHead, start: str) -> None:
    """Give the dense head its weights where `start` is the folder of a training, whose checkpoint keeps them.

    Raises:
        ValueError: The checkpoint cannot be read, or its dense head is another.
    """
    if (checkpoint := _checkpoint(start)) is None:
        return
    try:
        head.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True)["head"])
    except Exception as error:  # of bytes that are no checkpoint torch's parser raises anything
        model = checkpoint.parent / "model"
        raise ValueError(f"{checkpoint} holds no dense head of this version: begin with {model} alone") from error


def _checkpoint(start: str) -> Path | None:
    checkpoint = Path(start).expanduser() / "checkpoint.pt"
    return checkpoint if start != BUILTIN and checkpoint.is_file() else None


def _narrowed(old: dict[str, Tensor], block: str, name: str, width: int) -> Tensor:
    """One tensor of a feed-forward layer with its `width` heaviest hidden units."""
    first, second = old[f"{block}.ffn.fc1.weight"], old[f"{block}.ffn.fc2.weight"]  # [H, D], [D, H]
    kept = (first.norm(dim=1) * second.norm(dim=0)).topk(width).indices.sort().values
    if name.endswith("fc2.bias"):
        return old[name]
    return old[name][:, kept] if name.endswith("fc2.weight") else old[name][kept]


def _place_words(new: Tensor, old: Tensor, tokenizer: PreTrainedTokenizerFast, words: PreTrainedTokenizerFast) -> None:
    """Embeddings [V, D]: a word of one piece keeps its own, other pieces get the mean of the words they make."""
    whole: dict[int, Tensor] = {}
    parts: dict[int, list[Tensor]] = {}
    for word, number in words.get_vocab().items():
        pieces = tokenizer.encode(word, add_special_tokens=False)
        if len(pieces) == 1:
            whole[pieces[0]] = old[number]
        for piece in pieces:
            parts.setdefault(piece, []).append(old[number])
    new *= old.std() / new.std()
    for piece, vectors in parts.items():
        new[piece] = torch.stack(vectors).mean(0)
    for piece, vector in whole.items():
        new[piece] = vector


def _place_positions(new: Tensor, old: Tensor, rows: int, columns: int) -> None:
    """Position embeddings [P, D]: the picture's mean, its cells on the new grid, and the words after one or two.

    Where a second picture's cells stand and no question is long enough to come, they begin as the first one's.
    """
    tokens = rows * columns + 1
    cells = old[1:tokens].view(rows, columns, -1).permute(2, 0, 1)[None]  # [1, D, rows, columns]
    wider = functional.interpolate(cells, (ROWS, COLUMNS), mode="bilinear", align_corners=True)[0]
    new[0], new[1:IMAGE_TOKENS] = old[0], wider.permute(1, 2, 0).flatten(0, 1)
    new[IMAGE_TOKENS : 2 * IMAGE_TOKENS] = new[:IMAGE_TOKENS]
    for start, longest in ((IMAGE_TOKENS, SHORT), (2 * IMAGE_TOKENS, len(new))):
        number = min(len(old) - tokens, len(new) - start, longest)
        new[start : start + number] = old[tokens : tokens + number]
