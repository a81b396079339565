"""Tests of copywriter.checks on the plain corpus: few false alarms, few missed errors."""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable

import pytest
from checks_corpus import Sample, samples

from copywriter.brief import Kind, Language
from copywriter.checks import run_checks
from copywriter.checks.sentences import split_sentences
from copywriter.draft import Finding, Severity

Planter = Callable[[Sample, random.Random], str | None]


def check(sample: Sample, text: str | None = None) -> tuple[Finding, ...]:
    text = sample.text if text is None else text
    return run_checks(text, sample.product, sample.brief, finish="stop")


def alarms(chosen: Iterable[Sample]) -> tuple[dict[Severity, float], str]:
    """Share of texts with a finding per severity, and the counts per rule as text."""
    total, texts, rules = 0, Counter[Severity](), Counter[str]()
    for sample in chosen:
        total += 1
        findings = check(sample)
        texts.update({finding.severity for finding in findings})
        rules.update({finding.rule for finding in findings})
    shares = {severity: texts[severity] / total for severity in Severity}
    return shares, f"{total} texts: {rules.most_common()}"


def test_good_texts_raise_almost_no_alarm() -> None:
    """Of the hand-written texts, under 0.5 % are blocked and under 3 % sent to review."""
    shares, counts = alarms(samples(6))
    assert shares[Severity.BLOCK] < 0.005, counts
    assert shares[Severity.REVIEW] < 0.03, counts


@pytest.mark.parametrize("facts", [Language.ZH, Language.EN], ids=str)
def test_facts_in_another_language_raise_few_alarms(facts: Language) -> None:
    """Under 2 % are blocked when facts and text write numbers and words differently."""
    other = Language.DE if facts is Language.ZH else Language.FR
    shares, counts = alarms(
        sample.with_facts(other if sample.brief.language is facts else facts)
        for sample in samples(15)
    )
    assert shares[Severity.BLOCK] < 0.02, counts
    assert shares[Severity.REVIEW] < 0.03, counts


def test_all_checks_together_are_fast() -> None:
    """A core checks some 800 drafts per second; below 150, one check has become slow."""
    chosen = samples(15)
    check(chosen[0])
    started = time.process_time()
    for sample in chosen:
        check(sample)
    assert len(chosen) / (time.process_time() - started) > 150


def change_digit(sample: Sample, chance: random.Random) -> str | None:
    """Another digit in a number of two or more digits; nothing where the result is a fact."""
    runs = list(re.finditer(r"\d{2,}", sample.text))
    if not runs:
        return None
    run = chance.choice(runs)
    place = chance.randrange(run.start(), run.end())
    digit = chance.choice([digit for digit in "123456789" if digit != sample.text[place]])
    changed = sample.text[:place] + digit + sample.text[place + 1 :]
    facts = set(re.findall(r"\d+", " ".join(sample.product.values())))
    return None if changed[run.start() : run.end()] in facts else changed


def other_language(sample: Sample, chance: random.Random) -> str | None:
    languages = [language for language in Language if language is not sample.brief.language]
    return sample.others[chance.choice(languages)]


def other_last_sentence(sample: Sample, chance: random.Random) -> str | None:
    language = sample.brief.language
    if sample.brief.kind is not Kind.DESCRIPTION or language is Language.ZH:
        return None
    foreign = [one for one in (Language.DE, Language.EN, Language.FR) if one is not language]
    sentences = split_sentences(sample.others[chance.choice(foreign)])
    longest = max(sentences, key=lambda sentence: len(sentence.text)).text
    return f"{sample.text} {longest}" if len(longest) >= 60 else None


def cut(sample: Sample, chance: random.Random) -> str | None:
    if sample.brief.kind is not Kind.DESCRIPTION:
        return None
    text = sample.text[: chance.randrange(len(sample.text) // 3, len(sample.text) - 2)].rstrip()
    return None if text[-1] in ".。！？!?" else text


def say_twice(sample: Sample, chance: random.Random) -> str | None:
    if sample.brief.kind is not Kind.DESCRIPTION:
        return None
    sentence = chance.choice(split_sentences(sample.text)).text
    return sample.text + ("" if sample.brief.language is Language.ZH else " ") + sentence


def run_in_circles(sample: Sample, chance: random.Random) -> str | None:
    if sample.brief.kind is not Kind.DESCRIPTION:
        return None
    space = "" if sample.brief.language is Language.ZH else " "
    sentences = [sentence.text for sentence in split_sentences(sample.text)]
    return space.join([*sentences, *[sentences[-1]] * 3])


def insert(*marks: str) -> Planter:
    """Puts one of ``marks`` around or before a word; ``…`` stands for the word."""

    def plant(sample: Sample, chance: random.Random) -> str | None:
        words = sample.text.split(" ")
        place = chance.randrange(len(words))
        words[place] = chance.choice(marks).replace("…", words[place])
        return " ".join(words)

    return plant


def misspell_brand(sample: Sample, chance: random.Random) -> str | None:
    brand = sample.product.brand
    if not re.fullmatch("[A-Za-zÀ-ɏ]{5,}", brand) or brand not in sample.text:
        return None
    place = chance.randrange(1, len(brand))
    wrong = chance.choice(
        [
            brand[:place] + brand[place + 1 :],
            brand[:place] + chance.choice("aeiou") + brand[place + 1 :],
            brand[:place] + chance.choice("xqzk") + brand[place:],
        ]
    )
    # A letter put behind the brand leaves the brand in the text.
    return None if brand in (changed := sample.text.replace(brand, wrong)) else changed


PLANTED: dict[str, tuple[Planter, set[str]]] = {
    "digit": (change_digit, {"numbers.not_in_facts"}),
    "language": (other_language, {"language.wrong", "language.script"}),
    "sentence in another language": (other_last_sentence, {"language.mixed", "language.wrong"}),
    "cut": (cut, {"cut_off.unfinished"}),
    "said twice": (say_twice, {"repetition.sentence", "repetition.loop"}),
    "circles": (run_in_circles, {"repetition.loop"}),
    "markdown": (insert("**…**", "`…`", "[…](#a)", "__…__"), {"leftovers.markdown"}),
    "html": (insert("<b>…</b>", "…<br/>", "…&nbsp;", "&#39;…"), {"leftovers.html"}),
    "placeholder": (
        insert("[Brand] …", "{name} …", "XXX …", "{{price}} …"),
        {"leftovers.placeholder"},
    ),
    "end mark": (insert("…<eos>", "<end_of_turn> …", "<|im_end|>…"), {"leftovers.end_mark"}),
    "address": (
        insert("www.shop.example …", "… info@shop.example", "https://a.example/b …"),
        {"leftovers.address"},
    ),
    "brand": (misspell_brand, {"brand.misspelled"}),
}


@pytest.mark.parametrize("facts", ["same", "other"])
@pytest.mark.parametrize("error", PLANTED)
def test_planted_errors_are_found(error: str, facts: str) -> None:
    """At least 95 of 100 errors that are put into good texts are named by their own rule."""
    plant, rules = PLANTED[error]
    chance = random.Random(error)
    found, missed = 0, []
    for sample in samples(24):
        if facts == "other":
            chinese = sample.brief.language is Language.ZH
            sample = sample.with_facts(Language.DE if chinese else Language.ZH)
        text = plant(sample, chance)
        if text is None:
            continue
        if rules & {finding.rule for finding in check(sample, text)}:
            found += 1
        else:
            missed.append(f"{sample.id} {sample.brief.language}: {text}")
    assert found > 50
    assert found / (found + len(missed)) >= 0.95, missed[:5]
