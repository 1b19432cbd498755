// What HTML cannot do by itself: copy the address, close a proof and return to its cell. Everything else works without.
(() => {
  "use strict";

  const table = () => document.getElementById("risk-table");
  const openProof = () => table()?.querySelector("tr.proof");

  // The cell that a proof belongs to, so that focus can go back to it.
  let opener = null;

  const close = () => {
    openProof()?.remove();
    opener?.setAttribute("aria-expanded", "false");
    if (opener?.isConnected) opener.focus();
    opener = null;
  };

  const copy = async (button) => {
    const said = button.textContent;
    try {
      await navigator.clipboard.writeText(window.location.href);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Copy it from the address bar";
    }
    setTimeout(() => { button.textContent = said; }, 2000);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy-link]");
    if (button) copy(button);
    if (event.target.closest("[data-close-proof]") && openProof()) {
      event.preventDefault();
      close();
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && openProof()) close();
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    const cell = event.detail.elt.closest?.("td.cell > a");
    if (cell) {
      // A second click on the open cell closes it.
      const again = cell === opener && openProof();
      openProof()?.remove();
      opener?.setAttribute("aria-expanded", "false");
      opener = again ? null : cell;
      if (again) event.preventDefault();
    } else if (event.detail.elt === table() && openProof()) {
      // News from the index must not take away the proof that somebody is reading.
      event.preventDefault();
    }
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    if (opener?.isConnected && openProof() && opener.getAttribute("aria-expanded") !== "true") {
      opener.setAttribute("aria-expanded", "true");
      const heading = openProof().querySelector("h3");
      // The row that was opened stays in view above its proof.
      heading?.focus({ preventScroll: true });
      openProof().scrollIntoView({ block: "nearest" });
    }
    reveal(event.target);
  });

  // Buttons that need this file are hidden until it runs.
  const reveal = (root) => {
    for (const button of root.querySelectorAll?.("[data-copy-link]") ?? []) button.hidden = false;
  };
  reveal(document);
})();
