"""Convert a checkpoint in hub layout to the CTranslate2 folder that Egiz runs.

CTranslate2's converter converts the weights. It gets Egiz's list of tokens instead of transformers'
tokenizer, which may lack the language codes (see `layout`). Only safetensors files are opened: a pickle can
run code when it is loaded.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from egiz.translate.errors import ModelError, OptionError, OutputError, nearest
from egiz.translate.languages import language
from egiz.translate.models.layout import (
    SENTENCEPIECE,
    SourceFormat,
    checkpoint_tokens,
    detect_source_format,
    present_tags,
    read_json,
)
from egiz.translate.models.manifest import Figure, Manifest, hash_files, write_manifest
from egiz.translate.models.store import installing, is_disk_error

PRECISIONS = ("int8", "float32", "float16", "bfloat16")
TORCH_NEEDED = 'Install it with `pip install "egiz[torch]"`, or take a model that is converted already.'
PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.pickle", "*.msgpack", "*.h5")


def convert(
    checkpoint: Path,
    target: Path,
    *,
    precision: str = "int8",
    name: str = "",
    source: str = "local",
    revision: str = "",
    licence: str = "",
    languages: Sequence[str] = (),
    source_format: SourceFormat | None = None,
    figures: Sequence[Figure] = (),
    alignment_layer: int | None = None,
) -> Manifest:
    """Convert `checkpoint` into the folder `target`, which appears complete or not at all.

    `precision` is the type of the weights on disk; the default, ``int8``, takes a quarter of the space of
    float32, and its BLEU is within 0.3 of float32 in CTranslate2's own benchmark. `languages` are the tags
    that the model is intended for; empty means every language whose code it has. `source_format` overrides
    `detect_source_format`. `alignment_layer` is the decoder layer, from 0, whose attention over all heads
    links words; None leaves CTranslate2's choice, the first head of the last layer.

    Raises ModelError if the checkpoint is incomplete, holds only pickles, is not an M2M100 in NLLB's layout
    or lacks a language code, and if torch is not installed; OptionError for an unknown precision; OutputError
    if `target` exists.
    """
    check_precision(precision)
    if target.exists():
        raise OutputError(f"{target} exists", action="Remove it or choose another name.")
    check_checkpoint(checkpoint)
    tokens = checkpoint_tokens(checkpoint)
    tags = chosen_languages(tokens, languages, where=str(checkpoint))
    _require_packages("torch", "transformers")
    with installing(target) as fresh:
        _convert_weights(checkpoint, fresh, tokens, precision, alignment_layer)
        shutil.copyfile(checkpoint / SENTENCEPIECE, fresh / SENTENCEPIECE)
        manifest = Manifest(
            name=name or checkpoint.name,
            source=source,
            revision=revision,
            licence=licence,
            languages=tags,
            source_format=source_format or detect_source_format(checkpoint),
            precision=precision,
            files=hash_files(fresh),
            created_with=package_versions("egiz", "ctranslate2", "transformers", "torch"),
            figures=tuple(figures),
        )
        write_manifest(fresh, manifest)
    return manifest


def check_precision(precision: str) -> None:
    """Raise OptionError unless weights can be stored in the type `precision`."""
    if precision not in PRECISIONS:
        raise OptionError(
            f"{precision!r} is not a precision",
            expected=", ".join(PRECISIONS),
            action=nearest(precision, PRECISIONS),
        )


def check_checkpoint(folder: Path) -> None:
    """Raise ModelError unless `folder` has a complete M2M100 checkpoint in safetensors without custom
    code."""
    config = read_json(folder / "config.json")
    if config.get("model_type") != "m2m_100":
        raise ModelError(
            f"model_type is {config.get('model_type')!r}",
            where=str(folder / "config.json"),
            expected="'m2m_100', as every NLLB checkpoint has",
        )
    if "auto_map" in config:
        raise ModelError(
            "the checkpoint wants to run its own code (auto_map)", where=str(folder / "config.json")
        )
    if (folder / "model.safetensors").is_file():
        return
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        missing = [name for name in _shards(index) if not (folder / name).is_file()]
        if missing:
            raise ModelError(f"{', '.join(missing)} missing", where=str(folder), action="Fetch it again.")
        return
    pickles = sorted(path.name for pattern in PICKLES for path in folder.glob(pattern))
    raise ModelError(
        f"the weights are only in {', '.join(pickles)}" if pickles else "there are no weights",
        where=str(folder),
        expected="model.safetensors",
        action=safetensors_advice() if pickles else "Fetch the checkpoint again.",
    )


def safetensors_advice() -> str:
    """Advice to the user for a checkpoint that is published only as a pickle."""
    return (
        "A pickle can run any code when opened, so Egiz does not open it. Take a revision of the repository"
        " that has safetensors, or convert it where you trust it (load it with transformers,"
        " save_pretrained to a folder) and run `egiz models convert FOLDER`."
    )


def _shards(index: Path) -> list[str]:
    """The weight files that `index`, the index of a sharded checkpoint, lists.

    Raises ModelError unless all of them are safetensors files in the folder of the index.
    """
    weights = read_json(index).get("weight_map")
    if not isinstance(weights, Mapping):
        raise ModelError("there is no weight_map", where=str(index))
    names = sorted({str(name) for name in weights.values()})
    strange = [name for name in names if Path(name).name != name or not name.endswith(".safetensors")]
    if strange:
        raise ModelError(
            f"weights in {', '.join(strange)}", where=str(index), expected="*.safetensors beside it"
        )
    return names


def chosen_languages(tokens: Sequence[str], wanted: Sequence[str], *, where: str) -> tuple[str, ...]:
    """The tags of the wanted languages, sorted; of all languages in `tokens` if none is wanted.

    Raises ModelError if the tokens lack the code of a wanted language.
    """
    present = present_tags(tokens)
    if not wanted:
        return present
    tags = tuple(sorted({language(tag).tag for tag in wanted}))
    missing = [f"{tag} ({language(tag).code})" for tag in tags if tag not in present]
    if missing:
        raise ModelError(
            f"no language code for {', '.join(missing)}",
            where=where,
            action=f"The model has {', '.join(present[:20])}{' and more' if len(present) > 20 else ''}.",
        )
    return tags


def _require_packages(*packages: str) -> None:
    """Raise ModelError unless all of these packages are installed."""
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if missing:
        raise ModelError(f"converting needs {' and '.join(missing)}", action=TORCH_NEEDED)


class _ListedTokens:
    """A given list of tokens with the part of a tokenizer's interface that CTranslate2's converter uses."""

    bos_token, eos_token, unk_token, unk_token_id = "<s>", "</s>", "<unk>", 3
    num_madeup_words = 0
    special_tokens_map: Mapping[str, Sequence[str]] = {}

    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens = tuple(tokens)

    def get_vocab(self) -> dict[str, int]:
        return {token: number for number, token in enumerate(self._tokens)}

    def convert_ids_to_tokens(self, number: int) -> str:
        return self._tokens[number]


def _convert_weights(
    checkpoint: Path, folder: Path, tokens: Sequence[str], precision: str, alignment_layer: int | None
) -> None:
    """Convert the weights with CTranslate2, with `tokens` in place of transformers' tokenizer."""
    import numpy

    def load_model(model_class: Any, path: str, *, config: Any, dtype: Any) -> Any:
        return model_class.from_pretrained(
            path, config=config, dtype=dtype, use_safetensors=True, local_files_only=True
        )

    def load_tokenizer(tokenizer_class: Any, path: str) -> _ListedTokens:
        return _ListedTokens(tokens)

    converter = import_module("ctranslate2.converters").TransformersConverter(str(checkpoint))
    converter.load_model, converter.load_tokenizer = load_model, load_tokenizer
    load = converter._load

    def load_spec() -> Any:
        spec = load()
        if alignment_layer is not None:
            spec.decoder.alignment_layer = numpy.int16(alignment_layer)
            spec.decoder.alignment_heads = numpy.int16(spec.decoder.num_heads)
        return spec

    converter._load = load_spec
    with _no_progress_bars():
        try:
            converter.convert(str(folder), quantization=precision, force=True)
        except OSError as error:
            if is_disk_error(error):
                raise
            raise ModelError(f"the checkpoint cannot be read ({error})", where=str(checkpoint)) from error
        except (RuntimeError, ValueError, KeyError) as error:
            raise ModelError(f"CTranslate2 cannot convert it ({error})", where=str(checkpoint)) from error


@contextmanager
def _no_progress_bars() -> Iterator[None]:
    """Turn off transformers' progress bars: Egiz shows its own."""
    logging = import_module("transformers.utils.logging")
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def package_versions(*packages: str) -> tuple[tuple[str, str], ...]:
    """Name and version of each of these packages that is installed."""
    from importlib.metadata import PackageNotFoundError, version

    found: list[tuple[str, str]] = []
    for name in packages:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            continue
    return tuple(found)
