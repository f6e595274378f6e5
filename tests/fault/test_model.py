"""Short form of layer "model": 48 runs, every rate of flips, over the real store."""

import model

SEED = 5
RUNS = 48


def test_nothing_is_lost_whatever_happens_between_the_ends() -> None:
    report = model.play(SEED, range(RUNS))
    assert not report.failures, report.told()
    figures = report.figures
    assert figures["runs"] == RUNS and figures["lost"] == figures["wrong"] == 0
    for kind in ("flips", "drops", "inserts", "doubles", "bursts", "flash_errors"):
        assert figures[kind] > 10, kind
    for kind in ("host_kills", "power_cuts", "resets", "cable_pulls", "stalls", "requests"):
        assert figures[kind] > 10, kind
    assert figures["gaps_full"] > 0 and figures["gaps_ring"] > 0
    assert figures["stored"] > figures["events"] / 2
