"""Both engines on a model that has learnt something, so that its choices are clear."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from egiz.translate.engine.ctranslate2 import CTranslate2Engine
from egiz.translate.engine.forcing import CTranslate2Forcing
from egiz.translate.engine.hardware import Hardware
from egiz.translate.engine.protocol import Decoding
from egiz.translate.errors import EgizError, LanguageError, ModelError, OptionError
from egiz.translate.models.manifest import hash_files, read_manifest, write_manifest
from tests.translate.toy import LINES

SOURCES = [line[0] for line in LINES[::4]]
PLAIN = Hardware(precision="float32", device="cpu")


@pytest.fixture(scope="module")
def engine(toy_model: Path) -> CTranslate2Engine:
    return CTranslate2Engine(toy_model, PLAIN)


def texts(engine: CTranslate2Engine, sources: list[str], decoding: Decoding | None = None) -> list[str]:
    found = engine.translate(sources, source="kk", target="en", decoding=decoding or Decoding())
    return [hypotheses[0].text for hypotheses in found]


def test_the_engines_agree(engine: CTranslate2Engine, toy_run: Path) -> None:
    from egiz.translate.engine.transformers import TransformersEngine

    reference = TransformersEngine(toy_run / "checkpoint")
    sources = SOURCES[::4]
    for decoding in (Decoding(), Decoding(beam=1, hypotheses=1)):
        ours = engine.translate(sources, source="kk", target="en", decoding=decoding)
        theirs = reference.translate(sources, source="kk", target="en", decoding=decoding)
        same = [
            (first[0], second[0])
            for first, second in zip(ours, theirs, strict=True)
            if first[0].text == second[0].text
        ]
        assert len(same) >= 0.99 * len(sources)
        for first, second in same:
            assert first.tokens == second.tokens
            assert first.logprob == pytest.approx(second.logprob, abs=2e-3)
            assert first.complete == second.complete


HINTS = [[(len(source.split()[0]), "house")] for source in SOURCES]


@pytest.fixture(scope="module")
def hinted(toy_model: Path, tmp_path_factory: pytest.TempPathFactory) -> CTranslate2Engine:
    """The model, with a manifest that says that it understands hints."""
    folder = shutil.copytree(toy_model, tmp_path_factory.mktemp("hinted") / "model")
    write_manifest(folder, replace(read_manifest(folder), understands=("hints",)))
    return CTranslate2Engine(folder, PLAIN)


def test_hints_are_read_alike_by_both_engines(hinted: CTranslate2Engine, toy_run: Path) -> None:
    from egiz.translate.engine.transformers import TransformersEngine

    reference, few = TransformersEngine(toy_run / "checkpoint"), SOURCES[:6]
    assert hinted.takes_hints
    assert reference.takes_hints
    made = [
        [
            found[0].tokens
            for found in engine.translate(few, source="kk", target="en", decoding=Decoding(), hints=told)
        ]
        for engine in (hinted, reference)
        for told in (HINTS[:6], [])
    ]
    assert made[0] == made[2]
    assert made[1] == made[3]
    assert made[0] != made[1]


def test_a_hint_changes_its_own_sentence_only(hinted: CTranslate2Engine) -> None:
    plain = hinted.translate(SOURCES, source="kk", target="en", decoding=Decoding())
    none = hinted.translate(
        SOURCES, source="kk", target="en", decoding=Decoding(), hints=[[] for _ in SOURCES]
    )
    assert none == plain
    told = [hints if place % 3 == 0 else [] for place, hints in enumerate(HINTS)]
    mixed = hinted.translate(SOURCES, source="kk", target="en", decoding=Decoding(), hints=told)
    assert [mixed[place] for place in range(len(mixed)) if not told[place]] == [
        plain[place] for place in range(len(plain)) if not told[place]
    ]
    alone = hinted.translate(SOURCES[:1], source="kk", target="en", decoding=Decoding(), hints=told[:1])
    assert [item.tokens for item in alone[0]] == [item.tokens for item in mixed[0]]


def test_a_model_that_does_not_understand_hints_refuses_them(engine: CTranslate2Engine) -> None:
    assert not engine.takes_hints
    with pytest.raises(OptionError, match="not trained to read hints"):
        engine.translate(SOURCES[:1], source="kk", target="en", decoding=Decoding(), hints=HINTS[:1])


def test_there_are_hints_for_each_text(hinted: CTranslate2Engine) -> None:
    with pytest.raises(OptionError, match="hints for 1 of 2 texts"):
        hinted.translate(SOURCES[:2], source="kk", target="en", decoding=Decoding(), hints=HINTS[:1])


def test_texts_are_told_again_in_order_unless_they_are_too_long(hinted: CTranslate2Engine) -> None:
    forcing = CTranslate2Forcing(hinted)
    assert forcing.takes_hints
    items = [(SOURCES[0], tuple(HINTS[0])), ("сөз " * 600, ()), (SOURCES[1], ())]
    found = forcing.retell(items, source="kk", target="en", decoding=Decoding())
    assert found[1] == ()
    wanted = hinted.translate(
        [SOURCES[0], SOURCES[1]], source="kk", target="en", decoding=Decoding(), hints=[HINTS[0], []]
    )
    assert [[item.text for item in group] for group in (found[0], found[2])] == [
        [item.text for item in group] for group in wanted
    ]


def test_hypotheses_stand_best_first_and_differ(engine: CTranslate2Engine) -> None:
    [found] = engine.translate(SOURCES[:1], source="kk", target="ru", decoding=Decoding())
    assert len(found) == 4
    assert len({item.tokens for item in found}) == 4
    assert all(item.logprob <= 0 for item in found)


def test_penalties_do_not_bend_the_log_probability(engine: CTranslate2Engine) -> None:
    plain = engine.translate(SOURCES, source="kk", target="en", decoding=Decoding())
    bent = engine.translate(SOURCES, source="kk", target="en", decoding=Decoding(length_penalty=0.6))
    same = [(one[0], two[0]) for one, two in zip(plain, bent, strict=True) if one[0].tokens == two[0].tokens]
    assert same
    assert all(one.logprob == pytest.approx(two.logprob, abs=2e-3) for one, two in same)


def test_a_sentence_does_not_depend_on_its_neighbours(engine: CTranslate2Engine) -> None:
    mixed = [*SOURCES[:20], " ".join(SOURCES[:4]), SOURCES[0].split()[0]]
    together = texts(engine, mixed)
    assert together == [texts(engine, [source])[0] for source in mixed]
    assert texts(engine, mixed[::-1]) == together[::-1]
    assert texts(engine, mixed, Decoding(batch_tokens=16)) == together


def test_an_output_at_the_cap_is_marked(engine: CTranslate2Engine) -> None:
    short = Decoding(length_factor=0.01, length_extra=1)
    [found] = engine.translate(SOURCES[:1], source="kk", target="en", decoding=short)
    assert not found[0].complete
    [found] = engine.translate(SOURCES[:1], source="kk", target="en", decoding=Decoding())
    assert found[0].complete


def test_pieces_are_counted_and_unknown_ones_told(engine: CTranslate2Engine) -> None:
    assert engine.count("бір екі") >= 2
    assert engine.unknown("бір екі") == ()
    assert engine.unknown("бір 漢字") == ()  # spelt in bytes
    assert engine.unknown("бі́р") == ()


def test_the_identity_names_what_is_really_computed(engine: CTranslate2Engine, toy_model: Path) -> None:
    quantised = CTranslate2Engine(toy_model, Hardware(precision="int8", device="cpu"))
    assert engine.identity.endswith("+float32")
    assert quantised.identity.endswith("+int8_float32")
    assert "+ctranslate2-" in engine.identity
    assert engine.identity.split("+")[0] == quantised.identity.split("+")[0] == engine.manifest.fingerprint


def test_an_unknown_target_is_an_error_and_not_another_language(engine: CTranslate2Engine) -> None:
    for source, target in (("tr", "en"), ("kk", "tr")):
        with pytest.raises(LanguageError, match="Turkish"):
            engine.translate(["бір"], source=source, target=target, decoding=Decoding())


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"beam": 0}, "beam: 0; expected at least 1"),
        ({"hypotheses": 6}, "6 hypotheses of a beam of 5"),
        ({"length_factor": 0.0}, "above 0"),
        ({"length_factor": math.inf}, "above 0"),
        ({"length_penalty": math.nan}, "above 0"),
        ({"batch_tokens": 0}, "at least 1"),
    ],
)
def test_settings_that_cannot_be_are_refused(values: dict[str, int], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        Decoding(**values)  # type: ignore[arg-type]


def test_settings_are_read_from_text() -> None:
    found = Decoding.parse(["beam=3", "block_unknown=false", "length_factor=2.5"])
    assert found == Decoding(beam=3, hypotheses=3, block_unknown=False, length_factor=2.5)
    assert Decoding.parse([]) == Decoding()


def test_hardware_that_cannot_be_is_refused() -> None:
    with pytest.raises(OptionError, match=r"unknown precision 'int9'.*Did you mean 'int8'"):
        Hardware(precision="int9")
    with pytest.raises(OptionError, match="unknown device"):
        Hardware(device="tpu")


def test_a_model_that_lost_a_language_code_is_refused(toy_model: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(toy_model, broken)
    vocabulary = broken / "shared_vocabulary.json"
    tokens = json.loads(vocabulary.read_text(encoding="utf-8"))
    vocabulary.write_text(
        json.dumps(["<lost>" if token == "kaz_Cyrl" else token for token in tokens]), encoding="utf-8"
    )
    write_manifest(broken, replace(read_manifest(broken), files=hash_files(broken)))
    with pytest.raises(ModelError, match="kaz_Cyrl"):
        CTranslate2Engine(broken, PLAIN)


@pytest.mark.parametrize(
    "name", ["model.bin", "shared_vocabulary.json", "sentencepiece.bpe.model", "egiz-model.json"]
)
def test_a_model_without_a_part_is_refused(toy_model: Path, tmp_path: Path, name: str) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(toy_model, broken)
    (broken / name).unlink()
    with pytest.raises(EgizError, match=name.partition(".")[0]):
        CTranslate2Engine(broken, PLAIN)
