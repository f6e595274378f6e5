"""settings.toml against the shared table, and what a wrong one is told."""

import json
from datetime import time
from pathlib import Path

import pytest
from deskunit import setting_ranges, settings
from deskunit.cli.desk import Desk
from deskunit.errors import DeskunitError
from deskunit.measures import MEASURES, Limits, limits_of

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "settings.json").read_text("utf-8"))


def loaded(folder: Path, text: str) -> settings.Settings:
    (folder / settings.FILE_NAME).write_text(text, "utf-8")
    return settings.load(folder)


def test_names_defaults_and_ranges_are_those_both_sides_agreed_on() -> None:
    agreed = {one["name"]: (one["default"], one["low"], one["high"]) for one in VECTORS["settings"]}
    assert {name: tuple(one) for name, one in setting_ranges.UNIT.items()} == agreed


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    found = settings.load(tmp_path)
    assert found.unit["hold_remind_s"] == 30 and found.away_limit == 1
    assert found.page_port == 8470 and found.language is None and found.zone is None


def test_what_is_chosen_is_taken_and_the_rest_stays(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        '\ufefflanguage = "zh"\n[unit]\nhold_remind_s = 45\n'
        '[host]\naway_limit = 2\nzone = "Asia/Shanghai"\n',
    )
    assert (found.language, found.away_limit, found.zone) == ("zh", 2, "Asia/Shanghai")
    assert found.unit["hold_remind_s"] == 45 and found.unit["hold_max_s"] == 120


def test_the_site_is_in_china_unless_it_says_otherwise(tmp_path: Path) -> None:
    assert settings.load(tmp_path).site == settings.Site("CN", None, None, None, None)
    found = loaded(
        tmp_path,
        '[site]\ncountry = "de"\nflavour = "shop"\nunit_language = "zh-Hant"\n'
        'company = "晨光燃气"\nhotline = "95598"\n',
    )
    assert found.site == settings.Site("DE", "shop", "zh-Hant", "晨光燃气", "95598")
    assert loaded(tmp_path, '[site]\ncountry = ""\n').site.country == ""


def test_callbacks_have_the_handbooks_numbers_until_a_site_chooses(tmp_path: Path) -> None:
    found = settings.load(tmp_path).callbacks
    assert found == loaded(tmp_path, "[callbacks]\n").callbacks
    assert (found.closing_time, found.inquiry_h, found.repeat_days) == (time(18), 24, 30)
    assert (found.retention_days, found.overdue_alarm) == (0, 0)
    assert found.targets["key_account_satisfaction"] == 95
    assert found.targets["escalated_satisfaction"] is None
    text = '[callbacks]\nclosing_time = "9:05"\nretention_days = 90\n'
    text += "[callbacks.targets]\nrepeat_rate = 5\nescalated_satisfaction = 80\n"
    chosen = loaded(tmp_path, text).callbacks
    assert (chosen.closing_time, chosen.retention_days) == (time(9, 5), 90)
    assert chosen.targets == {**found.targets, "repeat_rate": 5, "escalated_satisfaction": 80}


def test_measures_have_the_handbooks_numbers_until_a_site_chooses(tmp_path: Path) -> None:
    found = settings.load(tmp_path)
    assert found.measures == loaded(tmp_path, "[measures]\n[measures.targets]\n").measures
    assert limits_of(found) == Limits()
    assert (found.measures.remind_grace_s, found.measures.sign_in_early_s) == (15, 300)
    assert {name for name, target in found.measures.targets.items() if target is not None} == {
        "connect_rate",
        "answer_rate",
    }
    text = "[unit]\nhold_max_s = 90\n[measures]\novertime_counts = 0\nadherence_grace_s = 60\n"
    text += "[measures.targets]\noccupancy = 85\naverage_handle_time = 240\n"
    chosen = loaded(tmp_path, text)
    assert limits_of(chosen) == Limits(hold_max_s=90, overtime_counts=False, adherence_grace_s=60)
    targets = chosen.measures.targets
    assert (targets["occupancy"], targets["average_handle_time"]) == (85, 240)
    assert (targets["connect_rate"], targets["adherence"]) == (95, None)


