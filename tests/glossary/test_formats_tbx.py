"""TBX of every edition and style gives the same records; what these cannot represent is counted."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from egiz.glossary.formats import FORMATS
from egiz.glossary.records import Term, TermBase, Wording
from egiz.glossary.termbase import load
from tests.glossary.bases import base_of, term

TBX_2008 = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE martif SYSTEM "TBXcoreStructV02.dtd">
<martif type="TBX" xml:lang="en">
 <martifHeader>
  <fileDesc><titleStmt><title>Stars</title></titleStmt>
   <sourceDesc><p>an observatory</p></sourceDesc></fileDesc>
 </martifHeader>
 <text><body>
  <termEntry id="c1">
   <descripGrp><descrip type="subjectField">astronomy</descrip><admin type="source">list</admin></descripGrp>
   <admin type="source">handbook</admin>
   <langSet xml:lang="en">
    <tig><term>open <hi type="italics">cluster</hi></term>
     <termNote type="administrativeStatus">preferredTerm-admn-sts</termNote>
     <termNote type="partOfSpeech">noun</termNote></tig>
    <ntig><termGrp><term>galactic
        cluster</term>
      <termNote type="partOfSpeech">noun</termNote>
      <termNoteGrp><termNote type="administrativeStatus">supersededTerm-admn-sts</termNote></termNoteGrp>
     </termGrp></ntig>
   </langSet>
   <langSet xml:lang="ru">
    <descrip type="definition">группа звёзд</descrip>
    <tig><term>рассеянное скопление</term><termNote type="grammaticalNumber">singular</termNote></tig>
    <tig><term>открытое скопление</term></tig>
    <tig><term>Плеяды</term><termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote>
     <termNote type="partOfSpeech">properNoun</termNote></tig>
   </langSet>
  </termEntry>
 </body></text>
</martif>
"""

TBX_DCA = """<?xml version="1.0" encoding="UTF-8"?>
<?xml-model href="TBX-Basic_DCA.sch" type="application/xml"?>
<tbx type="TBX-Basic" style="dca" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2">
 <tbxHeader><fileDesc><titleStmt><title>Stars</title></titleStmt>
  <sourceDesc><p>an observatory</p></sourceDesc></fileDesc></tbxHeader>
 <text><body>
  <!-- a remark -->
  <conceptEntry id="c1">
   <transacGrp><transac type="transactionType">origination</transac><date>2010-04-17</date></transacGrp>
   <descrip type="subjectField">astronomy</descrip>
   <admin type="source">handbook</admin>
   <langSec xml:lang="en">
    <termSec><term>open cluster</term>
     <termNote type="partOfSpeech">noun</termNote>
     <termNote type="administrativeStatus">preferredTerm-admn-sts</termNote>
     <descripGrp><descrip type="context">Many are known.</descrip>
      <admin type="source">web</admin></descripGrp>
    </termSec>
    <termSec><term>galactic cluster</term><termNote type="partOfSpeech">noun</termNote>
     <termNote type="administrativeStatus">supersededTerm-admn-sts</termNote></termSec>
   </langSec>
   <langSec xml:lang="ru">
    <descripGrp><descrip type="definition">группа звёзд</descrip></descripGrp>
    <termSec><term>рассеянное скопление</term><termNote type="grammaticalNumber">singular</termNote></termSec>
    <termSec><term>открытое скопление</term>
     <termNote type="administrativeStatus">admittedTerm-admn-sts</termNote></termSec>
    <termSec><term>Плеяды</term><termNote type="partOfSpeech">noun</termNote>
     <termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote>
     <note>x-egiz-pos: proper</note></termSec>
   </langSec>
  </conceptEntry>
 </body></text>
</tbx>
"""

TBX_DCT = """<?xml version="1.0" encoding="UTF-8"?>
<t:tbx type="TBX-Linguist" style="dct" xml:lang="en" xmlns:t="urn:iso:std:iso:30042:ed-2"
  xmlns:min="http://www.tbxinfo.net/ns/min" xmlns:basic="http://www.tbxinfo.net/ns/basic"
  xmlns:ling="http://www.tbxinfo.net/ns/linguist">
 <t:tbxHeader><t:fileDesc><t:titleStmt><t:title>Stars</t:title></t:titleStmt>
  <t:sourceDesc><t:p>an observatory</t:p></t:sourceDesc></t:fileDesc></t:tbxHeader>
 <t:text><t:body>
  <t:conceptEntry id="c1">
   <min:subjectField>astronomy</min:subjectField>
   <basic:source>handbook</basic:source>
   <t:langSec xml:lang="en">
    <t:termSec><t:term>open cluster</t:term><min:partOfSpeech>noun</min:partOfSpeech>
     <min:administrativeStatus>preferredTerm-admn-sts</min:administrativeStatus></t:termSec>
    <t:termSec><t:term>galactic cluster</t:term><min:partOfSpeech>noun</min:partOfSpeech>
     <min:administrativeStatus>supersededTerm-admn-sts</min:administrativeStatus></t:termSec>
   </t:langSec>
   <t:langSec xml:lang="ru">
    <basic:definition>группа звёзд</basic:definition>
    <t:termSec><t:term>рассеянное скопление</t:term>
     <ling:grammaticalNumber>singular</ling:grammaticalNumber></t:termSec>
    <t:termSec><t:term>открытое скопление</t:term></t:termSec>
    <t:termSec><t:term>Плеяды</t:term><min:partOfSpeech>noun</min:partOfSpeech>
     <min:administrativeStatus>deprecatedTerm-admn-sts</min:administrativeStatus>
     <t:note>x-egiz-pos: proper</t:note></t:termSec>
   </t:langSec>
  </t:conceptEntry>
 </t:body></t:text>
</t:tbx>
"""

