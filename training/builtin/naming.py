"""Which things a question names, with which of its letters, and where those things are."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import torch
from torch import Tensor

from training.builtin.architecture import COLUMNS, ROWS
from training.scenes.catalogue import CATALOGUE, Kind
from training.scenes.typed import plural
from training.scenes.wording import BESIDES, PLURAL_SYNONYMS, SYNONYMS

_WORD = re.compile(r"[a-z0-9]+")


@lru_cache(100_000)
def words_naming(question: str) -> tuple[tuple[int, int, int], ...]:
    """Which letters of a question name which kinds, by any of its names: start, end and the kind's number."""
    words = [(found[0], found.start(), found.end()) for found in _WORD.finditer(question.lower())]
    longest = max(name.count(" ") for name in _kinds_of()) + 1
    found: list[tuple[int, int, int]] = []
    for start in range(len(words)):
        for length in range(1, longest + 1):
            part = words[start : start + length]
            if len(part) == length:
                kinds = _kinds_of().get(" ".join(word for word, _, _ in part), ())
                found += [(begin, end, kind) for kind in kinds for _, begin, end in part]
    return tuple(dict.fromkeys(found))


@cache
def _kinds_of() -> dict[str, tuple[int, ...]]:
    """The kinds' numbers by name."""
    kinds: dict[str, list[int]] = {}
    for index, kind in enumerate(CATALOGUE.values()):
        for name in _names(kind):
            if index not in kinds.setdefault(name, []):
                kinds[name].append(index)
    return {name: tuple(numbers) for name, numbers in kinds.items()}


def _names(kind: Kind) -> tuple[str, ...]:
    groups = {
        "people": ("person", "people", "ppl"),
        "animal": ("animal", "animals"),
        "vehicle": ("vehicle",),
        "food": ("food",),
    }
    single = (kind.name, *SYNONYMS.get(kind.name, ()), *BESIDES.get(kind.name, ()))
    many = (kind.many, *PLURAL_SYNONYMS.get(kind.many, ()), *(plural(name) for name in BESIDES.get(kind.name, ())))
    # The possessive as it is typed: "girls shirt". A plural of that spelling names the same kind anyway.
    return (*single, *many, f"{kind.name}s", *groups.get(kind.group, ()))


def marks_of(questions: list[str], owners: Tensor, labels: Tensor) -> Tensor:
    """Where the things are that questions name.

    Args:
        questions: Q questions.
        owners: The number of each one's picture: [Q].
        labels: The pictures' dense labels: [B, N, LABELS].

    Returns:
        [Q, N] of 0 and 1.
    """
    named = torch.zeros(len(questions), len(CATALOGUE))
    for row, question in enumerate(questions):
        for _, _, kind in words_naming(question):
            named[row, kind] = 1
    centres = labels[..., : len(CATALOGUE)][owners]  # [Q, N, kinds]
    return (torch.einsum("qnk,qk->qn", centres, named.to(centres.device)) > 0).float()


def places_of(
    questions: list[str], offsets: list[list[tuple[int, int]]], owners: Tensor, target: dict[str, Tensor]
) -> dict[str, Tensor]:
    """Where the things are that single words of questions name.

    Args:
        questions: Q questions.
        offsets: For each its tokens' first and last letters, special tokens as (0, 0).
        owners: The number of each one's picture: [Q].
        target: The pictures' `targets`, stacked.

    Returns:
        For M tokens, one for each kind that a token's word names: question [M] and token [M], their numbers; and
        cells, centres and alone as `DenseHead.places_loss` takes them.
    """
    device = target["labels"].device
    pictures = owners.tolist()
    found = [
        (question, token, pictures[question], kind)
        for question, text in enumerate(questions)
        for begin, end, kind in words_naming(text)
        for token, (low, high) in enumerate(offsets[question])
        if low < high and begin <= low < end  # "girl's" is one token that only begins with the name
    ]
    question, token, picture, kind = torch.tensor(found or [(0,) * 4], device=device)[: len(found)].T
    cells = target["labels"][picture, :, kind]  # the labels' first group is "centre": [M, N]
    rows, columns = torch.meshgrid(
        torch.arange(ROWS, device=device), torch.arange(COLUMNS, device=device), indexing="ij"
    )
    middles = torch.stack([columns.flatten(), rows.flatten()], -1) + 0.5  # [N, 2]
    exact = (middles + target["measures"][picture, :, :2]) / torch.tensor([COLUMNS, ROWS], device=device)  # [M, N, 2]
    number = cells.sum(-1)
    centres = (exact * cells[..., None]).sum(1) / number.clamp(min=1)[:, None]
    alone = (number == 1).float()
    return {"question": question, "token": token, "cells": cells, "centres": centres, "alone": alone}
