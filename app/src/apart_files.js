{
  // On a site of its own a browser shows the server no identity by itself. This fetches the files of messages
  // with the token: images when they come, anything else when it is clicked. See `attachment.rs`.
  const authorization = () => `Bearer ${localStorage.getItem("starling-token")}`;

  /** An address of this site's that holds the file, until it is given back. */
  async function fetched(address) {
    const response = await fetch(address, { headers: { authorization: authorization() } });
    if (!response.ok) {
      throw new Error(`the server answered with ${response.status}`);
    }
    return URL.createObjectURL(await response.blob());
  }

  function show(image) {
    const { src } = image.dataset;
    delete image.dataset.src;
    image.onload = image.onerror = () => URL.revokeObjectURL(image.src);
    // Without it there is its name. The board hears of it and tries again.
    fetched(src).then((address) => (image.src = address), () => image.dispatchEvent(new Event("error")));
  }

  async function save(link) {
    const address = await fetched(link.href);
    // Never opened: it would be a page of this site.
    Object.assign(document.createElement("a"), { href: address, download: link.download }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  new MutationObserver(() => document.querySelectorAll(".file img[data-src]").forEach(show)).observe(document, {
    childList: true,
    subtree: true,
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".file a[download]");
    if (link) {
      event.preventDefault();
      save(link).catch(() => {
        const words = Object.assign(document.createElement("span"), { textContent: "It cannot be fetched right now." });
        words.setAttribute("role", "alert");
        link.parentElement.querySelector("[role=alert]")?.remove();
        link.after(words);
      });
    }
  });
}
