"""An event as a line of JSON; knows no event."""

from __future__ import annotations

import json
import math
from typing import Any


def json_line(event: dict[str, Any]) -> str:
    """The event in one line, every number with all its digits."""
    return json.dumps(finite(event), allow_nan=False, separators=(",", ":"))


def finite(value: Any) -> Any:
    """The value with null for every number that JSON has no word for."""
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {key: finite(part) for key, part in value.items()}
        case list():
            return [finite(part) for part in value]
        case _:
            return value
