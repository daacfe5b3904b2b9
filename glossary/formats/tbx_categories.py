"""Data categories of TBX and the fields of the records: which value means which.

Names and values are those of ISO 30042:2008 (TBX-Default, TBX-Basic) and of the modules Min, Basic and
Linguist of ISO 30042:2019. Keys of what is read are in lower case, because files in use disagree about it.
"""

from __future__ import annotations

from collections.abc import Mapping

from egiz.glossary.records import Number, PartOfSpeech, WordingStatus

STATUSES: Mapping[str, WordingStatus] = {
    "preferredterm": "preferred",
    "standardizedterm": "preferred",
    "legalterm": "preferred",
    "regulatedterm": "preferred",
    "preferred": "preferred",
    "admittedterm": "accepted",
    "admitted": "accepted",
    "deprecatedterm": "forbidden",
    "supersededterm": "forbidden",
    "deprecated": "forbidden",
    "superseded": "forbidden",
    "notrecommended": "forbidden",
    "obsolete": "forbidden",
}
"""Values of administrativeStatus without their ``-admn-sts``, of normativeAuthorization, and short ones of
TBX-Min and of tools."""

STATUS_ENDING = "-admn-sts"
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
"""Types of term that say as much as a part of speech."""

NUMBERS: Mapping[str, Number] = {"singular": "singular", "plural": "plural"}

OWN = "x-egiz-"
"""How a note begins that holds what TBX has no category for."""
NO_ORIGIN = "Origin not stated."
"""What stands in the header, where TBX asks for an origin, for a base that states none."""