SAMPLES = {"2008": TBX_2008, "dca": TBX_DCA, "dct": TBX_DCT}
UNREAD = {
    "2008": ("1 × source of a statement",),
    "dca": ("1 × transaction", "1 × context", "1 × source of a statement"),
    "dct": (),
}


def read(tmp_path: Path, text: str, name: str = "a.tbx") -> TermBase:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return load(path)


@pytest.mark.parametrize("dialect", SAMPLES)
def test_every_dialect_says_the_same(tmp_path: Path, dialect: str) -> None:
    base = read(tmp_path, SAMPLES[dialect])
    assert (base.title, base.origin, base.licence) == ("Stars", "an observatory", "")
    assert base.unread == UNREAD[dialect]
    line = SAMPLES[dialect][: SAMPLES[dialect].index('id="c1"')].count("\n") + 1
    assert base.terms == (
        Term(
            id="c1",
            wordings=(
                Wording(language="en", text="open cluster", part_of_speech="noun"),
                Wording(language="en", text="galactic cluster", status="forbidden", part_of_speech="noun"),
                Wording(language="ru", text="рассеянное скопление", number="singular"),
                Wording(language="ru", text="открытое скопление", status="accepted"),
                Wording(language="ru", text="Плеяды", status="forbidden", part_of_speech="proper"),
            ),
            subject="astronomy",
            note="группа звёзд",
            origin="handbook",
            place=f"{tmp_path / 'a.tbx'}:{line}",
        ),
    )


def entry(content: str) -> str:
    return (
        '<tbx xmlns="urn:iso:std:iso:30042:ed-2"><text><body><conceptEntry>'
        f"{content}</conceptEntry></body></text></tbx>"
    )


def section(content: str, tag: str = "kk") -> str:
    return f'<langSec xml:lang="{tag}"><termSec>{content}</termSec></langSec>'


@pytest.mark.parametrize(
    ("statuses", "means"),
    [
        (["", "", ""], ["preferred", "accepted", "accepted"]),
        (["", "preferredTerm-admn-sts"], ["accepted", "preferred"]),
        (["admittedTerm-admn-sts", ""], ["accepted", "preferred"]),
        (["deprecatedTerm", "obsolete", "admitted"], ["forbidden", "forbidden", "accepted"]),
        (["standardizedTerm-admn-sts", "legalTerm"], ["preferred", "preferred"]),
    ],
)
def test_statuses(tmp_path: Path, statuses: list[str], means: list[str]) -> None:
    notes = [
        f'<termNote type="administrativeStatus">{status}</termNote>' if status else "" for status in statuses
    ]
    found = "".join(section(f"<term>сөз{number}</term>{note}") for number, note in enumerate(notes))
    (only,) = read(tmp_path, entry(found)).terms
    assert [word.status for word in only.wordings] == means


@pytest.mark.parametrize(
    ("content", "unread"),
    [
        (
            section("<term>а</term><termNote type='partOfSpeech'>particle</termNote>"),
            "1 × partOfSpeech 'particle'",
        ),
        (section("<term>а</term><termNote type='termType'>acronym</termNote>"), "1 × termType 'acronym'"),
        (
            section("<term>а</term><termNote type='grammaticalGender'>neuter</termNote>"),
            "1 × grammaticalGender",
        ),
        (
            section("<term>а</term>")
            + section("<term>b</term><termNote type='administrativeStatus'>x</termNote>", "en"),
            "1 × wording with the status 'x', which is not known; it is left out",
        ),
        (section("<term>а</term><note>x-egiz-new: 1</note>"), "1 × note x-egiz-new"),
        (section("<term>а</term><note>x-egiz-match: some</note>"), "1 × note x-egiz-match"),
        (
            section("<term>а</term>") + section("<term>b</term>", "tlh"),
            "1 × terms in 'tlh', a language that Egiz",
        ),
        (section("<term>а</term>") + section("<term> </term>", "ru"), "1 × empty term"),
        ("<ref type='crossReference'>b</ref>" + section("<term>а</term>"), "1 × crossReference"),
    ],
)
def test_what_has_no_place_is_counted(tmp_path: Path, content: str, unread: str) -> None:
    base = read(tmp_path, entry(content))
    assert len(base.terms) == 1
    assert [line for line in base.unread if line.startswith(unread)]


