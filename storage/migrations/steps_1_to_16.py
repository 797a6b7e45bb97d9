"""Steps 1 to 16: updates, chats, pictures and questions; what is being sent and what was delivered."""

from __future__ import annotations

from storage.migrations.step import Step, added_to

STEPS: list[Step] = []
step = added_to(STEPS)


@step
def create_updates() -> tuple[str, ...]:
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
def create_chats() -> tuple[str, ...]:
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
def create_photos() -> tuple[str, ...]:
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
def create_questions() -> tuple[str, ...]:
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
def create_sent_messages() -> tuple[str, ...]:
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
def index_questions_of_person() -> tuple[str, ...]:
    """Limits count over all chats of a person, and what is not delivered yet."""
    return (
        "CREATE INDEX questions_of_person ON questions (user_id, told, created_at)",
        "CREATE INDEX questions_open ON questions (chat_id, id)"
        " WHERE told = 0 AND state IN ('queued', 'running', 'answered')",
    )


@step
def add_current_picture() -> tuple[str, ...]:
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
def create_ledger_id() -> tuple[str, ...]:
    """A name that the database shares with the folder of its pictures: those of another are not its to sweep."""
    return (
        "CREATE TABLE ledger (id TEXT NOT NULL) STRICT",
        "INSERT INTO ledger (id) VALUES (lower(hex(randomblob(16))))",
    )


@step
def create_exports() -> tuple[str, ...]:
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
def add_picture_removed() -> tuple[str, ...]:
    """Pictures that had to go for others, while what was asked about them stays."""
    return (
        "ALTER TABLE questions ADD COLUMN picture_removed INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX photos_by_age ON photos (talked_at)",
    )


@step
def create_picture_checks() -> tuple[str, ...]:
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
def add_sending() -> tuple[str, ...]:
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
def add_chat_of_updates() -> tuple[str, ...]:
    """What waits of one chat is found without what waits of others."""
    return (
        "ALTER TABLE updates ADD COLUMN chat_id INTEGER NOT NULL DEFAULT 0",
        "DROP INDEX updates_pending",
        "CREATE INDEX updates_pending ON updates (chat_id, update_id) WHERE state = 'pending'",
    )


@step
def add_messages_of_exports() -> tuple[str, ...]:
    """An export's messages, each of which becomes one of its files; one whose reply is not heard can be found again."""
    return (
        "ALTER TABLE exports ADD COLUMN messages TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE exports ADD COLUMN sending_after INTEGER",
        "UPDATE exports SET messages = json_array(progress_id) WHERE progress_id IS NOT NULL",
        "ALTER TABLE exports DROP COLUMN progress_id",
        "ALTER TABLE exports DROP COLUMN sent",
    )


@step
def add_sending_several() -> tuple[str, ...]:
    """A message whose reply was not heard may be sent anew before it is found: then more than one may stand."""
    return ("ALTER TABLE questions ADD COLUMN sending_several INTEGER NOT NULL DEFAULT 0",)


@step
def rename_told_to_delivered() -> tuple[str, ...]:
    """The field's word for an outcome that stands in its chat."""
    return (
        "DROP INDEX questions_untold",
        "ALTER TABLE questions RENAME COLUMN told TO delivered",
        "CREATE INDEX questions_undelivered ON questions (chat_id, id)"
        " WHERE delivered = 0 AND state IN ('answered', 'failed', 'cancelled')",
    )
