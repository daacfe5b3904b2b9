"""Measure by which decoder layer's attention the words of a pair are linked best.

    python benchmarks/attention.py TABLE [--model starter] [--columns kk,ru,en] [--pair kk-ru] [--rows 100]

TABLE has aligned sentences by people. The links that are looked for need no gold: words of at least four
letters that begin alike on both sides, and equal numbers, each once in both sentences. Printed is, for each
layer, the first head or all, and the row of the step that outputs a piece or of the one that has it as its
input, in how many of them the source word gets the most attention. The model is copied for each setting.
"""

from __future__ import annotations

import argparse
import re
import shutil
import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import ctranslate2

from egiz.translate.engine.tokenizer import NllbTokenizer
from egiz.translate.languages import language
from egiz.translate.models import resolve
from egiz.translate.models.weights import read_weights, weight_facts
from egiz.translate.text import normalise

Span = tuple[int, int]
LETTERS = 4


def words(text: str) -> list[tuple[Span, str]]:
    """The words of a text with what links are found by: the number, or the first letters of a longer word."""
    found = [(match.span(), match.group().lower()) for match in re.finditer(r"\w+", text)]
    return [
        (span, word if word.isdecimal() else word[:LETTERS]) for span, word in found if len(word) >= LETTERS
    ]


def sure_links(source: str, target: str) -> Iterator[tuple[Span, Span]]:
    """The spans of source and target words that have one and the same beginning, once on each side."""
    first, second = words(source), words(target)
    counts = [Counter(key for _, key in side) for side in (first, second)]
    for given, key in first:
        for found, other in second:
            if key == other and counts[0][key] == counts[1][key] == 1:
                yield given, found


def with_layer(folder: Path, target: Path, layer: int, heads: int) -> Path:
    """A copy of a converted model whose attention is that of `heads` first heads of a layer."""
    shutil.copytree(folder, target)
    content = bytearray((folder / "model.bin").read_bytes())
    for name, value in (("layer", layer), ("heads", heads)):
        mark = f"decoder/alignment_{name}".encode() + b"\0"
        place = content.index(mark) + len(mark) + 6  # no dimensions; type, number of bytes
        content[place : place + 2] = struct.pack("<h", value)
    (target / "model.bin").write_bytes(content)
    return target


def heads_of(path: Path) -> int:
    """The number of attention heads of the decoder."""
    return next(content[0] for name, _, _, content in read_weights(path) if name == "decoder/num_heads")


def linked(
    model: ctranslate2.Translator, tokenizer: NllbTokenizer, pairs: Sequence[tuple[str, str]], tags: list[str]
) -> list[Counter[bool]]:
    """How many sure links get the most attention, by the step that outputs a piece and by the next one."""
    source, prefix = language(tags[0]), tokenizer.prefix(language(tags[1]))
    found: list[Counter[bool]] = [Counter(), Counter()]
    for text, given in pairs:
        links = list(sure_links(text, given))
        if not links:
            continue
        [result] = model.translate_batch(
            [tokenizer.encode(text, source)],
            [[*prefix, *tokenizer.pieces(given), "</s>"]],
            beam_size=1,
            max_decoding_length=500,
            return_attention=True,
        )
        pieces, parts = tokenizer.spans(text), tokenizer.spans(given)
        for shift, counts in enumerate(found):
            rows = result.attention[0][len(prefix) + shift :]
            for (start, stop), (begin, end) in links:
                total = [0.0] * len(pieces)
                for (left, right), row in zip(parts, rows, strict=False):
                    if left < end and right > begin:
                        total = [a + b for a, b in zip(total, row[1:], strict=False)]
                left, right = pieces[max(range(len(pieces)), key=total.__getitem__)]
                counts[left < stop and right > start] += 1
    return found


def main() -> None:
    """Print a line for each layer and choice of heads."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("table", type=Path)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--columns", default="kk,ru,en")
    parser.add_argument("--pair", default="kk-ru")
    parser.add_argument("--rows", type=int, default=100)
    given = parser.parse_args()
    tags, folder = given.pair.split("-"), resolve(given.model)
    places = [given.columns.split(",").index(tag) for tag in tags]
    lines = [line.split("\t") for line in given.table.read_text(encoding="utf-8").splitlines()]
    pairs = [(normalise(line[places[0]]), normalise(line[places[1]])) for line in lines[: given.rows]]
    tokenizer = NllbTokenizer.load(folder)
    every = heads_of(folder / "model.bin")
    for layer in range(weight_facts(folder / "model.bin").decoder_layers):
        for heads in (1, every):
            with TemporaryDirectory() as work:
                copy = with_layer(folder, Path(work) / "model", layer, heads)
                found = linked(ctranslate2.Translator(str(copy)), tokenizer, pairs, tags)
            shares = "  ".join(
                f"{name} {counts[True] / counts.total():.3f}"
                for name, counts in zip(("output", "input"), found, strict=True)
            )
            print(f"layer {layer}  heads {heads}  {shares}  of {found[0].total()} links")


if __name__ == "__main__":
    main()
