import { type Bands, type PolicyQuery, type PolicyTable, policyTable } from '@plimsoll/risk'
import type { Account } from './Account.ts'
import { createRegimeWorld } from './createRegimeWorld.ts'
import { createUnseenWorld } from './createUnseenWorld.ts'
import { EXPERIMENT_REGIMES } from './experimentRegimes.ts'
import {
  type Policy,
  probabilityPolicy,
  seeingPolicy,
  staticPolicy,
  tablePolicy,
} from './Policy.ts'
import { simulateBands } from './simulateBands.ts'
import { bayesFilter, tableFilter, thresholdFilter } from './stressFilters.ts'
import { type StaticGrid, toBands, tuneStatic } from './tuneStatic.ts'
import { HOURS_PER_YEAR, type World } from './World.ts'

/** One world and one target leverage. */
export type StudyCell = {
  readonly id: string
  readonly world: 'regimes' | 'unseen'
  readonly leverage: 2 | 3
  /** By how much the policy must beat the thresholds that are common today. */
  readonly margin: number
}

/** Cells of the study, with what bar 3 asks of each. */
export const STUDY_CELLS: readonly StudyCell[] = [
  { id: 'two regimes, L 2', world: 'regimes', leverage: 2, margin: 0.3 },
  { id: 'two regimes, L 3', world: 'regimes', leverage: 3, margin: 0.3 },
  { id: 'unseen world, L 2', world: 'unseen', leverage: 2, margin: 0.15 },
  { id: 'unseen world, L 3', world: 'unseen', leverage: 3, margin: 0.3 },
]

/** Names of the policies that the bars compare. */
export const POLICY_NAMES = {
  subject: 'dynamic programming',
  tuned: 'static, tuned',
  common: 'static, default',
} as const

/** Size of a study. The seeds differ: what is tuned is never judged on the paths it was tuned on. */
export type StudySize = {
  readonly years: number
  readonly paths: number
  readonly seed: number
  readonly tuningPaths: number
  readonly tuningSeed: number
}

export const STUDY_SIZE: StudySize = {
  years: 2,
  paths: 700,
  seed: 1,
  tuningPaths: 200,
  tuningSeed: 2,
}

/** Costs per policy and path, as shares of equity per year. */
export type StudyCosts = {
  readonly [policy: string]: {
    readonly total: Float64Array
    readonly tracking: Float64Array
    readonly trading: Float64Array
    readonly liquidation: Float64Array
    readonly liquidations: Float64Array
    readonly trades: Float64Array
  }
}

const LIQUIDATION_THRESHOLD = 0.8
const WORLD = { regimes: EXPERIMENT_REGIMES }
const BASE = WORLD.regimes[0]

function worldOf({ world }: StudyCell): World {
  const regimes = createRegimeWorld(WORLD)
  return world === 'regimes'
    ? regimes
    : createUnseenWorld({ calm: regimes.calm, stress: regimes.stress })
}

function accountOf({ leverage }: StudyCell): Account {
  return {
    liquidationThreshold: LIQUIDATION_THRESHOLD,
    targetLeverage: leverage,
    trackingAversion: 0.1,
    liquidation: { closeFactor: 0.5, fullCloseHealth: 0.95, penalty: 0.06, lossWeight: 1 },
  }
}

/** Thresholds as automations are commonly set. */
const COMMON: Readonly<Record<StudyCell['leverage'], Bands>> = {
  2: toBands([1.3, 1.6, 2.0, 1.6]),
  3: toBands([1.1, 1.2, 1.35, 1.2]),
}

const GRID: Readonly<Record<StudyCell['leverage'], StaticGrid>> = {
  2: {
    deleverBelow: [1.2, 1.25, 1.3, 1.35, 1.4, 1.45, 1.5],
    deleverTo: [1.35, 1.4, 1.45, 1.5, 1.55, 1.6],
    releverAbove: [1.8, 1.9, 2.0, 2.2, 2.5],
    releverTo: [1.6, 1.65, 1.7, 1.8, 1.9],
  },
  3: {
    deleverBelow: [1.05, 1.07, 1.09, 1.11, 1.13, 1.15, 1.17],
    deleverTo: [1.12, 1.15, 1.18, 1.2, 1.22, 1.25],
    releverAbove: [1.3, 1.4, 1.5, 1.6, 1.8],
    releverTo: [1.2, 1.25, 1.3, 1.35, 1.4],
  },
}