def test_an_entry_in_unknown_languages_is_left_out_and_counted(tmp_path: Path) -> None:
    base = read(tmp_path, entry(section("<term>b</term>", "tlh")))
    assert base.terms == ()
    assert "1 × entry without a term in a language that Egiz knows" in base.unread


def test_notes_of_all_levels_are_kept_in_order(tmp_path: Path) -> None:
    inner = section("<term>а</term><note>three</note>").replace("<termSec>", "<note>two</note><termSec>")
    base = read(tmp_path, entry(f"<note>one</note><note>one</note>{inner}"))
    assert base.terms[0].note == "one; two; three"
    assert base.terms[0].id == "а"


OWN = Wording(
    language="ru",
    text="сом",
    part_of_speech="proper",
    case_sensitive=True,
    exact=True,
    forms=("сома", "а, б"),
    inflect_like="дом",
)


def test_our_own_fields_stand_in_notes() -> None:
    text = FORMATS["tbx"].write(base_of(term("1 a", OWN))).text
    for note in ("id: 1 a", "match: case,exact", "forms: сома, а\\, б", "like: дом", "pos: proper"):
        assert f"<note>x-egiz-{note}</note>" in text
    assert 'id="x-egiz-1"' in text


@pytest.mark.parametrize(
    ("name", "number", "dialect"),
    [("tbx", "", "TBX-Basic"), ("tbx", "plural", "TBX-Linguist"), ("tbx2008", "plural", "TBX")],
)
def test_the_dialect_allows_what_is_in_the_file(name: str, number: str, dialect: str) -> None:
    word = Wording(language="ru", text="сом", number="plural" if number else "")
    assert f' type="{dialect}" ' in FORMATS[name].write(base_of(term("a", word))).text


def test_marks_that_would_change_a_tag_do_not(tmp_path: Path) -> None:
    word = Wording(language="ru", text="\u0338а<&>")
    text = FORMATS["tbx"].write(base_of(term('a"b', word))).text
    (found,) = read(tmp_path, text).terms
    assert (found.id, found.wordings[0].text) == ('a"b', "\u0338а<&>")


TOOLKIT = """
import json, sys
from translate.storage import tbx
store = tbx.tbxfile.parsefile(sys.argv[1])
store.setsourcelanguage("kk")
store.settargetlanguage("ru")
print(json.dumps([
    [[(t.text, t.deprecated) for t in unit.get_source_terms()],
     [(t.text, t.deprecated) for t in unit.get_target_terms()]]
    for unit in store.units
]))
"""
WRITER = """
import sys
from translate.storage import tbx
store = tbx.tbxfile()
for source, target in (("сөз", "слово"), ("A & B", "А < Б")):
    unit = tbx.tbxunit("")
    store.addunit(unit)
    unit.setsource(source, "kk")
    unit.settarget(target, "ru")
    unit.addnote("a note", origin="translator")
store.savefile(sys.argv[1])
"""


def run_toolkit(script: str, path: Path) -> str:
    """Run translate-toolkit in its own process, since its package is named like the folder `translate`."""
    try:
        version("translate-toolkit")
    except PackageNotFoundError:
        pytest.skip("translate-toolkit is not installed")
    return subprocess.run(
        [sys.executable, "-I", "-c", script, str(path)], capture_output=True, text=True, check=True
    ).stdout


def test_translate_toolkit_reads_what_we_write(tmp_path: Path) -> None:
    base = load("soviet-history")
    path = tmp_path / "a.tbx"
    path.write_text(FORMATS["tbx2008"].write(base).text, encoding="utf-8")
    expected = [
        [[[word.text, word.status == "forbidden"] for word in found.wordings_in(tag)] for tag in ("kk", "ru")]
        for found in base.terms
    ]
    assert json.loads(run_toolkit(TOOLKIT, path)) == expected


def test_we_read_what_translate_toolkit_writes(tmp_path: Path) -> None:
    path = tmp_path / "a.tbx"
    run_toolkit(WRITER, path)
    base = load(path)
    assert [[word.text for word in found.wordings] for found in base.terms] == [
        ["сөз", "слово"],
        ["A & B", "А < Б"],
    ]
    assert [found.note for found in base.terms] == ["a note", "a note"]
