"""The built-in model's losses: they look at what the model can change, and at both pictures of a pair."""

import pytest
import torch

from training.builtin import architecture
from training.builtin.architecture import load_tokenizer
from training.builtin.data import SceneDataset, collate
from training.builtin.dense import INDEX, LABELS
from training.builtin.dense_head import DIFFERENCE_WEIGHT, DenseHead
from training.builtin.losses import COMPARING, ask, losses_of, picture_features
from training.scenes.pairs import KINDS

pytestmark = pytest.mark.usefixtures("one_thread")


def test_the_towers_middle_comes_beside_the_features_that_answering_uses() -> None:
    model = architecture.build_model(len(load_tokenizer())).eval()
    pixels = torch.randn(2, 3, architecture.HEIGHT, architecture.WIDTH)
    with torch.no_grad():
        features, middle = picture_features(model, pixels)
        assert torch.equal(features, model.get_image_features(pixels).pooler_output)
    assert middle.shape == (2, 128, 2 * architecture.ROWS, 2 * architecture.COLUMNS)


def test_what_is_learnt_about_two_pictures_depends_on_both_and_on_their_order() -> None:
    batch = collate([SceneDataset("pairs", 1, 1)[number] for number in (0, 2)])
    torch.manual_seed(1)
    model = architecture.build_model(len(load_tokenizer())).eval()
    second = load_tokenizer().convert_tokens_to_ids(architecture.SECOND)
    with torch.no_grad():
        model.get_input_embeddings().weight[second] = torch.randn(architecture.HIDDEN)
        features = torch.randn(4, architecture.IMAGE_TOKENS, architecture.HIDDEN)
        asked = batch["double"]
        assert isinstance(asked, list)
        assert {len(one.pictures) for one in asked} == {2}
        plain = ask(model, load_tokenizer(), features, asked).logits
        turned = ask(model, load_tokenizer(), features[[1, 0, 3, 2]], asked).logits
        other = ask(model, load_tokenizer(), torch.cat([features[:1], torch.randn_like(features[:3])]), asked).logits
    assert not torch.allclose(plain, turned, atol=1e-4)
    assert not torch.allclose(plain, other, atol=1e-4)


def test_one_batch_is_learnt_by_heart() -> None:
    """All losses fall together: what the losses look at is what the model can change."""
    torch.manual_seed(0)
    batch = collate([SceneDataset("by-heart", 2, 1)[number] for number in (0,)])
    model, head = architecture.build_model(len(load_tokenizer())), DenseHead(load_tokenizer())
    optimizer = torch.optim.AdamW([*model.parameters(), *head.parameters()], 1e-3, betas=(0.9, 0.98))
    history = []
    for _ in range(10):
        losses = losses_of(model, head, batch, load_tokenizer(), torch.device("cpu"))
        optimizer.zero_grad()
        sum(losses.values()).backward()  # type: ignore[union-attr]
        optimizer.step()
        history.append({key: value.item() for key, value in losses.items()})
    pair_losses = {"pairs", "changes", "change kinds", "correspondences", "other picture"}
    assert set(history[0]) == {"dense", "questions", "mentions", "places", *pair_losses}
    for key in history[0]:
        assert history[-1][key] < history[0][key], key


def test_where_two_pictures_differ_counts_more_than_where_they_agree() -> None:
    head, cells = DenseHead(load_tokenizer()), 4
    labels = torch.zeros(1, 2 * cells, LABELS)
    labels[0, 0, INDEX["colour", "red"]] = labels[0, cells, INDEX["colour", "blue"]] = 1
    labels[0, [1, cells + 1], INDEX["colour", "green"]] = 1  # there they agree
    same_place = torch.arange(cells).repeat(1, 2)
    right = 40 * torch.cat(labels.chunk(2, 1)[::-1], 1) - 20
    head.other_cells = torch.nn.Identity()  # type: ignore[assignment]

    def loss_without(cell: int, colour: str) -> float:
        wrong = right.clone()
        wrong[0, cell, INDEX["colour", colour]] = -20
        return head.other_cells_loss(wrong, labels, same_place).item()

    missed = loss_without(0, "blue")  # a cell that shows red here, and blue there
    assert missed == pytest.approx(DIFFERENCE_WEIGHT * loss_without(1, "green"), rel=1e-3)
    assert missed > loss_without(1, "green") > 0


def test_each_comparing_layer_is_asked_what_the_other_picture_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = collate([SceneDataset("pairs", 1, 1)[0]])
    model, head = architecture.build_model(len(load_tokenizer())), DenseHead(load_tokenizer())
    asked: list[torch.Tensor] = []
    loss = head.other_cells_loss

    def noted(states: torch.Tensor, *others: torch.Tensor) -> torch.Tensor:
        asked.append(states)
        return loss(states, *others)

    monkeypatch.setattr(head, "other_cells_loss", noted)
    losses_of(model, head, batch, load_tokenizer(), torch.device("cpu"))
    assert len(asked) == COMPARING == 2 and not torch.equal(*asked)


def test_the_other_pictures_labels_and_the_kind_of_change_are_what_the_pair_losses_ask_for() -> None:
    head, cells, pairs = DenseHead(load_tokenizer()), 4, 2
    labels = torch.zeros(pairs, 2 * cells, LABELS)
    labels[:, 0, INDEX["colour", "red"]] = 1  # at the first cell the pictures differ
    labels[:, cells, INDEX["colour", "blue"]] = 1
    same_place = torch.arange(cells).repeat(pairs, 2)
    sure = 40 * labels - 20
    other = torch.cat(sure.chunk(2, 1)[::-1], 1)
    head.other_cells = torch.nn.Identity()  # type: ignore[assignment]
    assert head.other_cells_loss(other, labels, same_place) < 1e-6 < 1 < head.other_cells_loss(sure, labels, same_place)
    unseen = torch.full_like(same_place, -1)
    assert head.other_cells_loss(sure, labels, unseen) == 0, "what the other picture does not show is not asked for"

    head.change = torch.nn.Identity()  # type: ignore[assignment]
    kinds, marks = torch.tensor([1, 2]), torch.zeros(pairs, 2 * cells)
    logits = torch.zeros(pairs, 2 * (1 + cells), len(KINDS))
    logits[torch.arange(pairs), 1 + cells, kinds] = 20  # the second picture's mean
    assert head.change_kind_loss(logits, marks, kinds) < 1e-6
    marks[0, cells] = 1
    assert head.change_kind_loss(logits, marks, kinds) > 1, "the marked cell does not name it yet"
    logits[0, 2 + cells, kinds[0]] = 20
    assert head.change_kind_loss(logits, marks, kinds) < 1e-6
