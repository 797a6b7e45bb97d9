"""What can stand in a scene: its names, its colours, its size, and where it belongs."""

from __future__ import annotations

from dataclasses import dataclass

BRIGHT = ("red", "orange", "yellow", "green", "blue", "purple", "pink")
ALL = (*BRIGHT, "brown", "black", "white", "gray")
CLOTHES = (*BRIGHT, "black", "white", "gray", "brown")

PEOPLE = ("man", "woman", "boy", "girl")
MOODS = ("happy", "sad", "angry", "surprised")
POSES = ("standing", "sitting", "running", "jumping", "waving", "sleeping")
PET_POSES = ("standing", "sitting", "sleeping")
ACCESSORIES = ("hat", "crown", "glasses", "scarf")
HOLDABLE = (
    "ball",
    "balloon",
    "book",
    "apple",
    "umbrella",
    "flower",
    "ice cream",
    "kite",
    "cup",
    "guitar",
    "teddy bear",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing."""

    name: str
    height: float
    """Usual height in pixels, in the front of the scene."""
    colours: tuple[str, ...]
    group: str
    """people, animal, plant, vehicle, toy, food, dish, furniture, building, sky."""
    outdoors: bool = True
    indoors: bool = False
    air: bool = False
    """Whether it is found in the sky (outdoors)."""
    wall: bool = False
    """Whether it hangs on a wall (indoors)."""
    small: bool = False
    """Small enough to lie on a table and to be drawn several times."""
    plural: str = ""

    @property
    def many(self) -> str:
        """The plural of the name."""
        return self.plural or self.name + "s"


def _kinds(*kinds: Kind) -> dict[str, Kind]:
    return {kind.name: kind for kind in kinds}


PETS = ("brown", "black", "white", "gray", "orange", "yellow")

CATALOGUE: dict[str, Kind] = _kinds(
    Kind("man", 200, CLOTHES, "people", indoors=True, plural="men"),
    Kind("woman", 195, CLOTHES, "people", indoors=True, plural="women"),
    Kind("boy", 150, CLOTHES, "people", indoors=True),
    Kind("girl", 150, CLOTHES, "people", indoors=True),
    Kind("dog", 78, PETS, "animal", indoors=True, small=True),
    Kind("cat", 74, PETS, "animal", indoors=True, small=True),
    Kind("bird", 46, BRIGHT, "animal", air=True, small=True),
    Kind("duck", 58, ("yellow", "white", "brown", "green"), "animal", small=True),
    Kind("rabbit", 66, ("white", "gray", "brown", "black", "pink"), "animal", small=True),
    Kind("horse", 130, ("brown", "black", "white", "gray"), "animal"),
    Kind("cow", 110, ("white", "brown", "black"), "animal"),
    Kind("pig", 76, ("pink", "brown", "black"), "animal"),
    Kind("sheep", 82, ("white", "black", "gray"), "animal", plural="sheep"),
    Kind("mouse", 42, ("gray", "brown", "white"), "animal", indoors=True, small=True, plural="mice"),
    Kind("butterfly", 46, BRIGHT, "animal", air=True, small=True, plural="butterflies"),
    Kind("frog", 46, ("green", "brown", "yellow"), "animal", small=True),
    Kind("tree", 235, ("green", "orange", "pink", "yellow"), "plant"),
    Kind("bush", 80, ("green",), "plant", plural="bushes"),
    Kind("flower", 62, (*BRIGHT, "white"), "plant", small=True),
    Kind("mushroom", 50, ("red", "brown", "orange", "purple", "yellow"), "plant", small=True),
    Kind("plant", 90, ("green",), "plant", outdoors=False, indoors=True),
    Kind("house", 210, (*BRIGHT, "white", "gray", "brown"), "building"),
    Kind("fence", 62, ("white", "brown", "gray"), "building"),
    Kind("bench", 74, ("brown", "green", "red", "blue", "gray"), "furniture", plural="benches"),
    Kind("slide", 125, BRIGHT, "toy"),
    Kind("tent", 110, BRIGHT, "building"),
    Kind("pond", 56, ("blue",), "plant"),
    Kind("rock", 48, ("gray", "brown"), "plant", small=True),
    Kind("sun", 76, ("yellow", "orange"), "sky", air=True),
    Kind("moon", 62, ("yellow", "white"), "sky", air=True),
    Kind("cloud", 56, ("white", "gray"), "sky", air=True),
    Kind("car", 88, ALL, "vehicle"),
    Kind("bus", 118, BRIGHT, "vehicle", plural="buses"),
    Kind("truck", 108, ALL, "vehicle"),
    Kind("bicycle", 86, (*BRIGHT, "black"), "vehicle"),
    Kind("airplane", 60, (*BRIGHT, "white", "gray"), "vehicle", air=True),
    Kind("ball", 48, ALL, "toy", indoors=True, small=True),
    Kind("kite", 70, BRIGHT, "toy", air=True),
    Kind("balloon", 78, BRIGHT, "toy", indoors=True, air=True, small=True),
    Kind("teddy bear", 68, ("brown", "white", "pink", "yellow", "blue"), "toy", indoors=True, small=True),
    Kind("book", 40, ALL, "toy", indoors=True, small=True),
    Kind("robot", 84, (*BRIGHT, "gray"), "toy", indoors=True),
    Kind("drum", 58, BRIGHT, "toy", indoors=True, small=True),
    Kind("skateboard", 34, (*BRIGHT, "black"), "toy"),
    Kind("bucket", 54, BRIGHT, "toy", small=True),
    Kind("block", 42, BRIGHT, "toy", indoors=True, small=True),
    Kind("umbrella", 78, (*BRIGHT, "black"), "toy"),
    Kind("guitar", 92, ("brown", "red", "blue", "orange", "black"), "toy", indoors=True),
    Kind("apple", 38, ("red", "green", "yellow"), "food", indoors=True, small=True),
    Kind("banana", 38, ("yellow", "green"), "food", indoors=True, small=True),
    Kind("pizza", 42, ("yellow",), "food", indoors=True, small=True),
    Kind("cake", 54, ("pink", "white", "brown", "yellow"), "food", indoors=True, small=True),
    Kind("sandwich", 36, ("brown",), "food", indoors=True, small=True, plural="sandwiches"),
    Kind("ice cream", 54, ("pink", "white", "brown", "green", "blue"), "food", plural="ice creams"),
    Kind("watermelon", 42, ("red",), "food", indoors=True, small=True),
    Kind("cup", 40, ALL, "dish", indoors=True, small=True),
    Kind("bottle", 58, ("green", "blue", "red", "brown", "white"), "dish", indoors=True, small=True),
    Kind("sofa", 115, (*BRIGHT, "brown", "gray", "white", "black"), "furniture", outdoors=False, indoors=True),
    Kind("chair", 112, (*BRIGHT, "brown", "gray", "black", "white"), "furniture", outdoors=False, indoors=True),
    Kind("table", 98, ("brown", "white", "red", "blue", "green", "gray"), "furniture", outdoors=True, indoors=True),
    Kind("lamp", 140, (*BRIGHT, "white"), "furniture", outdoors=False, indoors=True),
    Kind("bed", 105, (*BRIGHT, "white", "gray"), "furniture", outdoors=False, indoors=True),
    Kind(
        "bookshelf", 185, ("brown", "white", "black"), "furniture", outdoors=False, indoors=True, plural="bookshelves"
    ),
    Kind("television", 100, ("black", "gray", "brown"), "furniture", outdoors=False, indoors=True),
    Kind("rug", 46, BRIGHT, "furniture", outdoors=False, indoors=True),
    Kind("clock", 58, (*BRIGHT, "white", "black"), "furniture", outdoors=False, indoors=True, wall=True),
    Kind(
        "picture",
        70,
        ("brown", "black", "yellow", "red", "blue"),
        "furniture",
        outdoors=False,
        indoors=True,
        wall=True,
        plural="paintings",
    ),
    Kind("window", 105, ("white", "brown"), "furniture", outdoors=False, indoors=True, wall=True),
    Kind("fireplace", 125, ("red", "gray", "brown", "white"), "furniture", outdoors=False, indoors=True),
)


# Kinds whose colour is not worth a question: it never changes, or it is not one colour.
COLOURLESS = frozenset(
    {"bush", "plant", "pond", "sun", "moon", "cloud", "pizza", "sandwich", "watermelon", "window", "picture"}
)

SURFACES: dict[str, float] = {"table": 0.09, "bench": 0.52, "sofa": 0.62, "bed": 0.48}
"""Things that carry other things, and where their surface is (share of the height, from the top)."""
