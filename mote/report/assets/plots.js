'use strict';
// Helpers of the report: elements, numbers, files to save, and plots by uPlot.
const mote = {};

mote.data = JSON.parse(document.getElementById('data').textContent);
mote.plots = 0;  // how many were drawn, for the test
mote.redraws = [];  // what to draw again when the theme changes

mote.el = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(key, value === true ? '' : value);
    }
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined) element.append(child);
  }
  return element;
};

mote.svg = (tag, attributes, ...children) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [key, value] of Object.entries(attributes || {})) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

mote.css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// A number of so many significant digits, without an exponent where it can be read without.
mote.text = (value, digits = 4) => {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (value !== 0 && (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-4)) {
    return value.toExponential(digits - 1).replace('e+', 'e').replace(/e(-?)(\d+)$/, ' × 10^$1$2')
        .replace(/\^(-?\d+)$/, (_, power) => power.replace(/[-0-9]/g, (c) =>
          c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[c]));
  }
  return String(Number(value.toPrecision(digits)));
};

// Decimals that give half of an interval two significant digits, as for an uncertainty (JCGM 100:2008,
// 7.2.6); null where there is no interval.
mote.decimals = (low, high) => {
  if (low === null || high === null || low === undefined || !(high > low)) return null;
  return Math.max(0, Math.min(12, 1 - Math.floor(Math.log10((high - low) / 2))));
};
// A value, its interval and others beside it, all to the same decimals.
mote.estimate = (value, low, high) => {
  const decimals = mote.decimals(low, high);
  if (value === null || decimals === null) return mote.text(value);
  const [a, b, c] = [value, low, high].map((v) => v.toFixed(decimals));
  return `${a} [${b}, ${c}]`;
};

// A value and its standard uncertainty, to the decimals that the latter needs.
mote.with_error = (value, error) => {
  if (value === null || error === null || error === undefined || !(error > 0)) return mote.text(value);
  const decimals = Math.max(0, Math.min(12, 1 - Math.floor(Math.log10(error))));
  return `${value.toFixed(decimals)} ± ${error.toFixed(decimals)}`;
};

mote.save = (name, type, content) => {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], {type}));
  const link = mote.el('a', {href: url, download: name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
};

// Columns [[header, values], ...] as CSV.
mote.csv = (columns) => {
  const cell = (value) => (value === null || value === undefined ? '' : String(value));
  const rows = Math.max(0, ...columns.map((column) => column[1].length));
  const lines = [columns.map((column) => column[0]).join(',')];
  for (let i = 0; i < rows; ++i) lines.push(columns.map((column) => cell(column[1][i])).join(','));
  return lines.join('\n') + '\n';
};

// Time of a frame by the frames that the report holds; between them, along a straight line.
mote.x_of = (index) => {
  const frames = mote.data.frames;
  const known = frames.index || [];
  const values = mote.data.time_unit === 's' ? frames.time : frames.recorded;
  if (known.length === 0) return index;
  let low = 0;
  let high = known.length - 1;
  if (index <= known[0] || high === 0) return values[0];
  if (index >= known[high]) return values[high];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (known[middle] <= index) low = middle;
    else high = middle;
  }
  const share = (index - known[low]) / (known[high] - known[low]);
  return values[low] + share * (values[high] - values[low]);
};
// Steps of an axis that counts.
mote.whole = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((k) => [1, 2, 5].map((m) => m * 10 ** k));
mote.x_label = mote.data.time_unit === 's' ? 'time (s)' : mote.data.info.recording ? 'frame' : 'micrograph';
mote.x_name = mote.data.time_unit === 's' ? 'time_s' : 'frame';
mote.units = mote.data.units;
mote.length = mote.units.size.name;
mote.file = mote.units.size.ascii;  // the unit in names of columns
mote.frame_name = (recorded) => (mote.data.info.recording ? 'frame ' + mote.text(recorded, 9)
  : mote.data.info.names[recorded] || (mote.data.info.frames === 1 ? mote.data.info.title : 'micrograph ' + recorded));
mote.when = (entry) => {
  const frame = mote.frame_name(entry.recorded);
  return entry.time === null || entry.time === undefined || mote.data.time_unit !== 's'
    ? frame : `${mote.text(entry.time, 6)} s, ${frame}`;
};
mote.colour = (index) => mote.data.palette[index];

// A figure with a title, buttons to save it, and a caption.
// With `quiet` the section's heading stands for the title; `controls` take its place.
mote.figure = (title, caption, tools, quiet, controls) => {
  const plot = mote.el('div', {class: 'plot'});
  const buttons = Object.entries(tools).map(([label, action]) =>
    mote.el('button', {type: 'button', onclick: action, title: `Save as ${label}`,
      'aria-label': `Save “${title}” as ${label}`}, label));
  const text = mote.el('figcaption', {}, caption);
  const figure = mote.el('figure', {}, mote.el('div', {class: 'head'}, quiet ? mote.el('div', {class: 'controls'}, controls) : mote.el('h3', {}, title),
    mote.el('div', {class: 'tools'}, buttons)), plot, text);
  return {figure, plot, caption: text};
};

