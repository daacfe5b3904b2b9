"""`egiz terms`: find, check, correct, lint, extract and convert terms."""

from __future__ import annotations

from egiz.parallel.cli.main import LazyGroup

COMMANDS: dict[str, str] = {
    "check": "Say where translations use terms wrongly, or not at all.",
    "correct": "Put the right terms into translations, in the right form.",
    "lint": "Find what is wrong in a term base.",
    "extract": "Draft a term base from documents or parallel text.",
    "convert": "Turn a term base into another format.",
}

command = LazyGroup(
    "terms",
    COMMANDS,
    package=__name__,
    homes=dict.fromkeys(("lint", "extract", "convert"), "bases"),
    help="Find, check and correct terms; a term base is a file, or the name of one that ships with Egiz.",
)
