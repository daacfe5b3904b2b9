"""Split text into sentences and translate them: the records of this package, and the errors of Egiz.

The package has the same name as a function of the public API, so it can be called like that function:
``egiz.translate("Сәлем!", to="ru")`` calls `egiz.translate.lines.translate`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from egiz.translate.errors import EgizError
from egiz.translate.records import Attempt, Document, Edit, Hypothesis, Repair, Sentence, Status, Translation

__all__ = [
    "Attempt",
    "Document",
    "Edit",
    "EgizError",
    "Hypothesis",
    "Repair",
    "Sentence",
    "Status",
    "Translation",
]


class _Package(ModuleType):
    def __call__(self, *texts: Any, **options: Any) -> Any:
        """Translate a text; see `egiz.translate.lines.translate`."""
        from egiz.translate.lines import translate

        return translate(*texts, **options)


sys.modules[__name__].__class__ = _Package
