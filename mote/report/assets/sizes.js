'use strict';
// The size distribution and the radius of every track.

// null where no particle has a size.
mote.size_distribution = () => {
  const {el, text, length, file} = mote;
  const recording = mote.data.info.recording;
  const sized = mote.data.sizes.filter((entry) => entry.ecd.length > 0);
  if (sized.length === 0) return null;
  const pooled = {pooled: true, every: Math.max(...sized.map((entry) => entry.every)),
    times: sized.flatMap((entry) => entry.ecd.map(() => entry.every)), ecd: sized.flatMap((entry) => entry.ecd),
    weight: sized.flatMap((entry) => entry.weight)};
  const [low, high] = mote.extent(pooled.ecd);
  // Freedman and Diaconis's width for a single frame, so that bins suit what is drawn.
  const typical = recording ? sized.reduce((a, b) => (a.ecd.length > b.ecd.length ? a : b)) : pooled;
  const ordered = [...typical.ecd].sort((a, b) => a - b);
  const iqr = ordered[Math.floor(0.75 * (ordered.length - 1))] - ordered[Math.floor(0.25 * (ordered.length - 1))];
  const raw = 2 * iqr / Math.cbrt(ordered.length);
  const bins = Math.max(14, Math.min(60, Math.ceil((high - low) / (raw > 0 ? raw : (high - low) / 14 || 1)))) || 14;
  const step_guess = (high - low) / bins || Math.abs(high) * 0.05 || 1;
  const power = 10 ** Math.floor(Math.log10(step_guess));
  const width = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= step_guess * 0.999);
  const first_edge = Math.floor(low / width) * width;
  const n_bins = Math.max(1, Math.floor((high - first_edge) / width) + 1);
  const counts = (entry) => {
    const plain = new Array(n_bins).fill(0);
    const corrected = new Array(n_bins).fill(0);
    entry.ecd.forEach((value, i) => {
      const bin = Math.min(n_bins - 1, Math.floor((value - first_edge) / width));
      const times = entry.times ? entry.times[i] : entry.every;
      plain[bin] += times;
      corrected[bin] += times * entry.weight[i];
    });
    return {plain, corrected};
  };
  const entries = recording ? sized : (sized.length > 1 ? [pooled, ...sized] : sized);
  let highest = 0;
  for (const entry of entries.filter((e) => !e.pooled)) {
    const {plain, corrected} = counts(entry);
    highest = Math.max(highest, ...plain, ...corrected);
  }
  let at = 0;
  const edges = Array.from({length: n_bins + 1}, (_, k) => first_edge + k * width);
  const slider = el('input', {type: 'range', min: 0, max: entries.length - 1, value: 0, step: 1,
    'aria-label': 'When to show the sizes of'});
  const said = el('span');
  const jump = (label, i) => el('button', {type: 'button', onclick: () => pick(i)}, label);
  const controls = entries.length === 1 ? null : [jump(entries[0].pooled ? 'all' : 'first', 0),
    jump('middle', entries.length >> 1), jump('last', entries.length - 1), slider, said];
  const plot = mote.plot({title: 'Size distribution', quiet: true, controls, x: `ECD (${length})`, y: 'particles per bin', height: 340,
    caption: '',
    csv: () => {
      const {plain, corrected} = counts(entries[at]);
      return [[`ecd_low_${file}`, edges.slice(0, -1).map((e) => Number(e.toPrecision(8)))],
        [`ecd_high_${file}`, edges.slice(1).map((e) => Number(e.toPrecision(8)))],
        ['n_corrected', corrected.map((c) => Number(c.toPrecision(6)))], ['n_plain', plain]];
    }},
  () => {
    const entry = entries[at];
    const {plain, corrected} = counts(entry);
    const top = entry.pooled ? Math.max(1, ...plain, ...corrected) : highest;
    // Sums over particles; each stands for `times` where only some are kept.
    let n = 0;
    let n_sized = 0;
    let sum = 0;
    let squares = 0;
    let moment = 0;
    entry.ecd.forEach((value, i) => {
      const times = entry.times ? entry.times[i] : entry.every;
      const weight = entry.weight[i];
      n += times;
      n_sized += weight > 0 ? times : 0;
      sum += times * weight;
      squares += times * weight * weight;
      moment += times * weight * value;
    });
    const mean = moment / sum;
    const {frames} = mote.data;
    const i = entry.pooled ? -1 : frames.index.indexOf(entry.index);
    const facts_here = [`N = ${n}, of which ${n_sized} off the border`,
      `effective N = ${squares > 0 ? text(sum * sum / squares, 3) : '–'}`,
      `mean ${i < 0 ? text(mean, 3) : mote.estimate(mean, frames.mean_low[i], frames.mean_high[i])} ${length}`];
    return {data: [edges, edges.map(() => null)],
      scales: {x: {time: false, range: () => [Math.max(0, edges[0] - width), edges[n_bins] + width]},
        y: {range: () => [0, top * 1.22]}},
      legend: {show: false}, cursor: {show: false},
      series: [{}, {}],
      hooks: {draw: [(u) => {
        const c = u.ctx;
        const X = (v) => u.valToPos(v, 'x', true);
        const Y = (v) => u.valToPos(v, 'y', true);
        const ratio = window.devicePixelRatio || 1;
        c.save();
        c.fillStyle = mote.css('--bar');
        corrected.forEach((value, k) => c.fillRect(X(edges[k]) + 0.5, Y(value),
          Math.max(1, X(edges[k + 1]) - X(edges[k]) - ratio), Y(0) - Y(value)));
        c.strokeStyle = mote.css('--second');
        c.lineWidth = 1.6 * ratio;
        c.beginPath();
        c.moveTo(X(edges[0]), Y(0));
        plain.forEach((value, k) => { c.lineTo(X(edges[k]), Y(value)); c.lineTo(X(edges[k + 1]), Y(value)); });
        c.lineTo(X(edges[n_bins]), Y(0));
        c.stroke();
        c.fillStyle = mote.css('--text');
        c.font = `${13 * ratio}px system-ui, "DejaVu Sans", sans-serif`;
        c.textAlign = 'right';
        c.textBaseline = 'top';
        facts_here.forEach((line, k) =>
          c.fillText(line, u.bbox.left + u.bbox.width - 8 * ratio, u.bbox.top + (6 + 18 * k) * ratio));
        if (Number.isFinite(mean)) {
          c.strokeStyle = mote.css('--text');
          c.setLineDash([4 * ratio, 3 * ratio]);
          c.lineWidth = ratio;
          c.beginPath();
          c.moveTo(X(mean), Y(0));
          c.lineTo(X(mean), Y(top * 1.03));
          c.stroke();
        }
        c.restore();
      }]}};
  });
  const pick = (i) => {
    at = i;
    slider.value = i;
    const entry = entries[i];
    said.textContent = entry.pooled ? 'all micrographs' : mote.when(entry);
    slider.setAttribute('aria-valuetext', said.textContent);
    plot.caption.textContent = `${entry.pooled ? 'All micrographs' : 'At ' + mote.when(entry)}. Bars: number ` +
      'weighted and border-corrected. Line: as counted, particles at the border among them. Dashed: the corrected mean.' +
      (entry.every > 1 ? ` Drawn from one particle in ${entry.every}.` : '');
    plot.draw();
  };
  slider.addEventListener('input', () => pick(Number(slider.value)));
  plot.first = () => pick(0);
  return plot;
};

