"""What is wrong with a setting, a record or a field: pydantic's findings in this project's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WORDINGS: dict[str, str] = {
    "greater_than": "must be above {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be below {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_type": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "finite_number": "must be a number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "string_type": "must be a text",
    "path_type": "must be the name of a file or folder",
    "dict_type": "must be a mapping of names to values",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "too_short": "must not be empty",
    "missing": "is missing",
    "json_invalid": "is no JSON",
}


def wording(problem: Mapping[str, Any]) -> str:
    """What a value must be, as it follows the name of a setting.

    Args:
        problem: One of the errors that pydantic lists, with its context.
    """
    if problem["type"] == "value_error":  # a sentence of our own validators
        return str(problem["ctx"]["error"])
    return _WORDINGS.get(problem["type"], "does not have the form that it must have").format(**problem.get("ctx", {}))
