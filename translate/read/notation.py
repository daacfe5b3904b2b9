"""Write exponents, indices, fractions, formulas and symbols on one line, with no number changed.

In plain text, 10 with a raised 24 would become 1024. So exponents and indices are written with the raised and
lowered characters of Unicode where these exist (10²⁴, H₂O), and otherwise as programmers do (10^(2k),
x_(i+1)). A fraction becomes 1/2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from egiz.translate.io.xml import Element, attribute, local

_RAISED = str.maketrans("0123456789+-−–=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−–=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎")
_LOWERED_LETTERS = str.maketrans("aehijklmnoprstuvx", "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_LEVEL = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")
_NUMBERS = re.compile(r"\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*")
"""The numbers in a note mark: "12", "12, 13", "3–5"."""
_OPERATOR = re.compile(r"[\d+−–=*/·-]")
_VARIABLES = frozenset("ijknpqtxyz")
"""Raised Latin letters that are exponents; others mark hours, minutes and ordinals (5ʰ, 1ᵉ)."""
_BASE = re.compile(r"(?:\d|[)\]}]|(?<![^\W\d_])[^\W\d_]{1,2})\Z")
"""A pattern for the end of a text that an exponent can follow: a digit, a bracket, a variable or a unit."""
_VARIABLE = re.compile(r"(?<![^\W_])[A-Za-zΑ-Ωα-ω]\Z")
"""A pattern for the end of a text that an index can follow: a single letter."""
_DEGREES = frozenset("oо∘°")  # Latin and Cyrillic letters that people raise for a degree sign
_FRACTION = re.compile("([0-9])?([⁰¹²³⁴-⁹]+) ?[/⁄∕] ?([₀-₉]+)")
_WORD = re.compile(r"\w+|\W")
_ENCLOSED = re.compile(r"[(\[{|√][^()\[\]{}|]*[)\]}|]\Z")


def raised(text: str, before: str) -> str:
    """Convert a raised `text`, which follows `before`, to characters on the line.

    Only exponents, degree signs and numbers are converted. Other text, such as endings of ordinals and
    letters above a year, is returned unchanged.

    >>> raised("24", "5,97·10"), raised("2k", "10"), raised("ж", "2020"), raised("12", "құрылды")
    ('²⁴', '^(2k)', 'ж', '¹²')
    """
    inner = text.strip()
    is_power = _BASE.search(before) is not None
    if before[-1:].isdigit() and inner in _DEGREES:
        made = "°"
    elif inner == "n":
        made = "ⁿ" if is_power and before[-1:].isascii() else inner
    elif _has_all(inner, _RAISED) or (not is_power and _NUMBERS.fullmatch(inner)):
        made = inner.translate(_RAISED)
    elif is_power and (inner in _VARIABLES or _is_term(inner)):
        made = f"^{_grouped(inner)}"
    else:
        return text
    return (text.lstrip() if is_power else text).replace(inner, made)


def _is_term(text: str) -> bool:
    """Whether a raised text can be an exponent: it has a number or a sign, and is not a mark in brackets."""
    return _OPERATOR.search(text) is not None and any(map(str.isalnum, text)) and not text.startswith("[")


def lowered(text: str, before: str) -> str:
    """Convert a lowered `text`, which follows `before`, to characters on the line.

    A text that is neither an index nor a number is returned unchanged.

    >>> lowered("2", "H"), lowered("i", "x"), lowered("i+1", "x"), lowered("max", "v")
    ('₂', 'ᵢ', '_(i+1)', 'max')
    """
    inner = text.strip()
    if len(inner) == 1 and _VARIABLE.search(before) and _has_all(inner, _LOWERED_LETTERS):
        return text.replace(inner, inner.translate(_LOWERED_LETTERS))
    if _has_all(inner, _LOWERED):
        return text.replace(inner, inner.translate(_LOWERED))
    if _BASE.search(before) and _is_term(inner):
        return text.replace(inner, f"_{_grouped(inner)}")
    return text


def level_fractions(text: str) -> str:
    """Write fractions of a raised and a lowered number with plain digits.

    >>> level_fractions("5¹/₂ келі, м²/с")
    '5 1/2 келі, м²/с'
    """
    if max(text, default="") < "₀":  # no lowered digit
        return text

    def levelled(found: re.Match[str]) -> str:
        number = f"{found[1]} " if found[1] else ""
        return f"{number}{found[2].translate(_LEVEL)}/{found[3].translate(_LEVEL)}"

    return _FRACTION.sub(levelled, text)


def _has_all(text: str, table: Mapping[int, object]) -> bool:
    """Whether a text is not empty and every character of it is in a translation table."""
    return bool(text) and all(ord(character) in table for character in text)


def _grouped(text: str) -> str:
    """The text, in brackets if it is more than one word or sign."""
    return text if _WORD.fullmatch(text) and not re.fullmatch(r"\d+\D+", text) else f"({text})"


def joined(pieces: Sequence[str]) -> str:
    """Join parts of a formula; a space is inserted between two numbers, which would otherwise become one, and
    after a word.

    >>> joined(["5", "1/2"]), joined(["2", "x"]), joined(["sin", "x"])
    ('5 1/2', '2x', 'sin x')
    """
    made = ""
    for piece in pieces:
        numbers = made[-1:].isdigit() and piece[:1].isdigit()
        word = re.search(r"[^\W\d_]{2,}\Z", made)
        made += (" " if numbers or (word and piece[:1].isalnum()) else "") + piece
    return made


# The parts of formulas, which MathML and the markup of Word have under different names.


def power(base: str, exponent: str) -> str:
    """A base with an exponent, on one line; a single sign such as a prime is written after the base."""
    if not exponent:
        return base
    base = _enclosed(base)
    if exponent in _DEGREES:
        return f"{base}°"
    if _has_all(exponent, _RAISED):
        return f"{base}{exponent.translate(_RAISED)}"
    if len(exponent) == 1 and not exponent.isalnum():
        return f"{base}{exponent}"
    return f"{base}^{_grouped(exponent)}"


def index(base: str, under: str) -> str:
    """A base with the index `under`, on one line."""
    if not under:
        return base
    if _has_all(under, _LOWERED):
        return f"{base}{under.translate(_LOWERED)}"
    return f"{base}_{_grouped(under)}"


def fraction(top: str, bottom: str) -> str:
    """A fraction on one line; a part with several terms is put in brackets."""
    return f"{_enclosed(top)}/{_enclosed(bottom)}"


def root(inside: str, degree: str = "") -> str:
    """A root with its degree, which is empty for a square root."""
    sign = f"{degree.translate(_RAISED)}√" if _has_all(degree, _RAISED) or not degree else f"({degree})√"
    return f"{sign}{_grouped(inside)}"


def _enclosed(text: str) -> str:
    """The text, in brackets if it has several terms."""
    if not re.search(r"[+−–=/·*\s-]", text[1:]) or _ENCLOSED.match(text):
        return text
    return f"({text})"


_DEEPEST = 60
"""The deepest nesting of elements in a formula that is read; formulas that people write have under twenty
levels."""

Linear = Callable[[Element, int], str]


def mathml(element: Element, depth: int = 0) -> str:
    """A formula in MathML on one line."""
    name = local(element.tag).lower()
    if depth > _DEEPEST or name in _UNSEEN:
        return ""
    inside = list(element)
    if not inside:
        return _leaf(element, name)
    parts = [mathml(child, depth + 1) for child in inside]
    shape = _SHAPES.get(name)
    if shape is not None and len(parts) >= shape[0]:
        return shape[1](parts)
    if name == "semantics":
        return parts[0]
    if name == "mfenced":
        separators = (element.get("separators") or ",").replace(" ", "") or ","
        return (element.get("open") or "(") + f"{separators[0]} ".join(parts) + (element.get("close") or ")")
    return joined([" ".join((element.text or "").split()), *parts] if element.text else parts)


def _leaf(element: Element, name: str) -> str:
    """The text of an element of MathML without children."""
    text = " ".join((element.text or "").split())
    if name == "mtext":
        return (element.text or "").replace("\u00a0", " ")
    if name == "mspace":
        return " "
    return text.translate(_INVISIBLE_SIGNS)


_INVISIBLE_SIGNS = dict.fromkeys((0x2061, 0x2062, 0x2063, 0x2064))
"""Invisible operators, which are removed: function application, times, separator, plus."""
_UNSEEN = frozenset({"annotation", "annotation-xml", "mphantom", "maligngroup", "malignmark", "none"})

_SHAPES: dict[str, tuple[int, Callable[[list[str]], str]]] = {
    "mfrac": (2, lambda parts: fraction(parts[0], parts[1])),
    "msup": (2, lambda parts: power(parts[0], parts[1])),
    "msub": (2, lambda parts: index(parts[0], parts[1])),
    "msubsup": (3, lambda parts: power(index(parts[0], parts[1]), parts[2])),
    "mover": (2, lambda parts: over(parts[0], parts[1])),
    "munder": (2, lambda parts: index(parts[0], parts[1])),
    "munderover": (3, lambda parts: power(index(parts[0], parts[1]), parts[2])),
    "mroot": (2, lambda parts: root(parts[0], parts[1])),
    "msqrt": (1, lambda parts: root(joined(parts))),
    "mtable": (1, lambda parts: f"[{'; '.join(parts)}]"),
    "mtr": (1, lambda parts: ", ".join(parts)),
}
"""For each element of MathML, the fewest children and the function that writes its children on one line."""


def over(base: str, above: str) -> str:
    """A base with a part above it: an accent is left out (v⃗ becomes v), a limit becomes an exponent."""
    return power(base, above) if any(map(str.isalnum, above)) else base


def omml(element: Element, depth: int = 0) -> str:
    """A formula of Word (Office Math) on one line."""
    name = local(element.tag)
    if depth > _DEEPEST or name.endswith("Pr") or name in _DELETED:
        return ""
    if name == "t":
        return element.text or ""
    if name == "r":
        return "".join(omml(child, depth + 1) for child in element)
    parts: dict[str, list[str]] = {}
    for child in element:
        parts.setdefault(local(child.tag), []).append(omml(child, depth + 1))
    build = _OFFICE.get(name)
    if build is None:
        return joined([text for child in element if (text := omml(child, depth + 1))])
    return build(element, lambda part: joined(parts.get(part, [])), parts)


_DELETED = frozenset({"del", "moveFrom", "delText"})
_Part = Callable[[str], str]
_Build = Callable[[Element, _Part, Mapping[str, list[str]]], str]


def _setting(element: Element, name: str, otherwise: str) -> str:
    """The value of the property `name` of an element, as in ``<m:dPr><m:sepChr m:val="…"/>``.

    Returns `otherwise` if the element does not set the property.
    """
    for properties in element:
        if local(properties.tag).endswith("Pr"):
            for item in properties:
                if local(item.tag) == name:
                    return attribute(item, "val") or ""
    return otherwise


def _delimited(element: Element, part: _Part, parts: Mapping[str, list[str]]) -> str:
    """An expression in brackets; the element states the brackets and the separator of its parts."""
    inside = _setting(element, "sepChr", "|").join(parts.get("e", []))
    return f"{_setting(element, 'begChr', '(')}{inside}{_setting(element, 'endChr', ')')}"


def _nary(element: Element, part: _Part, parts: Mapping[str, list[str]]) -> str:
    """A sum, an integral or a similar operator, with its limits."""
    sign = _setting(element, "chr", "∫")
    return joined([power(index(sign, part("sub")), part("sup")), " ", part("e")])


_OFFICE: dict[str, _Build] = {
    "f": lambda element, part, parts: fraction(part("num"), part("den")),
    "sSup": lambda element, part, parts: power(part("e"), part("sup")),
    "sSub": lambda element, part, parts: index(part("e"), part("sub")),
    "sSubSup": lambda element, part, parts: power(index(part("e"), part("sub")), part("sup")),
    "sPre": lambda element, part, parts: power(index("", part("sub")), part("sup")) + part("e"),
    "rad": lambda element, part, parts: root(part("e"), part("deg")),
    "d": _delimited,
    "nary": _nary,
    "func": lambda element, part, parts: joined([part("fName"), part("e")]),
    "limLow": lambda element, part, parts: index(part("e"), part("lim")),
    "limUpp": lambda element, part, parts: power(part("e"), part("lim")),
    "m": lambda element, part, parts: f"[{'; '.join(parts.get('mr', []))}]",
    "mr": lambda element, part, parts: ", ".join(parts.get("e", [])),
    "eqArr": lambda element, part, parts: "; ".join(parts.get("e", [])),
}


_SYMBOL = dict(
    zip(
        (*range(0x20, 0x7F), *range(0xA0, 0xFF)),
        " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
        "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪\ufffc〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭",
        strict=True,
    )
)
"""The encoding of the Symbol font (Adobe, 1985; www.unicode.org/Public/MAPPINGS/VENDORS/ADOBE/symbol.txt)."""

OBJECT = "\ufffc"
"""The character for an object that cannot be written as text."""


def symbols(text: str) -> str:
    """Convert text in the Symbol font to what it shows; Word stores the font's codes from U+F020 on.

    >>> symbols("a = 30\\uf0b0")
    'α = 30°'
    """
    return "".join(_SYMBOL.get(ord(character) & ~0xF000, character) for character in text)


_WINGDINGS = dict(
    zip(
        (0x4A, 0x4C, 0x6C, 0x6E, 0x71, 0x76, 0xA7, 0xA8, 0xD8, 0xDF, 0xE0, 0xE1, 0xE2, 0xE8, 0xEF, 0xF0),
        "☺☹●■❑❖▪◻➢←→↑↓➔⇦⇨",
        strict=True,
    )
) | {0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑"}
"""Characters for codes of the Wingdings font that Word inserts by itself, for example for "-->" and ":)"."""


def picture(number: int, font: str) -> str:
    """The character for a code in a font of pictures (Wingdings), such as an arrow, or `OBJECT`."""
    known = _WINGDINGS if font == "wingdings" else {}
    return known.get(number & ~0xF000, OBJECT)
