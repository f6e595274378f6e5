"""The tables of states and reasons say what unit and host have agreed on."""

import json
from pathlib import Path

from deskunit import reasons, states, words

VECTORS = Path(__file__).parent.parent / "vectors"


def test_the_states_are_the_agreed_ones_in_both_languages() -> None:
    agreed = json.loads((VECTORS / "states.json").read_text("utf-8"))["states"]
    ours = [
        {"state": state, "zh": states.label(state, "zh"), "en": states.label(state, "en")}
        for state in states.STATES
    ]
    assert ours == agreed


def test_the_reasons_are_the_agreed_ones_in_both_languages() -> None:
    agreed = json.loads((VECTORS / "reasons.json").read_text("utf-8"))["reasons"]
    ours = [
        {
            "code": code,
            "word": reasons.word(code),
            "zh": reasons.label(code, "zh"),
            "en": reasons.label(code, "en"),
            "away": int(reason.away),
            "productive": int(reason.productive),
            "max_s": reason.max_s,
        }
        for code, reason in reasons.REASONS.items()
    ]
    assert ours == agreed


def test_codes_of_a_site_and_of_a_newer_unit_have_a_name() -> None:
    assert (reasons.word(50), reasons.label(50, "zh")) == ("site_50", "现场原因 50")
    assert (reasons.word(12), reasons.label(12, "en")) == ("code_12", "reason 12")


def test_every_cause_has_its_label() -> None:
    labelled = {key.removeprefix("cause.") for key in words.table("zh") if key[:6] == "cause."}
    assert labelled == set(states.CAUSES)
    assert set(states.CAUSE_OF_BY.values()) <= set(states.CAUSES)
    assert states.cause_label("inferred", "zh") == "推断"
