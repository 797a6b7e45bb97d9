"""Which statements ask, and what is said beside a question."""

from __future__ import annotations

import pytest

from bot.conversation.meaning import (
    Ask,
    Command,
    Facts,
    Object,
    Refuse,
    Show,
    Source,
    Talk,
    TelegramPicture,
    meaning_of,
)
from bot.conversation.small_talk import SmallTalk
from bot.conversation.statements import as_question, states, with_apostrophes, without_asides
from bot.conversation.steering import asks_again


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("so its a cat?", "Is it a cat?"),
        ("it's a cat right?", "Is it a cat?"),
        ("its red isnt it", "Is it red?"),
        ("the ball is yellow?", "Is the ball yellow?"),
        ("he's happy, right?", "Is he happy?"),
        ("they are outside, no?", "Are they outside?"),
        ("there is a dog, right?", "Is there a dog?"),
        ("there's 2 dogs?", "Are there 2 dogs?"),
        ("the dog is not brown, is it?", "Is the dog brown?"),
        ("the girl's hat is red?", "Is the girl's hat red?"),
        ("The boy’s happy?", "Is the boy happy?"),
        ("its tail is red?", "Is its tail red?"),
        ("he has a hat?", "Does he have a hat?"),
        ("are you sure it's red", "Is it red?"),
        ("u sure there is a cat?", "Is there a cat?"),
        ("they have hats, haha?", "Do they have hats?"),
        ("it's a cat", None),
        ("is it red?", None),
        ("the dog?", None),
        ("the man is doing what?", None),
        ("it's a boy or a girl?", None),
        ("it's you?", None),
        ("it is red? and blue?", None),
        ("", None),
    ],
)
def test_a_statement_that_asks_becomes_the_question(said: str, asked: str | None) -> None:
    assert as_question(said) == asked


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("bro what is that lol", "what is that"),
        ("i want to know the color of the ball", "the color of the ball"),
        ("what is it then?", "what is it?"),
        ("describe what's on the table", "what's on the table"),
        ("then what is it", "then what is it"),
        ("lol", "lol"),
        ("ok thx. is there a tree", "is there a tree"),
        ("nice, where's the girl?", "where's the girl?"),
        ("perfect. who is there", "who is there"),
        ("hello again, how many trees", "how many trees"),
        ("wait is that a dog", "is that a dog"),
        ("sorry i meant how many dogs", "how many dogs"),
        ("sorry, i meant the red ball", "the red ball"),
        ("Thank you so much! And what colour is it?", "And what colour is it?"),
        ("is there a dog, please", "is there a dog"),
        ("is there a dog 😂", "is there a dog"),
        ("how many? 😀 thanks", "how many? 😀 thanks"),
        ("is he 😀", "is he 😀"),
        ("is this a \U0001f436?", "is this a \U0001f436?"),
        ("dog? \U0001f436", "dog?"),
        ("\U0001f436\U0001f408 dog or cat?", "dog or cat?"),
        ("what color is the dog \U0001f436??", "what color is the dog??"),
        ("\U0001f436?", "\U0001f436?"),
        ("who is the dude", "who is the dude"),
        ("what is that dude", "what is that dude"),
        ("what is it dude", "what is it"),
        ("nice dog?", "nice dog?"),
        ("perfect", "perfect"),
        ("i meant dogs", "i meant dogs"),
        ("what colour is the buddy bear", "what colour is the buddy bear"),
    ],
)
def test_what_is_said_beside_a_question_is_left_out(typed: str, plain: str) -> None:
    assert without_asides(typed) == plain


def test_its_is_an_owner_or_a_short_form() -> None:
    assert with_apostrophes("its brown, thats its tail, whos that, theyre 2") == (
        "it's brown, that's its tail, who's that, they're 2"
    )


