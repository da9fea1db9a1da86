"""Bad answers that pass and good ones turned down are told, and the table shows what came nearest."""

from bench import fakes


def case(word, *, passed, peak=1.0, scale=1.0, gate="g2"):
    figures = {"g2": {"shift_px": 0.5, "scale": scale, "peak": peak, "unlike": 0.0, "passed": passed or gate != "g2"}}
    figures["g5"] = {"ssim": None, "color": 0.2, "passed": passed or gate != "g5"}
    return fakes.Case(word, "chair", passed, figures)


def test_what_should_be_is_not_told():
    assert fakes.missed([case("", passed=True), case("[[jpeg]]", passed=True), case("[[noop]]", passed=False)]) == []


def test_mistakes_are_told_with_their_gate():
    found = [case("[[grow]]", passed=True), case("[[tone]]", passed=False, gate="g5"), case("", passed=False)]
    assert fakes.missed(found) == [
        "chair: [[grow]] passed every gate",
        "chair: [[tone]] was turned down by g5",
        "chair: (faithful) was turned down by g2",
    ]


def test_the_table_shows_the_worst_of_each_figure():
    found = [case("", passed=True, peak=0.9, scale=0.99), case("", passed=True, peak=0.8, scale=1.001)]
    line = fakes.text(found).splitlines()[2]
    assert line == "| (faithful) | 2 of 2 | - | 0.500 | 0.010 | 0.800 | 0.000 | - | - |"
    caught = fakes.text([case("[[shift]]", passed=False)]).splitlines()[2]
    assert caught.startswith("| [[shift]] | 0 of 1 | g2 1 |")
