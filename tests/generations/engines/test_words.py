"""Which words of a prompt are followed."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generations.engines.embedded import families, grammar, light, vocabulary
from generations.engines.embedded.color import lightness

PROMPTS = (Path(__file__).parents[2] / "fixtures" / "prompts.txt").read_text("utf-8").splitlines()


def plan(prompt: str) -> grammar.Plan:
    return grammar.plan(prompt, paints=families.shows())


def test_the_showroom_of_the_examples_is_understood_in_full():
    report = plan("a bright minimalist showroom with white walls and natural light").report
    assert report == {
        "family": "showroom",
        "plate": "painted",
        "understood": ["bright", "minimalist", "showroom", "white walls", "natural light"],
        "not_understood": [],
        "removed": [],
    }


def test_the_living_room_of_the_examples_is_understood_in_full():
    report = plan("a sunlit modern living room").report
    assert report["family"] == "living_room"
    assert (report["understood"], report["not_understood"]) == (["sunlit", "modern", "living room"], [])


def test_the_beach_of_the_examples_is_understood_in_full():
    report = plan("a tropical beach at sunset").report
    assert report["family"] == "beach"
    assert (report["understood"], report["not_understood"]) == (["tropical beach", "at sunset"], [])


@pytest.mark.parametrize("word", ["bottle", "sneakers", "perfume bottle", "wristwatch"])
def test_a_thing_held_in_a_hand_is_known_for_one(word: str):
    read = plan(f"{word} in a sunlit living room")
    assert (read.family, read.is_small, read.report["not_understood"]) == ("living_room", True, [])
    assert word in read.report["understood"]
    assert not plan(f"a sunlit living room, no {word}").is_small
    assert not plan("a sofa in a sunlit living room").is_small


def test_a_place_that_is_not_painted_is_named_and_lends_its_colors():
    read = plan("a snowy mountain at sunset")
    assert (read.family, read.place, read.light) == ("softfocus", "snow", ("sunset",))
    assert read.report["understood"] == ["at sunset"]
    assert read.report["not_understood"] == ["snowy", "mountain"]


@pytest.mark.parametrize(
    ("prompt", "family", "place"),
    [
        ("a garden patio", "garden", "patio"), ("wooden deck in a garden", "garden", "deck"), ("a lawn", "garden", ""),
    ("marble kitchen counter", "tabletop", "counter"), ("an oak table", "tabletop", ""),
    ],
)  # fmt: skip
def test_a_phrase_may_name_a_part_of_a_familys_world(prompt: str, family: str, place: str):
    read = plan(prompt)
    assert (read.family, read.place, read.report["not_understood"]) == (family, place, [])


def test_at_least_four_fifths_of_the_sample_prompts_are_understood():
    shares = []
    for prompt in PROMPTS:
        report = plan(prompt).report
        known, missed = len(report["understood"]), len(report["not_understood"])
        shares.append(known / (known + missed) if known + missed else 1.0)
    assert len(PROMPTS) >= 60
    assert sum(shares) / len(shares) >= 0.8


def test_the_lexicon_is_large_enough_to_follow_people():
    assert len(vocabulary.lexicon()) >= 600


@pytest.mark.parametrize(
    ("prompt", "family"),
    [
        ("white background", "plain"), ("#ff8800", "plain"), ("pastel pink gradient", "plain"),
        ("white studio backdrop", "studio"), ("a loft with brick walls", "showroom"),
        ("cozy lounge", "living_room"), ("", "softfocus"), ("flibbertigibbet", "softfocus"),
        ("oak floor and white walls", "showroom"), ("a misty forest", "forest"),
        ("hotel room", "bedroom"), ("on a marble table", "tabletop"), ("picnic in the park", "garden"),
        ("sandy island", "beach"), ("a snowy valley", "softfocus"),
    ],
)  # fmt: skip
def test_the_family_follows_the_words(prompt: str, family: str):
    assert plan(prompt).family == family


def test_a_modifier_belongs_to_the_head_on_its_right_or_else_its_left():
    assert plan("showroom with sage walls and dark floor").colors == {"wall": (156, 175, 136)}
    assert plan("showroom, walls in terracotta").colors == {"wall": (198, 107, 74)}
    assert plan("living room with walnut floor").materials == {"floor": "walnut"}
    assert plan("studio, salmon").colors == {"": (250, 128, 114)}


def test_light_and_dark_shift_a_color_and_otherwise_mean_light():
    pale, deep = plan("light green studio").colors[""], plan("studio in deep green").colors[""]
    assert lightness(pale) > lightness((0, 128, 0)) > lightness(deep)
    assert plan("a dark showroom").light == ("dark",)


def test_a_negation_reaches_to_the_next_comma_and_removes():
    read = plan("living room, no plants and lamps, with a rug")
    assert read.removed == {"plant", "lamp"}
    assert read.things == ("rug",)
    assert read.report["removed"] == ["plants", "lamps"]


def test_words_for_ones_own_background_set_the_light_only():
    report = light.words("a red sofa at sunset, from the left")
    assert report["understood"] == ["at sunset", "from the left"]
    assert report["not_understood"] == ["red", "sofa"]


def test_every_light_word_of_the_lexicon_has_a_light():
    kinds = {m.value for found in vocabulary.lexicon().values() for m in found if m.kind in grammar.LIGHT_KINDS}
    for word in kinds:
        assert 1500 <= light.from_words(words=[word], side=-0.7).kelvin <= 15000


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_no_prompt_fails(prompt: str):
    assert plan(prompt).family in families.every()


@given(st.lists(st.sampled_from(sorted(" ".join(words) for words in vocabulary.lexicon())), max_size=14))
@settings(max_examples=150, deadline=None)
def test_no_string_of_known_phrases_fails(phrases: list[str]):
    report = plan(" ".join(phrases)).report
    assert set(report) == {"family", "plate", "understood", "not_understood", "removed"}
