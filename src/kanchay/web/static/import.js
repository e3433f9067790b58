/* Import: drop or choose files or a folder, see them being sent, read and saved, stop it. Without this file the forms send by themselves. */
(() => {
  'use strict';
  const lang = document.documentElement.lang || 'es-PE', MB = 1048576;
  const mb = n => new Intl.NumberFormat(lang, {maximumFractionDigits: 1}).format(n / MB) + '\u00a0MB';
  const fill = (text, places) => text.replace(/\{(\w+)\}/g, (_, k) => places[k]);
  const percent = share => Math.round(100 * share);

  // What is told aloud: at once where it says something new, of a share every tenth only.
  const teller = line => {
    let last = '';
    return (text, share) => {
      const key = share == null ? text : String(Math.floor(share * 10));
      if (line && key !== last) { last = key; line.textContent = text; }
    };
  };

  // Everything inside a dropped folder: files with the path below it; hidden ones stay out.
  const entries = reader => new Promise((good, bad) => reader.readEntries(good, bad));
  const inside = async (entry, path = '') => {
    if (entry.name.startsWith('.')) return [];
    if (entry.isFile) return [{file: await new Promise((good, bad) => entry.file(good, bad)), path: path + entry.name}];
    const reader = entry.createReader(), found = [];
    for (let some = await entries(reader); some.length; some = await entries(reader)) found.push(...some);
    return (await Promise.all(found.map(e => inside(e, `${path}${entry.name}/`)))).flat();
  };
  const dropped = async data => {
    const tops = [...data.items].map(i => i.webkitGetAsEntry && i.webkitGetAsEntry()).filter(Boolean);
    if (!tops.some(e => e.isDirectory)) return {files: [...data.files].map(file => ({file, path: file.name})), folder: false};
    return {files: (await Promise.all(tops.map(e => inside(e)))).flat(), folder: true};
  };
  const chosen = input => ({
    files: [...input.files].map(file => ({file, path: file.webkitRelativePath || file.name})).filter(f => !f.path.split('/').some(p => p.startsWith('.'))),
    folder: input.hasAttribute('webkitdirectory'),
  });

  document.querySelectorAll('form.upload').forEach(form => {
    const zone = form.querySelector('.drop'), inputs = form.querySelectorAll('.file'), pick = form.querySelector('.pick-folder');
    const box = form.querySelector('.sending'), line = box.querySelector('.told'), aloud = teller(box.querySelector('[role=status]'));
    const bar = box.querySelector('progress'), stop = box.querySelector('button'), words = box.dataset;
    let request = null, stopped = false, place = null;

    const say = (text, share) => {
      line.textContent = text; aloud(text, share);
      share == null ? bar.removeAttribute('value') : bar.value = share;
    };
    const show = busy => { zone.hidden = pick.hidden = busy; bar.hidden = stop.hidden = !busy; box.hidden = false; box.classList.toggle('over', !busy); };
    const end = text => {
      request = null; show(false); inputs.forEach(i => { i.value = ''; }); say(text); inputs[0].focus();
      if (place) { const gone = new FormData(); gone.set('_csrf', form.elements._csrf.value); fetch(`${place}/cancel`, {method: 'POST', body: gone, redirect: 'manual'}).catch(() => {}); place = null; }
    };
    const wrong = told => told.wrong || (request && request.status === 413 ? words.large : words.lost);

    // One file over the wire; resolves to what the server says of it.
    const post = (data, onward) => new Promise((good, bad) => {
      request = new XMLHttpRequest();
      request.open('POST', form.action); request.setRequestHeader('Accept', 'application/json'); request.timeout = 9e5;
      request.upload.onprogress = e => onward(e.loaded, e.total);
      request.onload = () => {
        let told = {};
        try { told = JSON.parse(request.responseText); } catch (e) { /* a page, not an answer to us */ }
        told.preview ? good(told) : bad(new Error(wrong(told)));
      };
      request.onerror = request.ontimeout = () => bad(new Error(words.lost));
      request.onabort = () => bad(new Error(words.stopped));
      request.send(data);
    });

    const send = async ({files, folder}) => {
      const size = files.reduce((n, f) => n + f.file.size, 0), big = files.find(f => f.file.size > form.dataset.most * MB);
      if (!files.length) { if (folder) { show(false); say(words.none); } return; }
      stopped = false; place = null; show(true); stop.focus();
      if (big) { end(`${big.path}: ${words.large}`); return; }
      if (files.length > form.dataset.mostFiles || size > form.dataset.mostFolder * MB) { end(words.many); return; }
      const many = folder || files.length > 1;
      let sent = 0, told = null;
      try {
        for (const [number, {file, path}] of files.entries()) {
          const data = new FormData(), of = many ? ` ${fill(words.count, {i: number + 1, n: files.length})} ·` : '';
          data.set('_csrf', form.elements._csrf.value);
          if (many) data.set('folder', '1');
          if (told) data.set('token', told.token);
          data.set('file', file, path);
          const onward = (done, all) => say(`${words.sending}${of} ${path} · ${mb(sent + done * file.size / (all || 1))} / ${mb(size)}`, size ? (sent + done * file.size / (all || 1)) / size : 0);
          onward(0, file.size);
          told = await post(data, onward);
          sent += file.size; place = told.preview;
          if (stopped) throw new Error(words.stopped);
        }
        say(words.reading); place = null;
        location.assign(told.preview);
      } catch (error) { end(error.message); }
    };

    ['dragover', 'dragleave', 'drop'].forEach(n => zone.addEventListener(n, e => { e.preventDefault(); zone.classList.toggle('on', n === 'dragover'); }));
    zone.addEventListener('drop', e => dropped(e.dataTransfer).then(send, () => end(words.lost)));
    inputs.forEach(input => input.addEventListener('change', () => send(chosen(input))));
    // Stopped while it is sent; the page that follows stops the reading itself.
    stop.addEventListener('click', () => { stopped = true; window.stop(); request && request.readyState < 4 ? request.abort() : end(words.stopped); });
    addEventListener('pageshow', e => { if (e.persisted) { box.hidden = true; zone.hidden = pick.hidden = false; } });
  });

  // Files being read, or saved: how far that is; once done the same address leads on.
  document.querySelectorAll('.working').forEach(card => {
    const bar = card.querySelector('progress'), share = card.querySelector('.share'), how = card.querySelector('.how');
    const aloud = teller(card.querySelector('[role=status]'));
    let left = false;  // the reader pressed a button: where that leads comes from the server
    card.addEventListener('submit', () => { left = true; });
    const look = () => left || fetch(card.dataset.progress + location.search, {headers: {Accept: 'application/json'}})
      .then(answer => answer.ok ? answer.json() : {done: true})
      .then(told => {
        if (left) return;
        const n = percent(told.share || 0);
        bar.value = told.share || 0; share.textContent = `${n}\u00a0%`; aloud(fill(card.dataset.told, {n}), told.share || 0);
        if (told.written && how) { how.textContent = card.dataset.after; const form = card.querySelector('form'); if (form) form.hidden = true; }
        told.done ? location.reload() : setTimeout(look, 400);
      })
      .catch(() => setTimeout(look, 2000));
    setTimeout(look, 200);
  });

  document.querySelectorAll('form.save').forEach(form => form.addEventListener('submit', () => {
    const button = form.querySelector('button');
    button.textContent = form.dataset.saving; button.setAttribute('aria-busy', 'true'); button.disabled = true;
  }));
})();
