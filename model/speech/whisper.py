"""Speech by Whisper, from a folder or a hub id, through transformers."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import Any

from model.errors import ModelError
from model.speech.transcriber import RATE, Heard

MOST_TOKENS = 60
_WANTED = ["*.json", "*.safetensors", "*.txt", "*.model"]
SILENCE = 0.5
"""Nothing was said where the model gives that so much probability: it makes words of silence otherwise."""


class Whisper:
    """Fulfils `model.speech.transcriber.Transcriber`."""

    def __init__(self, model: Any, processor: Any) -> None:  # noqa: ANN401 - transformers' own
        """Wrap what was loaded."""
        self._model, self._processor = model, processor

    @classmethod
    def load(cls, model: str | Path) -> Whisper:
        """Load a folder or a hub id such as openai/whisper-base.en.

        Raises:
            ModelError: It is not there, or is no Whisper.
        """
        try:
            import torch
            from transformers import AutoConfig, WhisperConfig, WhisperForConditionalGeneration, WhisperProcessor
        except ImportError as error:
            raise ModelError("speech_package_missing", package="transformers") from error
        try:
            config = AutoConfig.from_pretrained(model)
            if not isinstance(config, WhisperConfig):
                raise ModelError("speech_model_unusable", model=model)
            loaded: Any = WhisperForConditionalGeneration.from_pretrained(
                model, config=config, dtype=torch.float32, output_loading_info=True
            )
            found, about = loaded
            processor = WhisperProcessor.from_pretrained(model)
        except Exception as error:  # somebody's files: each library has errors of its own for them
            raise ModelError("speech_model_unusable", model=model) from error
        start = processor.tokenizer.convert_ids_to_tokens(config.decoder_start_token_id)
        # Weights that are missing would be chance, and a tokenizer that is missing would be an empty one.
        if about["missing_keys"] or start != "<|startoftranscript|>":
            raise ModelError("speech_model_unusable", model=model)
        return cls(found.eval(), processor)

    def transcribe(self, samples: bytes) -> Heard:
        """See `Transcriber`."""
        import numpy
        import torch

        sound = numpy.asarray(array("h", samples[: len(samples) // 2 * 2]), dtype=numpy.float32) / 32768
        if not sound.size:
            return Heard("", 0.0)
        # The model listens to 30 s at a time: a question is shorter.
        features = self._processor(sound[: 30 * RATE], sampling_rate=RATE, return_tensors="pt").input_features
        spoken: dict[str, Any] = {"language": "en", "task": "transcribe"} if self._multilingual else {}
        with torch.inference_mode():
            made = self._model.generate(
                features,
                max_new_tokens=MOST_TOKENS,
                return_dict_in_generate=True,
                output_logits=True,
                **spoken,
            )
            if self._silence(features) > SILENCE:
                return Heard("", 0.0)
        logits = torch.stack(list(made.logits), dim=1)[0].log_softmax(-1)  # [T, vocabulary]
        tokens = made.sequences[0, -len(logits) :]
        each = logits.gather(1, tokens[:, None])[:, 0]
        text = " ".join(self._processor.decode(tokens, skip_special_tokens=True).split())
        return Heard(text, float(each.mean().exp())) if any(map(str.isalnum, text)) else Heard("", 0.0)

    @property
    def _multilingual(self) -> bool:
        return bool(getattr(self._model.generation_config, "is_multilingual", False))

    def _silence(self, features: Any) -> float:  # noqa: ANN401 - a tensor
        """The probability that nobody speaks, as the model says before its first word."""
        import torch

        token = self._processor.tokenizer.convert_tokens_to_ids("<|nospeech|>")
        if token is None or token == self._processor.tokenizer.unk_token_id:
            token = self._processor.tokenizer.convert_tokens_to_ids("<|nocaptions|>")
        if token is None or token == self._processor.tokenizer.unk_token_id:
            return 0.0
        start = torch.tensor([[self._model.config.decoder_start_token_id]])
        logits = self._model(features, decoder_input_ids=start).logits[0, -1]
        return float(logits.softmax(-1)[token])


def locate(model: str) -> Path:
    """The folder of a model, fetched from the hub where it is no folder.

    Raises:
        ModelError: It cannot be had.
    """
    path = Path(model).expanduser()
    if path.is_dir():
        return path
    name, _, revision = model.partition("@")
    try:
        from huggingface_hub import snapshot_download

        return Path(snapshot_download(name, revision=revision or None, allow_patterns=_WANTED))
    except ModuleNotFoundError as error:
        raise ModelError("hub_packages_missing") from error
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError("hub_unreachable", model=model) from error
