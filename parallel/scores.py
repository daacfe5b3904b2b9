"""The quality of a translation as one number, with the recipe it was made by."""

from __future__ import annotations

import math
from dataclasses import dataclass

from egiz.translate.records import Translation


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What a score means: its name, its bounds, which end is good, and the signature of its recipe.

    Two numbers may be compared only where their signatures are equal. `meaning` is one sentence for the
    reader of a table.
    """

    name: str
    low: float
    high: float
    direction: str
    signature: str
    meaning: str


QUALITY = Scale(
    name="quality",
    low=0.0,
    high=1.0,
    direction="higher is better",
    signature="logprob.exp|length:mean|cap:none|v2",
    meaning=(
        "How sure the model was of its own words: the geometric mean of the probabilities it gave to the "
        "tokens of the sentence. Good at finding invented text, nearly blind to left-out text, and not "
        "comparable between models or languages. Empty where the model made no words: nothing came out, or "
        "the text was copied as it stood."
    ),
)
"""The scale of `quality`.

Sequence log-probability orders hallucinated below sound NLLB output in .80 of pairs and omissions in .59
(HalOmi, Dale et al. 2023), better than reference-free neural metrics at the first and no worse at the
second, and it costs nothing.
"""


def quality(translation: Translation) -> float | None:
    """``exp`` of the mean log-probability per token of the published hypothesis, between 0 and 1.

    None where there is no output, where it has no tokens because the text was copied through with no model
    asked, or where the engine's log-probability is no number. After a pivot the means of the two legs add,
    so the number is the product of their qualities. Doubts are not mixed in: a suspect translation keeps
    its number, because `status` and `flags` say the rest.
    """
    if translation.status == "failed" or not translation.hypotheses or not translation.hypotheses[0].tokens:
        return None
    logprob = translation.hypotheses[0].logprob
    return None if math.isnan(logprob) else min(1.0, math.exp(min(logprob, 0.0)))
