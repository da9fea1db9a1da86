// Runs `setUp` once for each element that matches, now and after every swap, so that a behavior can start from any fragment.
export function onEach(selector, setUp) {
  const seen = new WeakSet();
  const run = () => {
    for (const element of document.querySelectorAll(selector)) {
      if (seen.has(element)) continue;
      seen.add(element);
      setUp(element);
    }
  };
  run();
  document.addEventListener("htmx:after:process", run);
}
