import { InvalidInputError } from '@plimsoll/domain'
import type { Floor } from './floorShare.ts'

/** All numbers of the footprint governor. */
export type FootprintConfig = {
  /** Largest share of five minutes' volume that the fleet may trade within five minutes, in calm and in stress. [bps] */
  readonly participationCalmBps: number
  readonly participationStressBps: number
  /** Largest share of the depth to ±1 % that one order may take. [bps] */
  readonly depthShareBps: number
  /** Own impact that nothing may be added to by an order: more is spread over time; from red on nothing is sold. [log-price] */
  readonly ownImpactAmber: number
  readonly ownImpactRed: number
  /** Largest share of what all pools of an asset may bear that goes through one of them. [bps] */
  readonly poolShareBps: number
  /** Largest share of the visible liquidation wall in a 2 % bin that may be ours. [bps] */
  readonly wallShareBps: number
  /** Largest move that our part of such a bin may make. [log-price] */
  readonly wallMove: number
  /** Largest perp trade on a venue that reports no depth for the asset. [USD] */
  readonly perpNotionalUsd: number
  /** What a market may count as until it has shown what it usually is. [USD] */
  readonly unprovenUsd: number
  /** Y of the law of impact; see `calibrateImpact`. */
  readonly impactPrefactor: number
  /** Age from which conditions count as unknown. [s] */
  readonly conditionsMaxAge: number
  /** κ of the net-footprint test: at 1 expected forced and voluntary selling together never rise where a liquidation is not likely. */
  readonly kappa: number
  /** R̂ from which the market counts as stressed, and from which capital is to be preserved. */
  readonly reproductionAmber: number
  readonly reproductionRed: number
  /** Own share of five minutes' volume from which the net-footprint test is asked in a volatile market. [bps] */
  readonly stressParticipationBps: number
  /** Volatility of now over the usual one from which a market counts as volatile. */
  readonly stressVolatilityRatio: number
  /** Reserve worth more than this share of what a domain owes is used before anything is sold. [bps] */
  readonly reserveBps: number
  /** Reserve below this is too little to be asked for first. [USD] */
  readonly reserveUsd: number
  /** P(liquidation within 24 h) from which a defence may sell in stress whatever κ says of it, up to what the liquidation would, and to which. */
  readonly likelyOdds: number
  readonly likelyToOdds: number
  /** κ of the net-footprint test for such a sale and in the bypass: what saves nothing passes nowhere. */
  readonly likelyKappa: number
  /** The same odds for the bypass. */
  readonly bypassOdds: number
  readonly bypassToOdds: number
  /** Domains below this health may use it where nobody knows their odds. */
  readonly bypassHealth: number
  /** Largest share of the depth to ±1 % within the bypass. [bps] */
  readonly bypassDepthShareBps: number
  /** Most parts that an order is cut into, and the time they may take. [s] */
  readonly maxSlices: number
  readonly sliceHorizon: number
  /** Slots of the budget store: the same for the whole fleet. [ms] */
  readonly slotMs: number
}

/**
 * Defaults of RISK.md F2, F3 and F5, but for participation in calm: at half of that in stress a large fleet that leaves a stress
 * regime cannot rebuild its distance in time (packages/lab/verify/governor/calm.ts).
 * R̂ is amber above what 19 of 20 quiet days reach with collateral of five daily volumes, red at what a day of a crash reaches
 * (packages/lab/verify/governor/calibrateReproduction.ts).
 */
export const DEFAULT_FOOTPRINT: FootprintConfig = {
  participationCalmBps: 1_000,
  participationStressBps: 1_000,
  depthShareBps: 1_000,
  ownImpactAmber: 0.01,
  ownImpactRed: 0.02,
  poolShareBps: 2_500,
  wallShareBps: 1_500,
  wallMove: 0.005,
  perpNotionalUsd: 50_000,
  unprovenUsd: 1_000_000,
  impactPrefactor: 1,
  conditionsMaxAge: 900,
  kappa: 1,
  reproductionAmber: 0.9,
  reproductionRed: 1.3,
  stressParticipationBps: 200,
  stressVolatilityRatio: 2,
  reserveBps: 100,
  reserveUsd: 1_000,
  likelyOdds: 0.3,
  likelyToOdds: 0.2,
  likelyKappa: 4,
  bypassOdds: 0.7,
  bypassToOdds: 0.5,
  bypassHealth: 1.03,
  bypassDepthShareBps: 2_500,
  maxSlices: 12,
  sliceHorizon: 3_600,
  slotMs: 60_000,
}