/** Thresholds of least cost in a cell, found on paths of their own. */
export function tuneCell(cell: StudyCell, size: StudySize): ReturnType<typeof tuneStatic> {
  const world = worldOf(cell)
  const hours = size.years * HOURS_PER_YEAR
  const paths = Array.from({ length: size.tuningPaths }, (_, index) =>
    world.path(size.tuningSeed, index, hours),
  )
  return tuneStatic(accountOf(cell), world, paths, size.years, GRID[cell.leverage])
}

/** Policies of a cell. The subject is what the engine runs: the balanced table and its own filter. */
export function policiesOf(cell: StudyCell, tuned: Bands): readonly Policy[] {
  const table = policyTable('balanced')
  const query = queryOf(cell, table)
  const never = { deleverBelow: null, deleverTo: null, releverAbove: null, releverTo: null }
  return [
    staticPolicy('no protection', never),
    staticPolicy(POLICY_NAMES.common, COMMON[cell.leverage]),
    staticPolicy(POLICY_NAMES.tuned, tuned),
    probabilityPolicy('P(24 h) above 2 %', COMMON[cell.leverage]),
    tablePolicy(POLICY_NAMES.subject, table, query, tableFilter(table)),
    tablePolicy('  stress above 95 %', table, query, thresholdFilter(12, 0.95)),
    tablePolicy('  Bayesian filter', table, query, bayesFilter(WORLD)),
    seeingPolicy('  costs seen', table, query),
  ]
}

function queryOf({ leverage }: StudyCell, table: PolicyTable): Omit<PolicyQuery, 'stress'> {
  return {
    liquidationThreshold: LIQUIDATION_THRESHOLD,
    targetLeverage: leverage,
    gasShare: BASE?.gasShare ?? 0,
    sizeShare: ((BASE?.impact ?? 0) / table.world.impactCoefficient) ** 2,
    proportionalCost: BASE?.proportionalCost ?? 0,
  }
}

/** Runs every policy of a cell over the paths `from` to `to`. */
export function runCell(
  cell: StudyCell,
  size: StudySize,
  tuned: Bands,
  from: number,
  to: number,
): StudyCosts {
  const world = worldOf(cell)
  const account = accountOf(cell)
  const policies = policiesOf(cell, tuned)
  const count = to - from
  const costs = Object.fromEntries(
    policies.map(({ name }) => [
      name,
      {
        total: new Float64Array(count),
        tracking: new Float64Array(count),
        trading: new Float64Array(count),
        liquidation: new Float64Array(count),
        liquidations: new Float64Array(count),
        trades: new Float64Array(count),
      },
    ]),
  )
  for (let index = from; index < to; index++) {
    const path = world.path(size.seed, index, size.years * HOURS_PER_YEAR)
    for (const policy of policies) {
      const cost = simulateBands(account, world, path, policy.schedule(path))
      const into = costs[policy.name]
      if (into === undefined) continue
      const i = index - from
      for (const part of PARTS) into[part][i] = cost[part] / size.years
      into.total[i] = (cost.tracking + cost.trading + cost.liquidation) / size.years
    }
  }
  return costs
}

const PARTS = ['tracking', 'trading', 'liquidation', 'liquidations', 'trades'] as const

/** Joins the costs of consecutive paths. */
export function joinCosts(parts: readonly StudyCosts[]): StudyCosts {
  const names = Object.keys(parts[0] ?? {})
  return Object.fromEntries(
    names.map((name) => {
      const join = (part: 'total' | (typeof PARTS)[number]) =>
        Float64Array.from(parts.flatMap((each) => [...(each[name]?.[part] ?? [])]))
      return [
        name,
        {
          total: join('total'),
          tracking: join('tracking'),
          trading: join('trading'),
          liquidation: join('liquidation'),
          liquidations: join('liquidations'),
          trades: join('trades'),
        },
      ]
    }),
  )
}
