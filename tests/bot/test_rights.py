"""What buttons carry is input like any other, and rights are Telegram's word."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Chat, ChatMember, Message, User
from telegram.constants import ChatMemberStatus, InlineKeyboardButtonLimit
from telegram.error import BadRequest, NetworkError

from bot.asking.asking import person_of
from bot.callback_data import (
    LARGEST,
    CancelQuestion,
    ChangeAdminSetting,
    ChangeSetting,
    ConfirmDelete,
    HistoryPage,
    JudgeAnswer,
    ShowPicture,
)
from bot.handlers.rights import ANY_ADMIN, is_bot_admin, may_change, may_press, presser

KINDS = (CancelQuestion, ChangeAdminSetting, ChangeSetting, ConfirmDelete, HistoryPage, JudgeAnswer, ShowPicture)
numbers = st.integers(0, LARGEST - 1)
BUTTONS = st.one_of(
    st.builds(CancelQuestion, numbers),
    st.builds(HistoryPage, numbers),
    st.builds(ShowPicture, numbers),
    st.builds(JudgeAnswer, numbers, st.booleans(), numbers),
    st.builds(ConfirmDelete, st.booleans(), numbers),
    st.builds(ChangeSetting, st.sampled_from(["beams", "tokens", "reset"]), numbers),
    st.builds(ChangeAdminSetting, st.sampled_from(["beams", "rate", "show"]), numbers),
)


@given(BUTTONS)
def test_a_button_comes_back_as_it_was_and_fits(button: Any) -> None:
    data = button.pack()
    assert len(data.encode()) <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA
    assert type(button).unpack(data) == button
    assert [kind for kind in KINDS if kind.unpack(data) is not None] == [type(button)], "no other kind reads it"


@given(
    st.one_of(
        st.text(max_size=80),
        st.builds(
            lambda kind, parts: ":".join([kind.prefix, *parts]),
            st.sampled_from(KINDS),
            st.lists(st.one_of(st.text(max_size=12), st.sampled_from(["yes", "beams", "-1", "1e9", "９", "1" * 40]))),
        ),
    )
)
def test_made_up_data_is_refused_or_within_bounds(data: str) -> None:
    for kind in KINDS:
        found = kind.unpack(data)
        values = [] if found is None else [getattr(found, name) for name in found.__slots__]
        assert all(0 <= value < LARGEST for value in values if isinstance(value, int))


@pytest.mark.parametrize("kind", KINDS)
def test_no_button_names_a_chat(kind: type) -> None:
    """The chat is the one where it was pressed, as Telegram says: there is nothing to forge."""
    assert not [name for name in kind.__slots__ if "chat" in name]  # type: ignore[attr-defined]


def services(answer: ChatMemberStatus | Exception, admins: tuple[int, ...] = (7,)) -> Any:
    async def get_chat_member(chat_id: int, user_id: int) -> ChatMember:
        if isinstance(answer, Exception):
            raise answer
        return ChatMember(User(user_id, "X", False), answer)

    return SimpleNamespace(
        bot=SimpleNamespace(get_chat_member=get_chat_member), settings=SimpleNamespace(admin_ids=admins)
    )


GROUP, USER = Chat(-5, "supergroup"), User(1, "Ada", False)


@pytest.mark.parametrize(
    ("answer", "allowed"),
    [
        (ChatMemberStatus.OWNER, True),
        (ChatMemberStatus.ADMINISTRATOR, True),
        (ChatMemberStatus.MEMBER, False),
        (ChatMemberStatus.RESTRICTED, False),
        (ChatMemberStatus.LEFT, False),
        (ChatMemberStatus.BANNED, False),
        (BadRequest("user not found"), False),
        (NetworkError("no answer"), False),
    ],
)
async def test_in_groups_telegram_says_who_is_an_admin(answer: ChatMemberStatus | Exception, allowed: bool) -> None:
    assert await may_change(services(answer), GROUP, USER) is allowed
    assert await may_change(services(answer), Chat(1, "private"), USER)
    assert not await may_change(services(ChatMemberStatus.OWNER), GROUP, None)


async def test_an_anonymous_admin_speaks_for_the_group_and_a_channel_does_not() -> None:
    def from_(sender: Chat) -> Message:
        return Message(1, None, GROUP, from_user=USER, sender_chat=sender)  # type: ignore[arg-type]

    nobody = services(ChatMemberStatus.LEFT)
    assert await may_change(nobody, GROUP, USER, from_(GROUP))
    assert not await may_change(nobody, GROUP, USER, from_(Chat(-6, "channel")))


async def test_an_anonymous_admins_buttons_are_any_admins() -> None:
    stand_in = User(1087968824, "Group", True, username="GroupAnonymousBot")
    anonymous = Message(1, None, GROUP, from_user=stand_in, sender_chat=Chat(-5, "supergroup", title="Friends"))  # type: ignore[arg-type]
    assert person_of(anonymous) == (-5, "Friends") and presser(anonymous) == ANY_ADMIN
    assert await may_press(services(ChatMemberStatus.OWNER), GROUP, USER, ANY_ADMIN)
    assert not await may_press(services(ChatMemberStatus.MEMBER), GROUP, USER, ANY_ADMIN)
    named = Message(1, None, GROUP, from_user=USER)  # type: ignore[arg-type]
    assert person_of(named) == (1, "Ada") and presser(named) == 1
    assert not await may_press(services(ChatMemberStatus.OWNER), GROUP, User(2, "Bob", False), presser(named))
    assert person_of(Message(1, None, GROUP, from_user=stand_in)) == (GROUP.id, ""), "a bot"  # type: ignore[arg-type]


def test_the_bots_admins_are_known_by_their_numbers_only() -> None:
    assert is_bot_admin(services(ChatMemberStatus.LEFT), User(7, "Anybody", False))
    assert not is_bot_admin(services(ChatMemberStatus.OWNER), User(8, "7", False, username="admin"))
    assert not is_bot_admin(services(ChatMemberStatus.OWNER, ()), User(7, "Ada", False))
    assert not is_bot_admin(services(ChatMemberStatus.OWNER), None)
