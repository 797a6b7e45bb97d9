"""Questions about one thing or about the scene as a whole. Each topic yields candidates; the caller chooses."""

from __future__ import annotations

import random
from collections.abc import Iterator

from training.scenes.catalogue import COLOURLESS
from training.scenes.facts import SceneFacts, place_of
from training.scenes.layout import usual_kinds
from training.scenes.scene import Thing
from training.scenes.themes import EVERY_KIND, GROUNDS
from training.scenes.wording import QA, SCENERY, a, colour_word, fitting, name, names, sentence


def qa(kind: str, text: str, answer: str) -> QA:
    """A finished question of a kind."""
    return QA(sentence(text), answer, kind, fitting(kind, answer))


def no_or_yes(kind: str, rng: random.Random, yes: str | None, no: str | None) -> Iterator[QA]:
    """One of two closed questions, so that yes and no are asked equally often; None where there is none to ask."""
    if yes is not None and (no is None or rng.random() < 0.5):
        yield qa(kind, yes, "yes")
    elif no is not None:
        yield qa(kind, no, "no")


def colour(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """What colour is the ball? What colour is the girl's shirt?"""
    for thing in facts.singles():
        what = name(thing.kind, rng)
        if not thing.colour or (thing.sprite >= 0 and EVERY_KIND[thing.kind].group == "people"):
            continue
        if EVERY_KIND[thing.kind].group == "people":
            yield from _clothes(thing, what, rng)
        elif thing.kind not in COLOURLESS:
            forms = (
                f"what {colour_word(rng)} is the {what}",
                f"what {colour_word(rng)} is the {what}",
                f"what is the {colour_word(rng)} of the {what}",
                f"which {colour_word(rng)} does the {what} have",
                f"the {what} is what {colour_word(rng)}",
                f"what {colour_word(rng)} is the {what} in the {rng.choice(SCENERY)}",
            )
            yield qa("colour", rng.choice(forms), thing.colour)


def _clothes(person: Thing, who: str, rng: random.Random) -> Iterator[QA]:
    shirt = rng.choice(("shirt", "shirt", "top"))
    forms = (
        f"what {colour_word(rng)} is the {who}'s {shirt}",
        f"what {colour_word(rng)} {shirt} is the {who} wearing",
        f"what is the {colour_word(rng)} of the {who}'s {shirt}",
    )
    yield qa("colour", rng.choice(forms), person.colour)
    if person.wearing and person.wearing != "glasses":
        yield qa("colour", f"what {colour_word(rng)} is the {who}'s {person.wearing}", person.wearing_colour)


def count(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """How many dogs are there? Larger numbers are asked for more often, because they are rarer."""
    numbers = {kind: len(things) for kind, things in facts.by_kind.items() if kind not in ("sun", "moon")}
    for kind in sorted(usual_kinds(facts.scene.indoors, rng, facts.scene.variety)):
        if kind not in ("sun", "moon"):
            numbers.setdefault(kind, 0)
    groups: dict[int, list[str]] = {}
    for kind, number in numbers.items():
        groups.setdefault(number, []).append(kind)
    for number, kinds in groups.items():
        if number > 6 or (number == 1 and rng.random() < 0.5):
            continue
        for _ in range((1, 1, 2, 3, 3, 3, 3)[number]):
            yield qa("count", how_many(names(rng.choice(kinds), rng), rng), str(number))
    if facts.people:
        yield qa("count", how_many("people", rng), str(len(facts.people)))
    animals = sum(EVERY_KIND[t.kind].group == "animal" for t in facts.visible)
    if 2 <= animals <= 5:
        yield qa("count", how_many("animals", rng), str(animals))
    for kind, things in facts.by_kind.items():
        colours = {t.colour for t in things}
        if len(colours) > 1 and "" not in colours and kind not in COLOURLESS and EVERY_KIND[kind].group != "people":
            shade = rng.choice(sorted(colours))
            yield qa("count", how_many(f"{shade} {names(kind, rng)}", rng), str(sum(t.colour == shade for t in things)))


def how_many(what: str, rng: random.Random) -> str:
    """Ask for a number of things, named in the plural."""
    forms = (
        f"how many {what} are there",
        f"how many {what} are there",
        f"how many {what} are in the {rng.choice(SCENERY)}",
        f"how many {what} can you see",
        f"how many {what} do you see",
        f"what is the number of {what}",
    )
    return rng.choice(forms)


def exists(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """Is there a dog? Absent kinds are drawn as they occur elsewhere, so that the kind alone tells nothing."""
    present = [k for k in facts.by_kind if k not in ("sun", "cloud", "moon")]
    absent = sorted(usual_kinds(facts.scene.indoors, rng, facts.scene.variety) - set(facts.by_kind))
    for _ in range(3):
        here, away = (rng.choice(present) if present else None), (rng.choice(absent) if absent else None)
        yield from no_or_yes("exists", rng, here and _is_there(here, "", rng), away and _is_there(away, "", rng))
    coloured = [
        t
        for t in facts.visible
        if t.kind not in COLOURLESS
        and EVERY_KIND[t.kind].group != "people"
        and all(other.colour for other in facts.by_kind[t.kind])
    ]
    if coloured:
        thing = rng.choice(coloured)
        others = [c for c in EVERY_KIND[thing.kind].colours if all(t.colour != c for t in facts.by_kind[thing.kind])]
        yield from no_or_yes(
            "exists",
            rng,
            _is_there(thing.kind, thing.colour, rng),
            _is_there(thing.kind, rng.choice(others), rng) if others else None,
        )


def _is_there(kind: str, shade: str, rng: random.Random) -> str:
    one, many = f"{shade} {name(kind, rng)}".strip(), f"{shade} {names(kind, rng)}".strip()
    where = rng.choice(SCENERY)
    forms = (
        f"is there {a(one)}",
        f"is there {a(one)} in the {where}",
        f"are there any {many}",
        f"do you see {a(one)}",
        f"can you see {a(one)}",
        f"are there any {many} in the {where}",
        f"is there {a(one)} here",
    )
    return rng.choice(forms)


def where(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """Where is the cat? The ground, being the commonest answer, is asked for once at the most."""
    plain = []
    for thing in facts.singles():
        if id(thing) in facts.holder or thing.kind in ("sun", "moon", "cloud", "window", "pond", "rug"):
            continue
        what = name(thing.kind, rng)
        if not place_of(thing):
            continue
        if thing.on == "wall" and rng.random() < 0.75:
            continue
        text = rng.choice(
            (
                f"where is the {what}",
                f"where is the {what}",
                f"where can you see the {what}",
                f"where is the {what} in the {rng.choice(SCENERY)}",
            )
        )
        if thing.on in GROUNDS:
            plain.append(qa("where", text, place_of(thing)))
        else:
            yield qa("where", text, place_of(thing))
    if facts.scene.wide:
        yield from _where_by_colour(facts, rng)
    if plain and rng.random() < 0.6:
        yield rng.choice(plain)


def _where_by_colour(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """Where is the red ball? As often as it is asked for where there is none."""
    for kind, things in facts.by_kind.items():
        if kind in COLOURLESS or EVERY_KIND[kind].group == "people" or not all(t.colour for t in things):
            continue
        for thing in things:
            alone = sum(t.colour == thing.colour for t in things) == 1
            if alone and id(thing) not in facts.holder and place_of(thing) and rng.random() < 0.25:
                yield qa("where", f"where is the {thing.colour} {name(kind, rng)}", place_of(thing))


def time(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """Is it day or night? Indoors only where a window tells."""
    scene = facts.scene
    if scene.style.backdrop or scene.theme or (scene.indoors and "window" not in facts.by_kind):
        return
    if scene.night or rng.random() < 0.7:
        answer = "night" if scene.night else "day"
        yield qa(
            "time",
            rng.choice(
                (
                    "is it day or night",
                    "is it night or day",
                    "is it day or night in the picture",
                    "is this during the day or at night",
                )
            ),
            answer,
        )
        other = rng.choice(("is it night", "is it nighttime", "is it dark outside"))
        bright = rng.choice(("is it day", "is it daytime"))
        yield from no_or_yes("time", rng, other if scene.night else bright, bright if scene.night else other)


def weather(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """What is the weather like? Only outdoors by day, and sunny only where the sun is seen."""
    now = facts.scene.weather
    if not now or (now == "sunny" and "sun" not in facts.by_kind):
        return
    yield qa(
        "weather",
        rng.choice(
            ("what is the weather like", "how is the weather", "what is the weather", "what kind of weather is it")
        ),
        now,
    )
    closed = {
        "sunny": "is it sunny",
        "cloudy": "is it cloudy",
        "rainy": rng.choice(("is it raining", "is it rainy")),
        "snowy": rng.choice(("is it snowing", "is it snowy")),
    }
    others = [
        text
        for key, text in closed.items()
        if key != now and (key, now) != ("cloudy", "rainy") and (key, now) != ("cloudy", "snowy")
    ]
    yield from no_or_yes("weather", rng, closed[now], rng.choice(others))


def setting(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """Is this inside or outside?"""
    answer = "inside" if facts.scene.indoors else "outside"
    if facts.scene.style.backdrop or facts.scene.theme:
        return
    if facts.scene.indoors or rng.random() < 0.6:
        yield qa(
            "setting",
            rng.choice(
                (
                    "is this inside or outside",
                    "are they inside or outside",
                    "is this scene inside or outside",
                    "is the scene indoors or outdoors",
                )
            ),
            answer,
        )
