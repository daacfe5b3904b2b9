"""Cut a converted model down to the vocabulary of the languages in use.

NLLB has 256,206 tokens for 202 languages. The rows of those that a few languages never need leave the
embedding, and with them a good part of the file and of the time that every step of decoding takes. Rows
that stay are the same bytes, so the model gives the tokens that stay the same logits as before.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from egiz.translate.errors import LanguageError, ModelError, OptionError, OutputError
from egiz.translate.languages import language, nllb_codes
from egiz.translate.models.adopt import VOCABULARIES
from egiz.translate.models.catalogue import STARTER, catalogue_entries, resolve
from egiz.translate.models.convert import package_versions
from egiz.translate.models.keep import count_uses, pieces_by_script, pieces_by_use, scripts_of
from egiz.translate.models.layout import (
    MADE_UP,
    SENTENCEPIECE,
    SPECIALS,
    load_sentencepiece,
    model_tokens,
    present_tags,
)
from egiz.translate.models.manifest import Manifest, Trimming, hash_files, verify, write_manifest
from egiz.translate.models.spm import cut_pieces, sentencepiece_facts
from egiz.translate.models.store import installing, model_folder
from egiz.translate.models.weights import cut_rows
from egiz.translate.tokenizer import NllbTokenizer

_REWRITTEN = ("model.bin", SENTENCEPIECE, *VOCABULARIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What to keep of a model: its languages, and the pieces by script or, where there are texts, by use.

    `languages` are BCP-47 tags. With `texts`, only pieces that stand there at least `least` times stay
    (see `egiz.translate.models.keep`); a line of text or a cell of a table is one text. Raises
    OptionError for fewer than two languages, for `least` below 1 and for `least` without texts, and
    LanguageError for a language that NLLB does not know.
    """

    languages: tuple[str, ...]
    texts: tuple[Path, ...] = ()
    least: int = 1

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Trimmed:
    """A model that was cut: its folder and manifest, how many `tokens` it has, and what it was cut from."""

    folder: Path
    manifest: Manifest
    tokens: int
    parent: Manifest


def trim_model(spec: str, output: str, cut: Cut, home: Path | None = None) -> Trimmed:
    """Trim the model `spec`, a name, hub id or folder as in `resolve`, and install it as `output`.

    `output` is a name under which it then is known, or a folder if there is a slash in it. Raises what
    `trim` and `resolve` raise, and OptionError for a name that another model has in the catalogue.
    """
    folder = resolve(spec, home)
    if "/" in output or "\\" in output:
        return trim(folder, Path(output).expanduser(), cut)
    if output in (STARTER, *(entry.name for entry in catalogue_entries())):
        raise OptionError(
            f"{output} is the name of a whole model", where="--output", expected="a name of its own"
        )
    return trim(folder, model_folder(output, home), cut)


def trim(folder: Path, target: Path, cut: Cut) -> Trimmed:
    """Write the converted model in `folder` to `target` with the tokens that `cut` keeps; all or nothing.

    Weights, tokenizer, vocabulary and manifest follow; codes of other languages and padding go too. Scores
    measured on the whole model are not carried over, for nobody measured the trimmed one.

    Raises ModelError where the model is damaged or its pieces are not plain BPE; LanguageError where it
    lacks a language; InputError where a text cannot be read; OutputError where `target` exists or cannot
    be written.
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
        manifest = replace(
            parent,
            name=target.name,
            source="local" if parent.source == "embedded" else parent.source,
            languages=tags,
            files=hash_files(fresh),
            created_with=tuple(sorted(dict((*parent.created_with, *package_versions("egiz"))).items())),
            figures=(),
            trimmed=trimming,
        )
        write_manifest(fresh, manifest)
        NllbTokenizer.load(fresh)
    return Trimmed(folder=target, manifest=manifest, tokens=len(kept), parent=parent)


def _languages(wanted: Sequence[str], tokens: Sequence[str], parent: Manifest) -> tuple[str, ...]:
    """The tags wanted, sorted; LanguageError, with the way out, where the model lacks one."""
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
    folder: Path, cut: Cut, tags: Sequence[str], parent: Manifest, tokens: int
) -> tuple[tuple[int, ...], Trimming]:
    """The numbers of the sentencepiece pieces that stay, and the record of why."""
    path = folder / SENTENCEPIECE
    facts, processor, scripts = sentencepiece_facts(path), load_sentencepiece(path), scripts_of(tags)
    if not facts.is_bpe or facts.byte_fallback:
        raise ModelError("the pieces are not plain BPE", where=str(path), expected="BPE, as in NLLB")
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
    """The rows that stay, ascending: special tokens, the pieces, and after them all but other languages.

    `size` is the number of sentencepiece pieces there were (see `egiz.translate.models.layout`). Padding
    after the last token goes; nothing was ever learnt there.
    """
    others = frozenset(nllb_codes()) - {language(tag).code for tag in tags}
    padding = MADE_UP.format("")
    rest = (
        row
        for row in range(size + 1, len(tokens))
        if tokens[row] not in others and not tokens[row].startswith(padding)
    )
    return [*range(len(SPECIALS)), *(number + 1 for number in pieces if number > 2), *rest]


def _write_vocabulary(path: Path, tokens: Sequence[str]) -> None:
    """Byte for byte as CTranslate2 does, so that a model from which nothing went keeps its fingerprint."""
    path.write_text(json.dumps(tokens, indent=2), encoding="utf-8", newline="\n")
