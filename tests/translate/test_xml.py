"""Streamed XML: elements one by one, what is above them, and errors with their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from egiz.translate.errors import InputError
from egiz.translate.io.xml import attribute_above, stream_xml, xml_language, xml_root


def test_streamed_elements_know_what_is_above_them(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_text(
        '<r xmlns="u:n" a="1"><g b="2"><x>one</x><y/></g><x>two<x>in</x></x></r>', encoding="utf-8"
    )
    root = xml_root(path)
    assert (root.name, root.namespace, root.attributes) == ("r", "u:n", {"a": "1"})
    found = []
    for element in stream_xml(path, ("x",)):
        parent = element.getparent()
        assert parent is not None
        found.append((element.text, len(list(element)), parent.get("a"), parent.get("b")))
    assert found == [("one", 0, None, "2"), ("two", 1, "1", None)]


def test_attributes_are_inherited_and_languages_are_not(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_text('<r a="1" xml:lang="kk"><g a="2"><x/></g><x b="3" xml:lang="ru"/></r>', encoding="utf-8")
    found = [
        (attribute_above(element, "a"), attribute_above(element, "b"), xml_language(element))
        for element in stream_xml(path, ("x",))
    ]
    assert found == [("2", None, ""), ("1", "3", "ru")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251"])
def test_a_document_names_its_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.xml"
    path.write_bytes(
        f'<?xml version="1.0" encoding="{encoding[:12]}"?><x>я</x>'.replace("-sig", "").encode(encoding)
    )
    assert [element.text for element in stream_xml(path, ("x",))] == ["я"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "x.xml: an empty file"),
        ("words", "x.xml:1:1: is not well-formed XML"),
        ("<r>\n<x>", "x.xml:2:4: is not well-formed XML"),
        ("<r>\n<x></r>", "x.xml:2:8: is not well-formed XML"),
        ("<r/>\n<r/>", "x.xml:2:1: is not well-formed XML"),
        ("<r>&a;</r>", "Entity 'a' not defined"),
        ('<!DOCTYPE r [<!ENTITY a "b">]><r/>', "x.xml:1: declares XML entities"),
        ('<!DOCTYPE r SYSTEM "r.dtd">\n<r><x>&a;</x></r>', "x.xml:2: refers to the XML entity &a;"),
        ("<r>" * 300, "Excessive depth"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "x.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        list(stream_xml(path, ("x",)))
    assert message in str(raised.value)


def test_the_root_is_known_before_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_text("<r a='1'><x>" + "text " * 50_000 + "</broken>", encoding="utf-8")
    assert xml_root(path).attributes == {"a": "1"}
    with pytest.raises(InputError):
        list(stream_xml(path, ("x",)))
