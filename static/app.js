// What the pages do besides htmx: copy buttons, times that stay true while a page is open, and
// telling people who cannot see it what changed. Every page works without this file. It says no
// words of its own; they come with the page.
"use strict";
(() => {
  const live = () => document.getElementById("live");

  // A screen reader stays silent when the same words are set twice, hence the emptying.
  function announce(words) {
    live().textContent = "";
    setTimeout(() => { live().textContent = words; }, 50);
  }

  async function copy(text) {
    try {
      return await navigator.clipboard.writeText(text);
    } catch {
      // Plain HTTP in a clinic's network has no clipboard interface, and others may refuse it.
      copyTheOldWay(text);
    }
  }

  function copyTheOldWay(text) {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "hidden";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("copy refused");
  }

  document.addEventListener("click", async (event) => {
    if (event.target.closest("[data-print]")) print();
    const button = event.target.closest("[data-copy], [data-copy-from]");
    if (!button || button.dataset.busy) return;
    try {
      await copy(button.dataset.copy ?? document.getElementById(button.dataset.copyFrom).textContent);
    } catch {
      return;
    }
    const label = button.querySelector("span");
    const before = label.textContent;
    button.dataset.busy = "1";
    button.focus();
    label.textContent = button.dataset.copied;
    announce(button.dataset.copied);
    setTimeout(() => { label.textContent = before; delete button.dataset.busy; }, 2000);
  });

  // The server wrote these times when the page was made; an hour later they would be wrong.
  // Clocks of computers differ, so the server's is carried on from when the page came.
  const root = document.documentElement;
  const behind = Date.parse(root.dataset.now) - Date.now();
  const relative = new Intl.RelativeTimeFormat(root.lang, { numeric: "always" });
  function refreshTimes() {
    for (const time of document.querySelectorAll("time.ago")) {
      const minutes = Math.floor((Date.now() + behind - Date.parse(time.dateTime)) / 60000);
      if (minutes < 1 || minutes >= 7 * 24 * 60) continue;
      time.textContent = minutes < 60 ? relative.format(-minutes, "minute")
        : minutes < 24 * 60 ? relative.format(-Math.floor(minutes / 60), "hour")
        : relative.format(-Math.floor(minutes / 60 / 24), "day");
    }
  }
  setInterval(refreshTimes, 60000);

  // "Show older" goes away when it is pressed, so the focus goes to the first of what it brought.
  let lastBefore = null;
  let offline = false;
  document.addEventListener("htmx:beforeSwap", (event) => {
    // What a page asks by itself and is told nothing on must not wipe away a failure of the person's.
    if (event.detail.xhr.status === 204 && !offline) return;
    offline = false;
    document.getElementById("failure").textContent = "";
    lastBefore = event.detail.target.closest(".older")?.previousElementSibling;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const said = event.detail.target.querySelector("[data-announce]");
    if (said) announce(said.textContent);
  });
  document.addEventListener("htmx:afterSettle", () => {
    lastBefore?.nextElementSibling?.querySelector("a, summary")?.focus();
    lastBefore = null;
  });

  // On a person's page a ticked role shows at once what it grants. What was ticked for the person
  // alone is kept beside it; the server shows the same after saving.
  function refreshGrants(form) {
    const ticked = (role) => form.querySelector(`input[name="role"][value="${CSS.escape(role)}"]`).checked;
    for (const item of form.querySelectorAll(".permission")) {
      const [kept, box] = item.querySelectorAll("input");
      const chips = [...item.querySelectorAll("[data-role]")];
      for (const chip of chips) chip.hidden = !ticked(chip.dataset.role);
      const own = "own" in item.dataset;
      const granted = chips.some((chip) => !chip.hidden);
      const fixed = granted || "locked" in item.dataset;
      box.checked = granted || own;
      box.disabled = fixed;
      kept.disabled = !(own && fixed);
      item.querySelector("[data-individual]")?.toggleAttribute("hidden", !own);
      item.querySelector("[data-by-role]")?.toggleAttribute("hidden", !granted);
    }
  }
  document.addEventListener("change", ({ target }) => {
    const form = target.closest("form");
    if (!form?.querySelector("[data-roles]")) return;
    if (target.name === "permission") target.closest(".permission").toggleAttribute("data-own", target.checked);
    if (target.name === "permission" || target.name === "role") refreshGrants(form);
  });

  document.addEventListener("htmx:sendError", () => {
    if (offline) return; // said already; a page that asks by itself would say it again and again
    offline = true;
    const words = document.getElementById("offline").content.cloneNode(true);
    document.getElementById("failure").replaceChildren(words);
  });
})();
