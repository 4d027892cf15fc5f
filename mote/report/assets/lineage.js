'use strict';
// The event timeline and the lineage tree, as SVG.

// Round positions for an axis over [low, high].
mote.ticks = (low, high, most) => {
  const span = high - low;
  if (!(span > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(span / most));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => span / s <= most);
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * span; ++k) {
    ticks.push(Number((k * step).toPrecision(12)));
  }
  return ticks;
};

mote.time_range = () => {
  const [low, high] = mote.extent(
    mote.data.time_unit === 's' ? mote.data.frames.time || [] : mote.data.frames.recorded || []);
  return high > low ? [low, high] : [Number.isFinite(low) ? low : 0, (Number.isFinite(low) ? low : 0) + 1];
};

const time_axis = (group, x, range, y, length, bottom) => {
  for (const tick of mote.ticks(...range, Math.max(3, Math.floor(length / 90)))) {
    group.append(mote.svg('line', {class: 'gridline', x1: x(tick), x2: x(tick), y1: y, y2: bottom}));
    const text = mote.svg('text', {x: x(tick), y: y - 6, 'text-anchor': 'middle', class: 'muted'});
    text.textContent = mote.text(tick, 6);
    group.append(text);
  }
};

// Shows a text beside the pointer while it is over one of the marks.
const tips = (plot, box) => {
  const tip = mote.el('div', {class: 'tip', hidden: true});
  plot.append(tip);
  box.addEventListener('pointermove', (event) => {
    const text = event.target.getAttribute && event.target.getAttribute('data-tip');
    tip.hidden = !text;
    if (!text) return;
    tip.textContent = text;
    const frame = plot.getBoundingClientRect();
    const left = event.clientX - frame.left + 12;
    tip.style.left = `${Math.max(0, Math.min(left, frame.width - tip.offsetWidth - 4))}px`;
    tip.style.top = `${event.clientY - frame.top + 14}px`;
  });
  box.addEventListener('pointerleave', () => { tip.hidden = true; });
};

const kRows = ['coalescence', 'aggregation', 'split', 'contact', 'overlap', 'parted', 'unresolved', 'contrast_lost', 'nucleated', 'appeared', 'entered', 'dissolved', 'lost', 'left'];