def test_what_such_messages_mean() -> None:
    def means(text: str, *, private: bool = True) -> object:
        return meaning_of(Facts(private=private, text=text))

    assert isinstance(means("they are outside, no?"), Ask) and isinstance(means("no?"), Talk)
    assert isinstance(means("are you sure it is?"), Talk) and isinstance(means("are you sure it's red?"), Ask)
    assert means("its white") == Refuse("statement") and isinstance(means("its tail"), Ask)
    assert isinstance(means("can you see?"), Talk) and isinstance(means("can you see a dog?"), Ask)
    assert means("what can you do?") == means("help") == Command("help")
    assert means("help", private=False) != Command("help") and isinstance(means("how does the dog work?"), Ask)
    assert means("https://example.org/a?b=c") == Refuse("other") and isinstance(means("what is https://x.org"), Ask)
    assert means("explain your answer") == means("where do you see that?") == Refuse("why")
    assert means("tell me a story about it") == Refuse("story") and isinstance(means("tell me everything"), Ask)


@pytest.mark.parametrize(
    "said",
    [
        *("there are 2 people", "the sun is shining", "2 clouds", "the dog is brown", "its a cat", "the dog is brown!"),
        *("two big dogs", "ok the boy is happy", "they're outside lol", "this is red", "the dog's brown"),
        *("i think its a cat", "i see a cat", "i only see two", "I think it is"),
    ],
)
def test_a_statement_is_no_question(said: str) -> None:
    assert states(said)
    assert not isinstance(meaning_of(Facts(private=True, text=said)), Ask)
    assert isinstance(meaning_of(Facts(private=False, text=said, asked_by_command=True)), Ask | Talk), "/ask asks it"


@pytest.mark.parametrize(
    "asked",
    [
        *("the dog is brown?", "2 clouds?", "the dog is what colour", "there is a cat or a dog", "its a cat right"),
        *(
            "there are any dogs",
            "the dog",
            "2 dogs or 3",
            "is it red",
            "the dog is where",
            "its tail colour",
            "the cat",
        ),
        *(
            "the dog's name",
            "the woman's hat colour",
            "i see a cat is it black",
            "i think its red right",
            "i see what dog",
        ),
    ],
)
def test_what_only_looks_like_a_statement_is_asked(asked: str) -> None:
    assert not states(asked)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("isn't there an elephant", None),
        ("one house and two people?", None),
        ("omg so cute", SmallTalk.PRAISE),
        ("omg", SmallTalk.PRAISE),
        ("not my day", SmallTalk.REMARK),
    ],
)
def test_a_question_that_is_made_like_a_remark_is_asked(said: str, kind: SmallTalk | None) -> None:
    meaning = meaning_of(Facts(private=True, text=said))
    assert meaning == (Ask(said, Source.NEWEST) if kind is None else Talk(kind))


def test_a_thumb_down_alone_calls_wrong() -> None:
    assert meaning_of(Facts(private=True, text="👎")) == meaning_of(Facts(private=True, text="👎🏽")) == Object("")
    assert isinstance(meaning_of(Facts(private=True, text="👍")), Talk)


def test_what_steers_the_conversation() -> None:
    def means(text: str, picture: TelegramPicture | None = None) -> object:
        return meaning_of(Facts(private=True, text=text, picture=picture))

    shown = TelegramPicture(1, "a", None, "image/png")
    for text in ("new question", "next question", "another one", "next"):
        assert means(text) == Talk(SmallTalk.AGREEMENT), text
    assert means("the other one") == Ask("the other one", Source.NEWEST)
    assert means("close") == means("end chat") == Talk(SmallTalk.FAREWELL)
    assert means("new picture") == Refuse("new picture") and means("close?") == Ask("close?", Source.NEWEST)
    for text in ("again", "repeat", "Again please!", "ask again", "repeat the question", "nochmal", "ещё раз"):
        assert asks_again(text) and means(text) == Ask(text, Source.NEWEST), text
        assert means(text, shown) == Show(), "of a new picture nothing was asked"
    for text in ("look again", "again a dog?", "is it the same question", "what is the next picture"):
        assert not asks_again(text) and not isinstance(means(text), Refuse)
    assert means("the dog is brown", shown) == means("its a cat", shown) == Show()
    assert isinstance(means("2 dogs?", shown), Ask)
