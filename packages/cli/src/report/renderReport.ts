import type { ActionRecord, DemoRecord, SideResult } from '../demo/DemoRecord.ts'
import { checkText, grantText } from '../demo/grantText.ts'
import { healthText } from '../demo/healthText.ts'
import { money } from '../demo/money.ts'
import { type Chart, chart, escapeHtml, type Marker } from './svg.ts'

const COLORS = {
  agent: '#0f8b8d',
  twin: '#d1495b',
  eth: '#5b6ee1',
  btc: '#e0a030',
}
const ACTION_COLORS: Readonly<Record<string, string>> = {
  repay: '#2a9d63',
  'add-collateral': '#71b340',
  transfer: '#8f5fd6',
  deleverage: '#e07a1f',
  reduce: '#c2408f',
  hedge: '#3a7bd5',
  boost: '#777777',
}

/** Renders a demo as one HTML file without any outside resource. */
export function renderReport(record: DemoRecord): string {
  const labels = record.frames.map(({ at }) => new Date(at * 1000).toISOString().slice(11, 16))
  const assets = Object.keys(record.frames[0]?.prices ?? {}).filter((asset) => asset !== 'USDC')
  const venues = Object.keys(record.frames[0]?.agent.health ?? {})

  const charts = [
    chart(priceChart(record, labels, assets)),
    ...venues.map((venue) => chart(healthChart(record, labels, venue))),
    chart({
      title: 'Equity',
      unit: 'USD, reserve included',
      labels,
      height: 260,
      series: [
        { name: 'agent', color: COLORS.agent, values: record.frames.map((f) => f.agent.equity) },
        {
          name: 'passive twin',
          color: COLORS.twin,
          dashed: true,
          values: record.frames.map((f) => f.twin.equity),
        },
      ],
      markers: [],
    }),
  ]

  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Plimsoll · ${escapeHtml(record.scenario)} · seed ${record.seed}</title>
<style>${STYLE}</style></head><body><main>
<header><h1>Plimsoll</h1><p>Scenario <b>${escapeHtml(record.scenario)}</b>, seed ${record.seed}, engine <b>${escapeHtml(record.engine)}</b>, governor <b>${escapeHtml(record.governor)}</b>, ${record.frames.length} frames. Real protocol contracts (Aave v3, Morpho Blue, Perp v2, Synthetix PerpsV2, Uniswap v3) on a local chain; the agent and a passive twin began with the same positions and the same reserve.</p></header>
${tiles(record)}
<p class="key">${Object.entries(ACTION_COLORS)
    .filter(([type]) =>
      record.frames.some((f) => f.actions.some((a) => a.type === type && done(a))),
    )
    .map(([type, color]) => `<span><i style="background:${color}"></i>${type}</span>`)
    .join(
      '',
    )}<span><i class="x">×</i>liquidation</span><small>Hover a mark for its reason.</small></p>
${charts.join('\n')}
${actionTable(record)}
${liquidationTable(record)}
<footer>Figures are of this run on a local chain. They are no promise of results elsewhere.</footer>
</main></body></html>
`
}

function priceChart(
  record: DemoRecord,
  labels: readonly string[],
  assets: readonly string[],
): Chart {
  const start = new Map(assets.map((asset) => [asset, record.frames[0]?.prices[asset] ?? 1]))
  const index = (asset: string, value: number | undefined) =>
    value === undefined ? null : (100 * value) / (start.get(asset) ?? 1)
  const lead = assets[assets.length - 1] ?? ''
  return {
    title: 'Price and what the agent did',
    unit: 'start = 100',
    labels,
    height: 320,
    series: assets.map((asset) => ({
      name: asset,
      color: asset === 'ETH' ? COLORS.eth : COLORS.btc,
      values: record.frames.map((f) => index(asset, f.prices[asset])),
    })),
    markers: record.frames.flatMap((f, i) =>
      f.actions.filter(done).map((action) => ({
        index: i,
        value: index(lead, f.prices[lead]) ?? 0,
        color: ACTION_COLORS[action.type] ?? '#777',
        shape: 'dot' as const,
        title: `${labels[i]} ${action.type} on ${action.venue}: ${action.why}`,
      })),
    ),
  }
}

function healthChart(record: DemoRecord, labels: readonly string[], venue: string): Chart {
  const markers: Marker[] = record.frames.flatMap((f, i) => [
    ...f.actions
      .filter((action) => action.venue === venue && done(action))
      .map((action) => ({
        index: i,
        value: f.agent.health[venue] ?? 1,
        color: ACTION_COLORS[action.type] ?? '#777',
        shape: 'dot' as const,
        title: `${labels[i]} ${action.type}: ${action.why}`,
      })),
    ...f.liquidations
      .filter((liquidation) => liquidation.venue === venue)
      .map((liquidation) => ({
        index: i,
        value: f[liquidation.side].health[venue] ?? 1,
        color: COLORS[liquidation.side],
        shape: 'cross' as const,
        title: `${labels[i]} ${liquidation.side} liquidated: ${money(liquidation.closed)} closed, ${money(liquidation.bonus)} lost to the liquidator`,
      })),
  ])
  return {
    title: `Health on ${venue}`,
    unit: 'health factor',
    labels,
    height: 230,
    max: Math.max(3, 1.1 * (record.frames[0]?.agent.health[venue] ?? 1)),
    rule: { value: 1, name: 'liquidation' },
    series: [
      {
        name: 'agent',
        color: COLORS.agent,
        values: record.frames.map((f) => f.agent.health[venue] ?? null),
      },
      {
        name: 'passive twin',
        color: COLORS.twin,
        dashed: true,
        values: record.frames.map((f) => f.twin.health[venue] ?? null),
      },
    ],
    markers,
  }
}

function tiles({ result }: DemoRecord): string {
  const rows: readonly (readonly [string, (side: SideResult) => string])[] = [
    [
      'Liquidations',
      (s) =>
        `${s.liquidations}<small>${s.venuesLiquidated.length === 0 ? '' : `on ${escapeHtml(s.venuesLiquidated.join(', '))}`}</small>`,
    ],
    ['Equity kept', (s) => `${money(s.equityEnd)}<small>of ${money(s.equityStart)}</small>`],
    ['Lost to liquidators', (s) => money(s.bonusesLost)],
    ['Own costs', (s) => money(s.costs)],
    ['Transactions', (s) => String(s.transactions)],
  ]
  return `<table class="tiles"><thead><tr><th></th><th style="color:${COLORS.agent}">agent</th><th style="color:${COLORS.twin}">passive twin</th></tr></thead><tbody>${rows
    .map(
      ([name, show]) =>
        `<tr><th>${name}</th><td>${show(result.agent)}</td><td>${show(result.twin)}</td></tr>`,
    )
    .join('')}</tbody></table>`
}

function actionTable(record: DemoRecord): string {
  const rows = record.frames.flatMap((f) =>
    f.actions.map(
      (a) =>
        `<tr><td>${f.index}</td><td>${escapeHtml(a.venue)}</td><td><i style="background:${ACTION_COLORS[a.type] ?? '#777'}"></i>${a.type}</td><td>${escapeHtml(a.outcome)}</td><td>${escapeHtml(a.reason ?? a.why)}</td><td>${governorCell(a)}</td><td>${healthText(a.healthBefore)} → ${healthText(a.healthAfter)}</td><td>${money(a.cost.gas + a.cost.slippage + a.cost.fees)}</td><td>${a.transactions
          .map(
            (t) => `<code title="${t.hash}">${t.hash.slice(0, 10)}…</code> ${escapeHtml(t.intent)}`,
          )
          .join('<br>')}</td></tr>`,
    ),
  )
  return `<h2>Every action</h2><div class="scroll"><table><thead><tr><th>frame</th><th>venue</th><th>action</th><th>outcome</th><th>why</th><th>governor</th><th>health</th><th>cost</th><th>transactions</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}

