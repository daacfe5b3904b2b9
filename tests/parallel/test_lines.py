"""Lines in, as many lines out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egiz.translate.errors import InputError
from egiz.translate.ladder import Options
from egiz.translate.lines import decode_lines, translate_lines
from egiz.translate.translator import Translator
from tests.translate.fakes import FakeEngine


def translator() -> Translator:
    engine = FakeEngine(lambda text, source, target, decoding: [f"<{text}>"])
    return Translator(engine, "kk", ("ru", "en"), options=Options(rungs=()))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.sampled_from(["", "  ", "Бір сөйлем.", "Бірінші сөйлем. Екінші сөйлем.", "1985"]), max_size=300
    )
)
def test_as_many_lines_out_as_in(lines: list[str]) -> None:
    found = list(translate_lines(lines, translator()))
    assert [line.number for line in found] == list(range(1, len(lines) + 1))
    for line, text in zip(found, lines, strict=True):
        assert len(line.cells) == 2
        assert bool(line.cells[0]) == bool(text.strip())


def test_sentences_of_a_line_come_back_in_one_cell() -> None:
    [line] = translate_lines(["Бірінші сөйлем. Екінші сөйлем."], translator())
    assert line.cells[0] == "<Бірінші сөйлем.> <Екінші сөйлем.>"


def test_a_byte_that_is_not_utf8_is_named_by_line_and_column() -> None:
    with pytest.raises(InputError, match=r"standard input:2: byte 0xff at column 2; expected UTF-8"):
        list(decode_lines([b"\xef\xbb\xbfa\r\n", b"b\xff\n"]))


def test_line_ends_and_byte_order_mark_are_taken_off() -> None:
    assert list(decode_lines([b"\xef\xbb\xbfa\r\n", b"b\n", b"c"])) == ["a", "b", "c"]
