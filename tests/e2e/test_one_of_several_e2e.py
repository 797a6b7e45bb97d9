"""Of several pictures one can be named: "and in the second one?"."""

from __future__ import annotations

from album_helpers import Seeing
from e2e_helpers import BLUE, GREEN, RED, StartBot, says, sure
from where_helpers import Showing, is_photo, looked_at, where

from bot.sandbox.person import Person
from bot.texts import heat_maps, questions


async def test_one_picture_of_an_album_is_named(start_bot: StartBot, you: Person) -> None:
    broker = Seeing()
    await start_bot(broker)
    await you.send_album([RED, BLUE], "What colour is the ball?")
    await you.wait_for(sure)
    await you.say("and in the second one?")
    answer = await you.wait_for(sure)
    assert answer["text"].splitlines()[:2] == ["In the second picture: What colour is the ball?", "Blue"]
    await you.say("how many dogs are there in the first picture?")
    answer = await you.wait_for(sure)
    assert answer["text"].splitlines()[:2] == ["How many dogs are there in the first picture?", "Red"]
    assert broker.asked[-2:] == [
        ("What colour is the ball?", 1),
        ("How many dogs are there in the picture?", 1),
    ]
    await you.say("and the third?")
    await you.wait_for(says("2 pictures"))
    await you.say("is there a cat?")
    assert (await you.wait_for(says("2. ")))["text"].startswith("1. "), "the album is still talked about"


async def test_the_caption_of_an_album_names_one_of_its_pictures(start_bot: StartBot, you: Person) -> None:
    broker = Seeing()
    await start_bot(broker)
    await you.send_album([RED, BLUE, GREEN], "How many dogs are in the second picture?")
    assert (await you.wait_for(sure))["text"].splitlines()[0] == "Blue"
    assert broker.asked == [("How many dogs are in the picture?", 1)]


async def test_two_of_an_album_are_compared(start_bot: StartBot, you: Person) -> None:
    broker = Seeing()
    await start_bot(broker)
    await you.send_album([RED, BLUE, GREEN])
    await you.wait_for(says(questions.WHAT_TO_KNOW_ALBUM))
    await you.say("are 2 and 3 the same")
    answer = await you.wait_for(sure)
    assert answer["text"].splitlines()[:2] == ["2 and 3: Are the pictures the same?", "Blue, green"]
    await you.say("in pic 2: cat?")
    answer = await you.wait_for(sure)
    assert answer["text"].splitlines()[:2] == ["In picture 2: Is there a cat?", "Blue"]
    assert broker.asked == [("Are the pictures the same?", 2), ("Is there a cat?", 1)]


async def test_of_the_one_that_was_named_it_is_shown_where_the_answer_came_from(
    start_bot: StartBot, you: Person
) -> None:
    broker = Showing()
    await start_bot(broker)
    await you.send_album([RED, BLUE], "How many dogs are in the second picture?")
    await where(you, await you.wait_for(sure))
    shown = await you.wait_for(is_photo)
    assert broker.explained == [("How many dogs are in the picture?", "blue", 1)]
    drawn = await looked_at(you, shown)
    assert drawn.size == (320, 192), "one picture, not two beside each other"
    pixel = drawn.getpixel((260, 96))
    assert isinstance(pixel, tuple) and pixel[2] > max(pixel[:2]), "the blue one"
    assert shown["caption"].endswith(heat_maps.MEANING)


async def test_of_one_picture_a_second_is_asked_about_in_vain(start_bot: StartBot, you: Person) -> None:
    broker = Seeing()
    await start_bot(broker)
    await you.send_picture(RED, "how many dogs are in the third picture?")
    await you.wait_for(says("1 picture."))
    await you.say("what is in picture 2?")
    await you.wait_for(says("1 picture."))
    await you.say("what is in the first picture?")
    await you.wait_for(sure)
    await you.send_picture(BLUE, "what is in the second picture?")  # of two that came one by one
    answer = await you.wait_for(sure)
    assert answer["text"].splitlines()[:2] == ["What is in the second picture?", "Blue"]
    assert broker.asked == [("What is in the picture?", 1)] * 2
    await you.say("and what is in the third picture?")
    await you.wait_for(says("1 picture."))
    await you.send_picture(GREEN)
    await you.wait_for(says(questions.WHAT_TO_KNOW))
    await you.say("how many dogs are in the second picture?")
    await you.wait_for(says("1 picture."))
    assert len(broker.asked) == 2


async def test_of_one_picture_the_first_is_that(start_bot: StartBot, you: Person) -> None:
    broker = Seeing()
    await start_bot(broker)
    sent = await you.send_picture(RED, "is there a cat?")
    await you.wait_for(sure)
    for typed in ("In the first picture, is there a dog?", "Is there a dog in the first picture?"):
        await you.say(typed)
        answer = await you.wait_for(sure)
        assert answer["text"].splitlines()[:2] == ["In the first picture: Is there a dog?", "Red"]
    await you.say("in the first picture, is there a dog and what colour is the ball?")
    answer = await you.wait_for(says("2. "))
    assert [line.split("?")[0] for line in answer["text"].splitlines()] == [
        "1. Is there a dog",
        "2. What colour is the ball",
    ]
    await you.send_picture(BLUE)
    await you.wait_for(says(questions.WHAT_TO_KNOW))
    await you.say(
        "in the first picture, is there a dog?"
    )  # of two that came one by one: another one than is talked about
    await you.wait_for(says("1 picture."))
    await you.say("in the first picture, is there a dog?", reply_to=sent)
    assert (await you.wait_for(sure))["text"].splitlines()[1] == "Red"
    await you.send_picture(GREEN, "in the first picture, is there a dog?")
    assert (await you.wait_for(sure))["text"].splitlines()[1] == "Green"
    assert [question for question, _ in broker.asked].count("Is there a dog?") == 5


