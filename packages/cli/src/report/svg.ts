/** A line of a chart; null breaks it. */
type Series = {
  readonly name: string
  readonly color: string
  readonly dashed?: boolean
  readonly values: readonly (number | null)[]
}

/** A point marked on a chart. */
export type Marker = {
  readonly index: number
  readonly value: number
  readonly color: string
  readonly shape: 'dot' | 'cross'
  readonly title: string
}

/** What a chart shows. */
export type Chart = {
  readonly title: string
  readonly unit: string
  readonly labels: readonly string[]
  readonly series: readonly Series[]
  readonly markers: readonly Marker[]
  /** A horizontal line with its name. */
  readonly rule?: { readonly value: number; readonly name: string }
  /** Upper end of the axis; larger values are cut. */
  readonly max?: number
  /** Lower end of the axis; smaller values are cut. */
  readonly min?: number
  readonly height: number
}

const WIDTH = 1000
const PAD = { left: 64, right: 12, top: 30, bottom: 22 }

/** Escapes text for HTML and SVG. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)

/** Draws a chart as self-contained SVG. */
export function chart(c: Chart): string {
  const count = c.labels.length
  const finite = [...c.series.flatMap((s) => s.values), ...(c.rule ? [c.rule.value] : [])].filter(
    (v): v is number => v !== null && Number.isFinite(v),
  )
  const top = Math.min(c.max ?? Number.POSITIVE_INFINITY, Math.max(...finite) * 1.03)
  const bottom = Math.max(c.min ?? Number.NEGATIVE_INFINITY, Math.min(...finite) * 0.97)
  const x = (i: number) => PAD.left + (i / Math.max(1, count - 1)) * (WIDTH - PAD.left - PAD.right)
  const y = (v: number) =>
    PAD.top +
    (1 - (Math.min(Math.max(v, bottom), top) - bottom) / (top - bottom || 1)) *
      (c.height - PAD.top - PAD.bottom)

  const ticks = niceTicks(bottom, top)
  const grid = ticks.map(
    (v) =>
      `<line class="grid" x1="${PAD.left}" x2="${WIDTH - PAD.right}" y1="${y(v).toFixed(1)}" y2="${y(v).toFixed(1)}"/><text class="tick" x="${PAD.left - 8}" y="${(y(v) + 4).toFixed(1)}" text-anchor="end">${format(v)}</text>`,
  )
  const every = Math.max(1, Math.round(count / 8))
  const times = c.labels.flatMap((label, i) =>
    i % every === 0
      ? [
          `<text class="tick" x="${x(i).toFixed(1)}" y="${c.height - 6}" text-anchor="middle">${escapeHtml(label)}</text>`,
        ]
      : [],
  )
  const rule = c.rule
    ? `<line class="rule" x1="${PAD.left}" x2="${WIDTH - PAD.right}" y1="${y(c.rule.value).toFixed(1)}" y2="${y(c.rule.value).toFixed(1)}"/><text class="rule-name" x="${WIDTH - PAD.right - 4}" y="${(y(c.rule.value) - 5).toFixed(1)}" text-anchor="end">${escapeHtml(c.rule.name)}</text>`
    : ''
  const lines = c.series.map(
    (s) =>
      `<path fill="none" stroke="${s.color}" stroke-width="2" stroke-linejoin="round"${s.dashed ? ' stroke-dasharray="5 4"' : ''} d="${path(s.values, x, y)}"/>`,
  )
  const marks = c.markers.map((m) => {
    const [mx, my] = [x(m.index).toFixed(1), y(m.value).toFixed(1)]
    const body =
      m.shape === 'dot'
        ? `<circle cx="${mx}" cy="${my}" r="5" fill="${m.color}" stroke="var(--card)" stroke-width="1.5"/>`
        : `<g stroke="${m.color}" stroke-width="3.5" stroke-linecap="round" transform="translate(${mx} ${my})"><line x1="-6" y1="-6" x2="6" y2="6"/><line x1="-6" y1="6" x2="6" y2="-6"/></g>`
    return `<g class="mark">${body}<title>${escapeHtml(m.title)}</title></g>`
  })
  const legend = c.series.map(
    (s) =>
      `<span><svg width="26" height="10"><line x1="1" x2="25" y1="5" y2="5" stroke="${s.color}" stroke-width="2.5"${s.dashed ? ' stroke-dasharray="5 4"' : ''}/></svg>${escapeHtml(s.name)}</span>`,
  )
  return `<figure><figcaption><b>${escapeHtml(c.title)}</b><small>${escapeHtml(c.unit)}</small><span class="legend">${legend.join('')}</span></figcaption><svg viewBox="0 0 ${WIDTH} ${c.height}" role="img" aria-label="${escapeHtml(c.title)}">${grid.join('')}${times.join('')}${rule}${lines.join('')}${marks.join('')}</svg></figure>`
}

function path(
  values: readonly (number | null)[],
  x: (i: number) => number,
  y: (v: number) => number,
): string {
  let d = ''
  let pen = false
  values.forEach((v, i) => {
    if (v === null || !Number.isFinite(v)) pen = false
    else {
      d += `${pen ? 'L' : 'M'}${x(i).toFixed(1)} ${y(v).toFixed(1)}`
      pen = true
    }
  })
  return d
}

function niceTicks(from: number, to: number): number[] {
  const raw = (to - from) / 4 || 1
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = ([1, 2, 2.5, 5, 10].find((m) => m * power >= raw) ?? 10) * power
  const ticks: number[] = []
  for (let v = Math.ceil(from / step) * step; v <= to; v += step) ticks.push(v)
  return ticks
}

function format(v: number): string {
  if (Math.abs(v) >= 10_000) return `${(v / 1000).toFixed(0)}k`
  return Math.abs(v) >= 10 ? v.toFixed(0) : v.toFixed(2)
}
