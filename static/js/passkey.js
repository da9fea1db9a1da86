// Says in the page that no passkey was used; allauth's own script would write it to the console alone.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const said = document.querySelector("[data-passkey-failed]");
  if (said) said.hidden = false;
});
