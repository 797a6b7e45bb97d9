"""Steps 17 and later: evidence, languages, several pictures, access, feedback, speech."""

from __future__ import annotations

from storage.migrations.step import Step, added_to

STEPS: list[Step] = []
step = added_to(STEPS)


@step
def add_evidence() -> tuple[str, ...]:
    """How far an answer can be relied on beside its confidence, as a JSON object."""
    return ("ALTER TABLE questions ADD COLUMN evidence TEXT NOT NULL DEFAULT '{}'",)


@step
def add_languages() -> tuple[str, ...]:
    """Which language a chat is spoken to in."""
    return ("ALTER TABLE chats ADD COLUMN language TEXT",)


@step
def create_question_pictures() -> tuple[str, ...]:
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
def add_question_in_full() -> tuple[str, ...]:
    """A question in full, where it leant on the one before; and how sure its answer must be to be said plainly."""
    return (
        "ALTER TABLE questions ADD COLUMN asked_as TEXT",
        "ALTER TABLE questions ADD COLUMN unsure_below INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX questions_about ON questions (chat_id, photo_message_id, id)",
    )


@step
def create_access() -> tuple[str, ...]:
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
def create_feedback() -> tuple[str, ...]:
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
def add_explanations() -> tuple[str, ...]:
    """Requests to show where in its pictures an answer came from: rows like questions, and what was found (JSON)."""
    return (
        "ALTER TABLE questions ADD COLUMN explains INTEGER",
        "ALTER TABLE questions ADD COLUMN heat TEXT",
        "CREATE INDEX questions_explaining ON questions (explains) WHERE explains IS NOT NULL",
    )


@step
def add_stills() -> tuple[str, ...]:
    """Which pictures are only the still of something that moves, and which answers rest on one."""
    return (
        "ALTER TABLE photos ADD COLUMN still_of TEXT",
        "ALTER TABLE questions ADD COLUMN still_of TEXT",
    )


@step
def add_feedback_position() -> tuple[str, ...]:
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
def index_undelivered_states() -> tuple[str, ...]:
    """How many questions are in each state, without a walk through all that were ever answered."""
    return ("CREATE INDEX questions_not_delivered ON questions (state) WHERE state <> 'delivered'",)


@step
def add_spoken() -> tuple[str, ...]:
    """Whether a question was heard: then what was heard is shown with the answer."""
    return ("ALTER TABLE questions ADD COLUMN spoken INTEGER NOT NULL DEFAULT 0",)


@step
def add_time_zones() -> tuple[str, ...]:
    """In which time zone a chat reads times: an IANA name, or "UTC+03:00"."""
    return ("ALTER TABLE chats ADD COLUMN time_zone TEXT",)


@step
def add_updates_of_albums() -> tuple[str, ...]:
    """Handled updates that a restart needs again: more of their albums may come."""
    return (
        "ALTER TABLE updates ADD COLUMN of_album INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX updates_of_albums ON updates (chat_id) WHERE of_album = 1",
    )


@step
def add_language_chosen() -> tuple[str, ...]:
    """A chosen language stays, what Telegram tells is followed; of what was kept that is not known: it stays."""
    return (
        "ALTER TABLE chats ADD COLUMN language_chosen INTEGER NOT NULL DEFAULT 0",
        "UPDATE chats SET language_chosen = 1 WHERE language IN ('en', 'it', 'de', 'es', 'fr', 'pt', 'ru', 'fa')",
    )


@step
def add_names_one() -> tuple[str, ...]:
    """Whether a question names one of its pictures: the others are not put to the model."""
    return ("ALTER TABLE questions ADD COLUMN names_one INTEGER NOT NULL DEFAULT 0",)
