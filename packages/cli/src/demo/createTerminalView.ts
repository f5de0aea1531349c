import { stripVTControlCharacters, styleText } from 'node:util'
import type { DemoFrame, DemoRecord, SideFrame } from './DemoRecord.ts'
import type { DemoView } from './DemoView.ts'
import { grantText } from './grantText.ts'
import { healthText } from './healthText.ts'
import { money } from './money.ts'
import { summaryTable } from './summaryTable.ts'

const RECENT = 7
const BAR = 16

/**
 * Creates a view for people.
 *
 * On a terminal a panel is redrawn in place; elsewhere each action and liquidation is a line of its own,
 * with a line of state now and then.
 */
export function createTerminalView(
  out: NodeJS.WriteStream,
  p: { readonly scenario: string; readonly seed: number },
): DemoView {
  const live = out.isTTY === true
  const history: number[] = []
  const recent: string[] = []
  let first: DemoFrame | null = null
  let drawn = 0

  const draw = (lines: readonly string[]) => {
    if (drawn > 0) out.write(`\x1b[${drawn}A\x1b[0J`)
    out.write(`${lines.map((line) => clip(line, out.columns ?? 120)).join('\n')}\n`)
    drawn = lines.length
  }

  return {
    progress: (message) => void out.write(`${styleText('dim', message)}\n`),

    frame(frame, count) {
      first ??= frame
      history.push(frame.prices.ETH ?? 0)
      const events = happenings(frame)
      recent.push(...events)
      recent.splice(0, recent.length - RECENT)
      if (live) {
        draw(panel({ ...p, frame, first, count, history, recent }))
        return
      }
      for (const event of events) out.write(`${event}\n`)
      if (frame.index % 12 === 0) out.write(`${stateLine(frame, first)}\n`)
    },

    end(record: DemoRecord, report) {
      out.write(`\n${summaryTable(record.result)}\n`)
      if (report !== null) out.write(`\nReport: ${report}\n`)
    },
  }
}

function panel(p: {
  readonly scenario: string
  readonly seed: number
  readonly frame: DemoFrame
  readonly first: DemoFrame
  readonly count: number
  readonly history: readonly number[]
  readonly recent: readonly string[]
}): string[] {
  const { frame, first } = p
  const prices = Object.entries(frame.prices)
    .filter(([asset]) => asset !== 'USDC')
    .map(([asset, value]) => `${asset} ${money(value)} ${change(value, first.prices[asset])}`)
  const venues = Object.keys(frame.agent.health)
  return [
    '',
    `${styleText('bold', 'Plimsoll')} ${p.scenario}, seed ${p.seed} · frame ${frame.index + 1}/${p.count} · ${clock(frame.at)}`,
    `${prices.join('   ')}   ${styleText('cyan', sparkline(p.history, 48))}`,
    '',
    `${''.padEnd(14)}${styleText('bold', 'agent'.padEnd(BAR + 12))}${styleText('bold', 'passive twin')}`,
    ...venues.map(
      (venue) =>
        `${venue.padEnd(14)}${gauge(frame.agent, venue)}${' '.repeat(5)}${gauge(frame.twin, venue)}`,
    ),
    `${'equity'.padEnd(14)}${money(frame.agent.equity).padEnd(BAR + 12)}${money(frame.twin.equity)}`,
    '',
    `${styleText('dim', `${frame.state}: ${frame.why}`)}`,
    ...Array.from({ length: RECENT }, (_, i) => p.recent[i] ?? ''),
  ]
}

function happenings(frame: DemoFrame): string[] {
  const at = styleText('dim', clock(frame.at))
  return [
    ...frame.failures.map((failure) => `${at} ${styleText('red', failure)}`),
    ...frame.liquidations.map(
      (l) =>
        `${at} ${styleText('red', `${l.side} LIQUIDATED on ${l.venue}`)}: ${money(l.closed)} closed, ${money(l.bonus)} lost`,
    ),
    ...frame.actions.map((a) => {
      const ok = ['settled', 'committed', 'executed', 'reconciled'].includes(a.outcome)
      const head = `${a.type} on ${a.venue}${a.outcome === 'committed' || a.outcome === 'executed' ? ` ${a.outcome}` : ''}`
      const cost = `gas ${money(a.cost.gas)}, slippage ${money(a.cost.slippage)}, fees ${money(a.cost.fees)}`
      const isAsked = a.grant?.checks.some(({ rule }) => rule !== 'no-footprint') ?? false
      const answer = a.grant !== null && isAsked && a.outcome !== 'executed' ? a.grant : null
      const governor = answer === null ? '' : styleText('cyan', ` [governor: ${grantText(answer)}]`)
      if (ok)
        return `${at} ${styleText('green', head)} ${healthText(a.healthBefore)}→${healthText(a.healthAfter)}${governor} (${cost}) ${a.why}`
      return a.outcome === 'denied' && answer !== null
        ? `${at} ${styleText('yellow', head)} ${grantText(answer)}`
        : `${at} ${styleText('yellow', `${head} ${a.outcome}`)}: ${a.reason ?? a.why}${governor}`
    }),
  ]
}

function stateLine(frame: DemoFrame, first: DemoFrame): string {
  const sides = (['agent', 'twin'] as const).map(
    (side) =>
      `${side} ${Object.entries(frame[side].health)
        .map(([venue, h]) => `${venue} ${healthText(h)}`)
        .join(' ')} equity ${money(frame[side].equity)}`,
  )
  return styleText(
    'dim',
    `${clock(frame.at)} ETH ${money(frame.prices.ETH ?? 0)} ${change(frame.prices.ETH ?? 0, first.prices.ETH)} | ${sides.join(' | ')}`,
  )
}

function gauge(side: SideFrame, venue: string): string {
  const factor = side.health[venue] ?? null
  const full = factor === null ? BAR : Math.round(Math.min(1, Math.max(0, (factor - 1) / 1)) * BAR)
  const color = factor === null || factor >= 1.3 ? 'green' : factor >= 1.1 ? 'yellow' : 'red'
  return `${healthText(factor).padStart(6)} ${styleText(color, '█'.repeat(full))}${styleText('dim', '░'.repeat(BAR - full))}`
}

function sparkline(values: readonly number[], width: number): string {
  const shown = values.slice(-width)
  const [low, high] = [Math.min(...shown), Math.max(...shown)]
  return shown
    .map((v) => '▁▂▃▄▅▆▇█'[Math.min(7, Math.floor(((v - low) / (high - low || 1)) * 8))] ?? '▁')
    .join('')
}

// A line that is too long loses its styles with its tail: half a style would colour all that follows.
function clip(line: string, width: number): string {
  const plain = stripVTControlCharacters(line)
  return plain.length < width ? line : `${plain.slice(0, width - 1)}…`
}

const clock = (at: number): string => new Date(at * 1000).toISOString().slice(11, 16)
const change = (now: number, start: number | undefined): string =>
  start === undefined ? '' : `${now >= start ? '+' : ''}${(100 * (now / start - 1)).toFixed(1)}%`
