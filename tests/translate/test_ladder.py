"""The retry ladder against an engine that can be told what to say."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from egiz.translate.climb import climb
from egiz.translate.engine.mbr import Mbr
from egiz.translate.engine.protocol import Decoding
from egiz.translate.errors import OptionError
from egiz.translate.ladder import RUNGS, Options
from egiz.translate.memory import Remembered
from tests.translate.fakes import FakeEngine

SOURCE = "Қоғамды реформалауға бағытталған шаралар жүйесі енді басталды."
GOOD = "Система мер, направленных на реформирование общества, теперь началась."
LOOP = "Система мер мер мер мер мер мер мер мер мер мер мер мер мер мер мер мер."


def run(
    engine: FakeEngine, text: str = SOURCE, target: str = "ru", options: Options | None = None
) -> Remembered:
    [found] = climb(engine, [text], source="kk", target=target, options=options or Options())
    return found


def test_a_good_output_is_ok_at_once() -> None:
    engine = FakeEngine(lambda *_: [GOOD])
    found = run(engine)
    assert (found.status, found.flags, found.hypotheses[0].text) == ("ok", (), GOOD)
    assert len(engine.asked) == 1


def test_the_n_best_list_is_asked_before_anything_is_decoded_again() -> None:
    engine = FakeEngine(lambda *_: [LOOP, GOOD])
    found = run(engine)
    assert (found.status, found.flags) == ("retried", ())
    assert [item.text for item in found.hypotheses] == [GOOD, LOOP]
    assert len(engine.asked) == 1


def test_stricter_decoding_breaks_a_loop() -> None:
    def answer(text: str, source: str, target: str, decoding: Decoding) -> Sequence[str]:
        return [GOOD if decoding.repetition_penalty > 1 else LOOP]

    found = run(FakeEngine(answer))
    assert (found.status, found.hypotheses[0].text) == ("retried", GOOD)
    assert [attempt.rung for attempt in found.attempts] == ["beam", "strict"]
    assert found.attempts[0].flags


def test_the_pivot_goes_through_english() -> None:
    def answer(text: str, source: str, target: str, decoding: Decoding) -> Sequence[str]:
        return ["The system of measures has begun." if target == "en" else GOOD if source == "en" else LOOP]

    found = run(FakeEngine(answer))
    assert (found.status, found.hypotheses[0].text) == ("retried", GOOD)
    assert found.attempts[-1].rung == "pivot"


def test_what_stays_bad_is_kept_as_suspect_with_its_reasons() -> None:
    found = run(FakeEngine(lambda *_: [LOOP]))
    assert found.status == "suspect"
    assert "repeated" in found.flags
    assert found.hypotheses[0].text == LOOP
    assert found.attempts[0].rung == "beam"


def test_no_output_at_all_is_failed() -> None:
    found = run(FakeEngine(lambda *_: [""]))
    assert (found.status, found.hypotheses) == ("failed", ())
    assert "empty" in found.flags


@pytest.mark.parametrize("text", ["1985", "— * —", "70 - 80", "123,7"])
def test_a_text_without_words_is_copied_through_and_never_decoded(text: str) -> None:
    engine = FakeEngine(lambda *_: ["invented"])
    found = run(engine, text)
    assert (found.status, found.hypotheses[0].text) == ("ok", text)
    assert engine.asked == []


@pytest.mark.parametrize("beam", [["", "Система мер."], [""]])
def test_a_short_output_is_better_than_none(beam: list[str]) -> None:
    def answer(text: str, source: str, target: str, decoding: Decoding) -> Sequence[str]:
        return beam if decoding.repetition_penalty == 1 else ["Система мер."]

    found = run(FakeEngine(answer))
    assert (found.status, found.flags) == ("suspect", ("short",))
    assert found.hypotheses[0].text == "Система мер."


def test_an_empty_text_fails_and_is_never_decoded() -> None:
    engine = FakeEngine(lambda *_: ["invented"])
    found = run(engine, "")
    assert (found.status, found.hypotheses, engine.asked) == ("failed", (), [])


def test_no_rung_asks_the_same_question_twice() -> None:
    engine = FakeEngine(lambda *_: [LOOP])
    run(engine, "Ол келді де кетті.", options=Options(rungs=("recased", "clauses")))
    assert len(engine.asked) == 1


def test_a_word_too_long_for_any_network_is_cut_inside() -> None:
    engine = FakeEngine(lambda text, *_: ["слово"])
    engine.count = len  # type: ignore[method-assign]
    run(engine, "қ" + "ыз" * 700, options=Options(rungs=(), longest=100))
    assert all(len(asked[0]) <= 100 for asked in engine.asked)
    assert "".join(asked[0] for asked in engine.asked) == "қ" + "ыз" * 700


def test_what_the_model_cannot_read_is_said() -> None:
    engine = FakeEngine(lambda *_: [GOOD])
    engine.unknown = lambda text: ("漢字",)  # type: ignore[method-assign]
    found = run(engine)
    assert (found.status, found.flags) == ("suspect", ("unread",))


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("Men kun saiyn mektepke baramyn.", ("foreign",)),
        ("مەن مەكتەپكە بارامىن دەپ ايتتى", ("foreign",)),
        ("Windows Server, Microsoft Teams, Adobe Reader", ()),
        ("Ол Windows Server бағдарламасын ашты да, жазды.", ()),
        ("Бұл «to be or not to be» деген сөз еді.", ()),
    ],
)
def test_a_source_in_letters_of_another_script_is_said(text: str, flags: tuple[str, ...]) -> None:
    assert run(FakeEngine(lambda *_: [GOOD]), text).flags == flags


def test_the_pivots_first_leg_counts() -> None:
    def answer(text: str, source: str, target: str, decoding: Decoding) -> Sequence[str]:
        return ["The system of measures has begun."] if target == "en" else [GOOD if source == "en" else LOOP]

    assert run(FakeEngine(answer)).hypotheses[0].logprob == -1.0


def test_a_heading_in_capitals_is_tried_as_a_sentence_without_gaining_a_stop() -> None:
    def answer(text: str, source: str, target: str, decoding: Decoding) -> Sequence[str]:
        return ["Политика перестройки и Казахстан." if text.endswith(".") else text]

    found = run(FakeEngine(answer), "ҚАЙТА ҚҰРУ САЯСАТЫ ЖӘНЕ ҚАЗАҚСТАН")
    assert (found.status, found.hypotheses[0].text) == ("retried", "Политика перестройки и Казахстан")


def test_a_sentence_beyond_the_limit_is_cut_and_joined() -> None:
    engine = FakeEngine(lambda text, *_: [text.replace("сөз", "слово")])
    text = ", ".join(["сөз слово слово"] * 8)
    found = run(engine, text, options=Options(longest=12, rungs=()))
    assert len(engine.asked) > 1
    assert " ".join(asked[0] for asked in engine.asked) == text
    assert found.hypotheses[0].text.startswith("слово слово слово, слово")


def test_order_and_number_of_results_follow_the_texts() -> None:
    engine = FakeEngine(lambda text, *_: [f"Перевод предложения номер {text.split()[-1]} готов."])
    texts = [f"Сөйлем аудармасының нөмірі мынау {number}" for number in range(20)]
    found = climb(engine, texts, source="kk", target="ru", options=Options(rungs=()))
    assert [item.hypotheses[0].text.split()[3] for item in found] == [str(number) for number in range(20)]


def test_an_unknown_rung_is_refused_with_the_nearest() -> None:
    with pytest.raises(OptionError, match="Did you mean 'pivot'"):
        Options(rungs=("pivott",))


def test_every_option_changes_the_signature() -> None:
    plain = Options()
    others = [
        Options(longest=50),
        Options(rungs=()),
        Options(decoding=Decoding(beam=4)),
        Options(decoding=Decoding(no_repeat=3)),
        Options(decoding=Decoding(shortlist=True)),
        Options(fast=True),
    ]
    assert len({item.signature() for item in (plain, *others)}) == 7
    assert set(plain.rungs) <= set(RUNGS)


def test_fast_decodes_once_where_no_guard_objects() -> None:
    asked: list[Decoding] = []

    def answer(text: str, source: str, target: str, decoding: Decoding) -> Sequence[str]:
        asked.append(decoding)
        return [GOOD]

    options = Options(fast=True, decoding=Decoding(length_penalty=1.3))
    found = run(FakeEngine(answer), options=options)
    assert (found.status, [attempt.rung for attempt in found.attempts]) == ("ok", ["fast"])
    assert asked == [Decoding(beam=4, hypotheses=1, length_penalty=1.3, shortlist=True)]


def test_where_a_guard_objects_to_a_fast_output_the_exact_decoding_is_next() -> None:
    asked: list[Decoding] = []

    def answer(text: str, source: str, target: str, decoding: Decoding) -> Sequence[str]:
        asked.append(decoding)
        return [LOOP if decoding.shortlist else GOOD]

    found = run(FakeEngine(answer), options=Options(fast=True, rungs=()))
    assert (found.status, found.hypotheses[0].text) == ("retried", GOOD)
    assert [attempt.rung for attempt in found.attempts] == ["fast", "beam"]
    assert [(decoding.beam, decoding.shortlist) for decoding in asked] == [(4, True), (5, False)]


def test_fast_never_widens_the_beam() -> None:
    assert Options(fast=True, decoding=Decoding(beam=2, hypotheses=2)).first.beam == 2


def test_fast_is_no_way_to_take_the_best_of_many_candidates() -> None:
    with pytest.raises(OptionError, match="--method mbr"):
        Options(fast=True, mbr=Mbr())
