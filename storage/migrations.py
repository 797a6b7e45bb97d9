"""The schema's history: numbered steps, each a small function that says what it does.

It is read from top to bottom and only grows: the one file that may be long.
"""

from __future__ import annotations

from collections.abc import Callable

Step = Callable[[], tuple[str, ...]]

STEPS: list[Step] = []
"""In order: step number i brings a database from version i to i + 1."""


def step(function: Step) -> Step:
    """Add a function's statements as the next step."""
    STEPS.append(function)
    return function


@step
def keep_updates() -> tuple[str, ...]:
    """Raw updates, by Telegram's number, until they are handled."""
    return (
        """CREATE TABLE updates (
            update_id INTEGER PRIMARY KEY,
            raw TEXT,
            state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'failed')),
            attempts INTEGER NOT NULL DEFAULT 0,
            error TEXT,
            arrived_at REAL NOT NULL
        ) STRICT""",
        "CREATE INDEX updates_pending ON updates (update_id) WHERE state = 'pending'",
    )


@step
def know_chats() -> tuple[str, ...]:
    """Chats with their settings, and what the admins set for all."""
    return (
        """CREATE TABLE chats (
            chat_id INTEGER PRIMARY KEY,
            type TEXT NOT NULL,
            title TEXT NOT NULL DEFAULT '',
            beams INTEGER,
            max_new_tokens INTEGER,
            created_at REAL NOT NULL
        ) STRICT""",
        "CREATE TABLE bot_settings (name TEXT PRIMARY KEY, value INTEGER) STRICT",
    )


@step
def keep_photos() -> tuple[str, ...]:
    """Which message of which chat showed which picture; the bytes lie in files."""
    return (
        """CREATE TABLE photos (
            chat_id INTEGER NOT NULL,
            message_id INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            media_type TEXT NOT NULL,
            size INTEGER NOT NULL,
            thread_id INTEGER,
            media_group_id TEXT,
            created_at REAL NOT NULL,
            PRIMARY KEY (chat_id, message_id)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX photos_by_content ON photos (sha256)",
    )


@step
def keep_questions() -> tuple[str, ...]:
    """The ledger: every question once, with its state."""
    return (
        """CREATE TABLE questions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            chat_id INTEGER NOT NULL,
            message_id INTEGER NOT NULL,
            revision INTEGER NOT NULL DEFAULT 0,
            thread_id INTEGER,
            user_id INTEGER,
            user_name TEXT NOT NULL DEFAULT '',
            photo_sha256 TEXT NOT NULL,
            photo_message_id INTEGER,
            text TEXT NOT NULL,
            beams INTEGER NOT NULL,
            max_new_tokens INTEGER NOT NULL,
            state TEXT NOT NULL DEFAULT 'queued'
                CHECK (state IN ('queued', 'running', 'answered', 'delivered', 'failed', 'cancelled')),
            placeholder_id INTEGER,
            answer TEXT,
            confidence REAL,
            seconds REAL,
            error TEXT,
            attempts INTEGER NOT NULL DEFAULT 0,
            told INTEGER NOT NULL DEFAULT 0,
            created_at REAL NOT NULL,
            updated_at REAL NOT NULL,
            UNIQUE (chat_id, message_id, revision, photo_sha256)
        ) STRICT""",
        "CREATE INDEX questions_queued ON questions (chat_id, id) WHERE state = 'queued'",
        "CREATE INDEX questions_running ON questions (id) WHERE state = 'running'",
        "CREATE INDEX questions_untold ON questions (id)"
        " WHERE told = 0 AND state IN ('answered', 'failed', 'cancelled')",
        "CREATE INDEX questions_of_chat ON questions (chat_id, created_at)",
        "CREATE INDEX questions_by_placeholder ON questions (chat_id, placeholder_id)",
        "CREATE INDEX questions_by_time ON questions (created_at)",
        "CREATE INDEX questions_by_photo ON questions (photo_sha256)",
    )


@step
def know_sent_messages() -> tuple[str, ...]:
    """The bot's own messages, and which message's picture each is about."""
    return (
        """CREATE TABLE sent_messages (
            chat_id INTEGER NOT NULL,
            message_id INTEGER NOT NULL,
            photo_message_id INTEGER,
            sent_at REAL NOT NULL,
            PRIMARY KEY (chat_id, message_id)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX sent_messages_by_time ON sent_messages (sent_at)",
    )


