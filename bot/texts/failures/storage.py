"""Failures of `storage`, by their codes."""

SENTENCES = {
    "backup_not_copied": "The database could not be copied: {reason}.",
    "backup_not_written": "The copy {target} cannot be written: {reason}.",
    "backup_target_exists": "{target} exists already; name a new folder.",
    "data_folder_foreign": (
        "The folder {folder} is not a bot's data folder: it holds other things ({shown}). Nothing was changed."
        " Set VQABOT_DATA_DIR to a new or an empty folder."
    ),
    "data_folder_in_use": (
        "Another bot is running on the data folder {folder}. Stop it first, or set VQABOT_DATA_DIR to another folder."
    ),
    "data_folder_lost": (
        "{path} is not the one any more that the bot was started on: it was unmounted, moved or replaced. "
        "The bot stops, so that nothing is written in a wrong place. Put the data folder {folder} back, then start the "
        "bot again."
    ),
    "data_folder_unusable": "The data folder {folder} cannot be used: {reason}.",
    "database_damaged": "The database {database} is damaged ({reason}).",
    "database_damaged_or_none": (
        "The database {database} is damaged or is no database ({reason}). "
        "Restore a backup; to start anew, move the whole data folder away."
    ),
    "database_empty": (
        "The database {database} is empty, but pictures of an earlier one ({pictures:,}) lie in photos. Nothing was "
        "changed. Put the database back or restore a backup. To start anew, move the whole folder {folder} away."
    ),
    "database_empty_beside_log": (
        "The database {database} is empty, but {log} is there. Nothing was changed. Put the database back or restore a "
        "backup. To start anew, move the whole folder {folder} away."
    ),
    "database_foreign": (
        "The database {database} belongs to another program. Move it away, or set VQABOT_DATA_DIR to another folder."
    ),
    "database_missing": (
        "The database {database} is missing, but pictures of an earlier one ({pictures:,}) lie in photos. Nothing was "
        "changed. Put the database back or restore a backup. To start anew, move the whole folder {folder} away."
    ),
    "database_missing_beside_log": (
        "The database {database} is missing, but {log} is there. Nothing was changed. Put the database back or restore "
        "a backup. To start anew, move the whole folder {folder} away."
    ),
    "database_newer": (
        "The database {database} was written by a newer release (schema {version}; this one knows {known}). "
        "Install that release again, or restore a copy from before."
    ),
    "database_not_found": "There is no database in {folder}.",
    "database_unusable": "The database {database} cannot be opened: {reason}.",
    "feedback_not_read": (
        "What people think of answers cannot be read from {database}: {reason}. "
        "A backup by an earlier release holds none."
    ),
    "pictures_of_another_database": (
        "The pictures in {photos} ({pictures:,}) belong to another database than {database}. "
        "Nothing was changed. Put the two together again, or restore a backup of both."
    ),
}