def test_every_target_is_of_a_measure_and_in_its_unit(tmp_path: Path) -> None:
    of_the_line = {
        "connect_rate",
        "answer_rate",
        "service_level",
    }  # from the phone system's own log
    assert {*setting_ranges.MEASURE_TARGETS} - {*MEASURES} == of_the_line
    for name in {*setting_ranges.MEASURE_TARGETS} - of_the_line:
        is_share = MEASURES[name].kind == "share"
        text = f"[measures.targets]\n{name} = 101\n"
        if is_share:
            with pytest.raises(DeskunitError, match=name):
                loaded(tmp_path, text)
        else:
            assert loaded(tmp_path, text).measures.targets[name] == 101


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('language = "zh"\n[site]\nunit_language = "zh-Hant"\n', "zh-Hant"),
        ('language = "zh"\n', "zh"),
        ("", "en"),
    ],
)
def test_units_speak_the_sites_language_else_that_of_the_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, wanted: str
) -> None:
    monkeypatch.setenv("DESKUNIT_LANG", "en")
    desk = Desk(tmp_path, loaded(tmp_path, text), ports=(), virtual=0, search=False)
    try:
        desk.start(wait=True)
        assert desk.logger.recorder.language("a4cf12b3d0e8") == wanted
    finally:
        desk.close()


def test_year_without_an_official_calendar_is_said_at_the_start(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for country, said in (("CN", True), ("DE", False)):
        chosen = loaded(tmp_path, f'[site]\ncountry = "{country}"\n')
        desk = Desk(tmp_path, chosen, ports=(), virtual=0, search=False)
        try:
            desk.tell_calendar(2026)
            assert capfd.readouterr().err == ""
            desk.tell_calendar(2027)
            assert ("holidays.csv" in capfd.readouterr().err) == said
        finally:
            desk.close()


@pytest.mark.parametrize(
    ("text", "key", "named"),
    [
        ("[unit]\nshort_forms = 2", "settings_range", "unit.short_forms"),
        ('[site]\ncity = "上海"', "settings_unknown", "site.city"),
        ("[site]\nhotline = 95598", "settings_text", "95598"),
        ('[site]\ncompany = "a\\nb"', "settings_text", "site.company"),
        ('[site]\nunit_language = "fr"', "settings_unit_language", "fr"),
        ('[site]\nflavour = "Gas works"', "settings_flavour", "Gas works"),
        ('[site]\ncountry = "Atlantis"', "unknown_country", "Atlantis"),
        ("[unit]\nhold_remind_s = 4", "settings_range", "5"),
        ("[unit]\nhold_remind_s = 601", "settings_range", "600"),
        ("[unit]\nhold_remind_s = true", "settings_range", "unit.hold_remind_s"),
        ("[unit]\nhold_remind_s = 30.5", "settings_range", "30.5"),
        ("[unit]\nhold_remind = 30", "settings_unknown", "unit.hold_remind"),
        ("[queue_log]\nanswer_within_s = 0", "settings_range", "queue_log.answer_within_s"),
        ("[queue_log]\nmatch_tolerance_s = 301", "settings_range", "300"),
        ("[host]\naway = 1", "settings_unknown", "host.away"),
        ('[callbacks]\nclosing_time = "24:00"', "settings_clock", "24:00"),
        ("[callbacks]\nclosing_time = 18", "settings_clock", "18"),
        ("[callbacks]\nrepeat_days = 0", "settings_range", "callbacks.repeat_days"),
        ("[callbacks]\nretention = 30", "settings_unknown", "callbacks.retention"),
        ("[callbacks]\ntargets = 90", "settings_section", "[callbacks.targets]"),
        ("[callbacks.targets]\nreply_rate = 101", "settings_range", "callbacks.targets.reply_rate"),
        ("[callbacks.targets]\nreply = 90", "settings_unknown", "callbacks.targets.reply"),
        ("[units]\nx = 1", "settings_unknown", "units"),
        ("unit = 3", "settings_section", "[unit]"),
        ('language = "fr"', "settings_language", "fr"),
        ('[host]\nzone = "Asia/Beijing"', "unknown_zone", "Asia/Beijing"),
        ('[host]\nzone = "../etc/passwd"', "unknown_zone", "passwd"),
        ("[host]\nzone = 8", "unknown_zone", "8"),
        ("hold = = 3", "settings_unreadable", "settings.toml"),
    ],
)
def test_a_wrong_value_is_named_with_the_next_step(
    tmp_path: Path, text: str, key: str, named: str
) -> None:
    with pytest.raises(DeskunitError) as caught:
        loaded(tmp_path, text)
    assert caught.value.key == key
    assert named in caught.value.sentence("en") and named in caught.value.sentence("zh")


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / settings.FILE_NAME).write_bytes(b"# \xc9\xe8\xd6\xc3\n")
    with pytest.raises(DeskunitError) as caught:
        settings.load(tmp_path)
    assert caught.value.key == "settings_unreadable"