@step
def find_a_persons_questions() -> tuple[str, ...]:
    """Limits count over all chats of a person, and what is not told yet."""
    return (
        "CREATE INDEX questions_of_person ON questions (user_id, told, created_at)",
        "CREATE INDEX questions_open ON questions (chat_id, id)"
        " WHERE told = 0 AND state IN ('queued', 'running', 'answered')",
    )


@step
def follow_the_talk() -> tuple[str, ...]:
    """Which picture was talked about last, and by whom; which file of Telegram's it is; what an answer stands under."""
    return (
        "ALTER TABLE photos ADD COLUMN talked_at REAL",
        "ALTER TABLE photos ADD COLUMN talked_by INTEGER",
        "ALTER TABLE photos ADD COLUMN file_unique_id TEXT",
        "UPDATE photos SET talked_at = created_at",
        "CREATE INDEX photos_by_talk ON photos (chat_id, thread_id, talked_at)",
        "ALTER TABLE questions ADD COLUMN reply_to INTEGER",
    )


@step
def name_the_ledger() -> tuple[str, ...]:
    """A name that the database shares with the folder of its pictures: those of another are not its to sweep."""
    return (
        "CREATE TABLE ledger (id TEXT NOT NULL) STRICT",
        "INSERT INTO ledger (id) VALUES (lower(hex(randomblob(16))))",
    )


@step
def keep_exports() -> tuple[str, ...]:
    """Exports that were asked for and do not stand in their chat yet: one a chat."""
    return (
        """CREATE TABLE exports (
            chat_id INTEGER PRIMARY KEY,
            message_id INTEGER NOT NULL,
            thread_id INTEGER,
            progress_id INTEGER,
            sent INTEGER NOT NULL DEFAULT 0,
            attempts INTEGER NOT NULL DEFAULT 0,
            created_at REAL NOT NULL
        ) STRICT""",
    )


@step
def remove_pictures() -> tuple[str, ...]:
    """Pictures that had to go for others, while what was asked about them stays."""
    return (
        "ALTER TABLE questions ADD COLUMN picture_removed INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX photos_by_age ON photos (talked_at)",
    )


