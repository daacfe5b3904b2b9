"""How protected pieces come through a translation, and what carrying them costs.

    python benchmarks/protected.py [--model starter] [--table FILE] [--sentences 200] [--smoke]

First every sentence of `tests/cases/protected_sentences.tsv` is translated with every piece of its kind in
`tests/cases/protected_pieces.tsv`. Printed are how many published texts have all pieces, at the first try and
at the end, and how many of the others are flagged; `silent` must be 0.

With a table of references (columns kk, ru, en, no header) the cost follows, for its first sentences: chrF++
of the plain sentences at the first try and with the whole ladder; then of the same with an address put behind
the sentence, the address taken out of the output before it is compared: by the first try, with a stand-in for
every piece from the beginning, and with stand-ins only where a piece broke, as the ladder does it.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from sacrebleu.metrics.chrf import CHRF

from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.protocol import Engine
from egiz.translate.ladder import Options
from egiz.translate.models import resolve
from egiz.translate.parts import mask
from egiz.translate.protected import missing_pieces, without_pieces
from egiz.translate.records import Sentence, Translation
from egiz.translate.text import normalise, source_text, target_text
from egiz.translate.translator import Translator

CASES = Path(__file__).resolve().parent.parent / "tests" / "cases"
LANGUAGES = ("kk", "ru", "en")
MARK = "@PIECE@"
ADDRESS = "(https://egiz.kz/text?id=27&page=4)"
FIRST = Options(rungs=())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="starter")
    parser.add_argument("--table", type=Path)
    parser.add_argument("--sentences", type=int, default=200)
    parser.add_argument("--smoke", action="store_true")
    arguments = parser.parse_args()
    engine = CTranslate2Engine(resolve(arguments.model))
    found = sentences()
    for language in LANGUAGES:
        texts = [text for tag, text in found if tag == language]
        carried(engine, language, texts[:3] if arguments.smoke else texts)
    if arguments.table is not None:
        lines = arguments.table.read_text(encoding="utf-8").splitlines()[: arguments.sentences]
        rows = [dict(zip(LANGUAGES, line.split("\t"), strict=False)) for line in lines]
        for source, target in (("kk", "ru"), ("kk", "en"), ("ru", "kk"), ("en", "kk")):
            cost(engine, rows, source, target)


def table(name: str) -> Iterator[list[str]]:
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    return (line.split("\t") for line in lines[1:])


def sentences() -> list[tuple[str, str]]:
    """Language and text of all sentences, each with every piece of its kind."""
    pieces: dict[str, list[str]] = {}
    for kind, piece in table("protected_pieces.tsv"):
        pieces.setdefault(kind, []).append(piece)
    return [
        (language, text.replace(MARK, piece))
        for language, kind, text in table("protected_sentences.tsv")
        for piece in pieces.get(kind, [""])
    ]


def translated(
    engine: Engine, source: str, target: str, texts: Sequence[str], options: Options | None = None
) -> list[Translation]:
    translator = Translator(engine, source, [target], options=options or Options())
    return [row[0] for row in translator.translate(map(Sentence.alone, texts))]


def whole(item: Translation, source: str) -> bool:
    """Whether the published text has all pieces of the published source."""
    published = source_text(item.sentence.text, source), target_text(item.text, item.language)
    return not missing_pieces(*published)


def carried(engine: Engine, source: str, texts: Sequence[str]) -> None:
    """Print how many translations of these texts have their pieces."""
    for target in LANGUAGES:
        if target == source:
            continue
        first = sum(whole(item, source) for item in translated(engine, source, target, texts, FIRST))
        counts: Counter[str] = Counter()
        for item in translated(engine, source, target, texts):
            flagged = item.status in ("suspect", "failed")
            counts["whole" if whole(item, source) else "flagged" if flagged else "silent"] += 1
        print(
            f"{source}-{target}: {len(texts)} sentences, whole at the first try {first}, at the end "
            f"{counts['whole']}, flagged {counts['flagged']}, silent {counts['silent']}"
        )


def cost(engine: Engine, rows: Sequence[dict[str, str]], source: str, target: str) -> None:
    """Print chrF++ of plain sentences, and of the same with an address."""
    texts = [row[source] for row in rows]
    references = [row[target] for row in rows]
    plain = [
        [item.text for item in translated(engine, source, target, texts, options)]
        for options in (FIRST, None)
    ]
    addressed = [f"{text} {ADDRESS}" for text in texts]
    masks = [mask(normalise(text)) for text in addressed]
    stood = translated(engine, source, target, [item.text for item in masks if item], FIRST)
    always = [
        (item.unmask(made.text) or "") for item, made in zip((m for m in masks if m), stood, strict=True)
    ]
    first = [item.text for item in translated(engine, source, target, addressed, FIRST)]
    ladder = [item.text for item in translated(engine, source, target, addressed)]
    print(f"{source}-{target}, {len(rows)} sentences, chrF++:")
    for name, outputs in (("plain, first try", plain[0]), ("plain, ladder", plain[1])):
        print(f"  {name:34} {score(outputs, references):5.2f}")
    for name, outputs in (("first try", first), ("always by stand-in", always), ("ladder", ladder)):
        kept = sum(not missing_pieces(ADDRESS, text) for text in outputs)
        bare = [without_pieces(text).replace("()", "").strip() for text in outputs]
        print(f"  with an address, {name:17} {score(bare, references):5.2f}, address whole {kept}")


def score(outputs: Sequence[str], references: Sequence[str]) -> float:
    return CHRF(word_order=2).corpus_score(list(outputs), [list(references)]).score


if __name__ == "__main__":
    main()
