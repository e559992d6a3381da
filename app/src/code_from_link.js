// Takes a secret out of the page's address, where the link had it, and puts it into the form's field. What
// follows the "#" browsers send to nobody.
addEventListener("DOMContentLoaded", () => {
  const field = document.getElementById("code");
  if (field && location.hash.length > 1) {
    field.value = location.hash.slice(1);
    history.replaceState(null, "", location.pathname);
  }
});
