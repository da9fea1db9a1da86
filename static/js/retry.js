// After a lost connection: patience that grows, and ends at once when the browser says it is back.
const RETRY_S = [1, 2, 4, 8];

export const patience = (missed) =>
  new Promise((again) => {
    setTimeout(again, RETRY_S[Math.min(missed, RETRY_S.length - 1)] * 1000);
    addEventListener("online", again, { once: true });
  });
