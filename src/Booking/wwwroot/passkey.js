// Passkeys: forms marked data-passkey="get" or "create" appear where the browser can do it; everything else on the page works without them.
(() => {
  // A passkey belongs to a domain: at a bare address the browser refuses it.
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON || /^[\d.]+$|:/.test(location.hostname)) return;
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    form.hidden = false;
    form.addEventListener('submit', async event => {
      const field = form.elements.credential;
      if (field.value) return;
      event.preventDefault();
      event.stopPropagation();
      const problem = form.querySelector('[data-passkey-error]');
      problem.hidden = true;
      try {
        const answer = await fetch(form.dataset.options, { method: 'POST', body: new FormData(form), credentials: 'same-origin' });
        if (!answer.ok) throw new Error(answer.status);
        const options = await answer.json();
        const credential = form.dataset.passkey === 'create'
          ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
          : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
        field.value = JSON.stringify(credential);
        form.requestSubmit();
      } catch {
        problem.hidden = false;
      }
    });
  }
})();