@step
def know_readable_pictures() -> tuple[str, ...]:
    """Which contents could be read, and why others could not; what was answered could be read."""
    return (
        """CREATE TABLE picture_checks (
            sha256 TEXT PRIMARY KEY,
            media_type TEXT,
            width INTEGER,
            height INTEGER,
            refusal TEXT,
            checked_at REAL NOT NULL
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX picture_checks_refused ON picture_checks (checked_at) WHERE refusal IS NOT NULL",
        "INSERT INTO picture_checks (sha256, checked_at)"
        " SELECT photo_sha256, max(updated_at) FROM questions WHERE answer IS NOT NULL GROUP BY photo_sha256",
    )


@step
def remember_what_is_being_sent() -> tuple[str, ...]:
    """A message whose reply is not heard can be found again: what was being sent, and which numbers it may have."""
    return (
        "ALTER TABLE questions ADD COLUMN sending_after INTEGER",
        "ALTER TABLE questions ADD COLUMN sending_outcome INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX questions_sending ON questions (chat_id, id) WHERE sending_after IS NOT NULL",
        "DROP INDEX questions_untold",
        "CREATE INDEX questions_untold ON questions (chat_id, id)"
        " WHERE told = 0 AND state IN ('answered', 'failed', 'cancelled')",
    )


@step
def keep_updates_by_chat() -> tuple[str, ...]:
    """What waits of one chat is found without what waits of others."""
    return (
        "ALTER TABLE updates ADD COLUMN chat_id INTEGER NOT NULL DEFAULT 0",
        "DROP INDEX updates_pending",
        "CREATE INDEX updates_pending ON updates (chat_id, update_id) WHERE state = 'pending'",
    )


@step
def keep_messages_of_exports() -> tuple[str, ...]:
    """An export's messages, each of which becomes one of its files; one whose reply is not heard can be found again."""
    return (
        "ALTER TABLE exports ADD COLUMN messages TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE exports ADD COLUMN sending_after INTEGER",
        "UPDATE exports SET messages = json_array(progress_id) WHERE progress_id IS NOT NULL",
        "ALTER TABLE exports DROP COLUMN progress_id",
        "ALTER TABLE exports DROP COLUMN sent",
    )


@step
def remember_several_sendings() -> tuple[str, ...]:
    """A message whose reply was not heard may be sent anew before it is found: then more than one may stand."""
    return ("ALTER TABLE questions ADD COLUMN sending_several INTEGER NOT NULL DEFAULT 0",)


@step
def name_what_is_delivered() -> tuple[str, ...]:
    """The field's word for an outcome that stands in its chat."""
    return (
        "DROP INDEX questions_untold",
        "ALTER TABLE questions RENAME COLUMN told TO delivered",
        "CREATE INDEX questions_undelivered ON questions (chat_id, id)"
        " WHERE delivered = 0 AND state IN ('answered', 'failed', 'cancelled')",
    )


@step
def keep_the_evidence() -> tuple[str, ...]:
    """How far an answer can be relied on beside its confidence, as a JSON object."""
    return ("ALTER TABLE questions ADD COLUMN evidence TEXT NOT NULL DEFAULT '{}'",)


@step
def know_languages() -> tuple[str, ...]:
    """Which language a chat is spoken to in."""
    return ("ALTER TABLE chats ADD COLUMN language TEXT",)


@step
def ask_about_several_pictures() -> tuple[str, ...]:
    """A question's pictures where it is about more than one, each with what was said of it; and its album."""
    return (
        """CREATE TABLE question_pictures (
            question_id INTEGER NOT NULL,
            position INTEGER NOT NULL,
            chat_id INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            message_id INTEGER,
            caption TEXT,
            answer TEXT,
            confidence REAL,
            error TEXT,
            evidence TEXT NOT NULL DEFAULT '{}',
            removed INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (question_id, position)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX question_pictures_by_content ON question_pictures (sha256)",
        "CREATE INDEX question_pictures_of_chat ON question_pictures (chat_id)",
        "ALTER TABLE questions ADD COLUMN picture_count INTEGER NOT NULL DEFAULT 1",
        "ALTER TABLE questions ADD COLUMN each_picture INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE questions ADD COLUMN album TEXT",
        "ALTER TABLE questions ADD COLUMN ready_at REAL",
        "CREATE INDEX questions_of_album ON questions (chat_id, album, id) WHERE album IS NOT NULL",
        "CREATE INDEX questions_held ON questions (ready_at) WHERE state = 'queued' AND ready_at IS NOT NULL",
        """CREATE VIEW asked_pictures AS
            SELECT photo_sha256 AS sha256, chat_id, created_at, delivered, picture_removed AS removed FROM questions
            UNION ALL
            SELECT picture.sha256, picture.chat_id, question.created_at, question.delivered, picture.removed
            FROM question_pictures AS picture JOIN questions AS question ON question.id = picture.question_id
            WHERE picture.position > 0""",
    )


@step
def complete_questions() -> tuple[str, ...]:
    """A question in full, where it leant on the one before; and how sure its answer must be to be said plainly."""
    return (
        "ALTER TABLE questions ADD COLUMN asked_as TEXT",
        "ALTER TABLE questions ADD COLUMN unsure_below INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX questions_about ON questions (chat_id, photo_message_id, id)",
    )


@step
def say_who_may_ask() -> tuple[str, ...]:
    """Whom the admins let in (1) and keep out (0), people and groups; and how long a chat is kept, in days."""
    return (
        """CREATE TABLE access (
            chat_id INTEGER PRIMARY KEY,
            allowed INTEGER NOT NULL,
            changed_at REAL NOT NULL
        ) STRICT""",
        "ALTER TABLE chats ADD COLUMN keep_days INTEGER",
    )


@step
def keep_what_people_think() -> tuple[str, ...]:
    """Whether people call answers right, and what they say is right; which chats let that be used for training."""
    return (
        """CREATE TABLE feedback (
            question_id INTEGER NOT NULL,
            user_id INTEGER NOT NULL,
            chat_id INTEGER NOT NULL,
            is_right INTEGER NOT NULL,
            answer TEXT,
            awaits_answer INTEGER NOT NULL DEFAULT 0,
            message_id INTEGER,
            given_at REAL NOT NULL,
            PRIMARY KEY (question_id, user_id)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX feedback_of_chat ON feedback (chat_id)",
        "CREATE INDEX feedback_by_time ON feedback (given_at)",
        "ALTER TABLE questions ADD COLUMN asks_feedback INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE chats ADD COLUMN for_training INTEGER",
    )


@step
def show_where_answers_came_from() -> tuple[str, ...]:
    """Requests to show where in its pictures an answer came from: rows like questions, and what was found (JSON)."""
    return (
        "ALTER TABLE questions ADD COLUMN explains INTEGER",
        "ALTER TABLE questions ADD COLUMN heat TEXT",
        "CREATE INDEX questions_explaining ON questions (explains) WHERE explains IS NOT NULL",
    )


@step
def keep_stills() -> tuple[str, ...]:
    """Which pictures are only the still of something that moves, and which answers rest on one."""
    return (
        "ALTER TABLE photos ADD COLUMN still_of TEXT",
        "ALTER TABLE questions ADD COLUMN still_of TEXT",
    )


@step
def judge_each_picture() -> tuple[str, ...]:
    """What people think of the answer about one of several pictures: counted from 1; 0 is the answer as a whole."""
    return (
        """CREATE TABLE opinions (
            question_id INTEGER NOT NULL,
            position INTEGER NOT NULL DEFAULT 0,
            user_id INTEGER NOT NULL,
            chat_id INTEGER NOT NULL,
            is_right INTEGER NOT NULL,
            answer TEXT,
            awaits_answer INTEGER NOT NULL DEFAULT 0,
            message_id INTEGER,
            given_at REAL NOT NULL,
            PRIMARY KEY (question_id, position, user_id)
        ) STRICT, WITHOUT ROWID""",
        "INSERT INTO opinions (question_id, user_id, chat_id, is_right, answer, awaits_answer, message_id, given_at)"
        " SELECT question_id, user_id, chat_id, is_right, answer, awaits_answer, message_id, given_at FROM feedback",
        "DROP TABLE feedback",
        "ALTER TABLE opinions RENAME TO feedback",
        "CREATE INDEX feedback_of_chat ON feedback (chat_id)",
        "CREATE INDEX feedback_by_time ON feedback (given_at)",
    )


@step
def count_what_is_not_delivered() -> tuple[str, ...]:
    """How many questions are in each state, without a walk through all that were ever answered."""
    return ("CREATE INDEX questions_not_delivered ON questions (state) WHERE state <> 'delivered'",)


@step
def know_what_was_spoken() -> tuple[str, ...]:
    """Whether a question was heard: then what was heard is shown with the answer."""
    return ("ALTER TABLE questions ADD COLUMN spoken INTEGER NOT NULL DEFAULT 0",)


@step
def keep_time_zones() -> tuple[str, ...]:
    """In which time zone a chat reads times: an IANA name, or "UTC+03:00"."""
    return ("ALTER TABLE chats ADD COLUMN time_zone TEXT",)
