// Pointer and keys over a canvas as one brush: where it is, in pixels of the canvas, and when it paints.
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** move(x, y): the brush goes there; paint(): it paints where it is; lift(): it stops; where(): where it is; step(): how far an arrow goes. */
export function aim(canvas, { move, paint, lift, where, step }) {
  const isPaint = ({ key }) => key === " " || key === "Enter";
  let isHeld = false;

  function go(x, y) {
    move(Math.min(Math.max(x, 0), canvas.width), Math.min(Math.max(y, 0), canvas.height));
  }

  function follow(event) {
    const box = canvas.getBoundingClientRect();
    go(((event.clientX - box.left) / box.width) * canvas.width, ((event.clientY - box.top) / box.height) * canvas.height);
  }

  function stop() {
    isHeld = false;
    lift();
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button || !event.isPrimary) return;
    canvas.setPointerCapture(event.pointerId);
    canvas.focus({ preventScroll: true });
    event.preventDefault();
    follow(event);
    paint();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!event.isPrimary) return;
    if (!canvas.hasPointerCapture(event.pointerId)) follow(event);
    // A quick hand moves further between two frames than a brush is wide.
    else {
      for (const part of event.getCoalescedEvents?.() ?? [event]) {
        follow(part);
        paint();
      }
    }
  });
  for (const end of ["pointerup", "pointercancel", "blur"]) canvas.addEventListener(end, stop);

  canvas.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (event.ctrlKey || event.metaKey || !(arrow || isPaint(event))) return;
    event.preventDefault();
    if (arrow) {
      const far = event.shiftKey ? 1 : step();
      const [x, y] = where();
      go(x + arrow[0] * far, y + arrow[1] * far);
      if (isHeld) paint();
    } else if (!isHeld) {
      isHeld = true;
      paint();
    }
  });
  canvas.addEventListener("keyup", (event) => isPaint(event) && stop());
}
