"""What can stand in a scene: its names, its colours, its size, and where it belongs."""

from __future__ import annotations

from dataclasses import dataclass

BRIGHT = ("red", "orange", "yellow", "green", "blue", "purple", "pink")
ALL = (*BRIGHT, "brown", "black", "white", "gray")
CLOTHES = (*BRIGHT, "black", "white", "gray", "brown")

PEOPLE = ("man", "woman", "boy", "girl")
EVERYBODY = (*PEOPLE, "baby")
MOODS = ("happy", "sad", "angry", "surprised")
POSES = ("standing", "sitting", "running", "jumping", "waving", "sleeping")
FLAT = ("sleeping", "lying")
"""Poses of people who lie: their faces do not tell what they feel."""
LATE_POSES = ("kneeling", "lying")
"""Poses in scenes of wide variety alone."""
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
    late: bool = False
    """Whether only scenes of wide variety hold it: the first built-in model has not learnt it."""

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
    Kind("baby", 90, CLOTHES, "people", indoors=True, plural="babies", late=True),
    Kind("fish", 48, (*BRIGHT, "gray"), "animal", small=True, plural="fish", late=True),
    Kind("squirrel", 62, ("brown", "orange", "gray"), "animal", small=True, late=True),
    Kind("bear", 120, ("brown", "black", "white"), "animal", late=True),
    Kind("fox", 76, ("orange", "red"), "animal", late=True),
    Kind("turtle", 50, ("green", "brown"), "animal", small=True, late=True),
    Kind("snake", 46, ("green", "brown", "red", "yellow"), "animal", small=True, late=True),
    Kind("bee", 40, ("yellow",), "animal", air=True, small=True, late=True),
    Kind("chicken", 62, ("white", "brown", "red"), "animal", small=True, late=True),
    Kind("owl", 62, ("brown", "gray", "white"), "animal", small=True, late=True),
    Kind("monkey", 84, ("brown", "gray"), "animal", late=True),
    Kind("elephant", 140, ("gray", "blue", "pink"), "animal", late=True),
    Kind("lion", 105, ("orange", "yellow", "brown"), "animal", late=True),
    Kind("snail", 40, ("brown", "orange", "green"), "animal", small=True, late=True),
    Kind("ladybug", 40, ("red",), "animal", small=True, late=True),
    Kind("penguin", 72, ("black",), "animal", small=True, late=True),
    Kind("log", 50, ("brown",), "plant", small=True, late=True),
    Kind("campfire", 76, ("orange", "red", "yellow"), "plant", late=True),
    Kind("sandbox", 70, ("brown", "red", "blue", "green", "yellow"), "toy", plural="sandboxes", late=True),
    Kind("swing", 150, BRIGHT, "toy", late=True),
    Kind("boat", 90, (*BRIGHT, "white", "brown"), "vehicle", late=True),
    Kind("train", 96, (*BRIGHT, "black"), "vehicle", late=True),
    Kind("scooter", 80, (*BRIGHT, "black", "gray"), "vehicle", late=True),
    Kind("doll", 68, BRIGHT, "toy", indoors=True, small=True, late=True),
    Kind("present", 58, BRIGHT, "toy", indoors=True, small=True, late=True),
    Kind("star", 52, ("yellow", "orange", "red", "blue"), "toy", indoors=True, small=True, air=True, late=True),
    Kind("snowman", 130, ("white",), "toy", plural="snowmen", late=True),
    Kind("basket", 56, ("brown", "yellow", "orange"), "toy", indoors=True, small=True, late=True),
    Kind("bone", 34, ("white",), "toy", indoors=True, small=True, late=True),
    Kind("carrot", 42, ("orange",), "food", indoors=True, small=True, late=True),
    Kind("bread", 42, ("brown", "yellow", "orange"), "food", indoors=True, small=True, plural="bread", late=True),
    Kind("donut", 42, ("pink", "brown", "blue", "purple"), "food", indoors=True, small=True, late=True),
    Kind("burger", 44, ("brown", "orange"), "food", indoors=True, small=True, late=True),
    Kind("cookie", 38, ("brown",), "food", indoors=True, small=True, late=True),
    Kind("pie", 44, ("brown", "orange", "yellow"), "food", indoors=True, small=True, late=True),
    Kind("cheese", 42, ("yellow", "orange"), "food", indoors=True, small=True, plural="cheese", late=True),
    Kind("laptop", 62, ("gray", "black", "blue"), "furniture", outdoors=False, indoors=True, small=True, late=True),
    Kind(
        "stool", 70, ("brown", "red", "blue", "green", "yellow"), "furniture", outdoors=False, indoors=True, late=True
    ),
)


# Kinds whose colour is not worth a question: it never changes, or it is not one colour.
COLOURLESS = frozenset(
    {
        *("bush", "plant", "pond", "sun", "moon", "cloud", "pizza", "sandwich", "watermelon", "window", "picture"),
        *("bee", "ladybug", "penguin", "log", "campfire", "snowman", "bone", "carrot", "burger", "cookie", "cheese"),
    }
)

SURFACES: dict[str, float] = {"table": 0.09, "bench": 0.52, "sofa": 0.62, "bed": 0.48}
"""Things that carry other things, and where their surface is (share of the height, from the top)."""
