"""The engines: order, batches, seeds, stops and failures of single requests."""

from __future__ import annotations

from typing import Any

import pytest

from copywriter.engines import Candidate, Decoding, GenerationRequest, make_engine
from copywriter.engines.transformers import TransformersEngine
from copywriter.errors import InputError
from copywriter.models import load_model
from tests.tiny import save_tiny_model

GREEDY = Decoding()
SAMPLED = Decoding(temperature=1.0, top_p=0.95, top_k=40)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A tiny random model in memory, in fp32 so that batches do not change its numbers."""
    folder = save_tiny_model(tmp_path_factory.mktemp("tiny"))
    return load_model(str(folder), "none")


def requests(count: int = 9, tokens: int = 12) -> list[GenerationRequest]:
    """Prompts of different lengths with seeds of their own."""
    return [
        GenerationRequest("the tin " * (1 + 3 * (place % 4)) + str(place), tokens, seed=place)
        for place in range(count)
    ]


@pytest.mark.parametrize("decoding", [GREEDY, SAMPLED])
def test_texts_do_not_depend_on_the_batch(loaded: Any, decoding: Decoding) -> None:
    """One at a time, in pairs or all together: the same texts, in the order of the requests."""
    together = TransformersEngine(loaded=loaded).generate(requests(), decoding)
    pairs = TransformersEngine(loaded=loaded, max_batch=2).generate(requests(), decoding)
    alone = [TransformersEngine(loaded=loaded).generate([item], decoding)[0] for item in requests()]
    assert [item.text for item in together] == [item.text for item in pairs]
    assert [item.text for item in together] == [item.text for item in alone]
    assert len({item.text for item in together}) > 1


def test_seeds_decide_the_sample(loaded: Any) -> None:
    """The same seed gives the same text, another seed another one."""
    engine = TransformersEngine(loaded=loaded)
    first, again, other = engine.generate(
        [GenerationRequest("the tin", 20, seed=seed) for seed in (1, 1, 2)], SAMPLED
    )
    # Likelihoods may differ in the last digit with the place in the batch.
    assert first.text == again.text
    assert first.text != other.text


def test_token_bound_holds_for_each_request(loaded: Any) -> None:
    """A short bound beside a long one cuts only its own text."""
    short, long = TransformersEngine(loaded=loaded).generate(
        [GenerationRequest("the tin", 3), GenerationRequest("the tin", 15)], GREEDY
    )
    assert short.tokens <= 3 < long.tokens
    assert short.finish == "length"
    assert long.text.startswith(short.text)


def test_stop_string_ends_the_text_before_it(loaded: Any) -> None:
    """The text ends where the stop string would begin, and counts as finished."""
    engine = TransformersEngine(loaded=loaded)
    whole = engine.generate([GenerationRequest("the tin", 30)], GREEDY)[0]
    stop = whole.text[6:9]
    cut = engine.generate([GenerationRequest("the tin", 30, stop=(stop,))], GREEDY)[0]
    assert cut.text == whole.text.partition(stop)[0]
    assert cut.finish == "stop"
    assert cut.tokens < whole.tokens


def test_end_mark_ends_the_text(loaded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever token the model calls its end finishes a text and is not part of it."""
    engine = TransformersEngine(loaded=loaded)
    whole = engine.generate([GenerationRequest("the tin", 8)], GREEDY)[0]
    tokenizer: Any = loaded.tokenizer
    monkeypatch.setattr(engine, "_end_ids", tokenizer.encode(whole.text[0])[-1:])
    ended = engine.generate([GenerationRequest("the tin", 8)], GREEDY)[0]
    assert ended == Candidate("", 0, "stop", 0.0)


def test_prompt_too_long_fails_alone(loaded: Any) -> None:
    """The other requests of the batch are written; the failed one says both sizes."""
    good, bad = TransformersEngine(loaded=loaded).generate(
        [GenerationRequest("the tin", 4), GenerationRequest("x " * 3000, 4)], GREEDY
    )
    assert good.finish == "length"
    assert bad.finish == "error"
    assert "2,048" in bad.error
    assert "shorten" in bad.error


