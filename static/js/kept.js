// The upload of the photo on the stage. A sample or the photo of an earlier run becomes one when it is first needed.
export const words = () => JSON.parse(document.getElementById("drop-words").textContent);
/** Send these fields, each as FormData.set takes it, to be kept. */
export function post(form, ...fields) {
  const body = new FormData();
  for (const field of [["csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value], ...fields]) body.set(...field);
  return fetch(words().url, { method: "POST", body });
}

let request = null;
/** Send a photo in place of the one under way; resolves with the request, without a status where the connection was lost. */
export function push(form, file, progress) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.set("image", file);
  request?.abort();
  request = new XMLHttpRequest();
  request.open("POST", words().url);
  request.responseType = "json";
  request.upload.addEventListener("progress", ({ loaded, total }) => progress(Math.round((loaded / total) * 100)));
  return new Promise((ended) => {
    request.addEventListener("loadend", ({ target }) => ended(target));
    request.send(body);
  });
}

/** What sends the photo now; whoever needs it on the server waits for that. */
export const photo = { sending: null };

let under_way = null;

export async function keepUpload(form) {
  const field = form.elements.upload;
  if (field.value) return field.value;
  if (!form.elements.sample.value && !form.elements.again.value) return "";
  under_way ??= make(form, field).finally(() => (under_way = null));
  return under_way;
}

async function make(form, field) {
  try {
    const answer = await post(form, ...["sample", "again"].map((name) => [name, form.elements[name].value]));
    if (answer.status !== 201) return "";
    const { id } = await answer.json();
    field.value ||= id;
    return field.value;
  } catch {
    return ""; // Generate keeps it then
  }
}
