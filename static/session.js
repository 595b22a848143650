// Says in time that the session ends, and keeps what was typed when it has ended. Pages work without
// it: what is posted after the end is kept by the server too. The words come with the page.
"use strict";
(() => {
  const dialog = document.getElementById("session");
  const [title, text] = [document.getElementById("session-title"), document.getElementById("session-text")];
  const [stay, close, again] = ["stay", "close", "again"].map((name) => dialog.querySelector(`button[data-${name}]`));
  const warn = Number(dialog.dataset.warn);
  const tabs = new BroadcastChannel("session");
  let timer, used = Date.now(), over = false, closed = false;

  function later(seconds) {
    clearTimeout(timer);
    // Timers of a computer that slept are late; it is checked again when the page is looked at.
    timer = setTimeout(check, Math.min(Math.max(1, seconds), 24 * 3600) * 1000);
  }

  function show(button) {
    for (const b of [stay, close, again]) b.hidden = b !== button;
    if (!dialog.open) dialog.showModal();
    button.focus();
  }

  // Asking is no use of the session; posting is.
  async function check(method = "GET") {
    let answer;
    try {
      answer = await fetch("/session", { method, headers: { "HX-Request": "true" }, cache: "no-store" });
    } catch {
      return later(15); // no network: nobody knows
    }
    if (answer.status === 401) return end();
    if (!answer.ok) return later(15);
    const session = await answer.json();
    if (session.person !== dialog.dataset.person) return "again" in dialog.dataset ? location.reload() : location.assign("/");
    over = false;
    dialog.classList.remove("over");
    if (session.left > warn) {
      if (dialog.open) dialog.close();
      closed = false;
      return later(session.left - warn);
    }
    later(Math.min(10, session.left + 1));
    if (closed && session.last) return;
    if (text.textContent !== session.text) [title.textContent, text.textContent] = [session.title, session.text];
    if (!dialog.open) show(session.last ? close : stay);
  }

  function end() {
    over = true;
    clearTimeout(timer);
    [title.textContent, text.textContent] = [dialog.dataset.overTitle, dialog.dataset.overText];
    dialog.classList.add("over"); // nothing of the page is seen behind it
    show(again);
  }

  async function use() {
    used = Date.now();
    await check("POST");
    tabs.postMessage("used");
  }
  stay.addEventListener("click", use);
  close.addEventListener("click", () => { closed = true; dialog.close(); });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (!over) (stay.hidden ? close : stay).click();
  });

  // Who types uses the session, though nothing is sent for a while.
  const typed = new Set();
  document.addEventListener("input", ({ target, isTrusted }) => {
    if (target.form?.method === "post") typed.add(target.form);
    if (isTrusted && !over && Date.now() - used > 60000) use();
  });
  document.addEventListener("submit", ({ target }) => typed.delete(target));

  again.addEventListener("click", async () => {
    again.disabled = true;
    const kept = [...typed].filter((form) => form.isConnected);
    for (const form of kept) {
      const fields = new FormData(form);
      const body = form.enctype.startsWith("multipart/") ? fields : new URLSearchParams(fields);
      await fetch(form.getAttribute("action"), { method: "POST", headers: { "Breakwater-Keep": "1" }, body }).catch(() => {});
    }
    location.assign(kept.length > 0 ? "/resume" : "again" in dialog.dataset ? location.href : "/");
  });

  tabs.addEventListener("message", () => check());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) check(); });
  addEventListener("pageshow", ({ persisted }) => { if (persisted) check(); });
  // What the page asks by itself would leave it, and lose what is typed in it, once the session is over.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.status !== 401 || event.detail.requestConfig.verb !== "get") return;
    event.preventDefault();
    end();
  });
  later(Number(dialog.dataset.left) - warn);
})();
