"""Count the background lists of term extraction: how frequent words are in general.

    python benchmarks/background.py FOLDER kk > glossary/data/background/kk.tsv

FOLDER holds tables with the columns kk, ru, en. Only running text whose licence is stated, and asks for no
more than attribution and the same terms, is counted, see `GENRES`. Test sets are not counted. Encyclopedic
text is not either: it has so many terms that those of a history text would pass for general words.
Each genre has the share that it is given there, however much of it there is, so that manuals, of which there
is most, do not pass for general language. Words are counted under their lemmas as `egiz terms extract` finds
them, without what it takes for function words.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from egiz.glossary.english.extraction import English
from egiz.glossary.extract.counting import Corpus
from egiz.glossary.extract.language import Profile, fold_counts, profile
from egiz.glossary.extract.ranking import TOTAL, Background
from egiz.glossary.kazakh.extraction import Built, Kazakh, verb_stems
from egiz.glossary.russian.extraction import Russian

COLUMNS = {"kk": 0, "ru": 1, "en": 2}
GENRES: dict[str, tuple[float, dict[str, str]]] = {
    "news": (
        0.5,
        {
            "kaznu_titles": "NLP-KazNU/kaz-parallel-corpora_collect_and_clean (CC BY-SA)",
            "kaznu_primeminister_kz": "NLP-KazNU/kaz-parallel-corpora_collect_and_clean (CC BY-SA)",
            "kaznu_economy_gov_kz": "NLP-KazNU/kaz-parallel-corpora_collect_and_clean (CC BY-SA)",
            "prose_news_kaznerd": "IS2AI/KazNERD, translated for Egiz (CC BY 4.0)",
        },
    ),
    "everyday": (
        0.2,
        {
            "tatoeba_kaz": "Tatoeba (CC BY 2.0 FR)",
            "anmitali_examples": "AnmiTaliDev/kazakh-dictionary (CC0 1.0)",
            "prose_written": "written for Egiz (CC0 1.0)",
        },
    ),
    "manuals": (
        0.3,
        {
            "docs_gnome_user_docs": "GNOME/gnome-user-docs (CC BY 3.0)",
            "docs_microsoft_dynamics": "MicrosoftDocs kk-kz repositories (CC BY 4.0)",
            "ui_mozilla_www": "mozilla-l10n/www-l10n, focusios-l10n (MPL-2.0)",
        },
    ),
}
ROWS = 8000
"""Words of a list; what is rarer says more of single texts than of the language."""
LEAST = 3
"""Occurrences that a word must have in all genres together."""
NOUN_FORMS = 3
"""Forms with endings that a Kazakh word must have been seen in to be a noun."""
SHORT_ENDING = 2
"""Letters of a verb's ending that a word may end in by chance: қала, қайта, кесте."""
INFLECTED = 0.1
"""Share of its occurrences that must bear endings."""


def main(folder: str, language: str) -> None:
    """Print the list of one language."""
    genres = {name: read(Path(folder), files, COLUMNS[language]) for name, (_, files) in GENRES.items()}
    counts = {name: corpus.counts() for name, corpus in genres.items() if corpus.counts()}
    shares = {name: GENRES[name][0] / sum(GENRES[item][0] for item in counts) for name in counts}
    lemmas, kinds = analyse(language, sum(counts.values(), Counter()))
    frequencies: defaultdict[str, float] = defaultdict(float)
    seen: Counter[str] = Counter()
    for name, found in counts.items():
        scale = TOTAL * shares[name] / found.total()
        for form, count in found.items():
            for lemma in lemmas.get(form, ()):
                frequencies[lemma] += count * scale
                seen[lemma] += count
    print(f"# Occurrences in a million words. Made by: python benchmarks/background.py FOLDER {language}")
    for name, share in shares.items():
        print(f"# {name}, {share:.0%}: {'; '.join(dict.fromkeys(GENRES[name][1].values()))}")
    kept = [word for word in frequencies if seen[word] >= LEAST and len(word) > 1]
    for word in sorted(kept, key=lambda word: (-frequencies[word], word))[:ROWS]:
        print(word, f"{frequencies[word]:.1f}", *([kinds[word]] if word in kinds else []), sep="\t")


def read(folder: Path, files: Iterable[str], column: int) -> Corpus:
    """Each different text of some files once."""
    texts: dict[str, None] = {}
    for file in files:
        for line in (folder / f"{file}.tsv").read_text(encoding="utf-8").splitlines():
            texts[line.split("\t")[column]] = None
    corpus = Corpus()
    for text in texts:
        corpus.add(text)
    return corpus


PACKAGES = {"kk": "kazakh", "ru": "russian", "en": "english"}


def analyse(language: str, forms: Counter[str]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """What each form is counted under, and of Kazakh lemmas the kind; function words are left out."""
    known = profile(f"egiz.glossary.{PACKAGES[language]}")
    if language == "kk":
        lemmas, kinds = kazakh(known, forms)
        lemmas = {form: found for form, found in lemmas.items() if not known.stop & {form.lower(), *found}}
        return lemmas, kinds
    rules = Russian(known) if language == "ru" else English(known, frozenset())
    readings = rules.read(forms).items()
    return {form: [reading.lemma] for form, reading in readings if reading.roles.strip("L")}, {}


def kazakh(known: Profile, forms: Counter[str]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Forms that only verbs have count under the verb's stem; words seen with several endings are nouns.

    What may be a form of a verb, as қала of қал, is a word of its own where its forms are the more frequent.
    """
    counts = fold_counts(forms)
    rules, paradigm = Kazakh(known, Background()), known.endings["paradigm"]
    verbs = verb_stems(counts, paradigm)
    verbal: dict[str, list[str]] = {}
    for kind in paradigm[:-1]:
        for word in counts:
            found = [word.removesuffix(end) for end in kind.split(",") if word.endswith(end)]
            verbal[word] = [stem for stem in found if stem in verbs][:1] or verbal.get(word, [])
    stems = rules.stems(counts, verbs)
    totals: Counter[str] = Counter()
    paradigms: Counter[str] = Counter()
    for word, (stem, _) in stems.items():
        totals[stem] += counts[word]
        paradigms.update(dict.fromkeys(verbal[word], counts[word]))

    def is_own(word: str) -> bool:
        cuts = [(end, word.removesuffix(end)) for end in known.endings["after_verbs"] if word.endswith(end)]
        found = [(end, stem) for end, stem in cuts if stem in paradigms]
        if rules.is_verb(word, ()) or any(len(end) > SHORT_ENDING for end, _ in found):
            return False
        return totals[word] > max((paradigms[stem] for _, stem in found), default=0)

    lemmas = {word: [stem] if is_own(stem) else verbal[word] for word, (stem, _) in stems.items()}
    kinds = dict.fromkeys(verbs, "verb") | dict.fromkeys(nouns(stems, counts, filter(is_own, totals)), "noun")
    return {form: lemmas[form.lower()] for form in forms}, kinds


def nouns(stems: Mapping[str, Built], counts: Mapping[str, int], own: Iterable[str]) -> set[str]:
    """The words of their own that are often and variously inflected."""
    endings: dict[str, set[str]] = {stem: set() for stem in own}
    for word, (stem, _) in stems.items():
        if word != stem and stem in endings:
            endings[stem].add(word)
    return {
        stem
        for stem, found in endings.items()
        if len(found) >= NOUN_FORMS
        and sum(counts[word] for word in found)
        >= INFLECTED * (counts[stem] + sum(counts[word] for word in found))
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
