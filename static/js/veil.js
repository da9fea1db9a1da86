// The mask under the brush. The canvas holds a veil of squares over what is erased: its alpha is 255 minus what is kept.
import { spread } from "./spread.js";

const LONG_SIDE_PX = 2048;
const STEPS = 24; // that can be undone; older ones become the ground the others are drawn on again
const SQUARES = 60; // along the long side

async function loaded(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

/** Lay the veil over a canvas. start, found: images whose white is kept, null for nothing; like: the image whose size it takes. */
function veilOn(canvas, { start, found, like }) {
  const scale = Math.min(1, LONG_SIDE_PX / Math.max(like.naturalWidth, like.naturalHeight));
  const width = (canvas.width = Math.max(1, Math.round(like.naturalWidth * scale)));
  const height = (canvas.height = Math.max(1, Math.round(like.naturalHeight * scale)));
  const long = Math.max(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const ground = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  const squares = pattern();
  const steps = [];

  function pattern() {
    const side = Math.ceil(long / SQUARES);
    const tile = new OffscreenCanvas(2 * side, 2 * side).getContext("2d");
    const { color, backgroundColor } = getComputedStyle(canvas);
    cover(tile, "source-over", backgroundColor);
    tile.fillStyle = color;
    for (const from of [0, side]) tile.fillRect(from, from, side, side);
    return context.createPattern(tile.canvas, "repeat");
  }

  function cover(target, rule, fill) {
    target.globalCompositeOperation = rule;
    target.fillStyle = fill;
    target.fillRect(0, 0, width, height);
  }

  function over(target, change) {
    const pixels = target.getImageData(0, 0, width, height);
    const plane = new Uint8Array(width * height);
    for (let at = 0; at < plane.length; at += 1) plane[at] = pixels.data[4 * at + 3];
    change(plane, pixels.data).forEach((value, at) => (pixels.data[4 * at + 3] = value));
    target.putImageData(pixels, 0, 0);
    cover(target, "source-in", squares);
  }

  // What is kept of what is erased, and the other way round.
  const flip = (plane) => plane.map((value) => 255 - value);
  const draw = {
    stroke(target, { keep, radius, points }, from = 0) {
      target.globalCompositeOperation = keep ? "destination-out" : "source-over";
      target.fillStyle = target.strokeStyle = squares;
      target.lineWidth = 2 * radius;
      for (let at = from; at < points.length; at += 1) {
        target.beginPath();
        target.arc(...points[at], radius, 0, 2 * Math.PI);
        target.fill();
        if (!at) continue;
        target.beginPath();
        target.moveTo(...points[at - 1]);
        target.lineTo(...points[at]);
        target.stroke();
      }
    },
    grow: (target, { radius }) => over(target, (plane) => flip(spread(flip(plane), width, height, radius))),
    shrink: (target, { radius }) => over(target, (plane) => spread(plane, width, height, radius)),
    invert: (target) => cover(target, "xor", squares),
    reset(target, { matte = found }) {
      target.clearRect(0, 0, width, height);
      target.globalCompositeOperation = "source-over";
      if (matte) target.drawImage(matte, 0, 0, width, height);
      over(target, (plane, data) => plane.map((_, at) => 255 - data[4 * at]));
    },
  };

  for (const target of [context, ground]) draw.reset(target, { matte: start });
  return {
    long,
    steps,
    /** Take a step that can be undone; a stroke under way is passed again with `from`, the first of its new points. */
    take(step, from = 0) {
      if (!from && steps.push(step) > STEPS) {
        const oldest = steps.shift();
        draw[oldest.kind](ground, oldest);
      }
      draw[step.kind](context, step, from);
    },
    undo() {
      steps.pop();
      context.globalCompositeOperation = "copy";
      context.drawImage(ground.canvas, 0, 0);
      for (const step of steps) draw[step.kind](context, step);
    },
    /** The mask as a PNG: white is kept. */
    file() {
      const sheet = new OffscreenCanvas(width, height).getContext("2d");
      sheet.drawImage(canvas, 0, 0);
      cover(sheet, "source-in", "black");
      cover(sheet, "destination-over", "white");
      return sheet.canvas.convertToBlob();
    },
  };
}

/** Start from the subject that is shown, at matte; without one from nothing, in the photo's size. */
export async function veilFrom(canvas, matte, photo) {
  const start = matte ? await loaded(matte) : null;
  const found = matte?.includes("?") ? await loaded(matte.split("?")[0]).catch(() => null) : start;
  return veilOn(canvas, { start, found, like: start ?? photo });
}