/** The answer, and every limit that was looked at below it. */
function governorCell({ grant }: ActionRecord): string {
  if (grant === null) return ''
  const limits = grant.checks.map((check) => `<small>${escapeHtml(checkText(check))}</small>`)
  return `${escapeHtml(grantText(grant))}${limits.map((limit) => `<br>${limit}`).join('')}`
}

function liquidationTable(record: DemoRecord): string {
  const rows = record.frames.flatMap((f) =>
    f.liquidations.map(
      (l) =>
        `<tr><td>${f.index}</td><td>${l.side}</td><td>${escapeHtml(l.venue)}</td><td>${money(l.closed)}</td><td>${money(l.bonus)}</td><td><code>${l.hash}</code></td></tr>`,
    ),
  )
  return `<h2>Every liquidation</h2><div class="scroll"><table><thead><tr><th>frame</th><th>portfolio</th><th>venue</th><th>closed</th><th>lost to the liquidator</th><th>transaction</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}

const DONE = ['settled', 'committed', 'executed', 'reconciled']
const done = (action: ActionRecord): boolean => DONE.includes(action.outcome)

const STYLE = `
:root{--bg:#f5f6f8;--card:#fff;--text:#1c2330;--dim:#687083;--line:#e3e6ec}
@media(prefers-color-scheme:dark){:root{--bg:#12151c;--card:#1b202a;--text:#e6e9f0;--dim:#8f97a8;--line:#2d3442}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--text);font:15px/1.5 system-ui,sans-serif}
main{max-width:1080px;margin:0 auto;padding:28px 20px 60px}h1{margin:0;font-size:26px}h2{margin:34px 0 10px;font-size:18px}
header p{color:var(--dim);margin:6px 0 20px}
figure,.tiles,.scroll{background:var(--card);border:1px solid var(--line);border-radius:10px;margin:14px 0;padding:14px 16px}
figcaption{display:flex;gap:12px;align-items:baseline}figcaption small,.key small,td small{color:var(--dim);margin-left:6px}
.legend{margin-left:auto;display:flex;gap:16px;font-size:13px}.legend svg{vertical-align:middle;margin-right:5px}
svg{width:100%;height:auto;display:block}.legend svg{width:26px;display:inline}
.grid{stroke:var(--line)}.tick{fill:var(--dim);font-size:12px}.rule{stroke:#d1495b;stroke-dasharray:2 3}.rule-name{fill:#d1495b;font-size:12px}
.mark:hover{filter:brightness(1.25);cursor:pointer}
table{border-collapse:collapse;width:100%;font-size:14px}th,td{text-align:left;padding:6px 10px;border-bottom:1px solid var(--line);vertical-align:top}
.tiles td{font-size:20px;font-variant-numeric:tabular-nums}.tiles th{color:var(--dim);font-weight:600}
.scroll{overflow-x:auto}.scroll td{font-size:13px}code{font-size:12px}
.key{display:flex;flex-wrap:wrap;gap:16px;font-size:13px;color:var(--dim)}i{display:inline-block;width:10px;height:10px;border-radius:50%;margin-right:6px}i.x{background:none;color:#d1495b;font-style:normal;font-weight:700;width:auto;height:auto}
footer{color:var(--dim);font-size:13px;margin-top:30px}
`
