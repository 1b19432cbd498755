// What HTML cannot do by itself: copy an address or a text, print, reach the search by "/", close a proof and return to its cell. Everything else works
// without.
(() => {
  "use strict";

  // The texts of this file are attributes of its script, in the language of the page.
  const texts = document.currentScript.dataset;
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

  // Of a table its cells with tabs between them, of a changed file the file as it will be, else the text as it stands.
  const textOf = (source) => {
    if (source.matches("table")) {
      return [...source.rows].map((row) => [...row.cells].map((cell) => cell.innerText.trim()).join("\t") + "\n").join("");
    }
    if (!source.matches(".marked")) return source.textContent;
    return [...source.children].filter((line) => line.matches("ins, span")).map((line) => line.textContent + "\n").join("");
  };

  // `data-copy` names the element to copy from; without a name it is the address of the page.
  const copy = async (button) => {
    if (button.dataset.said) return;
    button.dataset.said = button.textContent;
    const source = document.getElementById(button.dataset.copy ?? "");
    try {
      await navigator.clipboard.writeText(source ? textOf(source) : window.location.href);
      button.textContent = texts.copied;
    } catch {
      if (source) window.getSelection().selectAllChildren(source);
      button.textContent = source ? texts.marked : texts.refused;
    }
    setTimeout(() => { button.textContent = button.dataset.said; delete button.dataset.said; }, 2000);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-copy-link]");
    if (button) copy(button);
    if (event.target.closest("[data-print]")) window.print();
    if (event.target.closest("[data-close-proof]") && openProof()) {
      event.preventDefault();
      close();
    }
  });

  // A filter changes the address without loading the page: a form that leads back leads to what is shown.
  document.addEventListener("submit", (event) => {
    const back = event.target.querySelector("input[name=back][data-here]");
    if (back) back.value = window.location.pathname + window.location.search;
  }, true);

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, select, textarea, [contenteditable]");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const field = document.getElementById("jump");
      if (field) {
        event.preventDefault();
        field.focus();
        field.select();
      }
    }
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
    } else if (event.detail.elt === table() && (openProof() || table().querySelector("details[open]"))) {
      // News from the index must not take away the proof that somebody is reading, nor a choice that is being made.
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
      // Of a proof that is longer than the table's box the beginning, below the head that stays.
      heading?.scrollIntoView({ block: "nearest" });
    }
    reveal(event.target);
  });

  // Buttons that need this file are hidden until it runs.
  const reveal = (root) => {
    for (const button of root.querySelectorAll?.("[data-copy], [data-copy-link], [data-print]") ?? []) button.hidden = false;
  };
  reveal(document);
})();
