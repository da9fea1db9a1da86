// The upload of the photo on the stage. A sample or the photo of an earlier run becomes one when it is first needed.
const words = () => JSON.parse(document.getElementById("drop-words").textContent);
let under_way = null;

export async function keepUpload(form) {
  const field = form.elements.upload;
  if (field.value) return field.value;
  if (!form.elements.sample.value && !form.elements.again.value) return "";
  under_way ??= make(form, field).finally(() => (under_way = null));
  return under_way;
}

async function make(form, field) {
  const body = new FormData();
  for (const name of ["csrfmiddlewaretoken", "sample", "again"]) body.set(name, form.elements[name].value);
  try {
    const answer = await fetch(words().url, { method: "POST", body });
    if (answer.status !== 201) return "";
    const { id } = await answer.json();
    field.value ||= id;
    return field.value;
  } catch {
    return ""; // Generate keeps it then
  }
}
