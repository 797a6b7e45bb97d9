"""What people think of answers: once each, changeable, a chat's own, gone with it."""

from __future__ import annotations

import time
from dataclasses import replace

from storage_helpers import Ask

from storage.feedback import AWAITED, Opinion, WorstQuestion
from storage.records import AskedPicture, Question
from storage.store import Store


async def answered(store: Store, ask: Ask, chat_id: int = 1, **fields: object) -> Question:
    question = await ask(chat_id, **fields)
    await store.questions.answer_many([(question.id, "red", 0.9, 0.1)])
    await store.questions.mark_delivered(question.id, 1000 + question.id)
    return question


async def test_each_person_has_one_opinion_and_may_change_it(store: Store, ask: Ask) -> None:
    question, feedback = await answered(store, ask), store.feedback
    for person, is_right in ((7, True), (7, False), (8, True), (7, False)):
        assert await feedback.rate(1, question.id, person, is_right=is_right)
    assert await feedback.of_questions(1, [question.id]) == {
        question.id: [Opinion(question.id, 8, True, None), Opinion(question.id, 7, False, None)]
    }
    assert await feedback.of_questions(2, [question.id]) == {}


async def test_only_a_chats_own_answers_are_judged(store: Store, ask: Ask) -> None:
    question, waiting = await answered(store, ask), await ask(1)
    assert not await store.feedback.rate(2, question.id, 7, is_right=True)
    assert not await store.feedback.rate(1, waiting.id, 7, is_right=True)
    assert not await store.feedback.rate(1, 999, 7, is_right=True)


async def test_each_of_several_pictures_is_judged_by_itself_and_corrected_last_first(store: Store, ask: Ask) -> None:
    pictures = [AskedPicture(sha256=letter * 64, message_id=number) for number, letter in enumerate("abc", 1)]
    question = await ask(1, several=pictures, each_picture=True, photo_sha256="a" * 64)
    said = [replace(picture, answer="red", confidence=0.9) for picture in pictures[:2]]
    await store.question_pictures.answer_each(
        question.id, [*said, replace(pictures[2], error="picture_empty")], "1: red; 2: red; 3: –", 0.9, 0.1
    )
    await store.questions.mark_delivered(question.id, 1001)
    feedback = store.feedback
    assert await feedback.rate(1, question.id, 7, is_right=False, position=1)
    assert await feedback.rate(1, question.id, 7, is_right=False, position=2)
    assert not await feedback.rate(1, question.id, 7, is_right=True, position=3), "it has no answer"
    assert not await feedback.rate(1, question.id, 7, is_right=True, position=4)
    assert await feedback.correct(1, 1001, 7, 50, "blue")
    assert await feedback.correct(1, 1001, 7, 51, "green")
    assert await feedback.correct(1, 1001, 7, 51, "teal"), "edited"
    assert not await feedback.correct(1, 1001, 7, 52, "pink")
    assert (await feedback.of_questions(1, [question.id]))[question.id] == [
        Opinion(question.id, 7, False, "teal", 1),
        Opinion(question.id, 7, False, "blue", 2),
    ]


async def test_a_message_is_judged_as_a_whole_and_that_is_taken_back(store: Store, ask: Ask) -> None:
    question, feedback = await answered(store, ask), store.feedback
    shown = 1000 + question.id
    assert await feedback.rate_message(1, shown, 7, is_right=False)
    assert not await feedback.rate_message(1, shown + 1, 7, is_right=False)
    assert not await feedback.rate_message(2, shown, 7, is_right=False)
    assert not await feedback.withdraw(1, shown, 7, is_right=True), "they say that it is wrong"
    assert not await feedback.withdraw(1, shown, 8, is_right=False)
    assert await feedback.withdraw(1, shown, 7, is_right=False)
    assert await feedback.of_questions(1, [question.id]) == {}


async def test_the_right_answer_is_awaited_from_who_called_it_wrong_and_may_be_edited(store: Store, ask: Ask) -> None:
    question, feedback = await answered(store, ask), store.feedback
    shown = 1000 + question.id
    assert not await feedback.correct(1, shown, 7, 50, "blue"), "nobody called it wrong"
    await feedback.rate(1, question.id, 7, is_right=False)
    assert not await feedback.correct(1, shown, 8, 51, "green"), "another person"
    assert not await feedback.correct(2, shown, 7, 51, "green"), "another chat"
    assert await feedback.correct(1, shown, 7, 51, "blue")
    assert await feedback.correct(1, shown, 7, 51, "navy"), "handled twice, or edited"
    assert not await feedback.correct(1, shown, 7, 52, "and the dog"), "one reply is awaited, not all"
    assert (await feedback.of_questions(1, [question.id]))[question.id] == [Opinion(question.id, 7, False, "navy")]
    await feedback.rate(1, question.id, 7, is_right=True)
    assert (await feedback.of_questions(1, [question.id]))[question.id] == [Opinion(question.id, 7, True, None)]


async def test_what_is_awaited_is_not_awaited_for_ever(store: Store, ask: Ask) -> None:
    question = await answered(store, ask)
    await store.feedback.rate(1, question.id, 7, is_right=False)
    async with store.db.transaction() as tx:
        await tx.execute("UPDATE feedback SET given_at = ?", (time.time() - AWAITED - 1,))
    assert not await store.feedback.correct(1, 1000 + question.id, 7, 50, "blue")


async def test_admins_see_the_share_and_the_worst(store: Store, ask: Ask) -> None:
    for number, (text, is_right) in enumerate(
        [("What colour?", False), ("what colour?", False), ("What colour?", True), ("Where?", False), ("Who?", True)]
    ):
        question = await answered(store, ask, number + 1, text=text)
        await store.feedback.rate(number + 1, question.id, 7, is_right=is_right)
    opinions = await store.feedback.lately(5)
    assert (opinions.right, opinions.judged) == (2, 5)
    assert [(one.text.lower(), one.wrong, one.judged) for one in opinions.worst] == [
        ("what colour?", 2, 3), ("where?", 1, 1),
    ]  # fmt: skip
    assert (await store.feedback.lately(1)).worst[0] == WorstQuestion(opinions.worst[0].text, 2, 3)
    assert (await store.feedback.lately(5, time.time() + 40 * 86_400)).judged == 0


async def test_opinions_go_with_their_questions(store: Store, ask: Ask) -> None:
    question = await answered(store, ask)
    await store.feedback.rate(1, question.id, 7, is_right=False)
    await store.retention.expire(1, time.time() + 10 * 86_400)
    assert (await store.chats.everything(1))["feedback"] == []
