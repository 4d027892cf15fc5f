'use strict';
// Figures of a paper, panel by panel, as plots to hover over, with a legend that hides series.
(() => {
  const {el, text} = mote;

  const shade = (colour) => (colour.startsWith('#') ? colour : mote.css('--' + colour));

  // Series that a click on one entry of the legend hides: that with the label and those without one
  // of its colour.
  const groups_of = (series) => {
    const groups = series.filter((one) => one.label).map((one) => ({label: one.label, first: one, hidden: false}));
    for (const one of series) {
      one.group = groups.find((group) => group.first === one) ||
        groups.find((group) => !one.label && group.first.colour === one.colour) || null;
    }
    return groups;
  };

  const shown = (series) => series.filter((one) => !one.group || !one.group.hidden);

  const range_of = (axis, lists, margin) => {
    if (axis.categories.length > 0) return [-0.6, axis.categories.length - 0.4];
    const usable = lists.map((list) => (axis.log ? list.filter((value) => value > 0) : list));
    const [low, high] = mote.extent(...usable);
    if (!Number.isFinite(low)) return axis.log ? [1, 10] : [0, 1];
    if (axis.log) return [low / 1.1, high * 1.1];
    const [from, to] = margin ? mote.range(low, high) : [low, high];
    return [axis.low === null ? from : axis.low, axis.high === null ? to : axis.high];
  };

  // A power of ten that is taken off the numbers of an axis and put to its unit.
  const power_of = (axis, lists) => {
    const most = Math.max(...mote.extent(...lists).map(Math.abs));
    return axis.log || !Number.isFinite(most) || most === 0 || (most >= 0.01 && most <= 1e5) ? 0
      : 3 * Math.floor(Math.log10(most) / 3);
  };
  const raised = (power) => String(power).replace(/[-0-9]/g, (c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[c]));
  const label_of = (axis, power) => {
    const words = axis.label.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
    return power === 0 ? words : words.replace('(', `(10${raised(power)} `);
  };

  const draw_band = (c, at, one) => {
    if (!one.low) return;
    c.globalAlpha = 0.2;
    const flush = (points) => {
      if (points.length < 2) return;
      c.beginPath();
      points.forEach((i, k) => {
        if (one.style === 'steps' && k > 0) c.lineTo(...at(one.x[i], one.high[points[k - 1]]));
        c.lineTo(...at(one.x[i], one.high[i]));
      });
      for (let k = points.length - 1; k >= 0; --k) {
        c.lineTo(...at(one.x[points[k]], one.low[points[k]]));
        if (one.style === 'steps' && k > 0) c.lineTo(...at(one.x[points[k]], one.low[points[k - 1]]));
      }
      c.fill();
    };
    let points = [];
    one.x.forEach((x, i) => {
      if (x !== null && one.low[i] !== null && one.high[i] !== null && at(x, one.low[i]).every(Number.isFinite)) points.push(i);
      else { flush(points); points = []; }
    });
    flush(points);
  };

  const draw_line = (c, at, one) => {
    c.beginPath();
    let last = null;
    one.x.forEach((x, i) => {
      const place = x === null || one.y[i] === null ? null : at(x, one.y[i]);
      if (place === null || !place.every(Number.isFinite)) { last = null; return; }
      if (last === null) c.moveTo(...place);
      else {
        if (one.style !== 'line') c.lineTo(place[0], last[1]);
        c.lineTo(...place);
      }
      last = place;
    });
    c.stroke();
  };

  const draw_marks = (c, at, one) => {
    one.x.forEach((x, i) => {
      const place = at(x, one.y[i]);
      if (!place.every(Number.isFinite)) return;
      if (one.low && one.low[i] !== null && one.high[i] !== null) {
        c.beginPath();
        c.moveTo(...at(x, one.low[i]));
        c.lineTo(...at(x, one.high[i]));
        c.stroke();
      }
      c.beginPath();
      c.arc(...place, 2.2 * devicePixelRatio, 0, 7);
      c.fill();
    });
  };

  const draw_one = (c, at, one) => {
    c.strokeStyle = c.fillStyle = shade(one.colour);
    c.lineWidth = Math.max(1, one.width * 1.8) * devicePixelRatio;
    c.setLineDash(one.dashed ? [5 * devicePixelRatio, 4 * devicePixelRatio] : []);
    if (one.style !== 'marks') draw_band(c, at, one);
    c.globalAlpha = one.opacity;
    (one.style === 'marks' ? draw_marks : draw_line)(c, at, one);
    c.globalAlpha = 1;
  };

  // What is nearest to a place in the plot, if it is near enough.
  const nearest = (u, series, left, top) => {
    let best = 14;
    let found = null;
    for (const one of shown(series)) {
      one.x.forEach((x, i) => {
        if (x === null || one.y[i] === null) return;
        const distance = Math.hypot(u.valToPos(x, 'x') - left, u.valToPos(one.y[i], 'y') - top);
        if (distance < best) { best = distance; found = {one, i}; }
      });
    }
    return found;
  };

  const tip_text = (panel, {one, i}) => {
    const x = panel.x.categories.length > 0 ? panel.x.categories[Math.round(one.x[i])].split('\n')[0]
      : `${panel.x.label}: ${text(one.x[i])}`;
    const ends = one.low && one.low[i] !== null ? ` [${text(one.low[i])}, ${text(one.high[i])}]` : '';
    return `${one.name}\n${x}\n${panel.y.label}: ${text(one.y[i])}${ends}`;
  };

  const legend_of = (groups, redraw) => el('div', {class: 'legend'}, groups.map((group) => {
    const button = el('button', {type: 'button', 'aria-pressed': 'true', title: 'Hide or show'},
      el('span', {class: 'swatch', style: `border-color:${group.first.colour.startsWith('#') ? group.first.colour
        : `var(--${group.first.colour})`};border-style:${group.first.dashed ? 'dashed' : 'solid'}`}), group.label);
    button.addEventListener('click', () => {
      group.hidden = !group.hidden;
      button.setAttribute('aria-pressed', String(!group.hidden));
      redraw();
    });
    return button;
  }));

  // uPlot puts a tick to the end of a logarithmic axis too, whatever its value.
  const is_round = (value) => Math.abs(value / 10 ** Math.floor(Math.log10(value) + 1e-9) % 1) < 1e-6;
  const round_values = (u, splits) => splits.map((value) => (value === null || !is_round(value) ? '' : text(value)));

  // A panel of a figure. `quiet`: see mote.figure.
  mote.curves = (title, figure, panel, first) => {
    const {series} = panel;
    const groups = groups_of(series);
    const tip = el('div', {class: 'tip', hidden: true});
    const ys = () => shown(series).flatMap((one) => [one.y, one.low || [], one.high || []]);
    const columns = [['series', series.flatMap((one) => one.x.map(() => `"${one.name.replaceAll('"', '""')}"`))],
      [panel.x.column, series.flatMap((one) => one.x)], [panel.y.column, series.flatMap((one) => one.y)],
      [panel.y.column + '_low', series.flatMap((one) => one.low || one.x.map(() => null))],
      [panel.y.column + '_high', series.flatMap((one) => one.high || one.x.map(() => null))]];
    const {categories} = panel.x;
    const power = power_of(panel.y, series.map((one) => one.y));
    const distr = (axis) => (axis.log ? 3 : 1);
    const plot = mote.plot({title, x: label_of(panel.x, 0), y: label_of(panel.y, power), height: 300,
      caption: [first ? figure.caption : '', panel.notes.join(', ')].filter((words) => words).join(' '),
      csv: () => columns},
    () => ({data: [range_of(panel.x, shown(series).map((one) => one.x), false), range_of(panel.y, ys(), true)],
      legend: {show: false},
      cursor: {points: {show: false}, y: false, drag: {x: true, y: false}},
      scales: {x: {time: false, distr: distr(panel.x), range: (u, from, to) => [from, to]},
        y: {distr: distr(panel.y), range: () => range_of(panel.y, ys(), true)}},
      ...(categories.length === 0 ? {} : {x_axis: {incrs: [1], size: 48, grid: {show: false},
        values: (u, splits) => splits.map((value) => categories[value] || '')}}),
      ...(panel.x.log ? {x_axis: {values: round_values}} : {}), ...(panel.y.log ? {y_axis: {values: round_values}} : {}),
      ...(power === 0 ? {} : {y_axis: {values: (u, splits) => splits.map((value) => text(value / 10 ** power, 5))}}),
      series: [{}, {show: true, stroke: 'transparent', width: 0, points: {show: false}}],
      hooks: {
        draw: [(u) => {
          const c = u.ctx;
          const at = (x, y) => [u.valToPos(x, 'x', true), u.valToPos(y, 'y', true)];
          c.save();
          c.beginPath();
          c.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
          c.clip();
          for (const one of shown(series)) draw_one(c, at, one);
          c.restore();
        }],
        ready: [(u) => {
          u.root.append(tip);
          tip.hidden = true;
          u.over.addEventListener('pointerleave', () => { tip.hidden = true; });
          u.over.addEventListener('pointermove', (event) => {
            const box = u.over.getBoundingClientRect();
            const left = event.clientX - box.left;
            const top = event.clientY - box.top;
            const found = nearest(u, series, left, top);
            tip.hidden = found === null;
            if (found === null) return;
            tip.textContent = tip_text(panel, found);
            tip.style.left = `${Math.max(0, Math.min(u.bbox.left / devicePixelRatio + left + 14, u.root.clientWidth - tip.offsetWidth))}px`;
            tip.style.top = `${u.bbox.top / devicePixelRatio + top + 12}px`;
          });
        }],
      }}));
    if (groups.length > 1) plot.plot.before(legend_of(groups, () => plot.draw()));
    return plot;
  };

  const titles = {
    budget: ['Number of particles', 'What changed it'],
    conservation: ['Volume in the common window', 'Signal in the common window'],
    rates: ['Growth rate against radius'],
    survival: ['Survival by first radius'],
    dispersion: ['Surface over volume'],
    temperature: ['Temperature'],
    msd: ['Mean squared displacement'],
    necks: ['Growth of necks'],
    neighbours: ['Nearest neighbour by fate'],
  };

  // Sections [id, title, plots] of the figures that the page shows in no other way.
  mote.curve_sections = () => {
    const plots_of = (name) => mote.data.figures.filter((figure) => figure.name === name)
      .flatMap((figure) => figure.panels.map((panel, i) => mote.curves(titles[name][i], figure, panel, i === 0)));
    return [['budget', 'Where particles went', ['budget', 'conservation']],
      ['growth', 'Growth and dissolution', ['rates', 'survival', 'dispersion', 'temperature']],
      ['necks', 'Necks and neighbours', ['necks', 'neighbours']],
      ['motion', 'Motion', ['msd']]]
      .map(([id, title, names]) => [id, title, names.flatMap(plots_of)])
      .filter(([, , plots]) => plots.length > 0);
  };
})();
