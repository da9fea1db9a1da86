// Correcting the subject by hand: a brush over the photo, by pointer or by keys, that starts from the subject that was found.
import { aim } from "./aim.js";
import { onEach } from "./start.js";
import { sender } from "./mask.js";
import { veilFrom } from "./veil.js";

const [GROW, LEAST_PX] = [0.01, 2]; // of the long side, and never less
const SIZES = { "+": 4, "=": 4, "]": 4, "-": -4, "[": -4 }; // in steps of the slider

onEach("[data-brush]", (bar) => {
  const form = bar.closest("form");
  const stage = bar.closest("[data-drop]");
  const find = (name) => stage.querySelector(`[data-${name}]`);
  const [canvas, ring, size, opener, keeping, failed] = ["veil", "ring", "brush-size", "brush-open", "keep", "brush-failed"].map(find);
  const words = bar.dataset;
  const buttons = Object.fromEntries([...bar.querySelectorAll("button")].map((button) => [button.dataset.brushAct, button]));
  let veil = null;
  let stroke = null;
  let spot = [0, 0];

  const say = (sentence) => (find("brush-said").textContent = sentence);
  const matte = () => document.getElementById("outline").dataset.matte;
  const across = () => (veil.long * size.value) / 100;

  function complain(sentence) {
    failed.hidden = !sentence;
    failed.lastElementChild.textContent = sentence;
  }

  function point(x, y) {
    spot = [x, y];
    const shown = canvas.clientWidth / canvas.width;
    for (const [name, length] of [["--x", spot[0]], ["--y", spot[1]], ["--across", across()]]) ring.style.setProperty(name, `${length * shown}px`);
  }

  function took(sentence) {
    mask.changed();
    complain("");
    say(sentence);
    buttons.undo.setAttribute("aria-disabled", String(!veil.steps.length));
  }

  function paint() {
    const last = stroke?.points.at(-1);
    // Points closer than this make no edge that can be seen.
    if (last && Math.hypot(spot[0] - last[0], spot[1] - last[1]) < stroke.radius / 4) return;
    stroke ??= { kind: "stroke", keep: keeping.checked, radius: across() / 2, points: [] };
    veil.take(stroke, stroke.points.push(spot) - 1);
    took(stroke.keep ? words.painted : words.erased);
  }

  function show(isOpen) {
    stage.toggleAttribute("data-brushing", isOpen);
    for (const part of [bar, canvas, ring]) part.hidden = !isOpen;
  }

  async function open() {
    complain("");
    const from = matte();
    const begun = veil ?? (await veilFrom(canvas, from, find("preview")).catch(() => complain(words.unread)));
    if (!begun || matte() !== from) return; // another photo meanwhile
    veil = begun;
    keeping.checked ||= !matte() && !veil.steps.length;
    show(true);
    point(canvas.width / 2, canvas.height / 2);
    say(words.hint);
    canvas.focus();
  }

  const mask = sender(form, { drawn: () => veil.file(), told: complain });
  async function done() {
    buttons.done.setAttribute("aria-busy", "true");
    const isKept = await mask.send();
    buttons.done.removeAttribute("aria-busy");
    if (isKept) show(false);
    if (isKept) opener.focus();
  }

  function act(kind) {
    stroke = null;
    const radius = Math.max(LEAST_PX, Math.round(veil.long * GROW));
    if (kind !== "undo") veil.take({ kind, radius });
    else if (veil.steps.length) veil.undo();
    else return;
    took(words[kind].replace("{n}", radius));
  }

  find("layers").append(canvas, ring);
  aim(canvas, { move: point, paint, lift: () => (stroke = null), where: () => spot, step: () => across() / 2 });
  opener.addEventListener("click", open);
  size.addEventListener("input", () => point(...spot));
  new ResizeObserver(() => veil && point(...spot)).observe(canvas);
  bar.addEventListener("click", ({ target }) => {
    const kind = target.closest("button")?.dataset.brushAct;
    if (kind) (kind === "done" ? done : act)(kind);
  });
  stage.addEventListener("keydown", (event) => {
    if (bar.hidden || !(bar.contains(event.target) || event.target === canvas)) return;
    const isUndo = event.key === "z" && (event.ctrlKey || event.metaKey);
    // In these fields Enter would send the form.
    const isStray = event.key === "Enter" && event.target.matches("input");
    const other = SIZES[event.key] && !event.ctrlKey && !event.metaKey;
    if (!(event.key === "Escape" || isUndo || other || isStray)) return;
    event.preventDefault();
    if (event.key === "Escape") done();
    if (isUndo) act("undo");
    if (other) size.stepUp(other);
    point(...spot);
  });
  function forget() {
    veil = null;
    mask.forget();
    complain("");
    show(false);
  }
  form.addEventListener("photo", forget);
  form.addEventListener("mask", ({ detail }) => detail.isDrawn || forget());
});
