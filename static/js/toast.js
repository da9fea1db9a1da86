// What can be undone is said in the region for it and leaves after ten seconds in which nobody pointed at it.
import { onEach } from "./start.js";

const STAYS_MS = 10000;

onEach("[data-toast]", (toast) => {
  let timer;
  const leave = () => toast.remove();
  const wait = () => (timer = setTimeout(leave, STAYS_MS));
  const stay = () => clearTimeout(timer);
  document.getElementById("toasts").append(toast);
  toast.querySelector("[data-close]").addEventListener("click", leave);
  for (const [start, end] of [["pointerenter", "pointerleave"], ["focusin", "focusout"]]) {
    toast.addEventListener(start, stay);
    toast.addEventListener(end, () => toast.matches(":hover, :focus-within") || wait());
  }
  wait();
});
