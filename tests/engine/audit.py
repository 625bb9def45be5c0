"""Which of Python's audit events happen during a call: nothing that is typed is executed."""

from __future__ import annotations

import sys
from collections.abc import Callable

FORBIDDEN = {"exec", "import", "open", "os.system", "subprocess.Popen", "object.__getattr__"}
events: list[str] | None = None


def watch(event: str, arguments: tuple[object, ...]) -> None:
    # For a syntax error, Python looks for the line in the source file, which has this name if
    # there is none.
    if events is not None and (event, *arguments[:1]) != ("open", "<unknown>"):
        events.append(event)


sys.addaudithook(watch)  # audit hooks cannot be removed


def seen(do: Callable[[], object]) -> set[str]:
    """Return the audit events that Python reports during the call."""
    global events
    events = []
    try:
        do()
        return set(events)
    finally:
        events = None