async def test_about_one_picture_of_an_album_another_of_it_can_be_named(start_bot: StartBot, you: Person) -> None:
    broker = Seeing()
    await start_bot(broker)
    sent = await you.send_album([RED, BLUE, GREEN])
    await you.wait_for(says(questions.WHAT_TO_KNOW_ALBUM))
    await you.say("is there a dog in the second picture?", reply_to=sent[1])
    assert (await you.wait_for(sure))["text"].splitlines()[1] == "Blue"
    await you.say("and in the last picture?")
    assert (await you.wait_for(sure))["text"].splitlines()[:2] == ["In the last picture: Is there a dog?", "Green"]
    await you.say("and in the fourth picture?")
    await you.wait_for(says("3 pictures."))
    assert broker.asked == [("Is there a dog?", 1)] * 2


async def test_an_album_has_no_fifth_picture_of_three(start_bot: StartBot, you: Person) -> None:
    broker = Seeing()
    bot = await start_bot(broker, questions_per_minute=2)
    assert bot.services is not None
    sent = await you.send_album([RED, BLUE, GREEN], "what is in the fifth picture?")
    refused = await you.wait_for(says("3 pictures."))
    assert refused["reply_to_message"]["message_id"] == sent[0]["message_id"] and "reply_markup" not in refused
    await you.send_late(sent[0], RED)
    await you.wait_for(says("4 pictures."), since=0)
    await you.send_late(sent[0], BLUE)
    await you.wait_for(lambda m: m.get("text", "").startswith("Blue"), since=0)
    await you.send_album([RED, BLUE, GREEN])
    await you.wait_for(says(questions.WHAT_TO_KNOW_ALBUM))
    await bot.services.store.settings.set(questions_per_minute=100)
    await you.say("/settings language spanish")
    await you.wait_for(says("Hecho"))
    await you.say("is there a dog in the fourth picture?")  # more of the album may come
    await you.wait_for(says("3 imágenes."))
    assert broker.asked == [("What is in the picture?", 1)]


async def test_each_question_is_asked_of_the_picture_that_it_names(start_bot: StartBot, you: Person) -> None:
    broker = Seeing()
    await start_bot(broker)
    sent = await you.send_album([RED, BLUE, GREEN], "is there a dog in picture 3 and who is in the second picture?")
    lines = ["1. In picture 3: Is there a dog? Green", "2. In picture 2: Who is in the picture? Blue"]
    answer = await you.wait_for(says("2. In picture 2: "))
    assert [line.split(" – ")[0] for line in answer["text"].splitlines()] == lines
    await you.send_late(sent[0], RED)  # changes nothing: what asks is no caption of those pictures' own
    await you.say("pic 1: dog? pic 4: cat?")
    answer = await you.wait_for(says("2. In picture 4: "))
    assert answer["text"].splitlines()[1].startswith("2. In picture 4: Is there a cat? Red")
    await you.say("what is in picture 1? what is in picture 9?")
    await you.wait_for(says("4 pictures."))
    await you.say("and a cow?", reply_to=answer, quote="2. In picture 4: Is there a cat?")
    assert (await you.wait_for(sure))["text"].splitlines()[:2] == ["Is there a cow?", "Red"]
    assert broker.asked == [
        *[("Is there a dog?", 1), ("Who is in the picture?", 1)],
        *[("Is there a dog?", 1), ("Is there a cat?", 1), ("Is there a cow?", 1)],
    ]


async def test_several_questions_are_asked_of_the_one_picture_that_they_name(start_bot: StartBot, you: Person) -> None:
    broker = Seeing()
    await start_bot(broker)
    await you.send_album([RED, BLUE, GREEN], "In the second picture, what colour is the ball? Is there a dog?")
    answer = await you.wait_for(says("2. "))
    lines = ["1. In picture 2: What colour is the ball? Blue", "2. In picture 2: Is there a dog? Blue"]
    assert [line.split(" – ")[0] for line in answer["text"].splitlines()] == lines
    await you.send_album([RED, GREEN])
    await you.wait_for(says(questions.WHAT_TO_KNOW_ALBUM))
    await you.say("In the last picture, what colour is the ball? Is there a dog?")  # more of the album may come
    answer = await you.wait_for(says("2. "))
    assert [line.split(" – ")[0].rsplit(" ", 1)[1] for line in answer["text"].splitlines()] == ["Green"] * 2
    assert broker.asked == [("What colour is the ball?", 1), ("Is there a dog?", 1)] * 2
