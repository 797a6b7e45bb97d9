"""Florence-2 through transformers' native classes: pictures at any input size, BART for the text."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image
from safetensors import SafetensorError, safe_open
from tokenizers import Tokenizer
from torch import Tensor

# The module itself, not the package: importing only what is needed shortens a cold start.
from transformers.models.florence2.modeling_florence2 import Florence2ForConditionalGeneration
from transformers.utils import logging

from model.decoding.decoder import Decoder
from model.decoding.loop import decode
from model.decoding.plain import decode_plainly, score
from model.decoding.rules import Rules, Transformer
from model.errors import ModelError
from model.families.arithmetic import SMALL_MODEL, fast_cpu_dtype, set_threads
from model.families.base import Ask
from model.families.florence2_vision import Tower
from model.placement import Placement
from model.profile import Profile
from model.types import Generation

if TYPE_CHECKING:
    from model.families.base import Pixels


class Florence2:
    """A loaded Florence-2. Prompts are `<picture tokens> <s> prefix question </s>`, as the processor writes them."""

    def __init__(
        self,
        model: Transformer,
        tokenizer: Tokenizer,
        images: dict[str, Any],
        profile: Profile,
        *,
        frozen: bool = False,
    ) -> None:
        """Wrap a model in eval mode, its tokenizer and the image processor's settings.

        `frozen` promises that its weights stay as they are: then they are laid out for speed. A model in training is
        asked through transformers' own modules.
        """
        self.profile = profile
        self.device = str(model.device)
        self.dtype = str(model.dtype).removeprefix("torch.")
        self._model, self._tokenizer = model, tokenizer
        self._size = (int(images["size"]["width"]), int(images["size"]["height"]))
        self._resample = Image.Resampling(images.get("resample", 3))
        scale = images.get("rescale_factor", 1 / 255) if images.get("do_rescale", True) else 1.0
        mean, std = (images["image_mean"], images["image_std"]) if images.get("do_normalize", True) else ([0.0], [1.0])
        # (x * scale - mean) / std in one multiplication and one addition, [3 or 1, 1, 1] each
        self._gain = (scale / torch.tensor(std, device=model.device)).view(-1, 1, 1)
        self._shift = (torch.tensor(mean, device=model.device) / torch.tensor(std, device=model.device)).view(-1, 1, 1)
        self._tower: Callable[[Tensor], Tensor] = Tower(model) if frozen else self._plain_tower
        self._rules = Rules.read(model)
        self._decoder = Decoder(model) if frozen and Decoder.fits(model) else None
        self.spent = dict.fromkeys(("look", "encode", "decode"), 0.0)
        """Seconds by stage since the start; on a GPU work counts where its result is waited for."""
        text = model.config.text_config
        self._begin, self._end = int(text.bos_token_id), int(text.eos_token_id)
        self.pad = int(text.pad_token_id)
        self.positions = int(text.max_position_embeddings)

    @property
    def arithmetic(self) -> str:
        """What was chosen at the start, for people."""
        if not self.device.startswith("cpu"):
            return self.dtype
        threads = torch.get_num_threads()
        return f"{self.dtype} on {threads} thread{'s' if threads > 1 else ''}"

    def prepare(self, picture: Image.Image) -> Pixels:
        """Resize to the model's input: uint8 [H, W, 3]."""
        return np.asarray(picture.resize(self._size, self._resample))

    @torch.inference_mode()
    def look(self, pictures: Sequence[Pixels]) -> list[Tensor]:
        """Encode pictures in one batch: for each its tokens, [T_image, D]."""
        with self._clock("look"):
            batch = torch.from_numpy(np.stack(pictures)).to(self._model.device)  # uint8 [B, H, W, 3]
            pixels = batch.permute(0, 3, 1, 2).float() * self._gain - self._shift  # [B, 3, H, W]
            features = self._tower(pixels.to(self._model.dtype))  # [B, T_image, D]
            # Clones, so that a kept picture does not hold its whole batch in memory.
            return [one.clone() for one in features]

    @torch.inference_mode()
    def answer(self, asks: Sequence[Ask]) -> list[Generation]:
        """Encode all prompts in one batch, then decode them in one, whatever their settings."""
        with self._clock("encode"):
            states, mask = self._encode(asks)
        beams = [ask.beams for ask in asks]
        limits = [max(1, min(ask.max_new_tokens, self.positions - 1)) for ask in asks]
        with self._clock("decode"):
            if self._decoder is None or self._rules is None:
                decoded = decode_plainly(self._model, states, mask, beams, limits)
            else:
                decoded = decode(self._decoder, self._rules, states, mask, beams, limits)
        return [
            Generation(self._tokenizer.decode(one.ids, skip_special_tokens=True).strip(), one.logprobs, len(one.ids))
            for one in decoded
        ]

    @torch.inference_mode()
    def score(self, asks: Sequence[Ask], texts: Sequence[Sequence[str]]) -> list[list[float]]:
        """The log-probability of each given text as the whole answer to its prompt.

        It is the sum over the text's tokens and the end token, without any correction for length: the probability
        that exactly this is said. A forced first token is no evidence and does not count.
        """
        states, mask = self._encode(asks)
        config = self._model.generation_config
        forced = [] if config.forced_bos_token_id is None else [config.forced_bos_token_id]
        head = [config.decoder_start_token_id, *forced]
        scored = []
        for row, choices in enumerate(texts):
            tokens = [self._tokenizer.encode(text, add_special_tokens=False).ids for text in choices]
            rows = [[*head, *ids[: self.positions - len(head) - 1], self._end] for ids in tokens]
            same = [row] * len(rows)
            logprobs = score(self._model, states[same], mask[same], rows)
            scored.append([sum(line[len(forced) :]) for line in logprobs])
        return scored

    def prompt_ids(self, prompt: str, room: int) -> list[int]:
        """Token ids of a prompt with its start and end, cut to `room` tokens at most."""
        ids = self._tokenizer.encode(prompt, add_special_tokens=False).ids
        return [self._begin, *ids[: room - 2], self._end]

    def _plain_tower(self, pixels: Tensor) -> Tensor:
        tokens: Tensor = self._model.get_image_features(pixels).pooler_output
        return tokens

    @contextmanager
    def _clock(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.spent[stage] += time.perf_counter() - started

    def _encode(self, asks: Sequence[Ask]) -> tuple[Tensor, Tensor]:
        """Encoder states [B, S, D] and their mask [B, S]; S = picture tokens + the longest prompt."""
        features = torch.stack([ask.features for ask in asks])  # [B, T_image, D]
        prompts = [self.prompt_ids(ask.prompt, self.positions - features.shape[1]) for ask in asks]
        width = max(len(ids) for ids in prompts)
        ids = torch.tensor([[*row, *[self.pad] * (width - len(row))] for row in prompts])  # [B, T]
        seen = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in prompts])
        embeds = self._model.get_input_embeddings()(ids.to(features.device)).to(features.dtype)  # [B, T, D]
        mask = torch.cat([seen.new_ones(features.shape[:2]), seen], 1).to(features.device)  # [B, S]
        encoder = self._model.get_encoder()
        states = encoder(inputs_embeds=torch.cat([features, embeds], 1), attention_mask=mask).last_hidden_state
        return states, mask


