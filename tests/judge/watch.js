// What the judge's pages report: how long each interaction lasted, and how soon after a press something changed or the
// next page showed its first content; and when a run was said to be accepted. Put into every page before its own scripts.
(() => {
  const CLICKED = "judge-clicked";
  const say = (what, ms, id = 0) => globalThis.judgeHears?.({ what, ms, id });

  new PerformanceObserver((list) => {
    for (const event of list.getEntries()) if (event.interactionId) say("event", event.duration, event.interactionId);
  }).observe({ type: "event", durationThreshold: 16, buffered: true });

  let pressed = 0;
  addEventListener("click", (event) => {
    pressed = event.timeStamp;
    sessionStorage.setItem(CLICKED, String(performance.timeOrigin + pressed));
  }, true);
  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver((changes) => {
      const asked = Number(sessionStorage.getItem(CLICKED));
      if (changes.some((one) => one.attributeName === "data-accepted" && "accepted" in one.target.dataset)) {
        requestAnimationFrame(() => say("accepted", performance.timeOrigin + performance.now() - asked));
      }
      const since = pressed;
      if (!since) return;
      pressed = 0;
      requestAnimationFrame(() => say("changed", performance.now() - since));
    }).observe(document.documentElement, { attributes: true, childList: true, characterData: true, subtree: true });
  });

  const before = Number(sessionStorage.getItem(CLICKED));
  sessionStorage.removeItem(CLICKED);
  if (!before) return;
  new PerformanceObserver((list) => {
    for (const paint of list.getEntries()) {
      if (paint.name === "first-contentful-paint") say("landed", performance.timeOrigin + paint.startTime - before);
    }
  }).observe({ type: "paint", buffered: true });
})();
