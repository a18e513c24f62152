/** Accepted and sealed per second over the last minutes. uPlot is loaded when the chart is first shown. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type UPlot from 'uplot';
import { rates } from '../api/node.js';
import { SECONDS_SHOWN, type Rates } from '../api/rates.js';
import { grouped } from '../format.js';

const HEIGHT = 190;

type Build = (box: HTMLElement, isFollower: boolean) => UPlot;

export function RateChart({ isFollower }: { readonly isFollower: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const [now, setNow] = useState<Rates>(() => rates.read(Date.now()));
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    let chart: UPlot | undefined;
    let isGone = false;
    let build: Build | undefined;
    const draw = (): void => {
      const read = rates.read(Date.now());
      setNow(read);
      chart?.setData(dataOf(read, isFollower));
    };
    const rebuild = (): void => {
      chart?.destroy();
      chart = build?.(element, isFollower);
      draw();
    };
    void import('./uplot.js').then((module) => {
      if (isGone) return;
      build = module.buildChart;
      rebuild();
    });
    const timer = setInterval(draw, 1000);
    const size = new ResizeObserver(() => chart?.setSize({ width: element.clientWidth, height: HEIGHT }));
    size.observe(element);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', rebuild);
    addEventListener('bpsc-theme', rebuild);
    return () => {
      isGone = true;
      clearInterval(timer);
      size.disconnect();
      dark.removeEventListener('change', rebuild);
      removeEventListener('bpsc-theme', rebuild);
      chart?.destroy();
    };
  }, [isFollower]);
  const sealed = sum(now.sealed);
  const accepted = sum(now.accepted);
  const word = isFollower ? 'verified' : 'sealed';
  return (
    <figure class="chart">
      <div ref={box} class="chart-box" aria-hidden="true" />
      <figcaption>
        Entries per second, all chains{isFollower && ', by the time of their block'}. In the last{' '}
        {SECONDS_SHOWN / 60} minutes{' '}
        <span class="key sealed">
          {grouped(sealed)} {word}
        </span>
        {!isFollower && (
          <>
            , <span class="key accepted">{grouped(accepted)} accepted</span>
            {now.accepted.includes(null) && ' since this page was opened'}
          </>
        )}
        .
      </figcaption>
    </figure>
  );
}

export function dataOf({ seconds, accepted, sealed }: Rates, isFollower: boolean): UPlot.AlignedData {
  return isFollower ? [[...seconds], [...sealed]] : [[...seconds], [...sealed], [...accepted]];
}

function sum(values: readonly (number | null)[]): number {
  return Math.round(values.reduce<number>((total, value) => total + (value ?? 0), 0));
}
