/* Tariff editor: checks while one writes, numbers the lines, a click on a problem goes to its line.
   Without this file the button checks. */
(() => {
  'use strict';
  const form = document.querySelector('form.editor'), place = document.getElementById('trial-of-it');
  if (!form) return;
  const text = form.elements.text, said = document.getElementById('said'), dirty = document.getElementById('dirty');
  let timer = 0, asked = 0, ok = !('wrong' in form.dataset);
  let kept = 'unsaved' in form.dataset ? null : text.value;

  const check = async () => {
    const mine = ++asked;
    try {
      const answer = await fetch(form.dataset.check, {method: 'POST', body: new FormData(form), headers: {Accept: 'application/json'}});
      if (!answer.ok || mine !== asked) return;
      const told = await answer.json();
      place.innerHTML = told.html;
      ok = told.ok;
      text.setAttribute('aria-invalid', String(!ok));
      if (said.textContent !== told.state) said.textContent = told.state; // only what changed is read aloud
    } catch (e) { /* the page still works: the button checks */ }
  };
  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(check, 400);
    dirty.hidden = text.value === kept;
    number();
  });

  // Line numbers beside the text; they say what a screen reader has in the list of problems.
  const gutter = document.createElement('pre');
  gutter.className = 'gutter';
  gutter.setAttribute('aria-hidden', 'true');
  text.before(gutter);
  const number = () => {
    const n = text.value.split('\n').length;
    if (n !== +gutter.dataset.n) {
      gutter.dataset.n = n;
      gutter.textContent = Array.from({length: n}, (_, i) => i + 1).join('\n');
    }
    gutter.scrollTop = text.scrollTop;
  };
  text.addEventListener('scroll', () => { gutter.scrollTop = text.scrollTop; }, {passive: true});
  number();

  // Go to the line of a problem.
  place.addEventListener('click', event => {
    const to = event.target.closest('[data-line]');
    if (!to) return;
    const lines = text.value.split('\n'), n = Math.min(+to.dataset.line, lines.length) - 1;
    const start = lines.slice(0, n).reduce((sum, line) => sum + line.length + 1, 0);
    text.focus();
    text.setSelectionRange(start, start + lines[n].length);
    text.scrollTop = Math.max(0, (n - 5) * parseFloat(getComputedStyle(text).lineHeight));
    text.scrollLeft = 0;
  });

  // Saving what has a mistake leads to the mistake. Tab leaves the field, as everywhere; two spaces are typed.
  form.addEventListener('submit', event => {
    const first = place.querySelector('[data-line]');
    if (!ok && first && event.submitter && event.submitter.value === 'save') {
      event.preventDefault();
      first.focus();
      return;
    }
    kept = text.value;
  });
  // Unsaved text is not lost by a slip.
  addEventListener('beforeunload', event => { if (text.value !== kept) event.preventDefault(); });
})();
