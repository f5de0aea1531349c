import { alignedTable } from '../demo/alignedTable.ts'
import { money } from '../demo/money.ts'
import type { AgentRecord, FleetRecord } from './FleetRecord.ts'

/** Runs of one crash side by side, and what became of whoever was liquidated. */
export function fleetTable(records: readonly FleetRecord[]): string {
  const rows: readonly (readonly [label: string, of: (record: FleetRecord) => string])[] = [
    [
      'agents liquidated',
      ({ agents }) => `${agents.filter(isLiquidated).length} of ${agents.length}`,
    ],
    ['liquidations', ({ agents }) => `${sum(agents, (each) => each.liquidations)}`],
    ['closed by liquidators', ({ forced }) => money(forced)],
    ['sold by choice', ({ impact }) => money(sum(impact, (each) => each.sold))],
    ['own impact, worst hour', (record) => percent(worst(record))],
    [
      'of the cap',
      (record) => `${(worst(record) / record.cap.all).toFixed(2)} × ${percent(record.cap.all)}`,
    ],
    [
      'own impact not absorbed',
      ({ impact }) => percent(Math.max(...impact.map((each) => each.unabsorbed))),
    ],
    ['drawn from bypasses', ({ agents }) => money(sum(agents, (each) => each.bypass.drawn))],
    ['liquidated, bypass used before', ({ agents }) => usedOf(agents.filter(isLiquidated))],
    [
      'halted at the end',
      ({ agents }) => `${agents.filter(({ rests }) => rests === 'halted').length}`,
    ],
    ['equity at the end', ({ agents }) => money(sum(agents, (each) => each.equityEnd))],
  ]
  const table = alignedTable([
    ['', ...records.map(({ governor }) => `governor ${governor}`)],
    ...rows.map(([label, of]) => [label, ...records.map(of)]),
  ])
  return [...table, ...records.flatMap(fatesOf)].join('\n')
}

const isLiquidated = ({ liquidations }: AgentRecord): boolean => liquidations > 0
const worst = ({ impact }: FleetRecord): number => Math.max(...impact.map(({ hourly }) => hourly))
const percent = (value: number): string => `${(100 * value).toFixed(2)} %`
const usedOf = (hit: readonly AgentRecord[]): string =>
  hit.length === 0
    ? 'nobody'
    : `${hit.filter(({ bypass }) => bypass.drawnBefore > 0).length} of ${hit.length}`

function fatesOf({ governor, agents }: FleetRecord): readonly string[] {
  const hit = agents.filter(isLiquidated)
  if (hit.length === 0 || governor !== 'footprint') return []
  return [
    '',
    ...alignedTable([
      [
        'agent',
        'debt',
        'health',
        'bypass leased',
        'drawn before',
        'first draw',
        'liquidated in',
        'times',
      ],
      ...hit.map((each) => [
        String(each.agent),
        money(each.debtStart),
        each.healthStart?.toFixed(2) ?? '–',
        money(each.bypass.leased),
        money(each.bypass.drawnBefore),
        each.bypass.drawnIn === null ? 'never' : `frame ${each.bypass.drawnIn}`,
        `frame ${each.liquidatedIn}`,
        String(each.liquidations),
      ]),
    ]),
  ]
}

const sum = <T>(of: readonly T[], what: (one: T) => number): number =>
  of.reduce((total, one) => total + what(one), 0)
