/* Import: drop or choose a file, see it being sent, stop it. Without this file the form sends by itself. */
(() => {
  'use strict';
  const lang = document.documentElement.lang || 'es-PE';
  const mb = n => new Intl.NumberFormat(lang, {maximumFractionDigits: 1}).format(n / 1048576) + '\u00a0MB';

  document.querySelectorAll('form.upload').forEach(form => {
    const zone = form.querySelector('.drop'), input = form.querySelector('.file'), box = form.querySelector('.sending');
    const line = box.querySelector('p'), bar = box.querySelector('progress'), stop = box.querySelector('button');
    let request = null;

    const say = (text, share) => {
      line.textContent = text;
      share == null ? bar.removeAttribute('value') : bar.value = share;
    };
    const end = text => {
      request = null; bar.hidden = stop.hidden = true; zone.hidden = false; input.value = '';
      say(text, 0); box.classList.toggle('over', true);
    };
    const done = () => {
      let told = {};
      try { told = JSON.parse(request.responseText); } catch (e) { /* a page, not an answer to us */ }
      if (told.preview) { say(box.dataset.reading); location.assign(told.preview); return; }
      end(told.wrong || (request.status === 413 ? box.dataset.large : box.dataset.lost));
    };
    const send = () => {
      const files = [...input.files], size = files.reduce((n, f) => n + f.size, 0);
      if (!files.length) return;
      const name = files.length > 1 ? `${files[0].name} +${files.length - 1}` : files[0].name;
      box.hidden = bar.hidden = stop.hidden = false; box.classList.remove('over'); zone.hidden = true;
      if (size > form.dataset.most * 1048576) { end(box.dataset.large); return; }
      request = new XMLHttpRequest();
      request.open('POST', form.action); request.setRequestHeader('Accept', 'application/json'); request.timeout = 9e5;
      request.upload.onprogress = e => say(`${box.dataset.sending} ${name} · ${mb(e.loaded)} / ${mb(e.total)}`, e.loaded / e.total);
      request.upload.onload = () => say(box.dataset.reading);
      request.onload = done;
      request.onerror = request.ontimeout = () => end(box.dataset.lost);
      request.onabort = () => end(box.dataset.stopped);
      say(`${box.dataset.sending} ${name}`, 0);
      request.send(new FormData(form));
      stop.focus();
    };

    ['dragover', 'dragleave', 'drop'].forEach(n => zone.addEventListener(n, e => { e.preventDefault(); zone.classList.toggle('on', n === 'dragover'); }));
    zone.addEventListener('drop', e => { if (e.dataTransfer.files.length) { input.files = e.dataTransfer.files; send(); } });
    input.addEventListener('change', send);
    // Stopped while it is sent; the page that follows stops the reading itself.
    stop.addEventListener('click', () => { window.stop(); request && request.readyState < 4 ? request.abort() : end(box.dataset.stopped); });
    addEventListener('pageshow', e => { if (e.persisted) { box.hidden = true; zone.hidden = false; } });
  });

  // A large file being read: how far it is, then its preview at the same address.
  document.querySelectorAll('.reading').forEach(card => {
    const bar = card.querySelector('progress');
    const look = () => fetch(card.dataset.progress + location.search, {headers: {Accept: 'application/json'}})
      .then(answer => answer.ok ? answer.json() : {done: true})
      .then(told => { bar.value = told.share || 0; told.done ? location.reload() : setTimeout(look, 400); })
      .catch(() => setTimeout(look, 2000));
    setTimeout(look, 200);
  });

  document.querySelectorAll('form.save').forEach(form => form.addEventListener('submit', () => {
    const button = form.querySelector('button');
    button.textContent = form.dataset.saving; button.setAttribute('aria-busy', 'true'); button.disabled = true;
  }));
})();