const file_name = (title) => title.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_|_$/g, '');

mote.save_canvas = (canvas, title) => {
  const copy = mote.el('canvas', {width: canvas.width, height: canvas.height});
  const context = copy.getContext('2d');
  context.fillStyle = mote.css('--ground');
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  copy.toBlob((blob) => mote.save(file_name(title) + '.png', 'image/png', blob));
};

mote.save_svg = (svg, title) => {
  const copy = svg.cloneNode(true);
  const style = mote.svg('style');
  // Drawing programs know no custom properties.
  style.textContent = `text{fill:${mote.css('--text')};font:11px sans-serif}.muted{fill:${mote.css('--muted')}}` +
    `.id{font-size:10px}.gridline{stroke:${mote.css('--grid')}}` +
    `.link{stroke:${mote.css('--edge')};stroke-width:1.3;fill:none}`;
  copy.prepend(style);
  mote.save(file_name(title) + '.svg', 'image/svg+xml', new XMLSerializer().serializeToString(copy));
};

// Labels of an axis, all with the decimals that the one with most needs.
const tick_texts = (u, splits, axis_index) => {
  const texts = splits.map((v) => (v === null ? '' : mote.text(v, 5)));
  if (u.scales[u.axes[axis_index].scale].distr === 3 || texts.some((text) => text.includes('×'))) return texts;
  const decimals = Math.max(...texts.map((text) => (text.split('.')[1] || '').length));
  return splits.map((v) => (v === null ? '' : v.toFixed(decimals)));
};

const axis = (label, extra) => ({
  label,
  stroke: mote.css('--text'),
  grid: {stroke: mote.css('--grid'), width: 1},
  ticks: {stroke: mote.css('--edge'), width: 1, size: 5},
  border: {show: true, stroke: mote.css('--edge'), width: 1},
  font: '12px system-ui, "DejaVu Sans", sans-serif',
  labelFont: '13px system-ui, "DejaVu Sans", sans-serif',
  labelSize: 22,
  values: tick_texts,
  ...extra,
});

// A plot by uPlot in a figure. `make()` gives {data, series, ...}: uPlot's options, but for axes
// and size; it is asked anew whenever the theme changes. `options`: {title, x, y, caption, height,
// csv: () => columns}.
mote.plot = (options, make) => {
  let u = null;
  const {figure, plot, caption} = mote.figure(options.title, options.caption, {
    PNG: () => mote.save_canvas(u.ctx.canvas, options.title),
    CSV: () => mote.save(file_name(options.title) + '.csv', 'text/csv', mote.csv(options.csv())),
  }, options.quiet, options.controls);
  plot.setAttribute('role', 'img');
  plot.setAttribute('aria-label', `${options.title}: ${options.y} against ${options.x}. ` +
    'The numbers can be saved as CSV.');
  const height = options.height || 300;
  const width = () => Math.max(260, plot.clientWidth);
  const draw = () => {
    if (u !== null) u.destroy();
    const {data, ...rest} = make();
    u = new uPlot({
      width: width(),
      height,
      cursor: {drag: {x: true, y: false}, points: {size: 6}},
      ...rest,
      axes: [axis(options.x, {space: 60, size: 34, ...(options.x === 'frame' ? {incrs: mote.whole} : {}), ...(rest.x_axis || {})}),
        axis(options.y, {size: (_, values) => 14 + 7.5 * Math.max(3, ...(values || []).map((v) => v.length)),
          ...(rest.y_axis || {})})],
    }, data, plot);
    ++mote.plots;
  };
  mote.redraws.push(draw);
  return {
    figure,
    plot,
    caption,
    draw,
    canvas: () => u.ctx.canvas,
    uplot: () => u,
    resize: () => u && u.setSize({width: width(), height}),
  };
};

// The series without which uPlot knows no x.
mote.x_series = () => ({label: mote.x_label, value: (u, v) => (v === null ? '' : mote.text(v, 6))});
mote.line = (label, stroke, extra) => ({
  label, stroke, width: 1.6, points: {show: false},
  value: (u, v, series, i) => (i === null ? '' : mote.text(v)), ...extra,
});

// A range with some air around it, that begins at zero where zero is near.
mote.range = (low, high, from_zero) => {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  if (from_zero || (low >= 0 && low < 0.25 * high)) low = 0;
  const air = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
  return [low === 0 ? 0 : low - air, high + air];
};
mote.extent = (...lists) => {
  let low = Infinity;
  let high = -Infinity;
  for (const list of lists) {
    for (const value of list) {
      if (value === null || value === undefined || !Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return [low, high];
};
