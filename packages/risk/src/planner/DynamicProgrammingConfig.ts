import type { DomainId } from '@plimsoll/domain'
import type { TradeLimits } from '../leverSetting.ts'
import type { ReadyTableName } from '../policy/readyTable.ts'

/** Numbers of the dynamic-programming engine. Its bands are in the policy table, which has numbers of its own. */
export type DynamicProgrammingConfig = TradeLimits & {
  /** Exposure over equity that the owner wants, by margin domain; `otherwise` for those not named. */
  readonly targetLeverage: {
    readonly otherwise: number
    readonly domains: Readonly<Record<DomainId, number>>
  }
  /** Whether a loan that has become safer than its band is levered up again. */
  readonly relever: boolean
  /** P(liquidation within an hour) above which a domain is defended whatever its band says. */
  readonly floorProbability1h: number
  /** What a dollar of reserve is worth beyond a dollar, since it may be needed more later. [bps] */
  readonly reservePriceBps: number
  /** What a dollar sold costs everybody else, on top of what it costs the owner. [bps] */
  readonly footprintPriceBps: number
  /** Time over which interest and funding count. [h] */
  readonly carryHours: number
  /** An action may cost this many times its benefit where its domain is beyond its band. */
  readonly maxCostOverBenefit: number
  /** Hedges on perps: the share of a hedge's profit that reaches the loan in time; null never hedges. */
  readonly hedge: null | { readonly transferability: number; readonly minPerpHealth: number }
}

const BALANCED: DynamicProgrammingConfig = {
  targetLeverage: { otherwise: 2, domains: {} },
  relever: false,
  floorProbability1h: 0.02,
  reservePriceBps: 10,
  footprintPriceBps: 2,
  carryHours: 24,
  maxCostOverBenefit: 3,
  minActionUsd: 50,
  maxSlippageBps: { calm: 50, stress: 150, floor: 300 },
  hedge: { transferability: 0.5, minPerpHealth: 3 },
}

/** Engine numbers by risk tolerance; each has a policy table of its own. */
export const DYNAMIC_PROGRAMMING: Readonly<Record<ReadyTableName, DynamicProgrammingConfig>> = {
  conservative: {
    ...BALANCED,
    targetLeverage: { otherwise: 1.5, domains: {} },
    floorProbability1h: 0.01,
    maxCostOverBenefit: 5,
  },
  balanced: BALANCED,
  aggressive: {
    ...BALANCED,
    targetLeverage: { otherwise: 3, domains: {} },
    relever: true,
    floorProbability1h: 0.05,
    maxCostOverBenefit: 2,
  },
}
