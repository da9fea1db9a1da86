// Growing a plane of bytes in plain loops: at four megapixels still quick enough for a press of a button.
/** The largest value within an octagon round each pixel, what lies outside being 0. plane: width x height bytes. */
export function spread(plane, width, height, radius) {
  const line = width + 2 * radius;
  const wide = new Uint8Array(line * (height + 2 * radius));
  for (let y = 0; y < height; y += 1) wide.set(plane.subarray(y * width, (y + 1) * width), (y + radius) * line + radius);
  const slanted = Math.round(radius * 0.293);
  const straight = radius - 2 * slanted;
  let shift = 0;
  for (const [step, half] of [[1, straight], [line, straight], [line + 1, slanted], [line - 1, slanted]]) {
    shift += step * half;
    // Each pass doubles how far a value has come; reading ahead never meets one written in the same pass.
    for (let reach = 1, left = 2 * half; left > 0; left -= reach, reach *= 2) {
      const ahead = step * Math.min(reach, left);
      for (let at = 0, end = wide.length - ahead; at < end; at += 1) if (wide[at + ahead] > wide[at]) wide[at] = wide[at + ahead];
    }
  }
  const out = new Uint8Array(plane.length);
  for (let y = 0; y < height; y += 1) {
    const from = (y + radius) * line + radius - shift;
    out.set(wide.subarray(from, from + width), y * width);
  }
  return out;
}
