"""Reads dense targets off a model's states while it is trained."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import PreTrainedTokenizerFast

from training.builtin.architecture import HIDDEN
from training.builtin.cells import CELLS
from training.builtin.dense import INDEX, LABELS, MEASURES, WHOLE
from training.scenes.pairs import KINDS

_SPOKEN = ("centre", "colour", "pose", "mood", "wearing")
"""Groups whose labels a cell shows in the words' own embeddings."""
_RARE = ("mood", "wearing", "wearing_colour", "holding", "trousers", "hair")
"""Groups that only people have, told by a few pixels: they count `RARE_WEIGHT` times."""
RARE_WEIGHT = 3.0
FINE = 128
"""Channels of the tower's states before its last stage."""
MENTION_WEIGHT = 8.0
"""Weight of a marked cell beside an unmarked one: few are marked."""
DIFFERENCE_WEIGHT = 30.0
"""Weight of a label in which two pictures differ beside one in which they agree. Most agree, so that to repeat a cell's
own label is right nearly always: with equal weights the head did that, and the other colour was never brought over."""


class DenseHead(nn.Module):
    """Reads the dense targets off the projected picture tokens and off the tower's middle; thrown away after training.

    Off the middle, because its cells are half as wide: faces and held things have cells of their own there, and what
    the lower layers learn for them reaches the tokens. It reads the tokens twice: through weights of its own, and by
    comparing a cell with the words' own embeddings. The second way puts "ball" and "red" of a cell where the words
    "ball" and "red" are, so that finding a thing by its name and saying its colour are the same few steps for all
    words, and are learnt at once instead of word by word.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        """A head for a vocabulary."""
        super().__init__()
        self.norm = nn.LayerNorm(HIDDEN)
        self.cells = nn.Linear(HIDDEN, LABELS + MEASURES)
        self.whole = nn.Linear(HIDDEN, WHOLE)
        self.fine_norm = nn.LayerNorm(FINE)
        self.fine_cells = nn.Linear(FINE, LABELS + MEASURES)
        for linear in (self.cells, self.fine_cells):
            nn.init.constant_(linear.bias[:LABELS], -4.0)  # most labels of most cells are 0
        self.mentioned = nn.Linear(HIDDEN, 1)
        self.where = nn.Linear(HIDDEN, CELLS + 2)
        self.scale = nn.Parameter(torch.tensor(1.0))
        self.offset = nn.Parameter(torch.full((LABELS,), -4.0))
        self.changed = nn.Linear(HIDDEN, 1)
        self.change = nn.Linear(HIDDEN, len(KINDS))
        self.other_cells = nn.Linear(HIDDEN, LABELS)
        nn.init.constant_(self.other_cells.bias, -4.0)
        names = torch.zeros(LABELS, len(tokenizer))
        for (_, label), index in INDEX.items():
            pieces = tokenizer(label, add_special_tokens=False)["input_ids"]
            for piece in pieces:
                names[index, piece] += 1 / len(pieces)
        spoken = torch.tensor([group in _SPOKEN for group, _ in INDEX])
        self.register_buffer("names", names, persistent=False)
        weights = torch.tensor([RARE_WEIGHT if group in _RARE else 1.0 for group, _ in INDEX])
        self.register_buffer("spoken", spoken * weights, persistent=False)
        self.register_buffer("weights", weights, persistent=False)

    def forward(self, features: Tensor, fine: Tensor, target: dict[str, Tensor], embeddings: Tensor) -> Tensor:
        """Loss of picture tokens.

        Args:
            features: Projected picture tokens [B, 1 + ROWS * COLUMNS, HIDDEN]; the first is their mean.
            fine: The tower's states before its last stage, [B, FINE, 2 * ROWS, 2 * COLUMNS].
            target: `targets`, stacked: [B, ...].
            embeddings: The words' embeddings [vocabulary, HIDDEN].

        Returns:
            The scalar loss: labels (summed over classes, mean over cells, all ways), measures (L1), the whole scene.
        """
        cells = features[:, 1:].float()
        normed = self.norm(features.float())
        directions = functional.normalize(self.get_buffer("names") @ embeddings.float(), dim=-1)  # [LABELS, HIDDEN]
        near = cells @ directions.T * self.scale + self.offset  # [B, N, LABELS]
        named = functional.binary_cross_entropy_with_logits(near, target["labels"], reduction="none")
        named = named * self.get_buffer("spoken")
        whole = functional.binary_cross_entropy_with_logits(self.whole(normed[:, 0]), target["whole"], reduction="none")
        whole = whole * target["whole_shown"]
        out = self.cells(normed[:, 1:])  # [B, N, LABELS + MEASURES]
        fine_out = self.fine_cells(self.fine_norm(fine.float().flatten(2).transpose(1, 2)))  # [B, 4 N, ...]
        loss: Tensor = (
            self._cells_loss(out, target["labels"], target["measures"], target["has"])
            # Four times the cells, each with a quarter of the things: weighed so that a thing counts as much.
            + 4 * self._cells_loss(fine_out, target["fine_labels"], target["fine_measures"], target["fine_has"])
            + named.sum(-1).mean()
            + 0.3 * whole.sum(-1).mean()
        )
        return loss

    def _cells_loss(self, out: Tensor, labels: Tensor, measures: Tensor, has: Tensor) -> Tensor:
        right = functional.binary_cross_entropy_with_logits(out[..., :LABELS], labels, reduction="none")
        distance = (out[..., LABELS:] - measures).abs().sum(-1) * has
        loss: Tensor = (right @ self.get_buffer("weights")).mean() + 0.3 * distance.sum() / has.sum().clamp(min=1)
        return loss

    def mention_loss(self, states: Tensor, marks: Tensor) -> Tensor:
        """Loss of finding the things that a question names.

        Without it the text side needs thousands of steps to begin to look things up; with it, hundreds.

        Args:
            states: The encoder's last states of the picture tokens, without their mean: [Q, N, HIDDEN].
            marks: 1 where a thing has its centre whose kind the question names: [Q, N].
        """
        found = self.mentioned(states.float()).squeeze(-1)  # [Q, N]
        return functional.binary_cross_entropy_with_logits(found, marks, pos_weight=torch.tensor(MENTION_WEIGHT))

    def changes_loss(self, states: Tensor, marks: Tensor) -> Tensor:
        """Loss of finding what changed between two pictures.

        Args:
            states: The encoder's last states of both pictures' tokens, without their means: [K, 2 N, HIDDEN].
            marks: 1 where something lies that changed: [K, 2 N].
        """
        found = self.changed(states.float()).squeeze(-1)
        return functional.binary_cross_entropy_with_logits(found, marks, pos_weight=torch.tensor(MENTION_WEIGHT))

    def change_kind_loss(self, states: Tensor, marks: Tensor, kinds: Tensor) -> Tensor:
        """Loss of naming the kind of change: from the second picture's mean, and from each cell in which it lies.

        Args:
            states: The encoder's last states of both pictures' tokens: [K, 2 (1 + N), HIDDEN].
            marks: 1 where something lies that changed: [K, 2 N].
            kinds: Places in `pairs.KINDS`: [K].

        Returns:
            Cross entropy, mean over the pairs plus mean over the marked cells.
        """
        logits = self.change(states.float())  # [K, 2 (1 + N), KINDS]
        first, second = logits.chunk(2, 1)
        loss = functional.cross_entropy(second[:, 0], kinds)
        cells = torch.cat([first[:, 1:], second[:, 1:]], 1)
        question, cell = marks.nonzero(as_tuple=True)
        if len(question):
            loss = loss + functional.cross_entropy(cells[question, cell], kinds[question])
        return loss

    def other_cells_loss(self, states: Tensor, labels: Tensor, correspondences: Tensor) -> Tensor:
        """Loss of telling, from each cell, what the other picture shows at the same place.

        A thing that changed its colour, pose or face stays where it was: only who has both at hand sees the change.

        Args:
            states: An encoder layer's states of both pictures' cells: [K, 2 N, HIDDEN].
            labels: Labels of both pictures' cells: [K, 2 N, LABELS] of 0 and 1.
            correspondences: For each cell, that of the other picture which shows the same place, or -1: [K, 2 N].

        Returns:
            Binary cross entropy, summed over the labels that words name, mean over the cells that have a counterpart.
        """
        first, second = labels.chunk(2, 1)
        rows = correspondences.clamp(min=0)[..., None].expand(-1, -1, labels.shape[2])
        half = rows.shape[1] // 2
        wanted = torch.cat([second.gather(1, rows[:, :half]), first.gather(1, rows[:, half:])], 1)
        weights = torch.where(wanted == labels, 1.0, DIFFERENCE_WEIGHT)
        loss = functional.binary_cross_entropy_with_logits(
            self.other_cells(states.float()), wanted, weights, reduction="none"
        )
        shown = (correspondences >= 0).float()
        total: Tensor = (loss @ self.get_buffer("spoken") * shown).sum() / shown.sum().clamp(min=1)
        return total

    def places_loss(self, states: Tensor, cells: Tensor, centres: Tensor, alone: Tensor) -> Tensor:
        """Loss of telling, at the words that name a thing, where in the picture it is.

        The marks of `mention_loss` do not say which of two things is which; without this the answers to "left or
        right" stayed at chance for 5,800 steps while all others were learnt.

        Args:
            states: An encoder layer's states at the words that name things: [M, HIDDEN].
            cells: The cells in which those things have their centres: [M, N] of 0 and 1.
            centres: Middle of those centres in shares of the picture, x and y: [M, 2].
            alone: 1 where there is just one such thing; only then the middle counts: [M].

        Returns:
            The scalar loss: cells (mean over words and cells), middle (L1, mean over the words that have one); 0
            where no word names a thing.
        """
        out = self.where(states.float())
        found = functional.binary_cross_entropy_with_logits(
            out[:, :CELLS], cells, pos_weight=torch.tensor(MENTION_WEIGHT), reduction="sum"
        )
        distance = (out[:, CELLS:] - centres).abs().sum(-1) * alone
        loss: Tensor = found / max(1, cells.numel()) + 3 * distance.sum() / alone.sum().clamp(min=1)
        return loss
