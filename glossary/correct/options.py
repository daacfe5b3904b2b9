"""The records of correction: options, modes, drafts, results, and reasons to leave a term as it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from egiz.glossary.morphology.base import REFUSALS, Refusal
from egiz.translate.engine.protocol import Decoding
from egiz.translate.errors import OptionError, nearest
from egiz.translate.records import Edit

Mode = Literal["check", "safe", "eager"]
MODES: tuple[Mode, ...] = get_args(Mode)
"""The modes. ``check`` edits nothing. ``safe`` edits only where the rest of the sentence gets no worse.
``eager`` edits wherever a term can be put in, for people who revise every sentence afterwards."""

Reason = (
    Literal[
        "fewer",
        "homograph",
        "no place",
        "uninflectable",
        "unsure",
        "absurd",
        "harm",
        "sense",
        "person",
        "unasked",
    ]
    | Refusal
)
REASONS: dict[Reason, str] = {
    "fewer": "it is rendered elsewhere in the sentence, perhaps for both",
    "homograph": "the word may be another term",
    "no place": "no words were found that surely stand for it",
    "uninflectable": "the form that its place asks for is not known",
    "unsure": "there is a correction, but it is not safe without a model that judges it",
    "absurd": "the model found every correction much less likely",
    "harm": "every correction would make the words around it less likely",
    "sense": "ordinary text renders its source word otherwise, so the term base may mean another sense",
    "person": "a person translated it, and no forbidden wording or sure synonym stands there",
    "unasked": "terms are only checked",
}
REASONS.update(REFUSALS.items())
"""Why a term is left alone, in words that complete "left alone: …"."""


def mode_named(name: str) -> Mode:
    """Return the mode with this name; raise OptionError for any other name."""
    for mode in MODES:
        if mode == name:
            return mode
    raise OptionError(f"terms mode {name!r}", expected=", ".join(MODES), action=nearest(name, MODES))


_BOUNDS = ("tolerance", "synonyms", "both", "told", "back", "margin", "attention")
_LIMITS = ("places", "hypotheses", "others", "hints")


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectOptions:
    """The mode, thresholds and limits of correction.

    All log-probabilities are in nats. In mode ``safe``, the sum of the log-probabilities of all tokens
    outside the term may fall by at most `tolerance`; that much is lost by rounding and by endings that agree
    with the term. If the term replaces a synonym, this limit is `synonyms`, because models give the commoner
    word a higher probability. A word that is not known to render a source word is replaced by a term of one
    word only if the model gave it a mean log-probability per token of at most `doubt`; then the limit is
    `doubted`, because the tokens around it depended on that word. A term of one word replaces a word only if
    the log-probability of the pair (see `back`) falls by at most `both`. The mean log-probability per token
    of another output of the model must be higher by `gain`. It may be lower by `gain` if the wording is the
    usual rendering of its source word, or if the term has several source words. A sentence is decoded again
    after a term only if the mean log-probability per token of the term is at least `likely`. These values
    were chosen on 200 rows of FLORES dev with random dictionary entries as terms
    (`benchmarks/correction.py`), on rows of the seed and of government news that were read, and on
    `tests/cases/people_rows.tsv`; figures measured on these texts are not independent.

    Mode ``eager`` first does all that ``safe`` does. Then it accepts candidates with which the mean
    log-probability per token of the sentence falls by at most `margin`. It ranks candidates by their mean
    log-probability plus `attention` times their attention.

    `places` is the most replacements tried per term, `hypotheses` the most candidates from re-decoding, and
    `others` the number of other hypotheses requested from the engine. `hints` is the number of outputs, and
    the beam width, of a model that gets the terms as hints; a model that takes no hints is not asked. For
    each of these four, 0 turns the method off. In mode ``safe``, the mean log-probability per token of such
    an output, or of a sentence with words of it, may be lower by `told`. The log-probability of the pair must
    be higher by `back`; it is the log-probability of the target given the source plus that of the source
    given the target, each summed over all tokens. An output that is mostly in other words is not accepted.
    `told` and `back` were chosen on FLORES dev with ten draws of dictionary entries.

    `people` means that people made the translations: then ``safe`` replaces only forbidden wordings and
    certain synonyms. `decoding` has the settings with which the engine completes sentences.

    Raises OptionError for an unknown mode and for a negative limit.
    """

    mode: Mode = "safe"
    tolerance: float = 1.0
    synonyms: float = 4.0
    doubt: float = -0.8
    doubted: float = 3.0
    both: float = 6.0
    likely: float = -3.0
    gain: float = 0.07
    told: float = 0.3
    back: float = 4.0
    margin: float = 1.0
    attention: float = 1.0
    places: int = 6
    hypotheses: int = 2
    others: int = 4
    hints: int = 2
    people: bool = False
    decoding: Decoding = field(default_factory=Decoding)

    def __post_init__(self) -> None:
        mode_named(self.mode)
        for name in (*_BOUNDS, *_LIMITS):
            if getattr(self, name) < 0:
                raise OptionError(f"{name} is {getattr(self, name)}", expected="0 or more")

    def signature(self) -> str:
        """Return all settings except those of decoding, and the version of the method, in one line."""
        own = {
            "check": (),
            "safe": (
                f"tolerance={self.tolerance}",
                f"synonyms={self.synonyms}",
                f"doubt={self.doubt}",
                f"doubted={self.doubted}",
                f"both={self.both}",
                f"likely={self.likely}",
                f"gain={self.gain}",
                *(("people",) if self.people else ()),
            ),
            "eager": (f"margin={self.margin}", f"attention={self.attention}"),
        }[self.mode]
        limits = (
            f"places={self.places}",
            f"hypotheses={self.hypotheses}",
            f"others={self.others}",
            *((f"hints={self.hints}", f"told={self.told}", f"back={self.back}") if self.hints else ()),
        )
        return ";".join((f"correct-v{VERSION}", self.mode, *own, *(limits if own else ())))


VERSION = 6
"""The version of the method; it is increased when the same input may be corrected differently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A source segment and the engine's hypotheses, best first, with published typography but uncorrected.

    `logprobs` has the mean log-probability per token of each hypothesis, in nats; it is empty if the
    translation is not from the engine.
    """

    source: str
    hypotheses: tuple[str, ...]
    logprobs: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncorrected:
    """A term that was not corrected: its occurrence (offsets in the source) and the reason."""

    term: str
    start: int
    stop: int
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The result for one draft. Replaying `edits` on its first hypothesis gives `text`."""

    text: str
    edits: tuple[Edit, ...] = ()
    left: tuple[Uncorrected, ...] = ()
