"""Cut documents into sentences and mend what real text brings; every repair is recorded."""

from __future__ import annotations

from egiz.translate.split.splitter import SIGNATURE, count, split, split_text

__all__ = ["SIGNATURE", "count", "split", "split_text"]
