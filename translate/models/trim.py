"""Trim the vocabulary of a converted model to the languages in use.

NLLB segments text by byte-pair encoding: it starts from characters and merges two neighbouring symbols at a
time; every merge makes a piece. A text is segmented as before if, and only if, all pieces that its merges
make are kept. There are two choices of the pieces to keep:

- by script: all pieces that consist of characters of the languages' scripts. A text in these scripts makes no
  other pieces.
- by use: the pieces of given texts, and the intermediate pieces of their merges. These texts are
  segmented as before; other texts of the same scripts get more and shorter pieces, but never unknown
  ones, because all single characters of the scripts are kept.

NLLB has 256,206 tokens for 202 languages. Removing the embedding rows that a few languages never need makes
the file much smaller and each decoding step faster. The kept rows are unchanged byte for byte, so the logits
of the kept tokens are the same as before.

A shortlist is a still smaller choice, which only ``--fast`` uses: the pieces of given texts in one target
language.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from egiz.translate.engine.tokenizer import NllbTokenizer, possible_merges
from egiz.translate.errors import InputError, LanguageError, ModelError, OptionError, OutputError
from egiz.translate.languages import language, nllb_codes
from egiz.translate.models.convert import package_versions
from egiz.translate.models.install import VOCABULARIES
from egiz.translate.models.layout import (
    MADE_UP,
    SENTENCEPIECE,
    SPECIALS,
    cut_pieces,
    load_sentencepiece,
    model_tokens,
    present_tags,
    sentencepiece_facts,
)
from egiz.translate.models.manifest import Manifest, ModelFile, Trimming, hash_files, verify, write_manifest
from egiz.translate.models.store import STARTER, catalogue_entries, installing, model_folder, resolve
from egiz.translate.models.weights import SHORTLIST, cut_rows, write_shortlists
from egiz.translate.text import normalise

if TYPE_CHECKING:
    import regex
    from sentencepiece import SentencePieceProcessor


_UNICODE = {"Hans": ("Hani",), "Hant": ("Hani",), "Jpan": ("Hani", "Hira", "Kana")}
"""The Unicode scripts for ISO 15924 codes that Unicode does not use. ``Jpan``, for example, consists of Han,
hiragana and katakana."""
_ALWAYS = "Latn"
"""The script that is always kept: names, addresses and units are written in it in every language."""
_COMMON = ("Zyyy", "Zinh", "Zzzz")
"""Common (digits, punctuation, signs, the space mark), inherited (combining accents), unknown script."""
_SYMBOLS = "Grek"
"""The script whose single letters are kept, because formulas in every language use them."""


def scripts_of(tags: Iterable[str]) -> tuple[str, ...]:
    """The Unicode scripts of these languages, and Latin, sorted.

    >>> scripts_of(["kk", "ja"])
    ('Cyrl', 'Hani', 'Hira', 'Kana', 'Latn')
    """
    written = {language(tag).script for tag in tags}
    return tuple(sorted({_ALWAYS, *(part for script in written for part in _UNICODE.get(script, (script,)))}))


def pieces_by_script(processor: SentencePieceProcessor, scripts: Sequence[str]) -> tuple[int, ...]:
    """The numbers of the pieces to keep, ascending, for the choice by script.

    These are pieces whose characters belong to `scripts` or to no particular script, single Greek letters,
    and control pieces.
    """
    written = _written_in(scripts)
    return tuple(
        number
        for number, piece in enumerate(_pieces(processor))
        if written.fullmatch(piece) or _is_control(processor, number)
    )


def pieces_by_use(
    processor: SentencePieceProcessor, scripts: Sequence[str], uses: Mapping[str, int], least: int
) -> tuple[int, ...]:
    """The numbers of the pieces to keep, ascending, for the choice by use.

    `uses` is the number of occurrences of each piece. The pieces to keep are those with at least `least`
    occurrences, in any script; the pieces from which these are merged; and, as in `pieces_by_script`, the
    single characters of `scripts` and the control pieces.
    """
    written, pieces = _written_in(scripts), _pieces(processor)
    ranks = {
        piece: processor.get_score(number)
        for number, piece in enumerate(pieces)
        if not _is_control(processor, number)
    }
    needed = {made for piece, count in uses.items() if count >= least for made in merges(piece, ranks)}
    return tuple(
        number
        for number, piece in enumerate(pieces)
        if piece in needed or (len(piece) == 1 and written.fullmatch(piece)) or _is_control(processor, number)
    )


def merges(piece: str, ranks: Mapping[str, float]) -> Iterator[str]:
    """Yield all pieces that byte-pair encoding makes from the characters of `piece`, and `piece` as the last.

    Of neighbours that can be merged, those that make the piece with the highest rank are merged first, and of
    equal ones the leftmost, as in sentencepiece. These merges are the same in every text that has the piece,
    because no merge crosses its boundary.
    """
    symbols = list(piece)
    yield from symbols
    while possible := possible_merges(symbols, ranks):
        place = -max(possible)[1]
        symbols[place : place + 2] = [symbols[place] + symbols[place + 1]]
        yield symbols[place]


def count_uses(tokenizer: NllbTokenizer, path: Path) -> tuple[Counter[str], ModelFile]:
    """Count the pieces in a file; return the counts with the name, size and hash of the file.

    The file is in UTF-8 and has one text per line or, in a tab-separated table, per cell. Texts are
    normalised as for translation. Raises InputError if the file cannot be read.
    """
    uses: Counter[str] = Counter()
    digest, size, number = hashlib.sha256(), 0, 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                digest.update(line)
                size += len(line)
                for text in line.decode("utf-8-sig" if number == 1 else "utf-8").split("\t"):
                    uses.update(tokenizer.pieces(normalise(text)))
    except UnicodeDecodeError as error:
        raise InputError(
            f"byte 0x{error.object[error.start]:02x} is no UTF-8",
            where=f"{path}:{number}",
            expected="plain text or a table in UTF-8",
        ) from error
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror})", where=str(path)) from error
    return uses, ModelFile(name=path.name, size=size, sha256=digest.hexdigest())


def _written_in(scripts: Sequence[str]) -> regex.Pattern[str]:
    """A pattern for pieces that consist of characters in these scripts or in no particular script
    (`_COMMON`), and for single Greek letters."""
    import regex

    written = "".join(rf"\p{{Script={script}}}" for script in (*scripts, *_COMMON))
    return regex.compile(rf"[{written}]+|\p{{Script={_SYMBOLS}}}")


def _pieces(processor: SentencePieceProcessor) -> list[str]:
    """All sentencepiece pieces, in the order of their numbers."""
    return [processor.id_to_piece(number) for number in range(processor.get_piece_size())]


def _is_control(processor: SentencePieceProcessor, number: int) -> bool:
    """Whether a piece does not stand for characters: ``<unk>``, ``<s>``, ``</s>``, or a byte (``<0x41>``)."""
    kinds = (processor.is_control, processor.is_unknown, processor.is_unused, processor.is_byte)
    return any(kind(number) for kind in kinds)


_REWRITTEN = ("model.bin", SENTENCEPIECE, SHORTLIST, *VOCABULARIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrimOptions:
    """The languages and pieces of a model to keep: pieces by script or, if there are `texts`, by use.

    `languages` are BCP-47 tags. With `texts`, only pieces that occur in them at least `least` times are kept
    (see `egiz.translate.models.trim`); one text is a line of text or a cell of a table. `shortlists` pairs a
    language with a text in this language, from which its shortlist is made (see
    `egiz.translate.models.weights`). If a language has several pairs, their texts make one list.

    Raises OptionError for fewer than two languages, for `least` below 1, for `least` above 1 without texts,
    and for a shortlist of a language that is not kept; LanguageError for a language that NLLB does not have.
    """

    languages: tuple[str, ...]
    texts: tuple[Path, ...] = ()
    least: int = 1
    shortlists: tuple[tuple[str, Path], ...] = ()

    def __post_init__(self) -> None:
        if len({language(tag).tag for tag in self.languages}) < 2:
            raise OptionError(
                f"{len(self.languages)} languages",
                where="--languages",
                expected="two or more, as in kk,ru,en",
            )
        if self.least < 1 or (self.least > 1 and not self.texts):
            found = f"{self.least}" if self.texts else f"{self.least} without texts to count in"
            raise OptionError(found, where="--least", expected="1 or more, with --texts")
        kept = {language(tag).tag for tag in self.languages}
        for tag, _ in self.shortlists:
            if language(tag).tag not in kept:
                raise OptionError(
                    f"{tag} is not kept", where="--shortlist", expected=f"one of {', '.join(sorted(kept))}"
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrimResult:
    """A trimmed model: its folder and manifest, its number of tokens, and the manifest of the original."""

    folder: Path
    manifest: Manifest
    tokens: int
    parent: Manifest


def trim_model(spec: str, output: str, cut: TrimOptions, home: Path | None = None) -> TrimResult:
    """Trim the model `spec` (a name, hub id or folder, as in `resolve`) and install it as `output`.

    `output` is the name of the new model or, if it contains a slash, its folder. Raises what `trim` and
    `resolve` raise, and OptionError for a name of the catalogue.
    """
    folder = resolve(spec, home)
    if "/" in output or "\\" in output:
        return trim(folder, Path(output).expanduser(), cut)
    if output in (STARTER, *(entry.name for entry in catalogue_entries())):
        raise OptionError(
            f"{output} is the name of a model in the catalogue", where="--output", expected="another name"
        )
    return trim(folder, model_folder(output, home), cut)


def trim(folder: Path, target: Path, cut: TrimOptions) -> TrimResult:
    """Write the converted model in `folder` to `target`, atomically, with only the tokens that `cut` keeps.

    Weights, tokenizer, vocabulary and manifest are rewritten; the codes of other languages, padding rows and
    earlier shortlists are removed. Scores of the original model are not copied, because they were not
    measured on the trimmed one.

    Raises ModelError if the model is damaged or its pieces are not plain BPE; LanguageError if it lacks a
    language; InputError if a text cannot be read; OutputError if `target` exists or cannot be written.
    """
    if target.exists():
        raise OutputError(f"{target} exists", action="Remove it or choose another name.")
    parent = verify(folder)
    tokens = model_tokens(folder)
    tags = _languages(cut.languages, tokens, parent)
    pieces, trimming = _choose(folder, cut, tags, parent, len(tokens))
    kept = _rows(tokens, pieces, tags, load_sentencepiece(folder / SENTENCEPIECE).get_piece_size())
    with installing(target) as fresh:
        for item in parent.files:
            if item.name not in _REWRITTEN:
                shutil.copyfile(folder / item.name, fresh / item.name)
        cut_rows(folder / "model.bin", fresh / "model.bin", kept, len(tokens))
        cut_pieces(folder / SENTENCEPIECE, fresh / SENTENCEPIECE, frozenset(pieces))
        _write_vocabulary(fresh / "shared_vocabulary.json", [tokens[row] for row in kept])
        listed = _write_shortlists(folder, fresh, cut.shortlists, frozenset(pieces))
        manifest = replace(
            parent,
            name=target.name,
            source="local" if parent.source == "embedded" else parent.source,
            languages=tags,
            files=hash_files(fresh),
            created_with=tuple(sorted(dict((*parent.created_with, *package_versions("egiz"))).items())),
            figures=(),
            trimmed=replace(trimming, shortlists=listed),
        )
        write_manifest(fresh, manifest)
        NllbTokenizer.load(fresh)
    return TrimResult(folder=target, manifest=manifest, tokens=len(kept), parent=parent)


def _languages(wanted: Sequence[str], tokens: Sequence[str], parent: Manifest) -> tuple[str, ...]:
    """The wanted tags, sorted; LanguageError, with what to do, if the model lacks one."""
    present = present_tags(tokens)
    tags = tuple(sorted({language(tag).tag for tag in wanted}))
    missing = [f"{tag} ({language(tag).code})" for tag in tags if tag not in present]
    if missing:
        had = ", ".join(present) if len(present) <= 20 else f"{len(present)} others"
        again = f" It was trimmed from {parent.trimmed.name}: trim that again." if parent.trimmed else ""
        raise LanguageError(
            f"{parent.name} has no code for {', '.join(missing)}", action=f"It has {had}.{again}"
        )
    return tags


def _choose(
    folder: Path, cut: TrimOptions, tags: Sequence[str], parent: Manifest, tokens: int
) -> tuple[tuple[int, ...], Trimming]:
    """The numbers of the sentencepiece pieces to keep, and the record of the choice for the manifest."""
    path = folder / SENTENCEPIECE
    facts, processor, scripts = sentencepiece_facts(path), load_sentencepiece(path), scripts_of(tags)
    if not facts.is_bpe:
        raise ModelError("the pieces are not BPE", where=str(path), expected="BPE, as in NLLB")
    uses: Counter[str] = Counter()
    texts = []
    tokenizer = NllbTokenizer.load(folder)
    for text in cut.texts:
        found, file = count_uses(tokenizer, text)
        uses.update(found)
        texts.append(file)
    trimming = Trimming(
        name=parent.name,
        fingerprint=parent.fingerprint,
        vocabulary=tokens,
        scripts=scripts,
        texts=tuple(texts),
        least=cut.least,
    )
    if texts:
        return pieces_by_use(processor, scripts, uses, cut.least), trimming
    return pieces_by_script(processor, scripts), trimming


def _rows(tokens: Sequence[str], pieces: Sequence[int], tags: Sequence[str], size: int) -> list[int]:
    """The embedding rows to keep, ascending: special tokens, `pieces`, codes of `tags` and ``<mask>``.

    `size` is the number of sentencepiece pieces of the original (see `egiz.translate.models.layout`). Padding
    rows are dropped: they were never trained.
    """
    others = frozenset(nllb_codes()) - {language(tag).code for tag in tags}
    padding = MADE_UP.format("")
    rest = (
        row
        for row in range(size + 1, len(tokens))
        if tokens[row] not in others and not tokens[row].startswith(padding)
    )
    return [*range(len(SPECIALS)), *(number + 1 for number in pieces if number > 2), *rest]


def _write_shortlists(
    folder: Path, fresh: Path, texts: Sequence[tuple[str, Path]], kept: frozenset[int]
) -> tuple[tuple[str, ModelFile], ...]:
    """Write the shortlists of the trimmed model in `fresh`; without `texts` it gets none.

    `texts` are pairs of a language tag and the path of a text; the pieces of this text make the shortlist of
    the language. The texts are divided into pieces by the tokenizer of the original model in `folder`. `kept`
    are the numbers of the original pieces that the trimmed model keeps. Returns, for each pair, the tag with
    the name, size and hash of the text.
    """
    if not texts:
        return ()
    tokenizer, files = NllbTokenizer.load(folder), []
    uses: dict[str, Counter[str]] = {}
    for tag, path in texts:
        found, file = count_uses(tokenizer, path)
        uses.setdefault(language(tag).tag, Counter()).update(found)
        files.append((language(tag).tag, file))
    pieces = _pieces(tokenizer.processor)
    write_shortlists(
        fresh,
        {
            language(tag).code: [
                pieces[number]
                for number in pieces_by_use(tokenizer.processor, scripts_of([tag]), found, 1)
                if number in kept and not _is_control(tokenizer.processor, number)
            ]
            for tag, found in uses.items()
        },
    )
    return tuple(files)


def _write_vocabulary(path: Path, tokens: Sequence[str]) -> None:
    """Write the tokens as CTranslate2 does, so that a model that loses no token keeps its fingerprint."""
    path.write_text(json.dumps(tokens, indent=2), encoding="utf-8", newline="\n")
