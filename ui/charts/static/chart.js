// One chart: title, sentence, picture, notes and buttons. The picture comes ready; Plotly, given the same settled figure,
// takes its place when somebody points at it. Arrow keys step through the marks of either.
const decoder = new TextDecoder();
const CONFIG = { displaylogo: false, displayModeBar: false, showLink: false, plotlyServerURL: '', responsive: true };
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
let loading;

function loadPlotly(address) {
  loading ??= new Promise((done, fail) => {
    const script = document.createElement('script');
    script.src = new URL(`../../../${address}`, import.meta.url);
    script.onload = () => done(window.Plotly);
    script.onerror = () => { loading = undefined; fail(new Error('Plotly could not be loaded.')); };
    document.head.append(script);
  });
  return loading;
}

function make(name, className, text = '') {
  const node = document.createElement(name);
  node.className = className;
  node.textContent = text;
  return node;
}

function readColours(root) {
  const style = getComputedStyle(root);
  const read = name => style.getPropertyValue(name).trim();
  const colours = read('--st-chart-categorical-colors');
  if (root.dataset.colours !== colours) {
    root.dataset.colours = colours;
    colours.split(',').forEach((colour, place) => root.style.setProperty(`--q-c${place}`, colour.trim()));
  }
  return read;
}

function resolve(value, read) {
  if (typeof value === 'string') return value.includes('var(') ? value.replace(/var\((--q-\w+)\)/g, (_, name) => read(name)) : value;
  if (Array.isArray(value)) return value.map(one => resolve(one, read));
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, resolve(one, read)]));
  return value;
}

export function forPlotly(figure, root) {
  const read = readColours(root);
  const style = getComputedStyle(root);
  const { data, layout } = resolve(figure, name => read(name));
  const font = { family: style.fontFamily, color: style.color, ...layout.font };
  const hoverlabel = { bgcolor: read('--q-back'), bordercolor: read('--q-line'), font: { family: style.fontFamily, color: style.color } };
  return [data, { ...layout, font, hoverlabel, paper_bgcolor: 'transparent', plot_bgcolor: 'transparent', autosize: true, uirevision: 'kept' }, CONFIG];
}

async function drawPlotly(chart) {
  const { box } = chart;
  try {
    const plotly = await loadPlotly(box.plotly);
    if (chart.box !== box || !chart.figure.isConnected) return;
    chart.drawn ??= chart.figure.appendChild(make('div', 'q-plotly'));
    chart.drawn.setAttribute('aria-hidden', 'true');
    await plotly.react(chart.drawn, ...forPlotly(box.figure, chart.figure));
    chart.figure.classList.add('q-is-drawn');
  } catch (fault) {
    console.warn(fault.message);  // The picture stays.
  }
}

function sayMark(chart, node) {
  const [trace, place] = node.dataset.m.split('.');
  const { data, layout } = chart.box.figure;
  let words = layout.annotations?.[place]?.hovertext;
  if (trace !== 'a') {
    const name = data[trace].hovertemplate.slice(2).split('}')[0];
    const listed = data[trace][name];
    words = Array.isArray(listed) ? listed.flat()[place] : listed;
  }
  chart.said.innerHTML = words ?? '';  // Inert: the builders escape what comes from the data.
  chart.said.textContent = chart.said.textContent;
  chart.said.hidden = false;
  chart.said.style.visibility = '';
  const [around, mark] = [chart.figure, node].map(one => one.getBoundingClientRect());
  chart.ring.hidden = false;
  Object.assign(chart.ring.style, {
    left: `${mark.left - around.left - 4}px`, top: `${mark.top - around.top - 4}px`, width: `${mark.width + 8}px`, height: `${mark.height + 8}px`,
  });
}

function hush(chart) {
  chart.ring.hidden = true;
  chart.said.style.visibility = 'hidden';  // Its room stays: what lies below would else move away under a press that takes the focus.
  chart.at = -1;
}

function step(chart, event) {
  const marks = [...chart.figure.querySelectorAll('.q-picture [data-m]')];
  if (event.key === 'Escape') hush(chart);
  if (!marks.length || !(event.key in STEPS || event.key === 'Home' || event.key === 'End')) return;
  event.preventDefault();
  if (event.key in STEPS) chart.at = chart.at < 0 && STEPS[event.key] < 0 ? marks.length - 1 : (chart.at + STEPS[event.key] + marks.length) % marks.length;
  else chart.at = event.key === 'Home' ? 0 : marks.length - 1;
  sayMark(chart, marks[chart.at]);
}

