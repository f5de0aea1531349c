import type { Frame } from '@plimsoll/domain'
import {
  createDynamicProgramming,
  createPreserving,
  createStaticThreshold,
  DYNAMIC_PROGRAMMING,
  type DynamicProgrammingConfig,
  loanEquivalent,
  policyTable,
  type ReadyTableName,
} from '@plimsoll/risk'
import type { EngineMaker } from '../compose/composeAgent.ts'
import { demoThresholds, hedgedThresholds } from './demoConfig.ts'

/** Engines that a demo can run, by what people type. */
export const ENGINES = ['dp', 'static', 'hedged'] as const
export type EngineName = (typeof ENGINES)[number]

/** What engines call themselves. */
export const ENGINE_NAMES: Readonly<Record<EngineName, string>> = {
  dp: 'dynamic-programming',
  static: 'static-threshold',
  hedged: 'static-threshold with hedges',
}

/** Makes the engine of a demo for a portfolio as it was opened. */
export function demoEngine(name: EngineName, opened: Frame): EngineMaker {
  switch (name) {
    case 'static':
      return ({ routes }) => ({
        engine: createStaticThreshold({ config: demoThresholds(opened), routes }),
      })
    case 'hedged':
      return ({ routes }) => ({
        engine: createStaticThreshold({ config: hedgedThresholds(opened), routes }),
      })
    case 'dp':
      return ({ routes, preview }) => {
        const config = demoPolicy(opened)
        const engine = createDynamicProgramming({
          config,
          table: policyTable(TOLERANCE),
          routes,
          preview,
        })
        const preserving = { ...config, targetProbability24h: 0.01 }
        return {
          engine,
          preservingEngine: createPreserving({ engine, config: preserving, routes }),
        }
      }
    default:
      return name satisfies never
  }
}

const TOLERANCE: ReadyTableName = 'balanced'

/** The preset of the demo's tolerance, its price of an action and its floor tuned on seeds 101 to 103 (`verify/tuneEngines.ts`); the owner wants the leverages that the portfolio was opened with. */
export const demoPolicy = (opened: Frame): DynamicProgrammingConfig => ({
  ...DYNAMIC_PROGRAMMING[TOLERANCE],
  minActionUsd: 1_000,
  maxCostOverBenefit: 1,
  floorProbability1h: 0.1,
  targetLeverage: {
    ...DYNAMIC_PROGRAMMING[TOLERANCE].targetLeverage,
    domains: Object.fromEntries(
      opened.portfolio.domains.flatMap((domain) => {
        const loan = loanEquivalent(domain, opened.oraclePrices)
        return loan === null ? [] : [[domain.id, loan.leverage]]
      }),
    ),
  },
})
