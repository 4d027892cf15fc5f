'use strict';
// Assembles the page from the data.
(() => {
  const {el, data, text} = {el: mote.el, data: mote.data, text: mote.text};
  const {info, frames, tracks, events} = data;
  const overlays = JSON.parse(document.getElementById('overlays').textContent);
  const has_frames = (frames.index || []).length > 0;
  const recording = info.recording;
  const {length, file, units} = mote;
  const page = document.getElementById('page');
  const figures = [];  // {draw, resize}

  const by_id = new Map(tracks.map((track) => [track.id, track]));
  mote.track_of = (id) => by_id.get(id);
  mote.when_index = (index) => {
    const x = mote.x_of(index);
    return data.time_unit === 's' ? `${text(x, 6)} s` : mote.frame_name(x);
  };

  // Theme: the reader's choice, else the system's.
  const theme_key = 'mote-report-theme';
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const stored = () => { try { return localStorage.getItem(theme_key); } catch { return null; } };
  const apply_theme = () => {
    document.documentElement.dataset.theme = stored() || (system.matches ? 'dark' : 'light');
  };
  apply_theme();
  const redraw = () => mote.redraws.forEach((draw) => draw());
  system.addEventListener('change', () => { apply_theme(); redraw(); });
  const toggle_theme = () => {
    const next = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
    try { localStorage.setItem(theme_key, next); } catch { /* no storage for this file */ }
    document.documentElement.dataset.theme = next;
    redraw();
  };

  const nav = el('ul');
  const main = el('main');
  const short = {'against-time': 'Number and size', sizes: 'Distribution', radii: 'Radii', methods: 'Methods',
    budget: 'Budget', growth: 'Growth', necks: 'Necks'};
  const section = (id, title, ...content) => {
    nav.append(el('li', {}, el('a', {href: '#' + id}, short[id] || title)));
    main.append(el('section', {id, 'aria-labelledby': id + '-title'},
      el('h2', {id: id + '-title'}, title), content));
  };
  const add = (figure) => { figures.push(figure); return figure.figure; };
  const xs = data.time_unit === 's' ? frames.time : frames.recorded;
  const note = (words) => el('p', {class: 'note'}, words);

  // Head
  const pixel = info.pixel_size;
  const facts = [info.format, `${info.frames} ${recording ? 'frame' : 'micrograph'}${info.frames === 1 ? '' : 's'}` +
    (info.width ? ` of ${info.width} × ${info.height} px` : ''), info.sample_type,
    pixel ? `${pixel.text} per px` : 'pixel size not known',
    recording ? (info.frame_interval ? `${text(info.frame_interval.seconds)} s per frame`
      : data.time_unit === 's' ? '' : 'frame interval not known') : ''].filter((fact) => fact);
  page.append(el('header', {}, el('div', {}, el('h1', {}, info.title),
    el('p', {class: 'facts'}, facts.join(' · '))),
  el('button', {type: 'button', onclick: toggle_theme, 'aria-label': 'Switch between light and dark'}, '◐ theme')),
  el('nav', {'aria-label': 'Sections'}, nav), main);

  // Checks
  const count_of = (verdict) => data.checks.filter((check) => check.verdict === verdict).length;
  const words = [[count_of('problem'), 'a problem', 'problems'], [count_of('look'), 'to look at', 'to look at'],
    [count_of('ok'), 'ok', 'ok']].filter(([count]) => count > 0)
      .map(([count, one, many]) => `${count} ${count === 1 ? one.replace(/^a /, '') : many}`);
  section('checks', 'Checks', note(`Before the results, how far to trust them: ${words.join(', ')}.`),
    el('div', {class: 'scroll'}, el('table', {}, el('thead', {}, el('tr', {},
      ['verdict', 'check', 'found', 'what it means'].map((name) => el('th', {scope: 'col'}, name)))),
    el('tbody', {}, data.checks.map((check) => el('tr', {}, el('td', {class: 'verdict ' + check.verdict}, check.verdict),
      el('th', {scope: 'row'}, check.name), el('td', {class: 'value'}, check.value), el('td', {}, check.meaning)))))),
    info.warnings.length ? el('p', {}, el('a', {href: '#warnings'},
      `${info.warnings.length} ${info.warnings.length === 1 ? 'warning' : 'warnings'} of this run`)) : null);

  // Summary
  const last = has_frames ? frames.index.length - 1 : 0;
  const columns = [...new Set(has_frames ? [0, last >> 1, last] : [])];
  const interval = (name, i) =>
    mote.estimate(frames[name][i], (frames[name + '_low'] || [])[i], (frames[name + '_high'] || [])[i]);
  const beside = (name, of, i) => {
    const value = frames[name][i];
    const decimals = mote.decimals(frames[of + '_low'][i], frames[of + '_high'][i]);
    return value === null || decimals === null ? text(value, 3) : value.toFixed(decimals);
  };
  // What stands first, and below it the same with or without correction.
  const corrected_first = (name, i) => [frames[name + '_low'][i] === null ? text(frames[name][i], 3) : interval(name, i),
    frames[name + '_plain'][i] === null ? null : 'plain ' + beside(name + '_plain', name, i)];
  const plain_first = (name, i) => [text(frames[name + '_plain'][i], 3),
    frames[name][i] === null ? null : 'corrected ' + text(frames[name][i], 3)];
  const boundary = (i) => (frames.mean_boundary[i] === null ? null : `boundary ± ${text(frames.mean_boundary[i], 2)}`);
  const mean_first = (name, i) => {
    const [first, below] = corrected_first(name, i);
    return [first, [below, boundary(i)].filter((part) => part !== null).join(', ') || null];
  };
  const summary_rows = [
    ['particles N', 'n', ''], ['mean ECD', 'mean', length, mean_first], ['median ECD', 'median', length],
    ['10th percentile of ECD', 'p10', length], ['90th percentile of ECD', 'p90', length], ['D[3,2]', 'd32', length],
    ['D[4,3]', 'd43', length], ['area fraction', 'area_fraction', '', plain_first],
    ['areal number density', 'density', units.density.name],
    ['distance to nearest neighbour', 'neighbour', units.distance.name]];
  if (has_frames) {
    const heads = columns.map((i) => mote.when_index(frames.index[i]));
    section('summary', 'Summary',
      note('Border-corrected, with 95 % bootstrap intervals over particles in brackets; below them the plain value, ' +
        'without correction. Of the area fraction the plain value comes first: it is unbiased and spreads less. ' +
        'The intervals hold sampling error only; the standard uncertainty that the boundaries of all particles give the mean ' +
        'stands below it, and that of the pixel size comes on top. ' +
        'A dash stands for what cannot be known.'),
      el('div', {class: 'scroll'}, el('table', {}, el('thead', {}, el('tr', {}, el('th', {scope: 'col'}, 'quantity'),
        heads.map((head) => el('th', {scope: 'col', class: 'number'}, head)))),
      el('tbody', {}, summary_rows.filter(([, name]) => frames[name].concat(frames[name + '_plain']).some((v) => v !== null))
          .map(([label, name, unit, order]) => el('tr', {},
            el('th', {scope: 'row'}, label + (unit ? ` (${unit})` : '')),
            columns.map((i) => {
              const [first, below] = (order || corrected_first)(name, i);
              return el('td', {class: 'number'}, ...first.split(/ (?=\[)/).flatMap((part, k) =>
                [k ? ' ' : '', el('span', {class: 'whole'}, part)]), below === null ? null : el('span', {class: 'plain'}, below));
            })))))),
      info.size_note ? note(`Percentiles, D[3,2] and D[4,3] are rough: ${info.size_note}.`) : null,
      recording ? el('p', {}, `${data.tracks_total} ${data.tracks_total === 1 ? 'track' : 'tracks'}` +
        (Object.keys(data.events_total).length ? '; events: ' + Object.entries(data.events_total)
            .map(([type, count]) => `${count} ${type}${count !== 1 && /^(merge|split|contact)$/.test(type) ? 's' : ''}`).join(', ') : '; no events') + '.') : null);
  }

  // Frames
  let show = () => {};
  if (overlays.length > 0) {
    const image = el('img', {alt: '', width: overlays[0].width, height: overlays[0].height});
    const caption = el('figcaption', {'aria-live': 'polite'});
    const slider = el('input', {type: 'range', min: 0, max: overlays.length - 1, value: 0, step: 1,
      'aria-label': recording ? 'Frame to show' : 'Micrograph to show'});
    const list = el('ul', {class: 'plain'});
    const happening = el('h3', {}, 'Up to this frame');
    const numbers = el('tbody');
    const near = el('div', {}, el('table', {}, numbers), el('p', {}), happening, list);
    const nearest = (index) => {
      let best = 0;
      frames.index.forEach((known, i) => {
        if (Math.abs(known - index) < Math.abs(frames.index[best] - index)) best = i;
      });
      return best;
    };
    const draw = () => {
      const at = Number(slider.value);
      const overlay = overlays[at];
      image.src = overlay.src;
      image.alt = `${mote.when(overlay)} with the outlines of its particles`;
      slider.setAttribute('aria-valuetext', mote.when(overlay));
      caption.textContent = `${mote.when(overlay)} (${at + 1} of ${overlays.length} shown here)`;
      const from = at > 0 ? overlays[at - 1].index : -1;
      const happened = events.filter((event) => event.frame > from && event.frame <= overlay.index &&
        event.frame !== event.before);
      list.replaceChildren(...happened.slice(0, 14).map((event) =>
        el('li', {}, `${event.text}, ${mote.when_index(event.frame)}`)));
      if (happened.length > 14) list.append(el('li', {}, `and ${happened.length - 14} more`));
      happening.hidden = happened.length === 0;
      const i = nearest(overlay.index);
      const rows = !has_frames ? [] : [['particles counted', text(frames.n_plain[i])], ['of them sized', text(frames.sized[i])],
        [`mean ECD (${length})`, interval('mean', i)], ...(boundary(i) ? [['its boundary uncertainty', boundary(i).replace('boundary ', '')]] : []), [`median ECD (${length})`, interval('median', i)],
        ['area fraction (plain)', text(frames.area_fraction_plain[i], 3)], ['threshold', text(frames.threshold[i])],
        ...data.readings.map((reading) => [reading.label, text(reading.values[i])])];
      numbers.replaceChildren(...rows.map(([key, value]) => el('tr', {}, el('th', {scope: 'row'}, key),
        el('td', {class: 'number'}, value))));
    };
    const step = (by) => {
      slider.value = Number(slider.value) + by;
      draw();
    };
    slider.addEventListener('input', draw);
    image.addEventListener('click', () => slider.focus());
    show = (index) => {
      let best = 0;
      overlays.forEach((overlay, i) => {
        if (Math.abs(overlay.index - index) < Math.abs(overlays[best].index - index)) best = i;
      });
      slider.value = best;
      draw();
      document.getElementById('frames').scrollIntoView();
      slider.focus({preventScroll: true});
    };
    const one = overlays.length === 1;
    section('frames', recording ? 'Frames' : 'Micrographs', el('div', {class: 'strip'},
      el('figure', {}, image, one ? null : el('div', {class: 'controls'},
        el('button', {type: 'button', onclick: () => step(-1), 'aria-label': 'One back'}, '◀'), slider,
        el('button', {type: 'button', onclick: () => step(1), 'aria-label': 'One on'}, '▶')), caption), near),
      note((one ? '' : 'Drag the slider, or use the arrow keys on it. ') + (recording ? 'Outlines have the colour of ' +
        'their track; the line behind a particle is where it came from, drift taken off.' : 'Outlines tell neighbours apart.')));
    draw();
  }

  // Count and size against time
  if (has_frames && recording && frames.index.length === 1) {
    section('against-time', 'Number and size against time',
      note('The recording has one frame: there is nothing to draw against time.'));
  } else if (has_frames && recording) {
    const stride = frames.stride > 1 ? ` One frame in ${frames.stride} is drawn; frames.csv has all.` : '';
    const dot = () => ({points: {show: frames.index.length < 40, size: 5}});
    const count = add(mote.plot({title: 'Number of particles', x: mote.x_label, y: 'particles N',
      caption: 'In the field, corrected for particles that the border cuts, and as counted.' + stride,
      csv: () => [[mote.x_name, xs], ['frame', frames.recorded], ['n', frames.n], ['n_plain', frames.n_plain]]},
    () => ({data: [xs, frames.n, frames.n_plain],
      scales: {x: {time: false}, y: {range: () => mote.range(0, mote.extent(frames.n, frames.n_plain)[1], true)}},
      y_axis: {incrs: mote.whole},
      series: [mote.x_series(), mote.line('border-corrected', mote.css('--accent'), dot()),
        mote.line('as counted', mote.css('--second'), {width: 1.2, dash: [5, 4], ...dot()})]})));
    const sizes_known = frames.mean.concat(frames.mean_plain).some((value) => value !== null);
    const mean = !sizes_known ? null : add(mote.plot({title: 'Mean size', x: mote.x_label, y: `mean ECD (${length})`,
      caption: 'Equivalent circular diameter, border-corrected, with its 95 % bootstrap interval over particles.' + stride,
      csv: () => [[mote.x_name, xs], ['frame', frames.recorded], [`ecd_mean_${file}`, frames.mean],
        [`ecd_mean_low_${file}`, frames.mean_low], [`ecd_mean_high_${file}`, frames.mean_high],
        [`ecd_mean_boundary_se_${file}`, frames.mean_boundary], [`ecd_mean_plain_${file}`, frames.mean_plain], [`ecd_median_${file}`, frames.median]]},
    () => ({data: [xs, frames.mean_high, frames.mean_low, frames.mean, frames.mean_plain],
      scales: {x: {time: false}, y: {range: () =>
        mote.range(...mote.extent(frames.mean_low, frames.mean_high, frames.mean, frames.mean_plain))}},
      bands: [{series: [1, 2], fill: mote.css('--band')}],
      hooks: {init: [(u) => {
        const rows = u.root.querySelectorAll('.u-legend .u-series');
        rows[2].style.display = 'none';
        Object.assign(rows[1].querySelector('.u-marker').style,
          {background: mote.css('--band'), border: `2px solid ${mote.css('--band')}`});
      }]},
      series: [mote.x_series(), mote.line('95 % interval', 'transparent', {width: 0,
        value: (u, v, series, i) => (i === null ? '' : v === null ? '–' : `${text(frames.mean_low[i])} to ${text(v)}`)}),
        mote.line('', 'transparent', {width: 0}), mote.line('mean', mote.css('--accent'), dot()),
        mote.line('plain', mote.css('--second'), {width: 1.2, dash: [5, 4], ...dot()})]})));
    const readings = data.readings.filter((reading) => reading.values.some((value) => value !== null)).map((reading) =>
      add(mote.plot({title: reading.label[0].toUpperCase() + reading.label.slice(1), x: mote.x_label, y: reading.label,
        caption: 'As the log has it at the time of each frame.' + stride,
        csv: () => [[mote.x_name, xs], ['frame', frames.recorded], [reading.name, reading.values]]},
      () => ({data: [xs, reading.values],
        scales: {x: {time: false}, y: {range: () => mote.range(...mote.extent(reading.values))}},
        series: [mote.x_series(), mote.line(reading.label, mote.css('--second'), dot())]}))));
    section('against-time', 'Number and size against time', el('div', {class: 'pair'}, count, mean, readings));
  }

  const distribution = mote.size_distribution();
  if (distribution) section('sizes', 'Size distribution', add(distribution));
  const radii = mote.radii((index) => show(index));
  if (radii) section('radii', 'Radius of every track', add(radii));

  for (const [id, title, plots] of mote.curve_sections()) {
    section(id, title, el('div', {class: 'pair'}, plots.map(add)));
  }

  // Events and lineage
  if (events.length > 0) {
    const timeline = mote.timeline((index) => show(index));
    figures.push(timeline);
    section('events', 'Events', timeline.figure, timeline.table);
  }
  if (tracks.length > 0) {
    const lineage = mote.lineage((index) => show(index));
    figures.push(lineage);
    section('lineage', 'Lineage', lineage.figure);
  }

  // Drift
  const drift = data.drift;
  const measured = (drift.ok || []).includes(1);
  if ((drift.index || []).length > 0 && !measured && [...drift.y, ...drift.x].every((shift) => shift === 0)) {
    section('drift', 'Drift', note('Drift was not measured in any frame and none is assumed, so there is nothing to draw.' +
      (info.warnings.some((warning) => warning.startsWith('drift:')) ? ' The reason stands among the warnings.' : '')));
  } else if ((drift.index || []).length > 0) {
    const x = drift.index.map(mote.x_of);
    const bad = (values) => values.map((value, i) => (drift.ok[i] ? null : value));
    const any_bad = drift.ok.includes(0);
    section('drift', 'Drift', add(mote.plot({title: 'Drift of the specimen', quiet: true, x: mote.x_label, y: `shift (${units.drift.name})`,
      caption: 'Where the specimen is, relative to the first frame, in camera coordinates: y down, x to the right.' +
        (any_bad ? ' Rings mark frames whose drift was interpolated.' : ''),
      csv: () => [[mote.x_name, x], ['frame', drift.index], [`drift_y_${units.drift.ascii}`, drift.y],
        [`drift_x_${units.drift.ascii}`, drift.x], ['ok', drift.ok]]},
    () => ({data: [x, drift.y, drift.x, ...(any_bad ? [bad(drift.y), bad(drift.x)] : [])],
      scales: {x: {time: false}},
      series: [mote.x_series(), mote.line('dy', mote.css('--accent')), mote.line('dx', mote.css('--second')),
        ...(any_bad ? ['interpolated dy', 'dx'] : []).map((label) => mote.line(label, mote.css('--problem'),
          {width: 0, paths: () => null,
            points: {show: true, size: 7, fill: mote.css('--ground'), stroke: mote.css('--problem')}}))]}))));
  }

  // Warnings, methods, files
  const flags = Object.entries(data.flags);
  if (info.warnings.length > 0 || flags.length > 0) {
    section('warnings', 'Warnings', el('ul', {class: 'plain warnings'},
      info.warnings.map((warning) => el('li', {}, warning)),
      flags.map(([flag, entry]) => el('li', {}, `${flag}, in ${entry.frames} of ${info.frames} ` +
        `${recording ? 'frames' : 'micrographs'}${entry.meaning ? ': ' + entry.meaning : ''}`))));
  }
  const table = (rows) => el('div', {class: 'scroll'}, el('table', {}, el('tbody', {}, rows.map(([key, value]) =>
    el('tr', {}, el('th', {scope: 'row'}, key), el('td', {class: 'code'}, value))))));
  section('methods', 'Methods and options', info.methods ? el('p', {}, info.methods) : null,
    el('h3', {}, 'What took effect'), table([['input', info.input], ...info.effective]),
    el('details', {}, el('summary', {}, 'Options and versions of the run, as in run.json'),
      el('p', {class: 'note'}, 'Where an option is 0, auto or empty, the data decided: the table above has what was chosen.'),
      table([...info.options.filter(([, value]) => value !== ''), ...info.versions])));
  if (info.files.length > 0) {
    section('files', 'Files', el('ul', {class: 'plain'}, info.files.map((file) => el('li', {},
      el('a', {href: './' + file.name.split('/').map(encodeURIComponent).join('/')}, file.name),
      file.what ? ' – ' + file.what : ''))));
  }
  page.append(el('footer', {}, 'Made by mote. This page holds everything that it shows and needs no network.'));

  for (const figure of figures) (figure.first || figure.draw)();
  let width = window.innerWidth;
  window.addEventListener('resize', () => {
    if (window.innerWidth === width) return;
    width = window.innerWidth;
    figures.forEach((figure) => figure.resize());
  });
  document.documentElement.dataset.ready =
    `plots=${figures.length} tracks=${tracks.length} events=${events.length} overlays=${overlays.length}`;
})();
