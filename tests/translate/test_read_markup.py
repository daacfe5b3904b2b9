"""HTML, XHTML and Markdown → paragraphs."""

from __future__ import annotations

import html
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egiz.translate.errors import InputError
from egiz.translate.read.html import read_html
from egiz.translate.read.markdown import read_markdown

KAZAKH = "әіңғүұқөһ ӘІҢҒҮҰҚӨҺ"
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1).filter(str.strip)


def html_of(page: str | bytes, *, xml: bool = False) -> str:
    return read_html(page.encode() if isinstance(page, str) else page, where="page", xml=xml).text


def markdown_of(text: str) -> str:
    return read_markdown(text, where="notes").text


HTML_CASES = [
    ("a<script>var x = '</p><p>no'</script>b", "ab"),
    ("a<script>document.write('<script><\\/script>')</script>b", "ab"),
    ("a<style>p::after { content: '</div>' }</style>b", "ab"),
    ("<p>a<p>b", "a\n\nb"),
    ("<div>a<span>b</span> <i> c </i>d</div>", "ab c d"),
    ("a <br> b", "a\nb"),
    ("<p>1 < 2 & 3 &lt; 4 &amp;lt; &#1241; &#x4D9; &nope;", "1 < 2 & 3 < 4 &lt; ә ә &nope;"),
    ("<p>a&#150;b", "a–b"),
    ("<p>a&#0;&#xD800;b", "a\ufffd\ufffdb"),
    ("<textarea>no</textarea><select><option>no</select><button>no</button><svg><text>no</text></svg>a", "a"),
    ("<template>no</template><iframe>no</iframe><object>no</object><video>no</video>a", "a"),
    ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "漢"),
    ("<table><tr><td>a<table><tr><td>b</table>c<td>d</table>", "a\n\nb\n\nc\n\nd"),
    ('a<span epub:type="pagebreak">12</span>b<a role="doc-noteref">1</a>.', "ab."),
    ("<pre>a\n  b</pre>", "a\nb"),
    ("<pre><code>no</code></pre>a", "a"),
    ("<frameset><frame></frameset><noframes>no</noframes>", ""),
    ("<header>a</header><main>b</main><footer>c</footer>", "a\n\nb\n\nc"),
    ("<P>A<BR>B</P><SCRIPT>no</SCRIPT>", "A\nB"),
    ("a</nosuch>b</p>", "ab"),
    ("a <!-- unclosed", "a"),
    ("", ""),
]


@pytest.mark.parametrize(("page", "expected"), HTML_CASES, ids=range(len(HTML_CASES)))
def test_html(page: str, expected: str) -> None:
    assert html_of(page) == expected


@pytest.mark.parametrize(
    "page",
    [
        "<meta charset=windows-1251><p>Біл".encode("cp1251"),
        '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251"><p>Біл'.encode("cp1251"),
        '<?xml version="1.0" encoding="koi8-u"?><html><p>Біл</p></html>'.encode("koi8-u"),
        "\ufeff<meta charset=windows-1251><p>Біл".encode(),
        "<meta charset=no-such-charset><p>Біл".encode(),
        "<meta charset=utf-16><p>Біл".encode(),
        "<p>Біл".encode("utf-16"),
    ],
)
def test_the_encoding_of_a_page(page: bytes) -> None:
    assert html_of(page) == "Біл"


def test_a_page_that_declares_the_wrong_encoding() -> None:
    with pytest.raises(InputError, match=r"page: byte 24 .* 0x98, which is not CP1251"):
        html_of(b"<meta charset=cp1251><p>\x98")


@given(st.lists(WORDS, min_size=1, max_size=4), st.booleans())
def test_any_paragraphs_survive_html(texts: list[str], xml: bool) -> None:
    body = "".join(f"<p>{html.escape(text)}</p>" for text in texts)
    page = f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>{body}</body></html>'
    page = page if xml else page.replace("<title/>", "<title></title>")
    expected = [re.sub("[ \t\n\f\r]+", " ", text).strip() for text in texts]
    assert html_of(page, xml=xml) == "\n\n".join(expected)


def test_xhtml_is_not_read_as_html() -> None:
    page = (
        '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://localhost:1/xhtml11.dtd">'
        '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="kk"><head><title/><script src="a.js"/></head>'
        f"<body><p>{KAZAKH}&nbsp;&laquo;а&raquo; &lt;&amp;&LT; <a id='x'/>б</p><!-- ж -->"
        "<![CDATA[в]]></body></html>"
    )
    content = read_html(page.encode(), where="page", xml=True)
    assert content.text == f"{KAZAKH}\xa0«а» <&< б\n\nв"
    assert content.language == "kk"