mote.timeline = (on_pick) => {
  const title = 'Events';
  const {events, info} = mote.data;
  let svg = null;
  const {figure, plot} = mote.figure(title,
    'Each mark is an event, grey where there are several, at the first frame that shows it; it reaches back ' +
    'to the last frame before. Point at a mark to read it, click it to see the frame.', {
    SVG: () => mote.save_svg(svg, title),
    CSV: () => mote.save('events_shown.csv', 'text/csv', mote.csv([
      ['type', events.map((e) => e.type)], ['frame_before', events.map((e) => e.before)],
      ['frame', events.map((e) => e.frame)], ['tracks', events.map((e) => e.tracks.join(' '))],
      ['children', events.map((e) => e.children.join(' '))],
      ['confidence', events.map((e) => e.confidence)]])),
  }, true);
  const box = mote.el('div', {class: 'svgbox'});
  plot.append(box);
  tips(plot, box);
  const types = [...new Set([...kRows, ...events.map((e) => e.type)])]
      .filter((type) => events.some((e) => e.type === type));
  const draw = () => {
    const width = Math.max(320, box.clientWidth - 2);
    const left = 92;
    const row = 26;
    const top = 24;
    const height = top + row * types.length + 26;
    const range = mote.time_range();
    const x = (time) => left + (time - range[0]) / (range[1] - range[0]) * (width - left - 24);
    svg = mote.svg('svg', {width, height, viewBox: `0 0 ${width} ${height}`, role: 'img',
      'aria-label': `Timeline of ${events.length} events; the table below lists them.`});
    time_axis(svg, x, range, top, width - left, height - 22);
    types.forEach((type, k) => {
      const y = top + row * (k + 0.5);
      const name = mote.svg('text', {x: left - 10, y: y + 4, 'text-anchor': 'end'});
      name.textContent = `${type} ${mote.data.events_total[type] || ''}`;
      svg.append(name, mote.svg('line', {class: 'gridline', x1: left, x2: width - 16, y1: y, y2: y}));
      // Events of one frame share a mark: under one another they could not be read.
      const groups = new Map();
      for (const event of events) {
        if (event.type !== type) continue;
        if (!groups.has(event.frame)) groups.set(event.frame, []);
        groups.get(event.frame).push(event);
      }
      for (const [frame, group] of groups) {
        const track = mote.track_of(group[0].tracks.concat(group[0].children)[0]);
        const at = x(mote.x_of(frame));
        const from = Math.min(...group.map((event) => x(mote.x_of(event.before))));
        const details = group.length > 1 ? [] : [`confidence ${mote.text(group[0].confidence, 2)}`,
          ...Object.entries(group[0].evidence).map(([key, value]) => `${key} ${mote.text(value)}`)];
        const tip = [mote.when_index(frame), ...group.slice(0, 10).map((event) => event.text),
          ...(group.length > 10 ? [`and ${group.length - 10} more`] : []), ...details];
        const mark = mote.svg('rect', {class: 'mark', x: Math.min(from, at - 2.5), y: y - 8,
          width: Math.max(5, at - from + 2.5), height: 16, rx: 2.5,
          fill: track && group.length === 1 ? mote.colour(track.colour) : mote.css('--edge'), 'fill-opacity': 0.8,
          'data-tip': tip.join('\n')});
        mark.addEventListener('click', () => on_pick(frame));
        svg.append(mark);
      }
    });
    const label = mote.svg('text', {x: left + (width - left) / 2, y: height - 7, 'text-anchor': 'middle'});
    label.textContent = mote.x_label;
    svg.append(label);
    box.replaceChildren(svg);
    ++mote.plots;
  };
  mote.redraws.push(draw);

  const shown = events.slice(0, 500);
  const table = mote.el('details', {},
    mote.el('summary', {}, `Table of events${events.length > 500 ? ' (the first 500; all are in events.csv)' : ''}`),
    mote.el('div', {class: 'scroll'}, mote.el('table', {},
      mote.el('thead', {}, mote.el('tr', {}, ['event', info.recording ? 'frame' : 'micrograph', 'confidence']
          .map((name) => mote.el('th', {scope: 'col'}, name)))),
      mote.el('tbody', {}, shown.map((event) => mote.el('tr', {}, mote.el('td', {}, event.text),
        mote.el('td', {}, mote.when_index(event.frame)), mote.el('td', {}, mote.text(event.confidence, 2))))))));
  return {figure, draw, table, resize: draw};
};

// Families of tracks that are joined by merges and splits, each in an order in which a track lies
// between its parents and between its children, so that few links cross.
mote.families = (tracks) => {
  const by_id = new Map(tracks.map((track) => [track.id, {track, parents: [], children: []}]));
  for (const node of by_id.values()) {
    for (const id of node.track.parents) {
      const parent = by_id.get(id);
      if (parent) {
        node.parents.push(parent);
        parent.children.push(node);
      }
    }
  }
  const seen = new Set();
  const families = [];
  // In order without recursion: a family may be a chain of thousands.
  const walk = (start) => {
    const order = [];
    const stack = [{node: start, after: null}];
    seen.add(start);
    while (stack.length > 0) {
      const step = stack.pop();
      if (step.after !== null) {
        order.push(step.node.track);
        continue;
      }
      const near = [step.node.parents, step.node.children].map((list) => {
        const fresh = list.filter((node) => !seen.has(node));
        fresh.forEach((node) => seen.add(node));
        return fresh;
      });
      const above = [];
      const below = [];
      for (const list of near) {
        list.forEach((node, i) => (i < list.length / 2 ? above : below).push(node));
      }
      for (const node of below.reverse()) stack.push({node, after: null});
      stack.push({node: step.node, after: true});
      for (const node of above.reverse()) stack.push({node, after: null});
    }
    return order;
  };
  for (const node of by_id.values()) {
    if (seen.has(node)) continue;
    // Begin where the family ends: at the youngest track that can be reached.
    let last = node;
    const reached = new Set([node]);
    const queue = [node];
    while (queue.length > 0) {
      const next = queue.pop();
      if (next.track.first > last.track.first) last = next;
      for (const other of next.parents.concat(next.children)) {
        if (!reached.has(other)) {
          reached.add(other);
          queue.push(other);
        }
      }
    }
    families.push(walk(last));
  }
  return families;
};

