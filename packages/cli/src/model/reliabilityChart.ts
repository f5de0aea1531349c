import type { ReliabilityBin } from '@plimsoll/forecast'
import { escapeHtml } from '../report/svg.ts'

const SIZE = 480
const PAD = 56
/** Both axes are logarithmic, from here to 1. */
const LEAST = 1e-4

/** Draws observed against forecast probability. */
export function reliabilityChart(p: {
  readonly title: string
  readonly series: readonly {
    readonly name: string
    readonly color: string
    readonly bins: readonly ReliabilityBin[]
  }[]
}): string {
  const place = (value: number): number =>
    (1 - Math.log(Math.max(LEAST, value)) / Math.log(LEAST)) * (SIZE - 2 * PAD)
  const x = (value: number): string => (PAD + place(value)).toFixed(1)
  const y = (value: number): string => (SIZE - PAD - place(value)).toFixed(1)
  const ticks = [0.0001, 0.001, 0.01, 0.1, 1].map(
    (value) =>
      `<line class="grid" x1="${x(LEAST)}" x2="${x(1)}" y1="${y(value)}" y2="${y(value)}"/><line class="grid" x1="${x(value)}" x2="${x(value)}" y1="${y(LEAST)}" y2="${y(1)}"/><text x="${PAD - 6}" y="${(Number(y(value)) + 4).toFixed(1)}" text-anchor="end">${100 * value} %</text><text x="${x(value)}" y="${SIZE - PAD + 18}" text-anchor="middle">${100 * value} %</text>`,
  )
  const dots = p.series.map(({ name, color, bins }, i) => {
    const filled = bins.filter(({ n }) => n > 0)
    const line = filled
      .filter(({ observed }) => observed > 0)
      .map(({ forecast, observed }) => `${x(forecast)},${y(observed)}`)
      .join(' ')
    const points = filled.map(
      ({ n, forecast, observed }) =>
        `<circle cx="${x(forecast)}" cy="${y(observed)}" r="${(2 + Math.sqrt(n) / 12).toFixed(1)}" fill="${observed > 0 ? color : 'none'}" stroke="${color}" fill-opacity=".55"><title>${escapeHtml(name)}: ${n} origins, forecast ${(100 * forecast).toFixed(2)} %, observed ${(100 * observed).toFixed(2)} %</title></circle>`,
    )
    return `<polyline fill="none" stroke="${color}" points="${line}"/>${points.join('')}<text x="${PAD + 8}" y="${PAD + 16 + 16 * i}" style="fill:${color}">${escapeHtml(name)}</text>`
  })
  return `<svg viewBox="0 0 ${SIZE} ${SIZE}" role="img" aria-label="${escapeHtml(p.title)}"><text class="title" x="${PAD}" y="24">${escapeHtml(p.title)}</text>${ticks.join('')}<line class="rule" x1="${x(LEAST)}" y1="${y(LEAST)}" x2="${x(1)}" y2="${y(1)}"/>${dots.join('')}</svg>`
}