def test_out_of_memory_halves_only_the_failing_batch(
    loaded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches above two rows run out of memory: all texts are still written, in order."""
    engine = TransformersEngine(loaded=loaded)
    expected = engine.generate(requests(), GREEDY)
    run, sizes = engine._run, []

    def scarce(batch: list[Any], decoding: Decoding) -> list[Candidate]:
        sizes.append(len(batch))
        if len(batch) > 2:
            raise RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory")
        return run(batch, decoding)

    monkeypatch.setattr(engine, "_run", scarce)
    texts = [item.text for item in engine.generate(requests(), GREEDY)]
    assert texts == [item.text for item in expected]
    assert max(sizes) == 9


def test_out_of_memory_for_one_text_is_its_own_error(
    loaded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At one row there is nothing to halve; other errors are not mistaken for memory."""
    engine = TransformersEngine(loaded=loaded)

    def fail(batch: list[Any], decoding: Decoding) -> list[Candidate]:
        raise MemoryError

    monkeypatch.setattr(engine, "_run", fail)
    assert [item.finish for item in engine.generate(requests(3), GREEDY)] == ["error"] * 3

    def other(batch: list[Any], decoding: Decoding) -> list[Candidate]:
        raise RuntimeError("shape mismatch")

    monkeypatch.setattr(engine, "_run", other)
    with pytest.raises(RuntimeError, match="shape mismatch"):
        engine.generate(requests(1), GREEDY)


def test_repetition_penalty_counts_generated_tokens_only() -> None:
    """A token of the prompt keeps its score, a generated one loses by the penalty's factor."""
    import torch

    from copywriter.engines.sampling import SeededSampler

    ids = torch.tensor([[3, 1]])  # token 3 stands in the prompt, token 1 was generated
    scores = torch.tensor([[0.0, 2.0, 0.0, 1.9]])
    plain = SeededSampler(GREEDY, [0], prompt_width=1)
    penalized = SeededSampler(Decoding(repetition_penalty=2.0), [0], prompt_width=1)
    assert plain(ids, scores).argmax() == 1
    assert penalized(ids, scores).argmax() == 3


def test_sampling_follows_the_distribution() -> None:
    """Over many seeds each token is drawn as often as its probability says, within top_p."""
    import torch

    from copywriter.engines.sampling import SeededSampler

    probabilities = torch.tensor([0.5, 0.3, 0.15, 0.05])
    seeds = range(4000)
    sampler = SeededSampler(Decoding(temperature=1.0, top_p=0.9, top_k=4), seeds, 0)
    chosen = sampler(torch.zeros(len(seeds), 0, dtype=torch.long),
                     probabilities.log().repeat(len(seeds), 1)).argmax(-1)  # fmt: skip
    shares = torch.bincount(chosen, minlength=4) / len(seeds)
    expected = torch.tensor([0.5, 0.3, 0.15, 0.0]) / 0.95
    assert torch.allclose(shares, expected, atol=0.03)


def test_logprob_is_the_mean_under_the_model(loaded: Any) -> None:
    """The reported likelihood equals the one computed by a forward pass over the text."""
    import torch

    engine = TransformersEngine(loaded=loaded)
    candidate = engine.generate([GenerationRequest("the tin", 10)], GREEDY)[0]
    tokenizer: Any = loaded.tokenizer
    prompt = [tokenizer.bos_token_id, *tokenizer.encode("the tin", add_special_tokens=False)]
    ids = torch.tensor([prompt])
    total, model = 0.0, loaded.model
    for _ in range(10):
        with torch.no_grad():
            logprobs = model(input_ids=ids).logits[0, -1].float().log_softmax(-1)
        best = logprobs.argmax()
        total += float(logprobs[best])
        ids = torch.cat([ids, best[None, None]], dim=1)
    assert candidate.logprob == pytest.approx(total / 10, abs=1e-3)


def test_no_requests_give_no_candidates(loaded: Any) -> None:
    """An empty list is a valid call."""
    assert TransformersEngine(loaded=loaded).generate([], GREEDY) == []


def test_provenance_names_the_model(loaded: Any) -> None:
    """JSON values that say what generated; a model without adapter asks for examples."""
    engine = TransformersEngine(loaded=loaded)
    facts = engine.describe()
    assert facts["engine"] == "transformers"
    assert len(facts["model_sha256"]) == 64
    assert engine.few_shot


def test_unknown_engine_suggests_a_name() -> None:
    """A typo is answered with the nearest name and the list."""
    with pytest.raises(InputError, match=r"Did you mean: echo\? Available: transformers, echo"):
        make_engine("ecco")


@pytest.mark.parametrize(
    "values",
    [{"temperature": -1}, {"top_p": 0}, {"top_p": 1.5}, {"top_k": 0}, {"repetition_penalty": 0.5}],
)
def test_decoding_out_of_range_is_refused(values: dict[str, float]) -> None:
    """The name, the value and the allowed range are in the message."""
    name, value = next(iter(values.items()))
    with pytest.raises(InputError, match=f"{name} is {value}; it must be"):
        Decoding(**values)  # type: ignore[arg-type]


def test_echo_writes_the_facts_back() -> None:
    """The echo engine needs no model and cuts at the token bound as a model does."""
    engine = make_engine("echo")
    prompt = "Product facts\nName: Cup\nColor: red\n\nEnglish title:\n"
    whole, cut = engine.generate(
        [GenerationRequest(prompt, 9), GenerationRequest(prompt, 2)], GREEDY
    )
    assert whole == Candidate("Name: Cup; Color: red", 4, "stop")
    assert cut.finish == "length"


def test_control_tokens_in_a_prompt_are_text(loaded: Any) -> None:
    """Facts that spell an end mark do not end the sequence for the model."""
    engine = TransformersEngine(loaded=loaded)
    tokenizer: Any = loaded.tokenizer
    ids = engine._encode("a <eos><bos>")
    assert ids[0] == tokenizer.bos_token_id
    assert not {tokenizer.eos_token_id, tokenizer.bos_token_id} & set(ids[1:])