mote.lineage = (on_pick) => {
  const title = 'Lineage';
  const most_rows = 600;
  const families = mote.families(mote.data.tracks);
  const joined = families.filter((family) => family.length > 1);
  let all = joined.length === 0;
  let svg = null;
  const toggle = mote.el('button', {type: 'button', 'aria-pressed': String(all), onclick: () => {
    all = !all;
    toggle.setAttribute('aria-pressed', String(all));
    draw();
  }}, 'all tracks');
  const {figure, plot, caption} = mote.figure(title, '', {SVG: () => mote.save_svg(svg, title)}, true,
    joined.length > 0 ? toggle : null);
  const box = mote.el('div', {class: 'svgbox tall', tabindex: 0, 'aria-label': 'Lineage tree, scrollable'});
  plot.append(box);
  tips(plot, box);
  const draw = () => {
    const wanted = all ? families : joined;
    const shown = [];
    let rows = 0;
    for (const family of wanted) {
      if (rows + family.length > most_rows && shown.length > 0) break;
      shown.push(family);
      rows += family.length;
    }
    const width = Math.max(320, box.clientWidth - 18);
    const left = 44;
    const top = 24;
    const step = 15;
    const gap = all ? 0 : 8;
    const height = top + rows * step + shown.length * gap + 26;
    const range = mote.time_range();
    const x = (time) => left + (time - range[0]) / (range[1] - range[0]) * (width - left - 20);
    svg = mote.svg('svg', {width, height, viewBox: `0 0 ${width} ${height}`, role: 'img',
      'aria-label': `Lineage of ${rows} tracks in ${shown.length} families`});
    time_axis(svg, x, range, top, width - left, height - 22);
    const links = mote.svg('g');
    const bars = mote.svg('g');
    svg.append(links, bars);
    const places = new Map();
    let y = top + step / 2;
    for (const family of shown) {
      for (const track of family) {
        places.set(track.id, {y, track});
        y += step;
      }
      y += gap;
    }
    for (const {y: row, track} of places.values()) {
      const x0 = x(mote.x_of(track.first));
      const x1 = Math.max(x0 + 2, x(mote.x_of(track.last)));
      const bar = mote.svg('rect', {class: 'mark', x: x0, y: row - 3.5, width: x1 - x0, height: 7, rx: 2,
        fill: mote.colour(track.colour),
        'data-tip': `track ${track.id}\n${mote.when_index(track.first)} to ${mote.when_index(track.last)}` +
          (track.parents.length ? `\nfrom ${track.parents.join(' + ')}` : '')});
      bar.addEventListener('click', () => on_pick(track.first));
      const name = mote.svg('text', {x: x0 - 4, y: row + 4, 'text-anchor': 'end', class: 'id'});
      name.textContent = track.id;
      bars.append(bar, name);
      for (const id of track.parents) {
        const parent = places.get(id);
        if (!parent) continue;
        const end = x(mote.x_of(parent.track.last));
        const bend = Math.min(10, Math.max(3, (x0 - end) / 2));
        links.append(mote.svg('path', {class: 'link',
          d: `M${end} ${parent.y} C${end + bend} ${parent.y} ${x0 - bend} ${row} ${x0} ${row}`}));
      }
    }
    const label = mote.svg('text', {x: left + (width - left) / 2, y: height - 7, 'text-anchor': 'middle'});
    label.textContent = mote.x_label;
    svg.append(label);
    box.replaceChildren(svg);
    caption.textContent = (all ? 'Every track as a bar in its colour of the overlay; '
      : `The ${joined.length} ${joined.length === 1 ? 'family' : 'families'} with a merge or split; `) +
      'lines join parents to children.' +
      (shown.length < wanted.length ? ` Shown are the first ${rows} tracks; all are in tracks.csv.` : '');
    ++mote.plots;
  };
  mote.redraws.push(draw);
  return {figure, draw, resize: draw};
};
