"""Terms are put into translations in the form their place asks for, or left alone with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from egiz.glossary.correct import REASONS, Correction, CorrectOptions, Corrector, Draft, Mode, replay
from egiz.glossary.correct.links import word_places
from egiz.glossary.records import Term, Wording
from egiz.translate.engine.protocol import Attention, Decoding, Hint, TokenScores
from egiz.translate.errors import OptionError
from egiz.translate.records import Hypothesis


class FakeForcing:
    """Knows what it likes: texts with `liked` words; words look at the words of the same number."""

    identity = "fake"

    def __init__(
        self,
        liked: Mapping[str, float] | None = None,
        completed: str = "",
        retold: Mapping[str, Sequence[str]] | None = None,
        meant: Mapping[str, float] | None = None,
    ) -> None:
        """`retold` has the outputs for sources with hints; without it the model takes none.

        `meant` has words of a translation with which its source is so much likelier per word.
        """
        self.liked = dict(liked or {})
        self.completed = completed
        self.asked = 0
        self.takes_hints = retold is not None
        self.retold = dict(retold or {})
        self.told: list[tuple[str, tuple[Hint, ...]]] = []
        self.meant = dict(meant or {})

    def token_scores(
        self, pairs: Sequence[tuple[str, str]], *, source: str, target: str
    ) -> list[TokenScores | None]:
        """Every word is as likely as the others, and the likelier the more liked words there are."""
        self.asked += len(pairs)
        found: list[TokenScores | None] = []
        for given, text in pairs:
            worths, words = (self.meant, given) if target == "kk" else (self.liked, text)
            each = -1.0 + sum(worth for word, worth in worths.items() if word in words.lower())
            places = tuple(word_places(text))
            found.append(TokenScores(spans=places, logprobs=(each,) * (len(places) + 1)))
        return found

    def align(self, pairs: Sequence[tuple[str, str]], *, source: str, target: str) -> list[Attention]:
        found = []
        for text, given in pairs:
            read, written = word_places(text), word_places(given)
            rows = [tuple(0.9 if s == t else 0.01 for s in range(len(read))) for t in range(len(written))]
            found.append(Attention(source=tuple(read), target=tuple(written), weights=tuple(rows)))
        return found

    def complete(
        self, items: Sequence[tuple[str, str]], *, source: str, target: str, decoding: Decoding
    ) -> list[tuple[Hypothesis, ...]]:
        return [
            (Hypothesis(text=begun + self.completed, tokens=(), logprob=-1.0),) if self.completed else ()
            for _, begun in items
        ]

    def retell(
        self, items: Sequence[tuple[str, tuple[Hint, ...]]], *, source: str, target: str, decoding: Decoding
    ) -> list[tuple[Hypothesis, ...]]:
        assert self.takes_hints
        self.told += items
        return [
            tuple(Hypothesis(text=output, tokens=(), logprob=-1.0) for output in self.retold.get(text, ()))
            for text, _ in items
        ]


def term(name: str, kk: str, ru: Sequence[str], en: str, *, forbidden: str = "") -> Term:
    wordings = [Wording(language="kk", text=kk), Wording(language="en", text=en)]
    wordings += [
        Wording(language="ru", text=text, status="accepted" if place else "preferred")
        for place, text in enumerate(ru)
    ]
    if forbidden:
        wordings.append(Wording(language="ru", text=forbidden, status="forbidden"))
    return Term(id=name, wordings=tuple(wordings))


TERMS = (
    term("qaita-quru", "қайта құру", ["перестройка"], "perestroika", forbidden="реконструкция"),
    term("society", "қоғам", ["общество", "социум"], "society"),
    term("reform", "реформа", ["экономическая реформа"], "economic reform"),
    term("plan", "жоспар", ["план"], "plan"),
)


def corrected(
    source: str,
    *outputs: str,
    target: str = "ru",
    forcing: FakeForcing | None = None,
    margin: float = 1.0,
    mode: Mode = "eager",
) -> Correction:
    options = CorrectOptions(mode=mode, margin=margin)
    corrector = Corrector(TERMS, "kk", target, forcing=forcing, options=options)
    draft = Draft(
        source=source, hypotheses=outputs, logprobs=tuple(-1.0 - 0.1 * at for at in range(len(outputs)))
    )
    (found,) = corrector.correct([draft])
    assert replay(outputs[0] if outputs else "", found.edits) == found.text
    again = Draft(source=source, hypotheses=(found.text,))
    assert corrector.correct([again])[0].text == found.text
    return found


SPOTS = [
    # source, output, corrected: the noun that looks at the term gives way, in its case and number
    ("Қайта құру басталды.", "Новая революция началась.", "Перестройка началась."),
    ("Жаңа қоғам келді.", "Новая страна пришла.", "Новое общество пришло."),
    ("Жаңа жоспар бар.", "Новую книгу читают.", "Новый план читают."),
    (
        "Біз қазір қайта құруды қолдадық.",
        "Они вчера видели революцию.",
        "Они вчера видели перестройку.",
    ),
    ("Саясат жаңа қоғамның.", "Политика новой революции.", "Политика нового общества."),
    ("Біз ескі өз қоғам.", "Мы в старой стране.", "Мы в старом обществе."),
    ("Бұл бір жоспар.", "Книга о революции.", "Книга о плане."),
    ("Сөз мен реформа болды.", "Речь о политике была.", "Речь об экономической реформе была."),
    ("Қоғам өсті.", "Страна.", "Общество."),
    ("Бүгін қоғам да.", "Сегодня 5 революций.", "Сегодня 5 обществ."),
]


@pytest.mark.parametrize(("source", "output", "wanted"), SPOTS, ids=[case[2] for case in SPOTS])
def test_a_noun_gives_way_to_the_term(source: str, output: str, wanted: str) -> None:
    found = corrected(source, output, forcing=FakeForcing())
    assert found.text == wanted
    assert {edit.rule for edit in found.edits} == ({"replaced"} if wanted != output else set())
    assert bool(found.left) == (wanted == output)


ENGLISH = [
    ("Жоспар реформа туралы.", "The law on a problem.", "The plan on an economic reform."),
    ("Бұл жаңа жоспарлар керек.", "The new ideas are needed.", "The new plans are needed."),
]


@pytest.mark.parametrize(("source", "output", "wanted"), ENGLISH)
def test_english_gets_number_and_article(source: str, output: str, wanted: str) -> None:
    assert corrected(source, output, target="en", forcing=FakeForcing()).text == wanted


def test_a_forbidden_wording_is_replaced_without_an_engine() -> None:
    found = corrected("Қайта құру саясаты.", "Политика реконструкции.")
    assert found.text == "Политика перестройки."
    (edit,) = found.edits
    assert (edit.before, edit.after, edit.term, edit.rule) == (
        "реконструкции",
        "перестройки",
        "qaita-quru",
        "forbidden",
    )


def test_without_an_engine_nothing_is_guessed() -> None:
    found = corrected("Қайта құру басталды.", "Новая революция началась.")
    assert found.text == "Новая революция началась."
    assert [left.reason for left in found.left] == ["no place"]
    assert found.left[0].term == "qaita-quru"
    assert (found.left[0].start, found.left[0].stop) == (0, 10)


SOCIETY, RESTRUCTURING = "Бүгін қоғам туралы.", "Бүгін қайта құру туралы."
LINKED = (
    (SOCIETY, "Сегодня о новой стране.", "0-0 2-1 1-3", "Сегодня о новом обществе."),
    (SOCIETY, "Сегодня о новой стране.", "0-0 2-1 1-2 1-3", "Сегодня об обществе."),
    (SOCIETY, "Сегодня о новой стране.", "0-0 2-1 1-3:0.2", ""),
    (SOCIETY, "Сегодня о новой стране.", "1-0:0.2 2-1 1-3", ""),
    (SOCIETY, "Сегодня о новой стране.", "0-3:0.1 1-3", ""),
    (SOCIETY, "Сегодня о новой стране.", "0-0 2-1", ""),
    (SOCIETY, "Сегодня об общественности.", "0-0 2-1 1-2", ""),
    (RESTRUCTURING, "Сегодня о стране.", "0-0 3-1 1-2 2-2", "Сегодня о перестройке."),
    (RESTRUCTURING, "Сегодня о стране.", "0-0 3-1 2-2", ""),
)
"""Texts, words of the source and of the text that are linked, with what weight, and what is made of it."""


def weights(links: str, source: str, text: str) -> list[list[float]]:
    """The weights of the words of two texts by links such as ``0-1`` or ``0-1:0.2``."""
    table = [[0.0] * len(word_places(source)) for _ in word_places(text)]
    for link in links.split():
        words, _, weight = link.partition(":")
        read, written = map(int, words.split("-"))
        table[written][read] = float(weight or 1)
    return table


@pytest.mark.parametrize(("source", "output", "links", "wanted"), LINKED)
def test_without_an_engine_links_say_what_stands_for_a_term(
    source: str, output: str, links: str, wanted: str
) -> None:
    corrector = Corrector(TERMS, "kk", "ru", links=lambda pairs: [weights(links, *pair) for pair in pairs])
    (found,) = corrector.correct([Draft(source=source, hypotheses=(output,))])
    assert found.text == (wanted or output)
    assert [left.reason for left in found.left] == ([] if wanted else ["no place"])


def test_weights_of_other_words_say_nothing() -> None:
    corrector = Corrector(TERMS, "kk", "ru", links=lambda pairs: [[[1.0]] for _ in pairs])
    (found,) = corrector.correct([Draft(source=SOCIETY, hypotheses=("Сегодня о новой стране.",))])
    assert found.edits == ()


def test_another_output_that_has_the_term_is_taken() -> None:
    found = corrected("Қайта құру басталды.", "Всё началось.", "Перестройка началась.")
    assert found.text == "Перестройка началась."
    assert {edit.rule for edit in found.edits} == {"other-output"}


def test_what_the_engine_finds_absurd_is_left_alone() -> None:
    forcing = FakeForcing({"перестройк": -3.0})
    found = corrected("Қайта құру басталды.", "Новая революция началась.", forcing=forcing)
    assert not found.edits
    assert [left.reason for left in found.left] == ["absurd"]
    assert corrected("Қайта құру басталды.", "Новая революция началась.", forcing=forcing, margin=5.0).edits


def test_the_engine_decides_between_places() -> None:
    source, output = "Біз бүгін қайта құру.", "Страна идёт к революции."
    liked = {"перестройка идёт": 2.0, "к перестройке": -0.9}
    assert corrected(source, output, forcing=FakeForcing(liked)).text.startswith("Перестройка")
    assert (
        corrected(source, output, forcing=FakeForcing({"к перестройке": 2.0})).text
        == "Страна идёт к перестройке."
    )


@pytest.mark.parametrize(
    ("source", "output", "liked"),
    [
        # by the whole of a short sentence the synonym is much likelier; what stands around it is not
        ("Қоғам өсті.", "Коллектив вырос.", {"общество": -1.2}),
        ("Жоспар бар.", "Проект есть.", {"план есть": -1.3}),
        ("Қайта құру туралы.", "О реконструкции.", {"перестройк": -3.0}),
    ],
)
def test_eager_does_all_that_safe_does(source: str, output: str, liked: Mapping[str, float]) -> None:
    safe, eager = (
        corrected(source, output, forcing=FakeForcing(liked), mode=mode) for mode in ("safe", "eager")
    )
    left = [{item.start for item in found.left} for found in (safe, eager)]
    assert left[1] <= left[0]
    assert bool(eager.edits) >= bool(safe.edits)


def test_an_accepted_wording_stays() -> None:
    found = corrected("Қоғам өсті.", "Социум вырос.", forcing=FakeForcing())
    assert (found.text, found.edits, found.left) == ("Социум вырос.", (), ())


def test_words_of_another_term_are_not_taken() -> None:
    found = corrected("Жоспар қоғам.", "План.", forcing=FakeForcing())
    assert found.text == "План."
    assert [(left.term, left.reason) for left in found.left] == [("society", "no place")]


def test_a_sentence_without_a_place_is_translated_again_around_the_term() -> None:
    found = corrected("Қоғам.", "Идёт.", forcing=FakeForcing(completed=" растёт."))
    assert found.text == "Общество растёт."
    assert {edit.rule for edit in found.edits} == {"redecoded"}


def test_fewer_renderings_than_terms_are_left_alone() -> None:
    found = corrected("Қоғам мен қоғам.", "Общество и страна.", forcing=FakeForcing())
    assert found.text == "Общество и страна."
    assert [left.reason for left in found.left] == ["fewer"]


def test_nothing_came_out_nothing_is_corrected() -> None:
    assert corrected("Қоғам өсті.").text == ""


def test_a_batch_is_judged_together_and_in_order() -> None:
    forcing = FakeForcing()
    corrector = Corrector(TERMS, "kk", "ru", forcing=forcing, options=CorrectOptions(mode="eager"))
    drafts = [Draft(source=source, hypotheses=(output,)) for source, output, _ in SPOTS]
    assert [found.text for found in corrector.correct(drafts)] == [wanted for _, _, wanted in SPOTS]
    assert [corrector.needs(draft) for draft in drafts] == [True] * len(drafts)
    assert not corrector.needs(Draft(source="Қоғам өсті.", hypotheses=("Общество выросло.",)))


def test_every_reason_is_in_words_and_options_are_checked() -> None:
    assert all(REASONS.values())
    with pytest.raises(OptionError, match="margin"):
        CorrectOptions(margin=-1)
    assert CorrectOptions().signature() != CorrectOptions(places=1).signature()
