"""A running server: real clients, what a request may say, hostile requests, documents and edits."""

from __future__ import annotations

import io
import json
import socket
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="needs egiz[serve]")
pytest.importorskip("uvicorn", reason="needs egiz[serve]")

from tests.parallel.serve.serving import Answer, Served, multipart, serving, without_english

CASES = Path(__file__).resolve().parents[2] / "cases"
KK = "Бұл кітап."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("serve")
    workspace = folder / "workspace"
    with serving(folder / "home", workspace, "--terms", "soviet-history", "--log-json", "-") as made:
        yield made


def test_libretranslatepy(server: Served) -> None:
    from libretranslatepy import LibreTranslateAPI

    client = LibreTranslateAPI(server.address, api_key="any")
    assert {item["code"] for item in client.languages()} == {"kk", "ru", "en"}
    assert client.detect("Қазақ тілінде жазылған сөйлем.")[0] == {"confidence": 100.0, "language": "kk"}
    translated = client.translate("  Бұл кітап.\n", "kk", "ru")
    assert translated.startswith("  ")
    assert translated.endswith("\n")
    assert translated.strip() not in ("", "Бұл кітап.")
    assert client.translate("  Бұл кітап.\n", "auto", "ru") == translated


def test_deep_translator(server: Served) -> None:
    from deep_translator import LibreTranslator

    client = LibreTranslator(source="ru", target="en", api_key="any", custom_url=server.address)
    one, two = client.translate("Это книга."), client.translate_batch(["Это книга.", "Это книга."])
    assert one
    assert two == [one, one]


def translated(answer: Answer) -> Any:
    assert answer.status == 200, answer.body
    return answer.json["translatedText"]


def test_json_forms_and_addresses_mean_the_same(server: Served) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    query = "q=%D0%91%D2%B1%D0%BB+%D0%BA%D1%96%D1%82%D0%B0%D0%BF.&source=kk&target=ru"
    answers = [
        server.ask("/translate", q=KK, source="kk", target="ru"),
        server.send("POST", "/translate", query, form),
        server.send("POST", f"/translate?{query}"),
        server.ask("/translate", q=KK, source="kk-KZ", target="RU"),
    ]
    assert len({translated(answer) for answer in answers}) == 1
    lists = server.ask("/translate", q=[KK, "", KK], source="auto", target="ru").json
    assert lists["translatedText"] == [translated(answers[0]), "", translated(answers[0])]
    assert lists["detectedLanguage"][0]["language"] == "kk"
    assert len(lists["quality"]) == 3


def test_what_egiz_adds(server: Served) -> None:
    text = "Бұл кітап.\n\nҚайта құру саясаты басталды."
    answer = server.ask("/translate", q=text, source="kk", target="ru", alternatives=2).json
    made = answer["translatedText"]
    assert made.count("\n\n") == 1
    assert [text[slice(*item["source"])] for item in answer["sentences"]] == text.split("\n\n")
    assert [made[slice(*item["target"])] for item in answer["sentences"]] == made.split("\n\n")
    assert 0 <= answer["quality"] <= 1
    assert answer["quality"] == min(item["quality"] for item in answer["sentences"])
    assert [use["source_text"] for use in answer["terms"]] == ["Қайта құру", "саясаты"]
    assert all(text[slice(*use["source"])] == use["source_text"] for use in answer["terms"])
    rendered = [use for use in answer["terms"] if use["target"]]
    assert rendered
    assert all(made[slice(*use["target"])] == use["target_text"] for use in rendered)
    assert 0 < len(answer["alternatives"]) <= 2
    assert made not in answer["alternatives"]


def test_terms_of_the_request(server: Served) -> None:
    pairs = (("қайта құру", "реорганизация"), ("саясат", "политика"))
    entries = [{"source": source, "target": target} for source, target in pairs]
    asked = {"q": "Қайта құру саясаты басталды.", "source": "kk", "target": "ru"}
    own = server.ask("/translate", **asked, terms=entries, terms_mode="safe").json
    checked = server.ask("/translate", **asked, terms=entries, terms_mode="check").json
    plain = server.ask("/translate", **asked, terms_mode="off").json
    assert "реорганизац" in own["translatedText"]
    assert [use["term"] for use in own["terms"]] == ["request:1", "request:2"]
    assert own["terms"][0]["outcome"] == "inserted"
    assert checked["translatedText"] == plain["translatedText"]
    assert checked["terms"][0]["outcome"] == "missing"
    assert plain["terms"] == []
    assert server.ask("/translate", **asked, terms=[]).json["translatedText"] == plain["translatedText"]


