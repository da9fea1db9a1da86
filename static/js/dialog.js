// A link with data-dialog shows its page's [data-dialog-body] over this page. Whatever fails, the link just leads there.
const dialog = document.getElementById("dialog");
const place = dialog?.querySelector(".dialog__body");

async function show(url) {
  try {
    const answer = await fetch(url);
    if (!answer.ok || answer.redirected) throw answer;
    const body = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-dialog-body]");
    // A form without an address would be sent to the page below.
    for (const form of body.querySelectorAll("form:not([action])")) form.setAttribute("action", url);
    place.replaceChildren(document.adoptNode(body));
    dialog.ariaLabel = body.querySelector("h1, h2")?.textContent.trim();
    window.htmx?.process(place);
    if (!dialog.open) dialog.showModal();
  } catch {
    location.href = url;
  }
}

if (dialog?.showModal) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dialog]");
    if (event.target === dialog || (dialog.contains(event.target) && event.target.closest("[data-close]"))) {
      event.preventDefault();
      dialog.close();
    } else if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      show(link.href);
    }
  });
}
