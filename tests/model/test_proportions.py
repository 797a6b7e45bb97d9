"""Pictures that keep their proportions: in training as in the bot, by the one function that both use."""

from pathlib import Path

import pytest
from PIL import Image

from model.processor import EDGE, Resize, read_image_settings
from training.builtin import architecture


@pytest.mark.parametrize("size", [(700, 400), (320, 224), (100, 400), (4000, 20), (1, 1)])
def test_a_picture_of_any_shape_lies_in_the_middle_in_its_own_proportions(size: tuple[int, int]) -> None:
    resize = Resize(320, 224, keep_proportions=True)
    red = Image.new("RGB", size, (255, 0, 0))
    left, top, width, height = resize.place(size)
    assert width == 320 or height == 224
    assert (
        abs(width / height - size[0] / size[1]) <= size[0] / size[1] * 0.5 / min(width, height) + 1e-9
        or min(width, height) == 1
    )
    result = resize.apply(red)
    assert result.size == (320, 224)
    assert result.getpixel((left + width // 2, top + height // 2)) == (255, 0, 0)
    if (width, height) != (320, 224):
        assert result.getpixel((0, 0)) == EDGE
        assert abs(2 * left + width - 320) <= 1
        assert abs(2 * top + height - 224) <= 1


def test_models_squeeze_unless_they_say_otherwise() -> None:
    settings = dict(read_image_settings(Path("model/builtin")))
    assert settings.pop("keep_proportions")
    squeezed = Resize.read(settings)
    assert not squeezed.keep_proportions
    assert squeezed.place((10, 1000)) == (0, 0, *squeezed.size)


def test_the_processor_says_so_and_keeps_saying_it(tmp_path: Path) -> None:
    tokenizer = architecture.build_tokenizer(["what is it"] * 3, 150)
    architecture.build_processor(tokenizer).save_pretrained(tmp_path)
    assert Resize.read(read_image_settings(tmp_path)) == architecture.RESIZE