def test_html_keeps_its_tags(server: Served) -> None:
    code = '<p class="a">Бұл <b>кітап</b>.</p>\n<pre>x &lt; y</pre><!-- a -->'
    made = translated(server.ask("/translate", q=code, source="kk", target="ru", format="html"))
    assert made.startswith('<p class="a">')
    assert made.endswith("</p>\n<pre>x &lt; y</pre><!-- a -->")
    assert made.count("<b>") == made.count("</b>") == 1


def test_the_rest_of_the_protocol(server: Served) -> None:
    assert server.send("GET", "/health").json == {"status": "ok"}
    settings = server.send("GET", "/frontend/settings").json
    assert settings["keyRequired"] is False
    assert {".txt", ".html", ".docx", ".epub"} <= set(settings["supportedFilesFormat"])
    languages = server.send("GET", "/languages").json
    assert all(set(item) == {"code", "name", "targets"} for item in languages)
    same = server.ask("/translate", q=" кітап ", source="kk", target="kk").json
    assert same["translatedText"] == " кітап "


@pytest.fixture(scope="module")
def two_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The starter, and a second model that is the starter without English."""
    folder = tmp_path_factory.mktemp("two")
    models = ("--model", "starter", "--model", without_english(folder / "kk-ru"))
    with serving(folder / "home", folder / "workspace", *models) as made:
        yield made


def test_a_request_chooses_a_model(two_models: Served) -> None:
    """The field `model` is a name; languages are those of that model, and the others are proposed."""
    assert two_models.send("GET", "/frontend/settings").json["models"] == ["starter", "kk-ru"]
    assert [item["code"] for item in two_models.send("GET", "/languages?model=kk-ru").json] == ["kk", "ru"]
    asked = {"q": KK, "source": "kk", "target": "ru"}
    plain = translated(two_models.ask("/translate", **asked))
    assert translated(two_models.ask("/translate", **asked, model="kk-ru")) == plain
    assert translated(two_models.ask("/translate", **asked, model="")) == plain
    lacks = two_models.ask("/translate", q=KK, source="kk", target="en", model="kk-ru")
    assert lacks.status == 400
    assert lacks.json["error"] == (
        "'en' is not supported as target by the model 'kk-ru'. The model 'starter' supports it."
    )
    unknown = two_models.ask("/translate", **asked, model="stater")
    assert unknown.status == 400
    assert "no model 'stater' is served" in unknown.json["error"]
    assert "starter" in unknown.json["error"]
    named = two_models.upload(
        "/translate_file", "a.txt", KK.encode(), source="kk", target="ru", model="kk-ru"
    )
    other = two_models.upload("/translate_file", "a.txt", KK.encode(), source="kk", target="ru")
    assert named.json["translatedFileUrl"] == other.json["translatedFileUrl"]  # the same weights
    assert two_models.upload("/documents", "a.txt", KK.encode(), targets="en", model="kk-ru").status == 400


def test_behind_a_proxy_addresses_are_those_of_the_proxy(server: Served) -> None:
    body, kind = multipart("a.txt", KK.encode(), {"source": "kk", "target": "ru"})
    headers = {"content-type": kind, "host": "localhost", "x-forwarded-proto": "https"}
    answer = server.send("POST", "/translate_file", body, headers)
    assert answer.json["translatedFileUrl"].startswith("https://localhost/download_file/")


CLIENTS = json.loads((CASES / "serve_clients.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CLIENTS, ids=[case["name"] for case in CLIENTS])
def test_requests_of_other_clients(server: Served, case: dict[str, Any]) -> None:
    """Field order, types, codes and encodings as those programs send them; all ask for the same sentence."""
    answer = server.send("POST", case["path"], case["body"], case["headers"])
    made, plain = translated(answer), translated(server.ask("/translate", q=KK, source="kk", target="ru"))
    first = made[0] if case["texts"] else made
    assert isinstance(made, list) == bool(case["texts"])
    assert not case["texts"] or len(made) == case["texts"]
    assert first == (f"<p>{plain}</p>" if case.get("html") else plain)
    found = answer.json.get("detectedLanguage")
    if "detected" in case:
        found = found[0] if case["texts"] else found
        assert (set(found), found["language"]) == ({"confidence", "language"}, case["detected"])
        assert 0 <= found["confidence"] <= 100
    else:
        assert found is None
    assert ("alternatives" in answer.json) == case.get("alternatives", False)


HOSTILE = json.loads((CASES / "serve_hostile.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", HOSTILE, ids=[case["name"] for case in HOSTILE])
def test_hostile_requests(server: Served, case: dict[str, Any]) -> None:
    body: Any = case["body"]
    if "repeat" in case:
        text, times = case["repeat"]
        body = case.get("prefix", "") + text * times + case.get("suffix", "")
    if "long" in case:
        name, text, times = case["long"]
        body = json.dumps({**json.loads(body), name: text * times})
    data = None if body is None else body.encode(case.get("encoding", "utf-8"))
    answer = server.send(case["method"], case["path"], data, case["headers"])
    assert answer.status == case["status"], answer.body
    if answer.status >= 400:
        assert list(answer.json) == ["error"]
        assert "Traceback" not in answer.json["error"]
    if "has" in case:
        assert answer.json["translatedText"] == case["has"]
    assert server.send("GET", "/health").status == 200


def zipped(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>&b;&x;</p></body></html>'
)


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [
        ("bomb.docx", zipped({"[Content_Types].xml": b"", "word/document.xml": b" " * 60_000_000}), 400),
        ("laughs.xhtml", LAUGHS, 400),
        ("laughs.docx", zipped({"[Content_Types].xml": b"", "word/document.xml": LAUGHS}), 400),
        ("broken.docx", b"PK\x03\x04 nothing", 400),
        ("named.docx", b"plain text", 400),
        ("picture.txt", b"\x89PNG\r\n\x1a\n" + b"\0" * 99, 400),
        ("table.tsv", b"a\tb\n1\t2\n", 400),
        ("empty.txt", b"", 400),
        ("binary.txt", bytes(range(256)) * 9, 400),
        ("../../../outside.txt", b"5\n", 200),
        ("Қайта құру.txt", b"5\n", 200),
        ("nul.txt", b"5\n", 200),
        ("a.txt. .", b"5\n", 200),
        ("a\u202etxt.exe.txt", b"5\n", 200),
        ("a" * 400 + ".txt", b"5\n", 200),
        ("a\\b:c<d>.txt", b"5\n", 200),
    ],
)
def test_hostile_files(server: Served, name: str, data: bytes, status: int) -> None:
    answer = server.upload("/translate_file", name, data, source="kk", target="ru")
    assert answer.status == status, answer.body
    if status == 200:
        path = answer.json["translatedFileUrl"].removeprefix(server.address.rstrip("/"))
        assert "/" not in path.removeprefix("/download_file/")
        assert server.send("GET", path).body == data
    else:
        assert list(answer.json) == ["error"]


POST = b"POST /translate HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
FIVE = b'{"q":"5","source":"kk","target":"ru"}'
AND_METRICS = b"0\r\n\r\nGET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"\0\0\0\0\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        POST + b"transfer-encoding: chunked\r\n\r\nzz\r\n",
        POST + b"transfer-encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFFFFFF\r\n5",
        POST + b"transfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        POST + b"transfer-encoding: xchunked\r\n\r\n" + FIVE,
        POST + b"content-length: 37\r\ntransfer-encoding: chunked\r\n\r\n" + AND_METRICS,
        POST + b"content-length: 5\r\ncontent-length: 37\r\n\r\n" + FIVE,
        POST + b"content-length: -1\r\n\r\n" + FIVE,
        POST + b"content-length: +37\r\n\r\n" + FIVE,
        POST + b"content-length : 37\r\n\r\n" + FIVE,
        POST + b"x: a\0b\r\ncontent-length: 37\r\n\r\n" + FIVE,
        POST + b"x: a\rb\r\ncontent-length: 37\r\n\r\n" + FIVE,
        POST + b"host: evil.example\r\ncontent-length: 37\r\n\r\n" + FIVE,
        POST
        + b"origin: http://localhost\r\norigin: https://evil.example\r\ncontent-length: 37\r\n\r\n"
        + FIVE,
        b"GET /languages HTTP/1.1\r\n\r\n",
        b"GET /languages HTTP/1.0\r\n\r\n",
        b"GET http://evil.example/languages HTTP/1.1\r\nhost: localhost\r\n\r\n",
        b"GET /documents/\xd0\x9a HTTP/1.1\r\nhost: localhost\r\n\r\n",
        b"CONNECT evil.example:443 HTTP/1.1\r\nhost: localhost\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nhost: localhost\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /languages HTTP/1.1\r\nhost: localhost\r\na: " + b"a" * 100_000,
        POST + b"content-length: 50\r\n\r\n{",
    ],
    ids=[
        "zeros",
        "version",
        "chunk",
        "endless chunk",
        "chunked twice",
        "unknown coding",
        "two ends of a body",
        "two lengths",
        "negative length",
        "length with a sign",
        "space before a colon",
        "zero byte in a header",
        "half a line end",
        "two hosts",
        "two origins",
        "no host",
        "old version without a host",
        "another host in the first line",
        "path in plain UTF-8",
        "connect",
        "options of the server",
        "version 2",
        "TLS",
        "long header",
        "half a body",
    ],
)
def test_broken_connections(server: Served, sent: bytes) -> None:
    with socket.create_connection(server.place, timeout=30) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4")
    assert answer.count(b"HTTP/1.1 ") <= 1
    assert server.send("GET", "/health").status == 200


def test_files_come_back_in_their_format(server: Served) -> None:
    from docx import Document

    document = Document()
    document.add_heading("Бұл кітап", 1)
    document.add_paragraph("Бұл ").add_run("кітап").bold = True
    document.add_table(1, 1).cell(0, 0).text = "1985"
    stream = io.BytesIO()
    document.save(stream)
    chapter = '<html lang="kk"><body><p>Бұл <b>кітап</b>.</p></body></html>'
    book = {
        "mimetype": b"application/epub+zip",
        "META-INF/container.xml": b'<container><rootfile full-path="a.opf"/></container>',
        "a.opf": b'<package xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:language>kk</dc:language><manifest>'
        b'<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        b'<spine><itemref idref="a"/></spine></package>',
        "a.xhtml": chapter.encode(),
    }
    made = {}
    for name, data in (
        ("a.txt", "Бұл кітап.\r\n\r\n  Бұл кітап.".encode()),
        ("a.html", chapter.encode()),
        ("a.docx", stream.getvalue()),
        ("a.epub", zipped(book)),
    ):
        answer = server.upload("/translate_file", name, data, source="auto", target="ru")
        assert answer.status == 200, answer.body
        again = server.upload("/translate_file", name, data, source="auto", target="ru")
        assert again.json == answer.json
        found = server.send("GET", answer.json["translatedFileUrl"].removeprefix(server.address.rstrip("/")))
        assert found.headers["content-disposition"].startswith("attachment")
        made[name] = found.body
    sentence = translated(server.ask("/translate", q=KK, source="kk", target="ru"))
    assert made["a.txt"].decode() == f"{sentence}\r\n\r\n  {sentence}"
    assert made["a.html"].decode().startswith('<html lang="ru"><body><p>')
    word = Document(io.BytesIO(made["a.docx"]))
    assert [item.style.name for item in word.paragraphs if item.style] == ["Heading 1", "Normal"]
    assert sum(bool(run.bold) for run in word.paragraphs[1].runs) == 1
    assert word.tables[0].cell(0, 0).text == "1985"
    assert not {"Бұл", "кітап"} & set(" ".join(item.text for item in word.paragraphs).split())
    with zipfile.ZipFile(io.BytesIO(made["a.epub"])) as archive:
        assert archive.namelist() == list(book)
        assert archive.read("a.xhtml") == made["a.html"]
        assert b"<dc:language>ru</dc:language>" in archive.read("a.opf")


def test_documents_are_built_and_edited(server: Served) -> None:
    text = "Бұл кітап. Бұл кітап жақсы."
    answer = server.upload(
        "/documents", "Кітап.txt", text.encode(), source="kk", targets="ru,en", title="Кітап"
    )
    assert answer.status == 202, answer.body
    place = f"/documents/{'%D0%9A%D1%96%D1%82%D0%B0%D0%BF'}"
    events = server.send("GET", f"{place}/events")
    assert events.headers["content-type"].startswith("text/event-stream")
    last = json.loads(events.body.decode().strip().split("\n\n")[-1].removeprefix("data: "))
    assert (last["state"], last["done"], last["total"]) == ("done", 2, 2)
    assert [len(row) for row in last["first"]] == [3, 3]
    page = server.send("GET", place)
    assert "connect-src 'self'" in page.headers["content-security-policy"]
    row = next(item for item in server.send("GET", "/documents").json if item["title"] == "Кітап")
    assert row["reviewed"] == {"ru": 0, "en": 0}

    before = last["first"][0][1]
    first = edits(author="А", before=before, after="Вот книга.", approved=True)
    saved = server.send("POST", f"{place}/edits", first, {"content-type": "application/json"})
    assert (saved.status, saved.json["edits"][0]["outcome"]) == (200, "applied")
    second = edits(author="Б", before=before, after="Это книга, да.", approved=False)
    late = server.send("POST", f"{place}/edits", second, {"content-type": "application/json"})
    assert late.status == 409
    assert late.json["edits"][0]["stands"] == "Вот книга."
    assert late.json["edits"][0]["after"] == "Это книга, да."
    tmx = server.send("GET", f"{place}/download/tmx")
    assert "Вот книга." in tmx.body.decode()
    assert "Это книга, да." in server.send("GET", place).body.decode()  # shown beside the other
    assert zipfile.is_zipfile(io.BytesIO(server.send("GET", f"{place}/download/docx").body))
    row = next(item for item in server.send("GET", "/documents").json if item["title"] == "Кітап")
    assert row["reviewed"] == {"ru": 1, "en": 0}
    assert server.send("POST", f"{place}/edits", "{}", {"content-type": "application/json"}).status == 400
    assert server.send("GET", f"{place}/download/exe").status == 400


def edits(*, author: str, before: str, after: str, approved: bool) -> str:
    edit = {
        "row": "Кітап:1.1",
        "source": "Бұл кітап.",
        "previous": "",
        "following": "Бұл кітап жақсы.",
        "language": "ru",
        "before": before,
        "after": after,
        "approved": approved,
        "comment": "",
        "seen": [],
        "time": "2026-01-01T12:00:00Z",
    }
    return json.dumps(
        {"format": "egiz-edits", "version": 2, "table": "0" * 64, "author": author, "edits": [edit]}
    )


def test_a_suggestion_is_a_file_of_edits(server: Served, tmp_path: Path) -> None:
    from egiz.parallel.review import read_edits

    assert server.ask("/suggest", q=KK, s="Вот и книга.", source="kk", target="ru").json == {"success": True}
    workspace = Path(server.process.args[4])  # type: ignore[index]
    last = max((workspace / ".egiz-serve" / "suggestions").iterdir())  # their names begin with the time
    (edit,) = read_edits(last)
    assert (edit.after, edit.language, edit.sentence and edit.sentence.source) == ("Вот и книга.", "ru", KK)


def test_the_page_is_whole(server: Served) -> None:
    page = server.send("GET", "/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "/*" not in page.body.decode().partition("<script type")[2].partition("</script>")[0]


def test_metrics_and_log_have_no_texts(server: Served) -> None:
    metrics = server.send("GET", "/metrics").body.decode()
    for name in (
        "egiz_requests_total",
        "egiz_sentences_total",
        "egiz_queue_sentences",
        "egiz_request_seconds_sum",
    ):
        assert name in metrics
    deadline = time.monotonic() + 10
    while not any('"/metrics"' in line for line in server.lines) and time.monotonic() < deadline:
        time.sleep(0.05)
    events = [json.loads(line) for line in server.lines]
    assert {event["event"] for event in events} == {"request"}
    assert not any("кітап" in line for line in server.lines)