// null where no track has a radius; `show` takes the frame to show when a track is clicked.
mote.radii = (show) => {
  const {el, text, length, data} = mote;
  const {tracks, frames} = data;
  const drawn = tracks.filter((track) => track.frames.length > 0);
  if (drawn.length === 0) return null;
  for (const track of drawn) track.x = track.frames.map(mote.x_of);
  const [low, high] = mote.extent(...drawn.map((track) => track.radii));
  const [x_low, x_high] = mote.time_range();
  const one_frame = frames.index.length > 1
    ? (x_high - x_low) / Math.max(1, frames.index[frames.index.length - 1] - frames.index[0]) : 1;
  let log_r = false;
  let log_t = false;
  let hovered = null;
  const path = (u, c, track, from_x) => {
    // A gap in the line where the track was not measured: shared, at the border, or not seen.
    let before = -Infinity;
    let alone = true;
    c.beginPath();
    track.frames.forEach((frame, i) => {
      if (track.x[i] < from_x) return;
      const x = u.valToPos(track.x[i], 'x', true);
      const y = u.valToPos(track.radii[i], 'y', true);
      if (frame - before > 2 * data.point_stride + 1) c.moveTo(x, y);
      else { c.lineTo(x, y); alone = false; }
      before = frame;
    });
    c.stroke();
    if (alone && track.x[0] >= from_x) {
      c.beginPath();
      c.arc(u.valToPos(track.x[0], 'x', true), u.valToPos(track.radii[0], 'y', true), 2 * devicePixelRatio, 0, 7);
      c.fillStyle = c.strokeStyle;
      c.fill();
    }
  };
  const tip = el('div', {class: 'tip', hidden: true});
  const layer = el('canvas', {style: 'position:absolute;pointer-events:none;left:0;top:0'});
  const least_x = () => (log_t ? Math.max(x_low, one_frame) : x_low);
  const check = (label, set) => {
    const box = el('input', {type: 'checkbox', onchange: () => { set(box.checked); plot.draw(); }});
    return el('label', {}, box, label);
  };
  const controls = [check('logarithmic radius', (on) => { log_r = on; }),
    check('logarithmic time', (on) => { log_t = on; })];
  const plot = mote.plot({title: 'Radius of every track', quiet: true, controls, x: mote.x_label, y: `radius r (${length})`, height: 380,
    caption: 'Half the equivalent circular diameter, with its standard uncertainty where one points at it; left out where particles share an instance or touch the border. ' +
      'Point at a line to see whose it is; click it to see the frame where it begins. ' +
      'Drag to zoom, double-click to see all.' +
      (data.point_stride > 1 ? ` One frame in ${data.point_stride} is drawn.` : '') +
      (tracks.length < data.tracks_total ? ` The ${tracks.length} longest of ${data.tracks_total} tracks.` : ''),
    csv: () => [['track', drawn.flatMap((t) => t.frames.map(() => t.id))],
      [mote.x_name, drawn.flatMap((t) => t.x)], ['frame', drawn.flatMap((t) => t.frames)],
      [`radius_${mote.file}`, drawn.flatMap((t) => t.radii)],
      [`radius_se_${mote.file}`, drawn.flatMap((t) => t.errors)]]},
  () => ({data: [[least_x(), x_high], [low, high]],
    legend: {show: false},
    cursor: {points: {show: false}, y: false, drag: {x: true, y: false}},
    scales: {x: {time: false, distr: log_t ? 3 : 1, range: (u, from, to) => [from, to]},
      y: {distr: log_r ? 3 : 1, range: () => (log_r ? [low * 0.93, high * 1.07] : mote.range(low, high))}},
    series: [{}, {show: true, stroke: 'transparent', width: 0, points: {show: false}}],
    hooks: {
      draw: [(u) => {
        const c = u.ctx;
        c.save();
        c.beginPath();
        c.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
        c.clip();
        c.lineWidth = (drawn.length > 100 ? 0.8 : 1.3) * devicePixelRatio;
        c.globalAlpha = drawn.length > 100 ? 0.75 : 1;
        for (const track of drawn) {
          c.strokeStyle = mote.colour(track.colour);
          path(u, c, track, least_x());
        }
        c.restore();
      }],
      ready: [(u) => {
        u.root.append(layer, tip);
        hovered = null;
        highlight(u);
        u.over.addEventListener('pointermove', (event) => hover(u, event));
        u.over.addEventListener('pointerleave', () => { hovered = null; highlight(u); });
        u.over.addEventListener('click', () => { if (hovered) show(hovered.track.first); });
      }],
    }}));
  const highlight = (u) => {
    const canvas = u.ctx.canvas;
    layer.width = canvas.width;
    layer.height = canvas.height;
    layer.style.width = canvas.style.width || `${canvas.clientWidth}px`;
    layer.style.height = canvas.style.height || `${canvas.clientHeight}px`;
    tip.hidden = hovered === null;
    if (hovered === null) return;
    const c = layer.getContext('2d');
    c.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
    c.clip();
    c.strokeStyle = mote.css('--text');
    c.lineWidth = 5 * devicePixelRatio;
    path(u, c, hovered.track, least_x());
    c.strokeStyle = mote.colour(hovered.track.colour);
    c.lineWidth = 3 * devicePixelRatio;
    path(u, c, hovered.track, least_x());
    const error = hovered.track.errors[hovered.i];
    tip.textContent = `track ${hovered.track.id}\nr = ${mote.with_error(hovered.track.radii[hovered.i], error)} ${length}\n` +
      mote.when_index(hovered.track.frames[hovered.i]);
    const plot_left = u.bbox.left / devicePixelRatio;
    tip.style.left = `${Math.min(plot_left + hovered.left + 14, u.root.clientWidth - 130)}px`;
    tip.style.top = `${u.bbox.top / devicePixelRatio + hovered.top + 10}px`;
  };
  const hover = (u, event) => {
    const box = u.over.getBoundingClientRect();
    const left = event.clientX - box.left;
    const top = event.clientY - box.top;
    const x = u.posToVal(left, 'x');
    let best = 14;
    hovered = null;
    for (const track of drawn) {
      // The samples around x, by halving.
      let a = 0;
      let b = track.x.length - 1;
      while (b - a > 1) {
        const middle = (a + b) >> 1;
        if (track.x[middle] <= x) a = middle;
        else b = middle;
      }
      for (const i of [a, b]) {
        const away = Math.hypot(u.valToPos(track.x[i], 'x') - left, u.valToPos(track.radii[i], 'y') - top);
        if (away < best) {
          best = away;
          hovered = {track, i, left, top};
        }
      }
    }
    highlight(u);
  };
  return plot;
};
