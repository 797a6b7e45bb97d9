"""The names that the official VQA files have in each release: abstract scenes v1, and real pictures v2 and v1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


@dataclass(frozen=True, slots=True)
class Release:
    """One release. A subtype is a split with its year, such as train2015."""

    data: str
    """abstract_v002 or mscoco, in the names of questions and annotations."""
    pictures: str
    """What the pictures' names begin with."""
    version: str = ""
    subtypes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By split; the first that is there is taken."""
    suffix: str = ".png"
    """Of the pictures as they were released."""
    bare_numbers: bool = False
    """Whether pictures are also known by their numbers alone, as in COCO 2017."""

    def question_file(self, subtype: str, task: str = "OpenEnded") -> str:
        """The name of a question file; task is OpenEnded or MultipleChoice."""
        return f"{self.version}{task}_{self.data}_{subtype}_questions.json"

    def annotation_file(self, subtype: str) -> str:
        """The name of an annotation file."""
        return f"{self.version}{self.data}_{subtype}_annotations.json"

    def picture_file(self, subtype: str, image_id: int) -> str:
        """The name of a picture as it was released."""
        return f"{self.pictures}_{subtype}_{image_id:012d}{self.suffix}"

    def picture_folder(self, subtype: str) -> str:
        """The folder that holds a subtype's pictures."""
        return f"{self.pictures}_{subtype}"

    def picture_places(self, subtype: str, image_id: int) -> Iterator[str]:
        """Where a picture may be, the usual places first, as `folder/name`."""
        stems = [f"{self.pictures}_{subtype}_{image_id:012d}"]
        if self.bare_numbers:
            stems.append(f"{image_id:012d}")
        suffixes = (self.suffix, *(each for each in _SUFFIXES if each != self.suffix))
        for suffix in suffixes:
            for stem in stems:
                for folder in self.folders(subtype):
                    yield f"{folder}/{stem}{suffix}"
                yield f"{stem}{suffix}"

    def folders(self, subtype: str) -> tuple[str, ...]:
        """The folders where pictures may be."""
        return (
            self.picture_folder(subtype),
            f"Images/{self.data}/{subtype}",
            f"scene_img_{self.picture_folder(subtype)}",
            "images",
            *((subtype, f"images/{subtype}", subtype.replace("2014", "2017")) if self.bare_numbers else ()),
        )


ABSTRACT = Release(
    "abstract_v002", "abstract_v002", "", {"train": ("train2015",), "val": ("val2015",), "test": ("test2015",)}
)
_COCO = {"train": ("train2014",), "val": ("val2014",), "test": ("test2015", "test-dev2015")}
RELEASES = (
    ABSTRACT,
    Release("mscoco", "COCO", "v2_", _COCO, ".jpg", bare_numbers=True),
    Release("mscoco", "COCO", "", _COCO, ".jpg", bare_numbers=True),
)
FOLDERS = ("", "Questions/", "Annotations/")
"""Where the JSON files may lie."""