def load(folder: Path, profile: Profile, placement: Placement) -> Florence2:
    """Read a Florence-2 from its folder.

    Raises:
        ModelError: The folder's files do not make a complete native Florence-2.
    """
    images, tokenizer = read_image_settings(folder), read_tokenizer(folder)
    parameters = count_parameters(folder)
    set_threads(placement.threads, parameters)
    device, dtype = _choose(placement, parameters)
    model = read_weights(folder, getattr(torch, dtype)).to(device).eval()
    return Florence2(model, tokenizer, images, profile, frozen=True)


def read_weights(
    folder: Path, dtype: torch.dtype, kind: type[Florence2ForConditionalGeneration] = Florence2ForConditionalGeneration
) -> Transformer:
    """The model in a folder, on the CPU; `kind` may add to it what training needs.

    Raises:
        ModelError: The folder's files do not make a complete native Florence-2.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if "auto_map" in config or config.get("vision_config", {}).get("model_type") == "davit":
        raise ModelError(
            f"The model in {folder} is in Microsoft's own format, which needs remote code. "
            "Use the same weights from florence-community, for example florence-community/Florence-2-base-ft."
        )
    logging.disable_progress_bar()
    try:
        loaded: Any = kind.from_pretrained(folder, dtype=dtype, local_files_only=True, output_loading_info=True)
        model, report = loaded
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
        raise ModelError(f"The weights in {folder} cannot be read: {error}") from error
    # transformers fills gaps with random weights and goes on; a model like that must not answer anybody.
    gaps = [*report["missing_keys"], *(key for key, *_ in report.get("mismatched_keys", ()))]
    if gaps:
        raise ModelError(f"The weights in {folder} are incomplete: {len(gaps)} are missing, such as {sorted(gaps)[0]}.")
    return model


def count_parameters(folder: Path) -> int:
    """How many numbers the weights in a folder are; safetensors are counted by their headers, nothing is read."""
    count = 0
    try:
        for file in folder.glob("*.safetensors"):
            with safe_open(file, framework="pt") as weights:
                count += sum(math.prod(weights.get_slice(name).get_shape()) for name in weights.keys())  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise ModelError(f"The weights in {folder} cannot be read: {error}") from error
    return count or sum(file.stat().st_size for file in folder.glob("*.bin")) // 4


def _choose(placement: Placement, parameters: int) -> tuple[str, str]:
    """The device and the number format, with `auto` resolved."""
    device, dtype = placement.device, placement.dtype
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if dtype == "auto" and device.startswith("cuda"):
        dtype = "bfloat16"
    elif dtype == "auto":
        dtype = "float32" if parameters < SMALL_MODEL else fast_cpu_dtype()
    return device, dtype


def read_image_settings(folder: Path) -> dict[str, Any]:
    """The image processor's settings, from whichever file holds them."""
    for name in ("processor_config.json", "preprocessor_config.json"):
        file = folder / name
        if file.is_file():
            values = json.loads(file.read_text(encoding="utf-8"))
            images = values.get("image_processor", values)
            if "image_mean" not in images:
                continue
            if images.get("do_center_crop") or not {"height", "width"} <= set(images.get("size", ())):
                raise ModelError(f"{file} asks for cropped pictures; only a fixed height and width are supported.")
            return dict(images)
    raise ModelError(f"The model in {folder} has no processor: processor_config.json is missing.")


def read_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer itself, without transformers' wrapper, which takes long to import."""
    file = folder / "tokenizer.json"
    if not file.is_file():
        raise ModelError(f"The model in {folder} has no tokenizer.json; save its processor beside it.")
    try:
        tokenizer: Tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # tokenizers raises plain Exception
        raise ModelError(f"The tokenizer in {folder} cannot be read: {error}") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
