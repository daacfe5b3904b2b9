"""Two small books, written for these tests: one text in three languages, and one of something else."""

from __future__ import annotations

from egiz.parallel.align import TextUnit

_PLACES = (
    "Алматы",
    "Шымкент",
    "Павлодар",
    "Тараз",
    "Атырау",
    "Семей",
    "Қостанай",
    "Ақтау",
    "Орал",
    "Талдықорған",
)
_CITIES = (
    "Алматы",
    "Шымкент",
    "Павлодар",
    "Тараз",
    "Атырау",
    "Семей",
    "Костанай",
    "Актау",
    "Уральск",
    "Талдыкорган",
)
_TOWNS = (
    "Almaty",
    "Shymkent",
    "Pavlodar",
    "Taraz",
    "Atyrau",
    "Semey",
    "Kostanay",
    "Aktau",
    "Oral",
    "Taldykorgan",
)
_PATTERNS = (
    (
        "{a} қаласында {n} мектеп салынды.",
        "В городе {b} построили {n} школ.",
        "In {c} {n} schools were built.",
    ),
    (
        "Дәрігер Серік {a} ауруханасында {n} жыл жұмыс істеді!",
        "Врач Серик проработал в больнице города {b} {n} лет!",
        "Doctor Serik worked {n} years in the hospital of {c}!",
    ),
    (
        "«Бұл кітапты {n} адам оқыды ма?» — деп сұрады {a} кітапханашысы.",
        "«Эту книгу прочли {n} человек?» — спросил библиотекарь из города {b}.",
        "“Have {n} people read this book?” asked the librarian of {c}.",
    ),
)


def book() -> tuple[list[str], list[str], list[str]]:
    """Thirty sentences in each language, one for one."""
    made = [
        tuple(text.format(a=a, b=b, c=c, n=17 + 7 * place + 100 * part) for text in pattern)
        for place, (a, b, c) in enumerate(zip(_PLACES, _CITIES, _TOWNS, strict=True))
        for part, pattern in enumerate(_PATTERNS)
    ]
    kazakh, russian, english = (list(side) for side in zip(*made, strict=True))
    return kazakh, russian, english


def other_book() -> list[str]:
    """Thirty Russian sentences of quite another text."""
    beasts = ("Волк", "Заяц", "Лиса", "Медведь", "Ёж", "Сова", "Барсук", "Рысь", "Олень", "Бобёр")
    deeds = (
        "спит",
        "ищет еду у тихой реки, пока не стемнеет, а потом идёт домой",
        "боится грома",
        "никогда не видел моря; говорят, там много рыбы",
        "знает, где растут грибы",
    )
    return [f"{beasts[at * at % 7 + at % 3]} {deeds[at * at // 3 % 5]}." for at in range(30)]


def units(texts: list[str], paragraphs: list[int] | None = None) -> tuple[TextUnit, ...]:
    """Units of texts, all in one paragraph if not said otherwise."""
    numbers = paragraphs or [0] * len(texts)
    return tuple(
        TextUnit(id=f"d:1.{at}", paragraph=number, text=text)
        for at, (text, number) in enumerate(zip(texts, numbers, strict=True), start=1)
    )
