"""Bilingual files that are written again: no byte is lost, and only the words that are to change do."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from egiz.parallel.bitext import Segment, read_bitext
from egiz.parallel.bitext.patches import Patch, patched, tidied
from egiz.parallel.bitext.rewrite import FileUnit, read_units
from egiz.parallel.bitext.segment import tidy
from egiz.parallel.bitext.xml_units import XmlUnit, xml_units
from egiz.parallel.rows import Row
from egiz.translate.errors import EgizError, InputError, OptionError
from egiz.translate.records import Edit
from tests.parallel.conftest import Publish

CASES = Path(__file__).parent.parent / "cases"
REWRITES = json.loads((CASES / "bitext_rewrites.json").read_text(encoding="utf-8"))
MALFORMED = json.loads((CASES / "bitext" / "malformed.json").read_text(encoding="utf-8"))
FILES = ("memory.tmx", "messages.po", "three.xliff", "two.xlf")
TMX = """<tmx version="1.4"><header srclang="kk"/><body>
<tu><tuv xml:lang="kk"><seg>а</seg></tuv><tuv xml:lang="ru"><seg>{}</seg></tuv></tu>
</body></tmx>
"""


def edit(segment: Segment, before: str, after: str) -> Edit:
    start = segment.target.index(before)
    return Edit(start=start, stop=start + len(before), before=before, after=after, term="t", rule="r")


def rewritten(path: Path, name: str, before: str, after: str) -> bytes | str:
    """The file with `before` replaced in the segment of that id, or what was in the way."""
    parts = []
    for part in read_units(path, "kk", "ru"):
        if isinstance(part, bytes):
            parts.append(part)
            continue
        patches: list[Patch] = []
        for side in part.sides:
            if side.segment.id == name:
                assert side.slot is not None
                found = side.slot.put(side.segment, [edit(side.segment, before, after)], ())
                if isinstance(found, str):
                    return found
                patches += found
        parts.append(patched(part.raw, patches))
    return b"".join(parts)


def whole(path: Path, source: str | None = None, target: str | None = None) -> list[Segment]:
    """The segments of the units, once it is clear that no byte of the file is missing."""
    parts = list(read_units(path, source, target))
    raw = b"".join(part if isinstance(part, bytes) else part.raw for part in parts)
    assert raw == path.read_bytes()
    return [side.segment for part in parts if isinstance(part, FileUnit) for side in part.sides]


@pytest.mark.parametrize("case", REWRITES, ids=lambda case: case["name"])
def test_words_are_replaced_and_nothing_else(tmp_path: Path, case: dict[str, str]) -> None:
    path = tmp_path / case["file"]
    path.write_text(case["text"], encoding="utf-8", newline="")
    before = whole(path, "kk", "ru")
    found = rewritten(path, case["id"], case["before"], case["after"])
    assert (found if isinstance(found, str) else found.decode()) == case["result"]
    if isinstance(found, bytes):
        path.write_bytes(found)
        after = list(read_bitext(path, "kk", "ru"))
        for old, new in zip(before, after, strict=True):
            hit = old.id == case["id"]
            assert new.target == (old.target.replace(case["before"], case["after"]) if hit else old.target)


@pytest.mark.parametrize("chunk", [1, 5, 64])
def test_units_do_not_depend_on_how_much_is_read_at_a_time(tmp_path: Path, chunk: int) -> None:
    names = ("header", "tu", "trans-unit", "unit")
    for case in REWRITES:
        if not case["text"].lstrip("\ufeff").startswith("<"):
            continue
        path = tmp_path / case["file"]
        path.write_text(case["text"], encoding="utf-8", newline="")
        whole, pieces = ([*xml_units(path, names, chunk=size)] for size in (len(case["text"]) * 4, chunk))
        found, expected = ([unit for unit in parts if isinstance(unit, XmlUnit)] for parts in (pieces, whole))
        assert [(unit.raw, unit.start) for unit in found] == [(unit.raw, unit.start) for unit in expected]
        raw = b"".join(part if isinstance(part, bytes) else part.raw for part in pieces)
        assert raw == path.read_bytes()


@pytest.mark.parametrize("name", FILES)
def test_every_byte_and_segment_is_there(name: str) -> None:
    path = CASES / "bitext" / name
    found = whole(path)
    assert found
    assert found == list(read_bitext(path))
    if name != "messages.po":
        assert whole(path, "kk", "ru") == list(read_bitext(path, "kk", "ru"))


@pytest.mark.parametrize(("source", "target"), [(None, None), ("kk", "en"), ("kk", "ru"), ("en", "ru")])
def test_every_byte_of_a_published_table_is_there(
    tmp_path: Path, publish: Publish, rows: list[Row], source: str | None, target: str | None
) -> None:
    table = publish(tmp_path / "out", rows)
    assert whole(table, source, target) == list(read_bitext(table, source, target))


@pytest.mark.parametrize(("source", "target"), [("ru", "kk"), ("en", None)])
def test_the_source_of_a_published_table_is_not_rewritten(
    tmp_path: Path, publish: Publish, rows: list[Row], source: str, target: str | None
) -> None:
    with pytest.raises(OptionError, match="'kk' is the language that this table was translated from"):
        list(read_units(publish(tmp_path / "out", rows), source, target))


@pytest.mark.parametrize("case", MALFORMED, ids=lambda case: case["name"])
def test_malformed_files_are_refused_as_the_reader_refuses_them(tmp_path: Path, case: dict[str, str]) -> None:
    path = tmp_path / case["file"]
    path.write_text(case["text"], encoding="utf-8", newline="\n")
    with pytest.raises(EgizError) as expected:
        list(read_bitext(path, "en", "ru"))
    with pytest.raises(EgizError) as raised:
        list(read_units(path, "en", "ru"))
    assert str(raised.value) == str(expected.value)


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-be", "windows-1251", "koi8-r", "us-ascii", "utf-8-sig"]
)
def test_xml_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.tmx"
    named = {"utf-16-be": "utf-16", "utf-8-sig": "utf-8"}.get(encoding, encoding)
    text = f'\ufeff<?xml version="1.0" encoding="{named}"?>' + TMX.format("Старый\nмир &amp; я")
    text = text if encoding == "utf-16-be" else text[1:]
    path.write_bytes(text.encode(encoding, "xmlcharrefreplace"))
    found = rewritten(path, "1", "Старый", "Қайта \U0001f600")
    assert found == text.replace("Старый", "Қайта \U0001f600").encode(encoding, "xmlcharrefreplace")


def test_an_encoding_of_several_bytes_a_letter_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.tmx"
    path.write_bytes(('<?xml version="1.0" encoding="gb18030"?>' + TMX.format("мир")).encode("gb18030"))
    assert [segment.target for segment in read_bitext(path, "kk", "ru")] == ["мир"]
    with pytest.raises(InputError, match=r"x\.tmx:1:\d+: cannot be rewritten .*Convert it to UTF-8"):
        list(read_units(path, "kk", "ru"))


def po(encoding: str) -> str:
    fields = f"Language: ru\\nX-Source-Language: kk\\nContent-Type: text/plain; charset={encoding}\\n"
    return f'msgid ""\nmsgstr "{fields}"\n\nmsgid "a"\nmsgstr "старый мир"\n'


@pytest.mark.parametrize("name", ["windows-1251", "KOI8-R", "euc-jp"])
def test_po_in_other_encodings(tmp_path: Path, name: str) -> None:
    text = po(name)
    path = tmp_path / "x.po"
    path.write_bytes(text.encode(name))
    assert rewritten(path, "1", "мир", "свет") == text.replace("мир", "свет").encode(name)
    assert rewritten(path, "1", "мир", "әлем") == "encoding"


def test_po_in_an_encoding_that_shifts_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.po"
    path.write_bytes(po("iso-2022-jp").encode("iso-2022-jp"))
    assert rewritten(path, "1", "мир", "свет") == "markup"


UNITS = {
    "x.tmx": (
        '<tmx version="1.4"><header srclang="kk"/>',
        '<tu><tuv xml:lang="kk"><seg>а</seg></tuv><tuv xml:lang="ru"><seg>мир</seg></tuv></tu>\n',
        "</tmx>",
    ),
    "x.tsv": ("kk\tru\n", "а\tмир\n", ""),
    "x.po": (
        'msgid ""\nmsgstr "Language: ru\\nX-Source-Language: kk\\n"\n\n',
        'msgid "а"\nmsgstr "мир"\n\n',
        "",
    ),
}


def first_unit(parts: Iterator[bytes | FileUnit]) -> FileUnit:
    return next(part for part in parts if isinstance(part, FileUnit))


@pytest.mark.parametrize("name", sorted(UNITS))
def test_a_segment_that_is_not_there_any_more_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("".join(UNITS[name]), encoding="utf-8")
    [side] = first_unit(read_units(path, "kk", "ru")).sides
    assert side.slot is not None
    other = replace(side.segment, target="дом")
    with pytest.raises(InputError, match="has changed while it was read"):
        side.slot.put(other, [edit(other, "дом", "двор")], ())


@pytest.mark.parametrize("name", ["x.tmx", "x.po"])
def test_a_file_that_is_cut_meanwhile_is_refused(tmp_path: Path, name: str) -> None:
    path, (begin, unit, end) = tmp_path / name, UNITS[name]
    path.write_text(begin + unit * 20_000 + end, encoding="utf-8")
    parts = read_units(path, "kk", "ru")
    first_unit(parts)
    path.write_text(begin + unit * 3 + end, encoding="utf-8")
    with pytest.raises(InputError):
        list(parts)


TEXTS = st.text(
    st.sampled_from(
        "аб \t\n\r\x00\x1f\u00a0\u2028е\u0308\u0301и\u0306\u1112\u1161\u11ab\u09c7\u09be\U0001f600x"
    )
    | st.characters(exclude_categories=["Cs"]),
    max_size=30,
)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_each_tidied_character_knows_where_it_comes_from(text: str) -> None:
    found = tidied(text)
    assert found is not None
    assert "".join(sign for sign, _, _ in found) == tidy(text)
    for sign, start, stop in found:
        assert 0 <= start < stop <= len(text)
        assert sign in tidy(f"x{text[start:stop]}x")
    for (_, start, stop), (_, begin, end) in pairwise(found):
        assert (start, stop) == (begin, end) or stop <= begin


def written(text: str, chance: random.Random) -> str:
    """XML of a text, each character in one of the ways in which it can be written."""
    ways = []
    for sign in text:
        plain = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}.get(sign, sign)
        cdata = f"<![CDATA[{sign}]]>" if sign not in "\r" else plain
        ways.append(
            chance.choice([plain, plain, f"&#{ord(sign)};", f"&#x{ord(sign):x};", cdata, f"<!--c-->{plain}"])
        )
    return "".join(ways)


XML_TEXTS = st.text(st.sampled_from("аб  \n\r\t&<>]'\"е\u0308\u00a0\U0001f600xyz"), min_size=1, max_size=20)


@settings(max_examples=150, deadline=None)
@given(XML_TEXTS, XML_TEXTS.map(tidy).filter(bool), st.randoms(use_true_random=False), st.data())
def test_what_is_put_into_xml_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    text: str,
    after: str,
    chance: random.Random,
    data: st.DataObject,
) -> None:
    path = tmp_path_factory.mktemp("xml") / "x.tmx"
    raw = TMX.format(written(text, chance)).encode()
    path.write_bytes(raw)
    [segment] = whole(path, "kk", "ru")
    assert segment.target == tidy(text)
    if not segment.target:
        return
    start = data.draw(st.integers(0, len(segment.target) - 1))
    stop = data.draw(st.integers(start + 1, len(segment.target)))
    change = Edit(start=start, stop=stop, before=segment.target[start:stop], after=after, term="t", rule="r")
    [unit] = [part for part in read_units(path, "kk", "ru") if isinstance(part, FileUnit)]
    [side] = unit.sides
    assert side.slot is not None
    found = side.slot.put(segment, [change], ())
    if not isinstance(found, str):
        path.write_bytes(raw.replace(unit.raw, patched(unit.raw, found)))
        [again] = read_bitext(path, "kk", "ru")
        assert again.target == segment.target[:start] + after + segment.target[stop:]


def big(count: int) -> Iterator[str]:
    yield '<tmx version="1.4"><header srclang="kk"/><body>\n'
    for number in range(count):
        yield (
            f'<tu tuid="{number}"><tuv xml:lang="kk"><seg>Қайта құру {number}</seg></tuv>'
            f'<tuv xml:lang="ru"><seg>Реконструкция {number}</seg></tuv></tu>\n'
        )
    yield "</body></tmx>\n"


MEASURE = """
import resource, sys
from pathlib import Path
from egiz.parallel.bitext.rewrite import read_units
sizes = []
for name in sys.argv[1:]:
    for part in read_units(Path(name), "kk", "ru"): pass
    sizes.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(sizes[1] - sizes[0])
"""


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    small, large = tmp_path / "small.tmx", tmp_path / "large.tmx"
    small.write_text("".join(big(500)), encoding="utf-8")
    large.write_text("".join(big(10_000)), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, small, large], capture_output=True, text=True, check=True
    )
    assert int(run.stdout) < 4_000, "KiB"
