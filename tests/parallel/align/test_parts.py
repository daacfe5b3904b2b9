"""The parts of alignment by themselves: evidence, vectors, tables, corridor, programme, measures."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.parallel.align import LINK_FORMATS, DocumentPair, Link, score_links
from egiz.parallel.align.aligner import Aligning
from egiz.parallel.align.beads import ALL_BEADS
from egiz.parallel.align.corridor import anchors, corridor_around
from egiz.parallel.align.layers import (
    LAYERS,
    fixed_layers,
    lengths,
    marks,
    names,
    numbers,
    products,
    romanised,
    vectors,
)
from egiz.parallel.align.learned import words
from egiz.parallel.align.links_file import evaluate_files, read_named
from egiz.parallel.align.rows import merge
from egiz.parallel.align.words import by_table, pharaoh
from egiz.translate.errors import InputError
from tests.parallel.align.books import book, units

SPARSE = st.lists(st.dictionaries(st.integers(0, 6), st.integers(1, 4), max_size=5), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("вашингтон", "washington"),
        ("қазақстан", "kazakhstan"),
        ("президент", "president"),
        ("тараз", "taraz"),
    ],
)
def test_words_that_sound_alike_are_alike(one: str, other: str) -> None:
    assert romanised(one) == romanised(other)


def test_evidence_of_numbers_and_marks() -> None:
    assert numbers("Статья 22-1. 10 000 тенге") == {"22": 1, "1": 1, "10000": 1, "^22-1": 1}
    assert marks("«А» — Б?") == {"quote": 2, "dash": 1, "?": 1, "?$": 1}
    assert names("Алматы ол") == names("Almaty")


@given(SPARSE, SPARSE)
def test_products_are_those_of_dense_vectors(
    source: list[dict[int, float]], target: list[dict[int, float]]
) -> None:
    left, right = (np.zeros((len(side), 7)) for side in (source, target))
    for matrix, side in ((left, source), (right, target)):
        for row, unit in enumerate(side):
            for key, value in unit.items():
                matrix[row, key] = value
    found = products(vectors(source), vectors(target), (0, len(source)), (0, len(target)))
    assert np.allclose(found, left @ right.T)
    for size, squares in enumerate(lengths(vectors(source), 3), start=1):
        for at in range(len(source) - size + 1):
            assert np.isclose(squares[at], (left[at : at + size].sum(axis=0) ** 2).sum())


def test_the_corridor_holds_both_ends_and_never_falls() -> None:
    corridor = corridor_around([(3, 2), (20, 40)], (30, 50), 4)
    assert corridor.row(0)[0] == 0
    assert corridor.row(30)[1] == 51
    assert (np.diff(corridor.low) >= 0).all()
    assert (np.diff(corridor.high) >= 0).all()


def test_rare_names_and_numbers_mark_places() -> None:
    kazakh, russian, _ = book()
    layers = fixed_layers(kazakh, russian[5:], ("names", "numbers"))
    found = anchors(layers, (30, 25))
    assert len(found) > 15
    assert sum(j == i - 5 for i, j in found) > 0.8 * len(found)


def test_probabilities_of_all_steps_of_a_unit_sum_to_one() -> None:
    kazakh, russian, _ = book()
    aligning = Aligning(DocumentPair(source=units(kazakh[:6]), target=units(russian[:6])), LAYERS)
    aligning.run()
    posterior = aligning.posterior()
    sizes = np.array([bead[0] for bead in ALL_BEADS])[:, None]
    linked = sum(float((posterior.row(i) * sizes).sum()) for i in range(6))
    assert 0.9 * 6 < linked <= 6 + 1e-6


def linked(*spans: tuple[int, int, int, int]) -> tuple[Link, ...]:
    return tuple(Link(source=(a, b), target=(c, d), score=0.9) for a, b, c, d in spans)


def test_languages_are_merged_into_common_rows() -> None:
    one = linked((0, 1, 0, 1), (1, 3, 1, 2), (3, 3, 2, 3), (3, 4, 3, 4))
    other = linked((0, 1, 0, 2), (1, 2, 2, 3), (2, 3, 3, 4), (3, 4, 4, 4))
    groups = merge([one, other])
    assert [group.source for group in groups] == [(0, 1), (1, 3), (3, 3), (3, 4)]
    assert [group.targets for group in groups] == [
        ((0, 1), (0, 2)),
        ((1, 2), (2, 4)),
        ((2, 3), (4, 4)),
        ((3, 4), (4, 4)),
    ]
    assert [len(group.links[1]) for group in groups] == [1, 2, 0, 1]


def test_the_order_of_languages_changes_no_row() -> None:
    one = linked((0, 2, 0, 1), (2, 2, 1, 2), (2, 3, 2, 3))
    other = linked((0, 1, 0, 1), (1, 3, 1, 2))
    there, back = merge([one, other]), merge([other, one])
    assert [group.source for group in there] == [group.source for group in back] == [(0, 3)]
    assert [group.targets for group in there] == [group.targets[::-1] for group in back]


def test_link_scores_are_counted_by_hand() -> None:
    gold = [((0, 1), (0, 1)), ((1, 2), (1, 3)), ((2, 3), (3, 3)), ((3, 4), (3, 4))]
    found = [((0, 1), (0, 1)), ((1, 2), (1, 2)), ((2, 3), (2, 2)), ((3, 3), (2, 3)), ((3, 4), (3, 4))]
    scores = score_links(found, gold)
    assert (scores.found, scores.gold) == (3, 3)
    assert (scores.strict_precision, scores.strict_recall) == (2 / 3, 2 / 3)
    assert scores.lax_f1 == 1
    assert scores.null_recall == 1


def test_gold_names_units_or_numbers_them(tmp_path: Path) -> None:
    found = tmp_path / "out.links.tsv"
    head = "row\tlanguage\tsource\ttarget\tscore\tflags\n"
    found.write_text(head + "r\tru\ta:1.1\tb:1.1\t1\t\nr\tru\ta:1.2\tb:1.2,b:1.3\t1\t\n", encoding="utf-8")
    for name, text in (
        ("numbers.tsv", "source\ttarget\n0\t0\n1\t1,2\n"),
        ("names.tsv", "source\ttarget\na:1.1\tb:1.1\na:1.2\tb:1.2,b:1.3\n"),
        ("ladder.txt", "[0]:[0]\n[1]:[1, 2]:0.5\n"),
    ):
        gold = tmp_path / name
        gold.write_text(text, encoding="utf-8")
        (judged,) = evaluate_files(found, gold)
        assert (judged.language, judged.scores.strict_f1) == ("ru", 1)
    (tmp_path / "wrong.tsv").write_text("source\ttarget\n7\t0\n", encoding="utf-8")
    with pytest.raises(InputError, match="no unit '7'"):
        evaluate_files(found, tmp_path / "wrong.tsv")
    (tmp_path / "prose.txt").write_text("not a link\n", encoding="utf-8")
    with pytest.raises(InputError, match="expected a header with 'source' and 'target'"):
        read_named(tmp_path / "prose.txt")


def test_each_language_is_judged_by_itself(tmp_path: Path) -> None:
    head = "row\tlanguage\tsource\ttarget\tscore\tflags\n"
    lines = "r\tru\ta:1\tb:1\t1\t\nr\ten\ta:1\tc:1\t1\t\nr\tru\ta:2\t\t1\t\nr\ten\ta:2\tc:2\t1\t\n"
    (tmp_path / "links.tsv").write_text(head + lines, encoding="utf-8")
    gold = tmp_path / "gold.tsv"
    gold.write_text("language\tsource\ttarget\nru\t0\t0\nru\t1\t\nen\t0\t0,1\n", encoding="utf-8")
    judged = evaluate_files(tmp_path, gold)
    assert [item.language for item in judged] == ["ru", "en"]
    assert [item.scores.strict_f1 for item in judged] == [1, 0]
    assert [item.language for item in evaluate_files(tmp_path, gold, ("en",))] == ["en"]
    with pytest.raises(InputError, match=r"no links of language 'kk'; expected ru, en"):
        evaluate_files(tmp_path, gold, ("kk",))

    def written(layout: Literal["text", "json", "tsv"]) -> str:
        LINK_FORMATS[layout](judged, stream := StringIO())
        return stream.getvalue()

    assert "  strict       0.000     0.000     0.000\n" in written("text")
    read = json.loads(written("json"))
    assert [item["null_recall"] for item in read["evaluations"]] == [1, None]
    assert f"{tmp_path}\ten\tlax_f1\t0.6667\n" in written("tsv")


def test_words_are_linked_by_a_table_of_the_texts_themselves() -> None:
    pairs = [
        ("ақ үй", "белый дом"),
        ("ақ ат", "белый конь"),
        ("қара ат", "чёрный конь"),
        ("қара үй", "чёрный дом"),
    ]
    assert [pharaoh(found) for found in by_table(pairs)] == ["0-0 1-1"] * 4
    assert words("А, б-в!") == ["А", "б", "в"]


def test_words_are_linked_by_thot() -> None:
    pytest.importorskip("thot")
    from egiz.parallel.align.words import by_thot

    texts = [("ақ үй", "белый дом"), ("ақ ат", "белый конь"), ("қара ат", "чёрный конь")] * 5
    found = by_thot(texts)
    assert len(found) == len(texts)
    assert all(pairs for pairs in found)
