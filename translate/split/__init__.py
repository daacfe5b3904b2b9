"""Split documents into sentences, and repair the faults of real text; every repair is recorded."""

from __future__ import annotations

from egiz.translate.split.splitter import SIGNATURE, count, split

__all__ = ["SIGNATURE", "count", "split"]
