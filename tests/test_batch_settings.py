"""Settings are compared value by value, and the start of a job can be fixed from outside."""

from __future__ import annotations

import pytest

from copywriter.batch.settings import refuse_changes, start_time
from copywriter.errors import InputError, RunMismatch


def test_every_change_is_listed_with_both_values() -> None:
    """The refusal names each changed, new and missing setting, and nothing else."""
    old = {"writer": {"seed": 1, "model": "embedded"}, "languages": ["de"], "gone": 1}
    new = {"writer": {"seed": 2, "model": "embedded"}, "languages": ("de", "fr"), "new": None}
    with pytest.raises(RunMismatch) as caught:
        refuse_changes(old, new, place="copy.csv")
    message = str(caught.value)
    assert "writer.seed: was 1, now 2" in message
    assert 'languages: was ["de"], now ["de", "fr"]' in message
    assert "gone: was 1, now (nothing)" in message
    assert "new: was (nothing), now null" in message
    assert "model" not in message
    assert "--fresh" in message


def test_equal_settings_pass_whatever_their_types() -> None:
    """What reads back from JSON equals what was written."""
    refuse_changes({"a": [1, 2], "b": {}}, {"a": (1, 2), "b": {}}, place="copy.csv")


def test_source_date_epoch_sets_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """SOURCE_DATE_EPOCH makes jobs reproducible; nonsense in it is an error that names it."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert start_time() == "1970-01-02T00:00:00+00:00"
    for nonsense in ("tomorrow", "1e9", "9" * 30):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", nonsense)
        with pytest.raises(InputError, match="SOURCE_DATE_EPOCH"):
            start_time()
