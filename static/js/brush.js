// Correcting the subject by hand: a brush over the photo, by pointer or by keys, that starts from the subject that was found.
import { aim } from "./aim.js";
import { onEach } from "./start.js";
import { sender } from "./mask.js";
import { veilFrom } from "./veil.js";

const GROW = 0.01; // of the long side
const LEAST_PX = 2;
const SIZES = { "+": 4, "=": 4, "]": 4, "-": -4, "[": -4 }; // in steps of the slider

onEach("[data-brush]", (bar) => {
  const form = bar.closest("form");
  const stage = bar.closest("[data-drop]");
  const find = (name) => stage.querySelector(`[data-${name}]`);
  const [canvas, ring, size, opener] = ["veil", "ring", "brush-size", "brush-open"].map(find);
  const words = bar.dataset;
  let veil = null;
  let stroke = null;
  let spot = [0, 0];

  const say = (sentence) => (find("brush-said").textContent = sentence);
  const matte = () => document.getElementById("outline").dataset.matte;
  const across = () => (veil.long * size.value) / 100;

  function complain(sentence) {
    find("brush-failed").hidden = !sentence;
    find("brush-failed").querySelector("span").textContent = sentence;
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
    bar.querySelector('[data-brush-act="undo"]').setAttribute("aria-disabled", String(!veil.steps.length));
  }

  function paint() {
    if (stroke) {
      const [x, y] = stroke.points.at(-1);
      // Points closer than this make no edge that can be seen.
      if (Math.hypot(spot[0] - x, spot[1] - y) < stroke.radius / 4) return;
      veil.take(stroke, stroke.points.push(spot) - 1);
    } else {
      stroke = { kind: "stroke", keep: find("keep").checked, radius: across() / 2, points: [spot] };
      veil.take(stroke);
    }
    took(stroke.keep ? words.kept : words.erased);
  }

  async function open() {
    complain("");
    try {
      veil ??= await veilFrom(canvas, matte(), find("preview"));
    } catch {
      complain(words.unread);
      return;
    }
    find("keep").checked ||= !matte() && !veil.steps.length;
    stage.dataset.brushing = "";
    for (const part of [bar, canvas, ring]) part.hidden = false;
    point(canvas.width / 2, canvas.height / 2);
    say(words.hint);
    canvas.focus();
  }

  function close() {
    delete stage.dataset.brushing;
    for (const part of [bar, canvas, ring]) part.hidden = true;
  }

  const mask = sender(form, { drawn: () => veil.file(), told: complain });
  const done = async () => (await mask.send()) && (close(), opener.focus());

  function act(kind) {
    const radius = Math.max(LEAST_PX, Math.round(veil.long * GROW));
    if (kind !== "undo") veil.take({ kind, radius });
    else if (veil.steps.length) veil.undo();
    else return;
    took(words[kind].replace("{n}", radius));
  }

  aim(canvas, { move: point, paint, lift: () => (stroke = null), step: () => across() / 2 });
  opener.addEventListener("click", open);
  size.addEventListener("input", () => point(...spot));
  bar.addEventListener("click", ({ target }) => {
    const { brushAct: kind } = target.closest("button")?.dataset ?? {};
    if (kind === "done") done();
    else if (kind) act(kind);
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
    if (other) {
      size.stepUp(SIZES[event.key]);
      point(...spot);
    }
  });
  const forget = () => {
    veil = null;
    mask.forget();
    complain("");
    if (!bar.hidden) close();
  };
  form.addEventListener("photo", forget);
  form.addEventListener("mask", ({ detail }) => detail.isDrawn || forget());
});