/** Lowest and highest of every number. */
const RANGES: { readonly [Key in keyof FootprintConfig]: readonly [number, number] } = {
  participationCalmBps: [0, 10_000],
  participationStressBps: [0, 10_000],
  depthShareBps: [0, 10_000],
  ownImpactAmber: [0, 1],
  ownImpactRed: [0, 1],
  poolShareBps: [0, 10_000],
  wallShareBps: [0, 10_000],
  wallMove: [0, 1],
  perpNotionalUsd: [0, 1e12],
  unprovenUsd: [0, 1e12],
  impactPrefactor: [0.5, 1.5],
  conditionsMaxAge: [0, 86_400],
  kappa: [0, 2],
  reproductionAmber: [0, 100],
  reproductionRed: [0, 100],
  stressParticipationBps: [0, 10_000],
  stressVolatilityRatio: [1, 100],
  reserveBps: [0, 10_000],
  reserveUsd: [0, 1e12],
  likelyOdds: [0, 1],
  likelyToOdds: [0, 1],
  likelyKappa: [0, 100],
  bypassOdds: [0, 1],
  bypassToOdds: [0, 1],
  bypassHealth: [0, 2],
  bypassDepthShareBps: [0, 10_000],
  maxSlices: [1, 1_000],
  sliceHorizon: [0, 86_400],
  slotMs: [1_000, 86_400_000],
}

/**
 * Checks the numbers of the footprint governor.
 *
 * @throws InvalidInputError on an unknown, missing or misspelt key, a value out of range, and limits that contradict each other.
 */
export function parseFootprintConfig(input: unknown): FootprintConfig {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new InvalidInputError({ field: 'governor', found: input, allowed: 'an object' })
  const fields = new Map<string, unknown>(Object.entries(input))
  for (const key of fields.keys())
    if (!Object.hasOwn(RANGES, key))
      throw new InvalidInputError({
        field: 'governor key',
        found: key,
        allowed: Object.keys(RANGES).join(', '),
      })
  for (const [key, [from, to]] of Object.entries(RANGES)) {
    const found = fields.get(key)
    if (typeof found !== 'number' || !(found >= from && found <= to))
      throw new InvalidInputError({
        field: `governor.${key}`,
        found,
        allowed: `a number from ${from} to ${to}`,
      })
  }
  const config = Object.fromEntries(fields) as FootprintConfig
  const ordered = (low: keyof FootprintConfig, high: keyof FootprintConfig): void => {
    if (config[low] > config[high])
      throw new InvalidInputError({
        field: `governor.${low}`,
        found: config[low],
        allowed: `at most ${high}, which is ${config[high]}`,
      })
  }
  ordered('participationCalmBps', 'participationStressBps')
  ordered('ownImpactAmber', 'ownImpactRed')
  ordered('reproductionAmber', 'reproductionRed')
  ordered('depthShareBps', 'bypassDepthShareBps')
  ordered('likelyToOdds', 'likelyOdds')
  ordered('bypassToOdds', 'bypassOdds')
  ordered('likelyOdds', 'bypassOdds')
  return config
}

/** Where a liquidation is likely enough for a sale that the net-footprint test alone would not let through. */
export const likelyFloor = (config: FootprintConfig): Floor => ({
  from: config.likelyOdds,
  to: config.likelyToOdds,
  kappa: config.likelyKappa,
})

/** Where it is near enough for the bypass. */
export const bypassFloor = (config: FootprintConfig): Floor => ({
  from: config.bypassOdds,
  to: config.bypassToOdds,
  kappa: config.likelyKappa,
})
