"""Saved web pages (MHTML): the page in them."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import HeaderParser

from egiz.translate.errors import InputError
from egiz.translate.read.html import read_html
from egiz.translate.read.options import Content

_PAGES = frozenset({"text/html", "application/xhtml+xml"})


def read_web_archive(data: bytes, *, where: str, encoding: str | None = None) -> Content:
    """Read a page that a browser saved in one file, as in `read_html`.

    The page is the part that the header names as its start, else the first page in it; pages in frames and
    pictures are left out.
    """
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)  # what the policy makes
    pages = [part for part in message.walk() if part.get_content_type() in _PAGES]
    if not pages:
        raise InputError("holds no page", where=where, expected="a web page saved as MHTML")
    start = message.get_param("start")
    named = [part for part in pages if start and part.get("Content-ID") == start]
    page = (named or pages)[0]
    content = page.get_payload(decode=True)
    if not isinstance(content, bytes) or not content.strip():
        raise InputError("holds an empty page", where=where, expected="at least one sentence")
    declared = page.get_content_charset() or ""
    found = read_html(content, where=where, encoding=encoding, declared=declared)
    return replace(found, left_out=("pages in frames",)) if len(pages) > 1 else found


def is_web_archive(head: bytes) -> bool:
    """Whether a file begins as a saved web page does: with mail headers that name a page or related parts."""
    start = head.lstrip()[:2000].decode("ascii", "ignore")
    if "mime-version:" not in start.lower():
        return False
    kind = HeaderParser().parsestr(start).get_content_type()
    return kind == "multipart/related" or kind in _PAGES
