/* Kanchay: theme switch, menus, charts. No framework; uPlot draws, this file dresses. The pages work without it. */
(() => {
  'use strict';
  const root = document.documentElement, $$ = (q, e = document) => [...e.querySelectorAll(q)];
  const css = n => getComputedStyle(root).getPropertyValue(n).trim();
  const lang = root.lang || 'es-PE', es = lang.startsWith('es'), SITE_TZ = document.body.dataset.tz || 'UTC';
  const nf = d => new Intl.NumberFormat(lang, {minimumFractionDigits: d, maximumFractionDigits: d});
  const say = (n, d) => nf(d).format(n).replace('-', '\u2212'), two = n => String(n).padStart(2, '0');
  const DAYS = (es ? 'dom lun mar mié jue vie sáb' : 'Sun Mon Tue Wed Thu Fri Sat').split(' ');
  const MON = (es ? 'ene feb mar abr may jun jul ago set oct nov dic' : 'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec').split(' ');
  const NOW = es ? 'ahora' : 'now', NONE = es ? 'sin lectura' : 'no reading', FONT = '12px system-ui,sans-serif';
  const hhmm = d => two(d.getHours()) + ':' + two(d.getMinutes());
  const charts = new Map();

  function theme(next) {
    root.dataset.theme = next;
    document.cookie = `kanchay-theme=${next};path=/;max-age=31536000;samesite=lax`;
    charts.forEach(c => c.make());
  }

  // Instants arrive as a list, or as start, step and count.
  const instants = t => Array.isArray(t) ? t : Array.from({length: t.n}, (_, i) => t.a + i * t.d);

  // One chart: a JSON specification in, a canvas and a spoken read-out out. Values stay null where there was no reading.
  function chart(fig) {
    const d = JSON.parse(fig.querySelector('script').textContent), box = fig.querySelector('.plot'), out = fig.querySelector('.readout');
    const TZ = fig.dataset.tz || SITE_TZ, local = s => uPlot.tzDate(new Date(s * 1e3), TZ);
    const T = instants(d.t), half = d.mid ? d.step / 2 : 0, dpr = () => uPlot.pxRatio, rest = out ? out.textContent : '';
    let u;
    const band = (u, b) => {
      const c = u.ctx; c.fillStyle = css(b.c); c.beginPath();
      let open = false, back = [];
      const close = () => { back.reverse().forEach(p => c.lineTo(...p)); c.closePath(); open = false; back = []; };
      T.forEach((t, i) => {
        if (b.lo[i] == null) { if (open) close(); return; }
        const x = u.valToPos(t + half, 'x', true);
        open ? c.lineTo(x, u.valToPos(b.hi[i], 'y', true)) : c.moveTo(x, u.valToPos(b.hi[i], 'y', true));
        open = true; back.push([x, u.valToPos(b.lo[i], 'y', true)]);
      });
      if (open) close();
      c.fill();
    };
    // Whiskers stand in the middle of the bars, which begin at their instants.
    const whiskers = (u, b) => {
      const c = u.ctx, k = dpr(), mid = Math.min(20 * k, .37 * (u.valToPos(T[1], 'x', true) - u.valToPos(T[0], 'x', true))) - k / 2, cap = Math.min(4 * k, mid * .8);
      c.strokeStyle = css(b.c); c.lineWidth = mid > 4 * k ? 1.25 * k : k; c.setLineDash([]); c.beginPath();
      T.forEach((t, i) => { if (b.lo[i] == null) return;
        const x = u.valToPos(t, 'x', true) + mid, [lo, hi] = [b.lo[i], b.hi[i]].map(v => u.valToPos(v, 'y', true));
        c.moveTo(x, lo); c.lineTo(x, hi); [lo, hi].forEach(y => { c.moveTo(x - cap, y); c.lineTo(x + cap, y); }); });
      c.stroke();
    };
    const text = (u, s, x, y, col, al = 'left', w = 600) => {
      const c = u.ctx; c.font = `${w} ${12 * dpr()}px system-ui,sans-serif`; c.textAlign = al; c.textBaseline = 'middle';
      c.lineWidth = 4 * dpr(); c.lineJoin = 'round'; c.strokeStyle = css('--surface'); c.strokeText(s, x, y); c.fillStyle = col; c.fillText(s, x, y);
    };
    const clipped = draw => u => { const c = u.ctx, {left: l, top: t, width: w, height: h} = u.bbox; c.save(); c.beginPath(); c.rect(l, t, w, h); c.clip(); draw(u, c, t, h); c.restore(); };
    const under = clipped((u, c, t, h) => (d.spans || []).forEach((s, i) => {
      const a = u.valToPos(s.a, 'x', true), b = u.valToPos(s.b, 'x', true); c.fillStyle = css(s.c || '--sunk'); c.fillRect(a, t, b - a, h);
      c.fillStyle = css('--muted'); c.font = `500 ${12 * dpr()}px system-ui,sans-serif`; c.textAlign = 'center';
      if (s.lab && (!i || c.measureText(s.lab).width < b - a)) c.fillText(s.lab, (a + b) / 2, t + 13 * dpr());
    }));
    const bands = clipped(u => (d.bands || []).forEach(b => b.w || band(u, b)));
    const over = u => {
      const c = u.ctx, {left: l, top: t, width: w, height: h} = u.bbox, k = dpr(); c.save();
      (d.bands || []).forEach(b => b.w && whiskers(u, b));
      (d.rules || []).forEach(r => { const y = u.valToPos(r.y, 'y', true); c.strokeStyle = css('--ink'); c.lineWidth = 1.5 * k; c.lineDashOffset = 0; c.setLineDash([5 * k, 4 * k]);
        c.beginPath(); c.moveTo(l, y); c.lineTo(l + w, y); c.stroke(); c.setLineDash([]); text(u, r.lab, l + 4 * k, y - 10 * k, css('--ink')); });
      if (d.now) { const x = u.valToPos(d.now, 'x', true), early = x - l < 50 * k; c.setLineDash([]); c.strokeStyle = css('--muted'); c.lineWidth = k; c.beginPath(); c.moveTo(x, t); c.lineTo(x, t + h); c.stroke();
        text(u, NOW, x + (early ? 5 : -5) * k, d.nowLow ? t + h - 10 * k : t + 8 * k, css('--muted'), early ? 'left' : 'right', 500); }
      (d.points || []).forEach(p => { const x = u.valToPos(p.t + half, 'x', true), y = u.valToPos(p.y, 'y', true); c.strokeStyle = css('--anomaly'); c.fillStyle = css('--surface'); c.lineWidth = 2 * k;
        c.beginPath(); c.moveTo(x, y - 7 * k); c.lineTo(x + 6 * k, y + 4 * k); c.lineTo(x - 6 * k, y + 4 * k); c.closePath(); c.fill(); c.stroke(); });
      (d.labels || []).forEach(p => text(u, p.s, u.valToPos(p.t, 'x', true) + (p.dx || 0) * k, u.valToPos(p.y, 'y', true) + (p.dy || 0) * k, css(p.c), p.al));
      c.restore();
    };
    const tick = (u, vals) => vals.map(v => { const x = local(v); return d.days ? `${x.getDate()} ${MON[x.getMonth()]}` : d.clock || x.getHours() || x.getMinutes() ? hhmm(x) : `${DAYS[x.getDay()]} ${x.getDate()}`; });
    const read = u => {
      if (!out) return;
      const i = u.cursor.idx; if (i == null) { out.textContent = rest; return; }
      const x = local(T[i]), b = (d.bands || []).find(b => b.say && b.lo[i] != null);
      const parts = d.s.filter(s => s.say !== 0 && s.y[i] != null).map(s => `${s.n} ${say(s.y[i], d.dec ?? 2)}\u00a0${d.unit}`);
      if (b) parts.push(`${b.say} ${say(b.lo[i], d.dec ?? 2)}–${say(b.hi[i], d.dec ?? 2)}`);
      out.textContent = `${d.clock ? hhmm(x) : `${DAYS[x.getDay()]} ${x.getDate()} ${MON[x.getMonth()]}${d.days ? '' : ', ' + hhmm(x)}`} · ${parts.join(' · ') || NONE}`;
    };
    const axis = {stroke: () => css('--muted'), font: FONT, ticks: {show: false}};
    const make = () => {
      if (u) u.destroy();
      const w = box.clientWidth, h = box.clientHeight, narrow = w < 480;
      u = new uPlot({
        width: w, height: h, tzDate: local, legend: {show: false}, padding: [10, d.right ?? 10, 0, 0],
        cursor: {y: false, drag: {x: false, y: false}, points: {size: 8, fill: () => css('--surface')}},
        scales: {x: {time: true, range: () => [T[0], d.end || T.at(-1) + d.step]}, y: {range: () => [d.min || 0, d.max]}},
        axes: [{...axis, grid: {show: false}, size: 26, gap: 6, space: 64, values: tick, splits: d.ticks ? () => narrow && d.ticksN ? d.ticksN : d.ticks : undefined},
          {...axis, size: 44, gap: 6, grid: {stroke: () => css('--line'), width: 1}, splits: () => d.ys, values: (u, v) => v.map(y => say(y, d.ydec ?? 1))}],
        series: [{}, ...d.s.map(s => ({
          stroke: () => css(s.c), width: s.as === 'bars' ? (s.dash ? 1 : 0) : s.w ?? 2, dash: s.dash, points: {show: false}, spanGaps: false,
          fill: s.as === 'bars' ? () => css(s.fill || s.c) : s.fill ? () => css(s.fill) : undefined,
          paths: s.as === 'bars' ? uPlot.paths.bars({size: [.74, 40], align: 1, radius: s.r ?? .2, gap: w / T.length < 8 ? 0 : 2}) : s.as === 'step' ? uPlot.paths.stepped({align: 1}) : uPlot.paths.linear(),
        }))],
        hooks: {drawClear: [under], drawAxes: [bands], draw: [over], setCursor: [read]},
      }, [half ? T.map(t => t + half) : T, ...d.s.map(s => s.y)], box);
    };
    make();
    const watch = new ResizeObserver(() => { if (u && Math.abs(u.width - box.clientWidth) > 1) make(); }); watch.observe(box);
    box.tabIndex = 0; box.setAttribute('role', 'img');
    box.addEventListener('keydown', e => {
      const step = {ArrowLeft: -1, ArrowRight: 1}[e.key]; if (!step) return; e.preventDefault();
      const i = Math.max(0, Math.min(T.length - 1, (u.cursor.idx ?? (step > 0 ? -1 : T.length)) + step));
      u.setCursor({left: u.valToPos(T[i] + half, 'x'), top: 10}); read(u);
    });
    charts.set(fig, {make, stop: () => { watch.disconnect(); u.destroy(); }});
  }

  // Dress what is new on the page: charts that are open, and those in a closed finding once it opens.
  function dress() {
    charts.forEach((c, fig) => { if (!fig.isConnected) { c.stop(); charts.delete(fig); } });
    if (!window.uPlot) return;
    $$('figure.chart').forEach(f => {
      if (charts.has(f)) return;
      const shut = f.closest('details:not([open]):not(.astable)');
      shut ? shut.addEventListener('toggle', () => charts.has(f) || chart(f), {once: true}) : chart(f);
    });
  }

  $$('[data-theme-switch]').forEach(b => b.addEventListener('click', () =>
    theme((root.dataset.theme || (matchMedia('(prefers-color-scheme:dark)').matches ? 'dark' : 'light')) === 'dark' ? 'light' : 'dark')));
  matchMedia('(prefers-color-scheme:dark)').addEventListener('change', () => charts.forEach(c => c.make()));
  const menus = $$('details.menu');
  addEventListener('click', e => menus.forEach(m => m.contains(e.target) || (m.open = false)));
  addEventListener('keydown', e => { if (e.key === 'Escape') menus.forEach(m => { if (m.open) { m.open = false; m.querySelector('summary').focus(); } }); });
  document.addEventListener('htmx:afterSettle', dress);
  dress();
})();
