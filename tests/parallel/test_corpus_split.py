"""Parts are whole documents, the same in every order, and share no sentence."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egiz.parallel.corpus import CorpusOptions, make_corpus
from egiz.parallel.corpus.duplicates import same
from egiz.parallel.corpus.records import DataRow
from egiz.parallel.corpus.split import Held, SplitOptions, deal, parse_split
from egiz.translate.errors import InputError, OptionError
from tests.parallel.corpora import entry, side


@given(st.dictionaries(st.integers(0, 2**64 - 1), st.integers(1, 5), min_size=60, max_size=120))
@settings(max_examples=40, deadline=None)
def test_parts_have_about_their_size(documents: dict[int, int]) -> None:
    options = SplitOptions(dev=20, test=0.1)
    dealt = deal(documents, options)
    total = sum(documents.values())
    for name, size in (("dev", 20), ("test", round(total * 0.1))):
        rows = sum(documents[document] for document, part in dealt.items() if part == name)
        assert size <= rows <= 2 * size
    assert deal(dict(reversed(documents.items())), options) == dealt


def test_a_document_larger_than_a_part_is_not_taken() -> None:
    assert deal({1: 100, 2: 5, 3: 100}, SplitOptions(test=4)) == {2: "test"}
    with pytest.raises(OptionError, match="no document is small enough for test=4"):
        deal({1: 100, 3: 100}, SplitOptions(test=4))
    with pytest.raises(OptionError, match="nothing is left to train on"):
        deal({1: 3, 3: 3}, SplitOptions(test=6))


@pytest.mark.parametrize(
    "text", ["dev", "dev=0", "dev=x", "train=5", "dev=1.5", "dev=1,dev=2", "dev=-1", "dev=inf", "dev=nan"]
)
def test_what_is_no_split_is_refused(text: str) -> None:
    with pytest.raises(OptionError, match="--split"):
        parse_split(text)


def test_a_split_can_be_shares_and_numbers() -> None:
    assert parse_split("dev=0.05,test=500") == SplitOptions(dev=0.05, test=500)
    assert SplitOptions(test=5).parts == ("train", "test")
    assert parse_split("").parts == ("train",)


def _leaky(seed: int) -> list[DataRow]:
    """Documents that quote each other: exactly, with another punctuation, nearly, on one side, shortly."""
    chance = random.Random(seed)
    words = [f"сөз{number}" for number in range(400)]
    common = [" ".join(chance.sample(words, 12)) for _ in range(30)]
    made = []
    for document in range(40):
        for number in range(1, 9):
            text = " ".join(chance.sample(words, 12))
            kind = chance.randrange(6)
            if kind == 0:
                text = chance.choice(common)
            elif kind == 1:
                text = f"«{chance.choice(common).upper()}»!"
            elif kind == 2:
                text = chance.choice(common) + " " + chance.choice(words)
            source, target = (text, f"{text} перевод {document} {number}")
            if kind == 3:
                source, target = "Иә.", f"ответ {document} {number}"
            made.append(entry(number, source, side(target), document=f"d{document}"))
    return made


@pytest.mark.parametrize("seed", range(3))
def test_nothing_of_the_held_out_parts_is_in_training(seed: int) -> None:
    options = CorpusOptions(split=SplitOptions(dev=30, test=30))
    with make_corpus(_leaky(seed), options) as corpus:
        parts = {name: list(corpus.part(name)) for name in corpus.parts}
        counts = corpus.account.languages["ru"]
    texts = {
        name: [text for item in items for text in (item.source, *(one.text for one in item.sides))]
        for name, items in parts.items()
    }
    for name, held in (("train", ("dev", "test")), ("dev", ("test",))):
        others = [text for part in held for text in texts[part]]
        assert not {same(text) for text in texts[name]} & {same(text) for text in others}
        known = Held(others)
        assert not [text for text in texts[name] if known.resembles(text)]
    assert counts.removed["leak"] > 10
    assert counts.read == sum(map(len, parts.values())) + counts.removed.total()
    documents = [{item.document for item in items} for items in parts.values()]
    assert not documents[0] & documents[1]
    assert not documents[0] & documents[2]
    assert not documents[1] & documents[2]


def test_a_part_that_leaks_leave_empty_is_an_error() -> None:
    made = [
        entry(1, "Бір сөйлем", side(f"ответ {document}"), document=f"d{document}") for document in range(8)
    ]
    with (
        pytest.raises(InputError, match=r"nothing is left in train\. 7 pairs left out, leak"),
        make_corpus(made, CorpusOptions(split=SplitOptions(test=1))),
    ):
        pass


def test_a_single_document_is_split_between_its_paragraphs() -> None:
    texts = [f"{number} өзгеше сөйлем {'а' * number}" for number in range(60)]
    entries = [
        replace(
            entry(number, text, side(f"ответ {text}"), document="d"),
            id=f"d:{number // 3 + 1}.{number % 3 + 1}",
        )
        for number, text in enumerate(texts)
    ]
    with make_corpus(entries, CorpusOptions(split=SplitOptions(dev=6, test=6))) as corpus:
        parts = {name: [item.id for item in corpus.part(name)] for name in corpus.parts}
    assert sorted(name for names in parts.values() for name in names) == sorted(item.id for item in entries)
    assert (len(parts["dev"]), len(parts["test"])) == (6, 6)
    paragraphs = [{name.rpartition(".")[0] for name in names} for names in parts.values()]
    assert sum(map(len, paragraphs)) == len(set[str]().union(*paragraphs)) == 20
