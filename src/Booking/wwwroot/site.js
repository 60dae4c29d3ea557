// Garnish on pages that work without it: no second submit of a form, menus that close, copying, printing.
(() => {
  document.addEventListener('submit', event => {
    const form = event.target;
    if (!form.hasAttribute('data-once') || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = 'yes';
    // A browser's back button may bring the page back as it was left.
    window.addEventListener('pageshow', () => delete form.dataset.sent, { once: true });
    setTimeout(() => delete form.dataset.sent, 8000);
  });

  document.addEventListener('click', event => {
    for (const open of document.querySelectorAll('.account-menu[open]')) if (!open.contains(event.target)) open.open = false;
    const copy = event.target.closest('[data-copy]');
    if (copy) navigator.clipboard?.writeText(document.getElementById(copy.dataset.copy).textContent.trim());
    if (event.target.closest('[data-print]')) window.print();
  });

  document.addEventListener('keydown', event => {
    if (event.key !== 'Escape') return;
    for (const open of document.querySelectorAll('.account-menu[open]')) { open.open = false; open.querySelector('summary').focus(); }
  });
})();
