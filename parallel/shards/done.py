"""What a worker says of a shard that is done: how it was made, what it counts, the hashes of its files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from egiz.parallel.provenance import from_json
from egiz.parallel.summary import Provenance, Summary, TargetSummary
from egiz.translate.json_file import MISSHAPEN

DONE = "shard.json"
"""The last file that is written of a shard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What stands in `DONE`. `provenance` has no title and no sources; `files` are SHA-256 by name.

    The file has a hash of all that is said in it too.
    """

    provenance: Provenance
    summary: Summary
    remembered: int
    translated: int
    damaged: int
    seconds: Mapping[str, float]
    files: Mapping[str, str]

    def dumps(self) -> str:
        """As the text of a JSON file."""
        text = _dumps(asdict(self))
        return _dumps({"sha256": _sha256(text), "done": json.loads(text)}) + "\n"


def read_done(folder: Path) -> Done | None:
    """What is said of the shard in `folder`; None where it is not there, or is damaged in any way."""
    try:
        content = json.loads((folder / DONE).read_text(encoding="utf-8"))
        value = content["done"]
        if _sha256(_dumps(value)) != content["sha256"]:
            return None
        provenance, summary = from_json(value["provenance"]), _summary(value["summary"])
        return Done(**value | {"provenance": provenance, "summary": summary})
    except (OSError, *MISSHAPEN):
        return None


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _sha256(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _summary(value: Mapping[str, Any]) -> Summary:
    return Summary(
        sentences=value["sentences"],
        documents=_pairs(value["documents"]),
        targets=tuple(
            TargetSummary(
                **target
                | {name: _pairs(target[name]) for name in ("statuses", "flags", "refused", "terms")}
                | {"thousandths": tuple(target["thousandths"])}
            )
            for target in value["targets"]
        ),
    )


def _pairs(value: list[list[Any]]) -> tuple[tuple[Any, int], ...]:
    return tuple((name, count) for name, count in value)