function build(parent) {
  const chart = { at: -1 };
  chart.root = parent.appendChild(make('div', 'q-chart'));
  chart.title = chart.root.appendChild(make('h2', 'q-title'));
  chart.title.hidden = true;  // Until it is filled: an empty heading is one to a screen reader.
  chart.reading = chart.root.appendChild(make('p', 'q-reading'));
  chart.figure = chart.root.appendChild(make('div', 'q-figure'));
  chart.picture = chart.figure.appendChild(make('div', 'q-place'));
  chart.ring = chart.figure.appendChild(make('div', 'q-ring'));
  chart.said = chart.root.appendChild(make('p', 'q-said'));
  chart.said.setAttribute('role', 'status');
  chart.said.hidden = true;
  chart.notes = chart.root.appendChild(make('div', 'q-notes'));
  chart.buttons = chart.root.appendChild(make('div', 'q-buttons'));
  chart.figure.addEventListener('pointerenter', () => drawPlotly(chart), { passive: true });
  chart.figure.addEventListener('keydown', event => step(chart, event));
  chart.figure.addEventListener('blur', () => hush(chart));
  hush(chart);
  const watch = new MutationObserver(() => { readColours(chart.figure); if (chart.drawn) drawPlotly(chart); });
  for (let node = parent, level = 0; node && level < 4; node = node.parentElement, level += 1) watch.observe(node, { attributes: true, attributeFilter: ['class', 'style'] });
  return chart;
}

function sayOpen(chart, open) {
  chart.open = open;
  for (const button of chart.buttons.children) button.setAttribute('aria-expanded', String(button.textContent === open));
}

// What opens stands below the buttons: where that is under the fold, they go up to make room for it.
function makeRoom(chart) {
  if (chart.buttons.getBoundingClientRect().top < 0.4 * innerHeight) return;
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  chart.buttons.scrollIntoView({ block: 'start', behavior: isCalm ? 'instant' : 'smooth' });
}

function press(chart, name) {
  sayOpen(chart, chart.open === name ? '' : name);
  chart.isPressed = Boolean(chart.open);
  chart.ask(chart.open);  // What is to be open, not that something was pressed: heard twice it is the same.
}

function fill(chart, box) {
  chart.box = box;
  chart.title.textContent = box.title;
  chart.title.hidden = !box.title;
  chart.reading.textContent = box.reading;
  chart.reading.hidden = !box.reading;
  chart.picture.innerHTML = box.picture;
  chart.figure.style.height = `${box.height}px`;
  readColours(chart.figure);
  const marks = chart.picture.querySelectorAll('[data-m]').length;
  if (marks) {
    chart.figure.tabIndex = 0;
    chart.figure.setAttribute('role', 'group');
    chart.figure.setAttribute('aria-label', `${box.title || 'Chart'}: the arrow keys go through its ${marks} figures`);
  }
  hush(chart);
  chart.notes.replaceChildren(...box.notes.map(words => make('p', '', words)));
  const names = box.buttons.join('\n');
  if (chart.names !== names) {  // A button that stays is the same one: who presses it twice presses it twice.
    chart.names = names;
    chart.buttons.replaceChildren(...box.buttons.map(name => {
      const button = make('button', '', name);
      button.type = 'button';
      button.addEventListener('click', () => press(chart, name));
      return button;
    }));
  }
  for (const button of chart.buttons.children) button.setAttribute('aria-label', `${button.textContent}: ${box.title}`);
  sayOpen(chart, box.open);
  if (chart.drawn) drawPlotly(chart);
}

const charts = new WeakMap();

async function unpack(data) {
  const end = 4 + new DataView(data.buffer, data.byteOffset).getUint32(0, true);
  const stream = new Blob([data.subarray(end)]).stream().pipeThrough(new DecompressionStream('gzip'));
  return { ...JSON.parse(decoder.decode(data.subarray(4, end))), ...await new Response(stream).json() };
}

function isSame(one, other) {
  return one?.length === other.length && one.every((byte, place) => byte === other[place]);
}

async function refresh(data, parentElement, setTriggerValue) {
  let chart = charts.get(parentElement);
  if (!chart || !chart.root.isConnected) charts.set(parentElement, chart = build(parentElement));
  chart.ask = open => setTriggerValue('open', open);  // Of the latest run, also where nothing to show has changed.
  if (isSame(chart.data, data)) return;
  chart.data = data;
  const box = await unpack(data);
  if (chart.data !== data) return;
  const focused = document.activeElement?.closest?.('.q-buttons') === chart.buttons ? document.activeElement.textContent : null;
  fill(chart, box);
  if (focused) [...chart.buttons.children].find(one => one.textContent === focused)?.focus({ preventScroll: true });
  if (chart.isPressed && box.open) setTimeout(() => makeRoom(chart), 100);  // What opened is laid out by then.
  chart.isPressed = false;
}

export default function ({ data, parentElement, setTriggerValue }) {
  refresh(data, parentElement, setTriggerValue);
}
