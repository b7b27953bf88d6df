// The few kinds of panels that the dashboards are made of, and where they stand.

const DATASOURCE = { type: 'prometheus', uid: 'sluice-prometheus' };
const WIDTH = 24;

const steps = (...pairs) => ({
  mode: 'absolute',
  steps: pairs.map(([value, color]) => ({ value, color })),
});

/** Green from this value on, red below. */
export const atLeast = (value) => steps([null, 'red'], [value, 'green']);

/** Green up to the first value, yellow up to the second, red above. */
export const atMost = (warn, bad) => steps([null, 'green'], [warn, 'yellow'], [bad, 'red']);

const NEUTRAL = steps([null, 'blue']);

/** queries: what is shown, by its legend. */
function targets(queries, instant) {
  return Object.entries(queries).map(([legend, expr], index) => ({
    datasource: DATASOURCE,
    refId: String.fromCharCode(65 + index),
    expr,
    legendFormat: legend,
    instant,
    range: !instant,
  }));
}

function panel(type, { title, description, unit = 'short', thresholds = NEUTRAL, queries, min = 0, max }, more) {
  return {
    type,
    title,
    description,
    datasource: DATASOURCE,
    targets: targets(queries, more.instant ?? false),
    fieldConfig: {
      defaults: { unit, min, ...(max === undefined ? {} : { max }), thresholds, ...more.defaults },
      overrides: [],
    },
    options: more.options,
  };
}

/** One number, now. */
export function stat(asked) {
  return panel('stat', asked, {
    instant: true,
    defaults: { color: { mode: 'thresholds' }, noValue: 'nothing', ...(asked.mappings ? { mappings: asked.mappings } : {}) },
    options: {
      colorMode: 'value',
      graphMode: 'none',
      justifyMode: 'auto',
      orientation: 'auto',
      percentChangeColorMode: 'standard',
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      showPercentChange: false,
      textMode: asked.names ? 'value_and_name' : 'auto',
      wideLayout: true,
    },
  });
}

/** Lines over time. stacked: for parts of a whole. */
export function lines(asked) {
  return panel('timeseries', asked, {
    defaults: {
      color: { mode: 'palette-classic' },
      custom: {
        drawStyle: 'line',
        fillOpacity: asked.stacked ? 30 : 5,
        lineWidth: 1,
        showPoints: 'never',
        spanNulls: false,
        stacking: { group: 'A', mode: asked.stacked ? 'normal' : 'none' },
        scaleDistribution: asked.log ? { type: 'log', log: 10 } : { type: 'linear' },
      },
    },
    options: {
      legend: { calcs: ['lastNotNull', 'max'], displayMode: 'table', placement: 'bottom', showLegend: true },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  });
}

/** States over time, 1 as good and 0 as bad. */
export function states(asked) {
  return panel('state-timeline', { thresholds: atLeast(1), ...asked }, {
    defaults: {
      color: { mode: 'thresholds' },
      custom: { fillOpacity: 70, lineWidth: 0 },
      mappings: [{ type: 'value', options: { 0: { text: asked.no ?? 'no' }, 1: { text: asked.yes ?? 'yes' } } }],
    },
    options: {
      alignValue: 'left',
      legend: { calcs: [], displayMode: 'list', placement: 'bottom', showLegend: false },
      mergeValues: true,
      rowHeight: 0.8,
      showValue: 'auto',
      tooltip: { mode: 'single', sort: 'none' },
    },
  });
}

/** A bar for each series, now. */
export function bars(asked) {
  return panel('bargauge', asked, {
    instant: true,
    defaults: { color: { mode: 'thresholds' } },
    options: {
      displayMode: 'basic',
      legend: { calcs: [], displayMode: 'list', placement: 'bottom', showLegend: false },
      maxVizHeight: 300,
      minVizHeight: 16,
      minVizWidth: 8,
      namePlacement: 'auto',
      orientation: 'horizontal',
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      showUnfilled: true,
      sizing: 'auto',
      valueMode: 'color',
    },
  });
}

/** A heading, and below it lines of panels: [height, panel, panel, …], of equal width each. */
export function section(title, ...rows) {
  return { title, rows };
}

/** A variable that chooses processes of a role by name, all of them at first. */
export function nodesOf(role) {
  const query = `label_values(sluice_build_info{role=~"${role}"}, node)`;
  return {
    name: 'node',
    label: 'Process',
    type: 'query',
    datasource: DATASOURCE,
    query: { query, refId: 'nodes' },
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { text: 'All', value: '$__all' },
  };
}

/** A dashboard of sections, with its panels numbered and placed. */
export function dashboard({ uid, title, description, variables = [], sections }) {
  const panels = [];
  let y = 0;
  const add = (what, gridPos) => panels.push({ id: panels.length + 1, ...what, gridPos });
  for (const { title: heading, rows } of sections) {
    add({ type: 'row', title: heading, collapsed: false, panels: [] }, { h: 1, w: WIDTH, x: 0, y });
    y += 1;
    for (const [height, ...row] of rows) {
      const width = WIDTH / row.length;
      row.forEach((one, index) => add(one, { h: height, w: width, x: index * width, y }));
      y += height;
    }
  }
  return {
    uid: `sluice-${uid}`,
    title: `Sluice / ${title}`,
    description,
    tags: ['sluice'],
    editable: true,
    graphTooltip: 1,
    links: [
      {
        title: 'Sluice',
        type: 'dashboards',
        tags: ['sluice'],
        asDropdown: true,
        includeVars: false,
        keepTime: true,
        targetBlank: false,
        icon: 'external link',
        tooltip: '',
        url: '',
      },
    ],
    refresh: '15s',
    schemaVersion: 39,
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    templating: { list: variables },
    panels,
  };
}
