"""The settings choose the network: from the folder to a picture, and from a fault to what callers are told."""

import dataclasses
import io
from typing import cast

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from billing import invariants, ledger
from generations import cutting_out, network_checks, pipeline, running
from generations.images import networks, refine
from generations.images.errors import WeightsUnavailable
from generations.models import State
from generations.pipeline import Picture, PictureRequest, Pipeline
from tests.generations.api.calling import call
from tests.generations.material import photo, saved, weights_dir
from tests.generations.onnx_files import bright, put
from tests.generations.submitting import submitted
from tests.pictures import grey

SQUARE = np.zeros((400, 600, 3), np.uint8)
SQUARE[100:300, 200:400] = 255
ASKED = PictureRequest(model="removebg", image=saved(SQUARE, "PNG"), seed=0, result="cutout")
SOFA = photo("syn_sofa_beige")
MASK = saved(SQUARE[:, :, 0] // 2, "PNG")  # half kept everywhere, so that the edge's color is estimated


@pytest.fixture
def own(settings, tmp_path):
    """A folder of networks with `bright` in it, chosen by the settings; returns the folder."""
    put(tmp_path, bright(64, 48))
    settings.MATTE_NETWORKS, settings.MATTE_MODEL = tmp_path, "bright"
    running.worker_pipeline.cache_clear()
    yield tmp_path
    if running.worker_pipeline.cache_info().currsize:
        cast(Pipeline, running.worker_pipeline()).close()
    running.worker_pipeline.cache_clear()


def made(request=ASKED, **choice) -> tuple[Picture, str]:
    """One picture by a pipeline of this choice, and what that says of its mattes."""
    maker = pipeline.default_pipeline(weights_dir=weights_dir(), choice=networks.Choice(**choice))
    try:
        return maker.make(request, on_stage=lambda _stage: None), maker.matte_identity
    finally:
        maker.close()


def test_the_network_of_the_settings_cuts_out(own):
    picture = running.worker_pipeline().make(ASKED, on_stage=lambda _stage: None)
    matte = grey(picture.matte_png)
    assert (matte[105:295, 205:395] == 255).all()
    assert not matte[:90].any()
    record = networks.find(name="bright", weights_dir=own, networks_dir=own).network
    assert (picture.network["name"], picture.network["sha256"]) == ("bright", record.sha256)
    assert picture.network["recipe"] == f"fine-{refine.FINE.revision}"
    with Image.open(io.BytesIO(picture.data)) as cut:
        assert cut.getpixel((300, 200)) == (255, 255, 255, 255)


def test_recipe_and_network_are_part_of_a_mattes_identity(own):
    fine, identity = made(network="bright", networks_dir=own)
    fast, other = made(network="bright", networks_dir=own, recipe="fast")
    words = identity.split()
    assert words[0] == fine.network["sha256"]
    assert " ".join(words[1:3]) == fine.network["runtime"]
    assert words[3:] == [fine.network["recipe"]] == [f"fine-{refine.FINE.revision}"]
    assert other == f"{' '.join(words[:3])} fast-{refine.FAST.revision}"
    assert fast.network["recipe"] == f"fast-{refine.FAST.revision}"


def test_the_recipe_of_the_choice_refines_and_frees_the_edge():
    with_mask = dataclasses.replace(ASKED, image=SOFA, mask=MASK)
    automatic = [
        made(dataclasses.replace(ASKED, image=SOFA), recipe=recipe)[0].matte_png for recipe in ("fine", "fast")
    ]
    assert automatic[0] != automatic[1]
    freed = [made(with_mask, recipe=recipe)[0].data for recipe in ("fine", "fast")]
    assert freed[0] != freed[1]


def test_the_words_of_the_settings_are_those_of_the_recipes():
    assert set(refine.RECIPES) == {"fine", "fast"}
    assert cutting_out.choice() == networks.USUAL


FAULTS = {
    "no record": (lambda folder: (folder / "bright.toml").unlink(), "bright.toml cannot be read"),
    "a wrong field": (
        lambda folder: put(folder, bright(64, 48), std="[0, 1, 1]"),
        "std: must be three numbers above 0",
    ),
    "no file": (lambda folder: (folder / "bright.onnx").unlink(), "bright.onnx cannot be read"),
}
HIDDEN = {
    "another file": (lambda folder: put(folder, bright(64, 48), sha256=f'"{"0" * 64}"'), "sha256: bright.onnx has "),
    "another shape": (lambda folder: put(folder, bright(48, 64)), "size_px: 64 x 48 px needs an input of"),
}


@pytest.mark.parametrize("case", sorted(FAULTS | HIDDEN))
def test_a_run_with_a_faulty_network_fails_and_costs_nothing(alice, files, own, case):
    spoil, _ = (FAULTS | HIDDEN)[case]
    spoil(own)
    row = submitted(alice, model_id="removebg", params={"format": "png", "seed": 7, "result": "cutout"})
    running.run(generation_id=row.id)
    row.refresh_from_db()
    assert (row.state, row.error_code) == (State.FAILED, "ENGINE_UNAVAILABLE")
    now = ledger.snapshot(wallet_id=alice.wallet_id)
    assert (now.posted, now.held) == (10, 0)
    assert invariants.breaks() == []


def test_a_mended_record_serves_without_a_new_worker(own):
    put(own, bright(64, 48), std="[0, 1, 1]")
    with pytest.raises(WeightsUnavailable):
        running.worker_pipeline()
    put(own, bright(64, 48))
    assert running.worker_pipeline().make(ASKED, on_stage=lambda _stage: None).network["name"] == "bright"


@pytest.mark.parametrize("case", sorted(FAULTS | HIDDEN))
def test_the_deployment_check_names_the_fault(own, case):
    spoil, said = (FAULTS | HIDDEN)[case]
    assert network_checks.network_is_usable() == []
    spoil(own)
    (found,) = network_checks.network_is_usable()
    assert found.id == "generations.W002"
    assert found.msg.startswith("MATTE_MODEL bright: ")
    assert said in found.msg


@pytest.mark.parametrize("case", sorted(FAULTS))
def test_models_are_unavailable_without_their_network(db, own, client, case):
    def told():
        listed = {model["id"]: model["available"] for model in call("GET", "/models").json()["models"]}
        one = call("GET", "/models/removebg").json()["model"]["available"]
        ready = client.get("/readyz")
        return listed, one, ready.status_code, ready.json()["network"]

    assert told() == ({"changebg": True, "removebg": True}, True, 200, True)
    FAULTS[case][0](own)
    assert told() == ({"changebg": False, "removebg": False}, False, 200, False)


def test_the_command_checks_a_network_of_ones_own(own, capsys):
    call_command("fetch_weights")
    assert capsys.readouterr().out == f"bright: {own / 'bright.onnx'} (verified)\n"
    (own / "bright.onnx").write_bytes(b"half a file")
    with pytest.raises(CommandError, match=r"^sha256: bright\.onnx has [0-9a-f]{64}, expected [0-9a-f]{64}$"):
        call_command("fetch_weights")
    assert (own / "bright.onnx").exists()
    with pytest.raises(CommandError, match=r"other\.toml cannot be read"):
        call_command("fetch_weights", model="other")
