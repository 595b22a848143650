// What passkeys need of the browser (WebAuthn): what is asked comes from the server as JSON, what the
// device answers goes back in a hidden field of an ordinary form. Whoever has no script, or a browser
// without passkeys, sees why and has the other ways beside it. It says no words of its own.
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const ids = (list) => (list ?? []).map((c) => ({ ...c, id: bytes(c.id) }));

  async function create(asked) {
    const made = await navigator.credentials.create({ publicKey: { ...asked, challenge: bytes(asked.challenge),
      user: { ...asked.user, id: bytes(asked.user.id) }, excludeCredentials: ids(asked.excludeCredentials) } });
    return { id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: {}, response: {
      clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject),
      transports: made.response.getTransports?.() ?? [] } };
  }

  async function get(asked) {
    const used = await navigator.credentials.get({ publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: ids(asked.allowCredentials) } });
    return { id: used.id, rawId: text(used.rawId), type: used.type, clientExtensionResults: {}, response: {
      clientDataJSON: text(used.response.clientDataJSON), authenticatorData: text(used.response.authenticatorData),
      signature: text(used.response.signature), userHandle: used.response.userHandle ? text(used.response.userHandle) : undefined } };
  }

  // ask gets what the device is to do. Where the server no longer knows who asks, the page is too old.
  async function ask(part) {
    const answer = await fetch(part.dataset.options, { method: "POST", redirect: "manual" });
    if (answer.ok) return answer.json();
    if (answer.status === 503) throw new TypeError("busy");
    location.reload();
    return new Promise(() => {});
  }

  function fail(part, error) {
    const why = error.name === "InvalidStateError" ? "known" : error instanceof TypeError ? "away" : "cancelled";
    part.querySelector("[data-failed]").replaceChildren(part.querySelector(`[data-${why}]`).content.cloneNode(true));
  }

  async function start(part) {
    const button = part.querySelector("button");
    part.querySelector("[data-failed]").replaceChildren();
    button.disabled = true;
    try {
      const answer = await (part.dataset.passkey === "create" ? create : get)(await ask(part));
      part.querySelector("[data-answer]").value = JSON.stringify(answer);
      part.closest("form").submit();
    } catch (error) {
      button.disabled = false;
      button.focus();
      fail(part, error);
    }
  }

  // A form is about the passkey alone; a part of a form is one way of several.
  function show(root) {
    for (const part of root.querySelectorAll("[data-passkey]")) {
      part.hidden = !window.PublicKeyCredential;
      part.parentElement.querySelector("[data-unable]")?.toggleAttribute("hidden", !part.hidden);
      const press = (event) => {
        event.preventDefault();
        start(part);
      };
      if (part.matches("form")) part.addEventListener("submit", press);
      else part.querySelector("button").addEventListener("click", press);
    }
  }
  show(document);
  document.addEventListener("htmx:afterSwap", (event) => show(event.detail.target));
})();