def test_xhtml_that_is_broken_is_read_as_html() -> None:
    assert html_of("<html><body><p>а<br>б &unknown; в</body></html>", xml=True) == "а\nб &unknown; в"


def test_xhtml_entities_are_refused() -> None:
    page = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/hostname">]><html><body>{}</body></html>'
    for body in ("&x;", "a", "<p title='&x;'/>"):
        with pytest.raises(InputError, match=r"declares XML entities|not well-formed"):
            html_of(page.format(body), xml=True)
    assert "file:" not in html_of("<!DOCTYPE html><p>a &x;")


def test_html_that_is_too_deep_is_refused_not_cut() -> None:
    assert html_of("<div>" * 1500 + "a" + "</div>" * 1500 + "b") == "a\n\nb"
    with pytest.raises(InputError, match=r"page: line 1 cannot be read as HTML \(Excessive depth"):
        html_of("<div>" * 5000 + "a")


def test_a_long_paragraph_of_html_is_whole() -> None:
    text = "сөз " * 1_600_000
    assert len(html_of(f"<p>{text}")) == len(text) - 1


MARKDOWN_CASES = [
    ("# А\nб", "А\n\nб"),
    ("А\n===\nб", "А\n\nб"),
    ("а *б* __в__ `г` ~~д~~", "а б в г д"),
    ("[а](http://x 'т') [б][1] <http://y>\n\n[1]: http://z", "а б http://y"),
    ("а\nб  \nв\\\nг", "а б\nв\nг"),
    ("![сурет](x) а", "а"),
    ("```\nкод\n```\n~~~py\nкод\n~~~\nа", "а"),
    ("    шегініс\n\nа", "шегініс\n\nа"),
    ("\tшегініс", "шегініс"),
    ("а <!-- ж --> б<br/>в <b>г</b>", "а  б\nв г"),
    ("<!-- ж\n\nж -->\n\nа", "а"),
    ("<script>\nж('</p>')\n\nж\n</script>\n\nа", "а"),
    ("<div>\n\n*а*\n\n</div>", "а"),
    ("<table><tr><td>а<td>б</table>", "а\n\nб"),
    ("> а\n> б\n>\n> - в", "а б\n\nв"),
    ("1. а\n2. [ ] б\n3. [x] в\n4. [y] г", "а\n\nб\n\nв\n\n[y] г"),
    ("сөз[^1] бар.[^note]\n\n[^1]: Ескертпе мұнда.", "сөз бар.\n\nЕскертпе мұнда."),
    (
        "сөз[^1] [бар][b].\n\n[^1]: Дерек.\n[^2]: Басқа дерек\nбар.\n\n[b]: http://a.b\n",
        "сөз бар.\n\nДерек.\n\nБасқа дерек бар.",
    ),
    ("| а | б |\n|---|:-:|\n| `в` | г \\| д |", "а\n\nб\n\nв\n\nг | д"),
    ("&laquo;а&raquo; \\*б\\* &#1241;", "«а» *б* ә"),
    ("---\ntitle: x\n---\nа", "а"),
    ("---\n# ескертпе\ntitle: x\nlist:\n\n  - y\n...\nа", "а"),
    ("+++\ntitle = 'x'\n+++\nа", "а"),
    ("---\n\nа\n\n---\n\nб", "а\n\nб"),
    ("а\r\n\r\nб\rв", "а\n\nб в"),
    (KAZAKH, KAZAKH),
]


@pytest.mark.parametrize(("text", "expected"), MARKDOWN_CASES, ids=range(len(MARKDOWN_CASES)))
def test_markdown(text: str, expected: str) -> None:
    assert markdown_of(text) == expected


def test_markdown_that_is_too_deep_is_refused_not_cut() -> None:
    lists = "".join("  " * depth + f"- {depth}\n" for depth in range(45))
    assert markdown_of(lists).split() == [str(depth) for depth in range(45)]
    with pytest.raises(InputError, match=r"notes: line 1 nests lists or quotes over"):
        markdown_of("> " * 300 + "а")


@given(st.lists(st.text(st.characters(categories=("Lu", "Ll", "Lo")), min_size=1), min_size=1, max_size=5))
def test_any_words_survive_markdown(words: list[str]) -> None:
    words = [unicodedata.normalize("NFC", word) for word in words]
    assert markdown_of("\n\n".join(f"**{word}** {word}" for word in words)) == "\n\n".join(
        f"{word} {word}" for word in words
    )
