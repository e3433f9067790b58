/* Tariff editor: checks while one writes, a click on a problem goes to its line. Without this file the button checks. */
(() => {
  'use strict';
  const form = document.querySelector('form.editor'), place = document.getElementById('trial-of-it');
  if (!form) return;
  const text = form.elements.text, save = form.querySelector('[value=save]');
  let timer = 0, asked = 0, kept = text.value;

  const check = async () => {
    const mine = ++asked;
    try {
      const answer = await fetch(form.dataset.check, {method: 'POST', body: new FormData(form), headers: {Accept: 'application/json'}});
      if (!answer.ok || mine !== asked) return;
      const told = await answer.json();
      place.innerHTML = told.html;
      save.disabled = !told.ok;
    } catch (e) { /* the page still works: the button checks */ }
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(check, 400); };
  form.addEventListener('input', soon);

  // Go to the line of a problem.
  place.addEventListener('click', event => {
    const to = event.target.closest('[data-line]');
    if (!to) return;
    const lines = text.value.split('\n'), n = Math.min(+to.dataset.line, lines.length) - 1;
    const start = lines.slice(0, n).reduce((sum, line) => sum + line.length + 1, 0);
    text.focus();
    text.setSelectionRange(start, start + lines[n].length);
    text.scrollTop = Math.max(0, (n - 5) * parseFloat(getComputedStyle(text).lineHeight));
  });
  // Tab leaves the field, as everywhere; two spaces are typed. Unsaved text is not lost by a slip.
  form.addEventListener('submit', () => { kept = text.value; });
  addEventListener('beforeunload', event => { if (text.value !== kept) event.preventDefault(); });
})();
