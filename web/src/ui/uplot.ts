/** uPlot with our colours; a chunk of its own, so that the first load is light. */
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

const HEIGHT = 190;
const SPLIT_SECONDS = [60];

/** The chart without data. Its colours are the theme's at this moment. */
export function buildChart(box: HTMLElement, isFollower: boolean): UPlot {
  const colour = (name: string): string => computedColour(box, name);
  const axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  const sealed: UPlot.Series = {
    label: isFollower ? 'verified' : 'sealed',
    stroke: colour('--sealed'),
    fill: colour('--sealed-soft'),
    width: 1,
    points: { show: false },
    paths: UPlot.paths.bars?.({ size: [0.7, 14] }) ?? (() => null),
  };
  const accepted: UPlot.Series = {
    label: 'accepted',
    stroke: colour('--accepted'),
    width: 2,
    points: { show: false },
  };
  const options: UPlot.Options = {
    width: box.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_chart, _min, max) => [0, Math.max(1, max * 1.15)] } },
    axes: [
      { ...axis, size: 30, incrs: SPLIT_SECONDS, values: (_chart, splits) => splits.map(clock) },
      { ...axis, size: 46, values: (_chart, splits) => splits.map(short) },
    ],
    series: isFollower ? [{}, sealed] : [{}, sealed, accepted],
  };
  return new UPlot(options, isFollower ? [[], []] : [[], [], []], box);
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

function clock(seconds: number): string {
  return CLOCK.format(seconds * 1000);
}

function short(value: number): string {
  if (value >= 1000) return `${Math.round(value / 100) / 10}k`;
  return Number.isInteger(value) ? String(value) : '';
}

/** A canvas doesn't know `light-dark()`: what it comes to for this element. */
function computedColour(box: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  box.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
