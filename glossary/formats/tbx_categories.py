"""Maps between TBX data categories and the fields of the records.

Names and values are those of ISO 30042:2008 (TBX-Default, TBX-Basic) and of the modules Min, Basic and
Linguist of ISO 30042:2019. Keys used for reading are in lower case, because files in use differ in case.
"""

from __future__ import annotations

from collections.abc import Mapping

from egiz.glossary.records import Number, PartOfSpeech, WordingStatus

WRITTEN_STATUSES: Mapping[WordingStatus, str] = {
    "preferred": "preferredTerm-admn-sts",
    "accepted": "admittedTerm-admn-sts",
    "forbidden": "deprecatedTerm-admn-sts",
}

PARTS_OF_SPEECH: Mapping[str, PartOfSpeech] = {
    "noun": "noun",
    "propernoun": "proper",
    "proper noun": "proper",
    "adjective": "adjective",
    "verb": "verb",
    "adverb": "adverb",
    "phrase": "phrase",
    "other": "",
}
TERM_TYPES: Mapping[str, PartOfSpeech] = {
    "phrase": "phrase",
    "phraseologicalunit": "phrase",
    "setphrase": "phrase",
}
"""Values of termType that correspond to a part of speech."""

NUMBERS: Mapping[str, Number] = {"singular": "singular", "plural": "plural"}

OWN = "x-egiz-"
"""Prefix of the notes that hold what TBX has no category for."""
NO_ORIGIN = "Origin not stated."
"""The origin in the header, required by TBX, for a base that states none."""
