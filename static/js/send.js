// One field sent ahead of the form, with a word on how far it has come: fetch cannot tell that of an upload.
/** Resolves to the status and the JSON answer, null where it could not be read; rejects without a connection. */
export function send(url, form, name, value, tell) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.set(name, value);
  const request = new XMLHttpRequest();
  request.open("POST", url);
  request.responseType = "json";
  request.upload.addEventListener("progress", (event) => event.lengthComputable && tell(Math.round((event.loaded / event.total) * 100)));
  return new Promise((resolve, reject) => {
    request.addEventListener("load", () => resolve([request.status, request.response]));
    request.addEventListener("error", reject);
    request.send(body);
  });
}
