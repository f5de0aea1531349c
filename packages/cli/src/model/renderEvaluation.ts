import { type BarSums, type ForecastRow, indexAt, pairUp, type TruthRow } from '@plimsoll/forecast'
import { chart, escapeHtml } from '../report/svg.ts'
import type { Evaluated } from './evaluate.ts'
import { reliabilityChart } from './reliabilityChart.ts'

const DAY = 86_400
const COLORS = ['#0f8b8d', '#d1495b', '#5b6ee1', '#e0a030', '#8f5fd6', '#2a9d63']
/** Width of the window of coverage over time. [days] */
const WINDOW = 30
const CRASHES = 4

/** Renders an evaluation as one HTML file without any outside resource. */
export function renderEvaluation(p: {
  readonly evaluated: readonly Evaluated[]
  readonly truths: readonly TruthRow[]
  readonly sums: readonly BarSums[]
  readonly span: { readonly from: number; readonly to: number }
  /** What the first is shown beside, where it has a law; else the last that has. */
  readonly reference: string
  readonly board: string
}): string {
  // Forecasts that bring a law of their own; the first is the one under judgement.
  const lawful = p.evaluated.filter(({ rows }) => rows[0]?.barriers)
  const [first] = lawful
  const other = lawful.find(({ id }) => id === p.reference) ?? lawful.at(-1)
  const shown = [first, other === first ? undefined : other].filter((each) => each !== undefined)
  const iso = (time: number): string => new Date(time * 1000).toISOString().slice(0, 10)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Plimsoll · volatility models · ${iso(p.span.from)} to ${iso(p.span.to)}</title>
<style>${STYLE}</style></head><body><main>
<header><h1>Volatility models</h1><p>Hourly origins from ${iso(p.span.from)} to ${iso(p.span.to)}, ${p.sums.map(({ bars }) => escapeHtml(bars.asset)).join(', ')}. Classical models were fitted on what came before and frozen.</p></header>
<pre>${escapeHtml(p.board)}</pre>
<h2>Reliability</h2>
<p>How often the price fell by the barrier within the horizon, against how often that was forecast. On the diagonal is perfect, above it too calm. Area of a dot: origins in the bin.</p>
<div class="grid2">${[
    [4, 0.02],
    [24, 0.02],
    [24, 0.05],
    [24, 0.1],
  ]
    .map(([hours = 0, barrier = 0]) =>
      reliabilityChart({
        title: `${100 * barrier} % within ${hours} h`,
        series: shown.flatMap(({ id, barriers }, i) => {
          const found = barriers.find((each) => each.hours === hours && each.barrier === barrier)
          return found === undefined
            ? []
            : [{ name: id, color: COLORS[i] ?? '#777', bins: found.bins }]
        }),
      }),
    )
    .join('\n')}</div>
<h2>Coverage over time</h2>
${first === undefined ? '' : [1, 4, 24].map((hours) => coverageChart(first, p.truths, hours)).join('\n')}
<h2>Worst days, enlarged</h2>
${
  first === undefined
    ? ''
    : worstDays(p.truths)
        .map((crash) => crashChart(first, p.sums, crash))
        .join('\n')
}
<footer>Scores are of past prices. They promise nothing about those to come.</footer>
</main></body></html>
`
}

/** Share of returns in the 99 % band in windows of thirty days. */
function coverageChart(
  { id, rows }: Evaluated,
  truths: readonly TruthRow[],
  hours: number,
): string {
  const pairs = pairUp(
    rows.filter((row) => row.hours === hours),
    truths,
  ).filter(({ truth, forecast }) => !Number.isNaN(truth.ret) && forecast.quantiles !== null)
  const days = new Map<number, { inside: number; below: number; n: number }>()
  for (const { forecast, truth } of pairs) {
    const [low = 0, q01 = 0, , high = 0] = forecast.quantiles ?? []
    const day = Math.floor(truth.timestamp / DAY)
    const sum = days.get(day) ?? { inside: 0, below: 0, n: 0 }
    sum.inside += truth.ret >= low && truth.ret <= high ? 1 : 0
    sum.below += truth.ret < q01 ? 1 : 0
    sum.n += 1
    days.set(day, sum)
  }
  const list = [...days].sort(([a], [b]) => a - b)
  const rolling = list.map((_, i) => {
    const window = list.slice(Math.max(0, i - WINDOW + 1), i + 1)
    const total = (key: 'inside' | 'below' | 'n') =>
      window.reduce((sum, [, value]) => sum + value[key], 0)
    return { inside: total('inside') / total('n'), below: total('below') / total('n') }
  })
  return chart({
    title: `${id}, ${hours} h`,
    unit: `% of returns, ${WINDOW} days rolling; both lines belong at 99 %`,
    labels: list.map(([day]) => new Date(day * DAY * 1000).toISOString().slice(2, 10)),
    height: 200,
    series: [
      {
        name: '99 % band',
        color: COLORS[0] ?? '',
        values: rolling.map(({ inside }) => 100 * inside),
      },
      {
        name: 'above the 1 % quantile',
        color: COLORS[2] ?? '',
        dashed: true,
        values: rolling.map(({ below }) => 100 * (1 - below)),
      },
    ],
    rule: { value: 99, name: '99 %' },
    max: 100,
    min: 97,
    markers: [],
  })
}

type Crash = { readonly asset: string; readonly timestamp: number; readonly min: number }

/** Deepest falls within a day, none within three days of another. */
function worstDays(truths: readonly TruthRow[]): readonly Crash[] {
  const falls = truths
    .filter(({ hours, min }) => hours === 24 && !Number.isNaN(min))
    .toSorted((a, b) => a.min - b.min)
  const chosen: Crash[] = []
  for (const fall of falls) {
    if (chosen.length === CRASHES) break
    if (chosen.every(({ timestamp }) => Math.abs(timestamp - fall.timestamp) > 3 * DAY))
      chosen.push(fall)
  }
  return chosen
}

/** Price around a fall, with the 1 % quantile of the hour, four hours and day forecast at each origin. */
function crashChart({ id, rows }: Evaluated, sums: readonly BarSums[], crash: Crash): string {
  const own = sums.find(({ bars }) => bars.asset === crash.asset)
  if (own === undefined) return ''
  const from = crash.timestamp - DAY
  const times = Array.from({ length: 72 }, (_, k) => from + k * 3_600)
  const price = (time: number): number | null => {
    const log = own.lastClose[indexAt(own.bars, time)]
    return log === undefined || Number.isNaN(log) ? null : Math.exp(log)
  }
  const near = new Map<string, ForecastRow>()
  for (const row of rows)
    if (row.asset === crash.asset && row.timestamp >= from && row.timestamp < from + 3 * DAY)
      near.set(`${row.timestamp} ${row.hours}`, row)
  const bound = (hours: number) =>
    times.map((time) => {
      const now = price(time - hours * 3_600)
      const q01 = near.get(`${time - hours * 3_600} ${hours}`)?.quantiles?.[1]
      return now === null || q01 === undefined ? null : now * Math.exp(q01)
    })
  const day = new Date(crash.timestamp * 1000).toISOString().slice(0, 10)
  return chart({
    title: `${crash.asset} around ${day}: ${(100 * (1 - Math.exp(crash.min))).toFixed(1)} % down within a day`,
    unit: `price, and the 1 % quantile that ${id} forecast for it an hour, four hours and a day before`,
    labels: times.map((time) => new Date(time * 1000).toISOString().slice(5, 16).replace('T', ' ')),
    height: 260,
    series: [
      { name: 'price', color: '#444', values: times.map(price) },
      { name: '1 h before', color: COLORS[0] ?? '', values: bound(1) },
      { name: '4 h before', color: COLORS[3] ?? '', dashed: true, values: bound(4) },
      { name: '24 h before', color: COLORS[1] ?? '', dashed: true, values: bound(24) },
    ],
    markers: [],
  })
}

const STYLE = `
:root{--card:#fff;--ink:#1c2430;--soft:#6b7684;--line:#e3e7ec;--page:#f5f7f9}
@media (prefers-color-scheme:dark){:root{--card:#171c23;--ink:#e8ecf1;--soft:#94a0ae;--line:#2a323d;--page:#0f1318}}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px}
pre{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:14px;overflow-x:auto;font-size:12px}
figure>svg,.grid2>svg{width:100%;height:auto;background:var(--card);border:1px solid var(--line);border-radius:8px;margin:8px 0}
svg text{fill:var(--soft);font-size:12px}svg text.title{fill:var(--ink);font-weight:600;font-size:14px}
.grid{stroke:var(--line)}.rule{stroke:var(--soft);stroke-dasharray:3 4}
figure{margin:0 0 16px}figcaption{display:flex;flex-wrap:wrap;align-items:baseline;gap:2px 14px}figcaption small{color:var(--soft)}
.legend{display:flex;gap:14px;margin-left:auto;font-size:13px}.legend svg{margin-right:6px}
.grid2{display:grid;grid-template-columns:repeat(auto-fit,minmax(440px,1fr));gap:12px}
footer{color:var(--soft);margin-top:24px}`
