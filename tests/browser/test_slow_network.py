"""The one flow over a slow line: how far the photo has come is shown, Generate waits for it, and sends one run."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests import pictures
from tests.browser.flowing import (
    RUN,
    UPLOADED,
    cancel,
    come,
    expect_honest,
    expect_picture,
    expect_uploaded,
    resting,
    set_words_and_options,
    shown_cost,
)
from tests.live import Live

pytestmark = pytest.mark.browser
#: Of a slow 3G line, as browsers' own tools set it.
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}


@pytest.fixture(scope="module")
def large() -> bytes:
    """A PNG that takes a slow line some seconds: nothing in noise can be made smaller."""
    noise = np.random.default_rng(1).integers(0, 255, (256, 384, 3), np.uint8)
    return pictures.png(noise)


def test_the_upload_is_shown_and_generate_waits_for_it(page: Page, live: Live, large: bytes) -> None:
    someone = come(page, live, tokens=3)
    set_words_and_options(page)
    shown = shown_cost(page)
    page.evaluate("""() => {
      window.percents = [];
      const size = document.querySelector("[data-size]");
      new MutationObserver(() => percents.push(size.textContent)).observe(size, { childList: true });
    }""")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.locator("#id_image").set_input_files({"name": "large.png", "mimeType": "image/png", "buffer": large})
    expect(page.locator("[data-size]")).to_have_text(re.compile(r"^Sending, \d+ %$"))
    expect(page.locator("[name=upload]")).to_have_value("")
    with resting(live):
        page.locator("[data-generate]").dblclick()
        page.locator("[data-generate]").click()
        expect(page.locator("[data-generate]")).to_have_attribute("aria-busy", "true")
        expect_uploaded(page)
        percents = [int(text) for text in re.findall(r"Sending, (\d+) %", "\n".join(page.evaluate("percents")))]
        page.wait_for_url(RUN, timeout=60_000)
        devtools.send("Network.emulateNetworkConditions", SLOW | {"latency": 0, "downloadThroughput": -1})
        assert percents == sorted(percents)
        assert len([percent for percent in percents if 0 < percent < 100]) >= 3, percents
        assert [url.rpartition("/")[2] for url in sent] == ["upload", "studio"]
        cancel(page)
    expect_honest(live, someone, given=3, shown=shown)


def test_the_photo_chosen_last_is_the_one(page: Page, live: Live, large: bytes) -> None:
    come(page, live, tokens=1)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW)
    field = page.locator("#id_image")
    field.set_input_files({"name": "large.png", "mimeType": "image/png", "buffer": large})
    expect(page.locator("[data-size]")).to_have_text(re.compile(r"Sending, [1-9]"))
    field.set_input_files(pictures.CHAIR)
    expect(page.locator("[name=upload]")).to_have_value(UPLOADED, timeout=60_000)
    expect(page.locator("[data-name]")).to_have_text(pictures.CHAIR.name)
    expect(page.locator("[data-size]")).to_have_text(re.compile("1000 x 800 px|Sending"))
    page.wait_for_timeout(500)
    expect(page.locator("[data-size]")).to_have_text("1000 x 800 px")


#: Notes the words of a button when they change; no page can be asked while the next one is on its way.
NOTE = """(button) => new MutationObserver(() => sessionStorage.setItem("said", button.innerText))
  .observe(button, { attributeFilter: ["data-accepted"] })"""


def test_an_accepted_run_says_so_before_its_page_is_there(page: Page, live: Live) -> None:
    someone = come(page, live, tokens=2, path="/studio?sample=plant")
    button = page.locator("[data-generate]")
    button.evaluate(NOTE)
    button.click()
    page.wait_for_url(RUN)
    assert page.evaluate("sessionStorage.getItem('said')") == "Waiting to start"
    expect_picture(page)
    page.go_back()
    expect(button).to_contain_text("Generate", use_inner_text=True)
    expect(button).not_to_contain_text("Waiting", use_inner_text=True)
    expect_honest(live, someone, given=2, shown=1)
