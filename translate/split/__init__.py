"""Cut documents into sentences and mend what real text brings; every repair is recorded."""

from __future__ import annotations

from egiz.translate.split.splitter import split, split_text

__all__ = ["split", "split_text"]
