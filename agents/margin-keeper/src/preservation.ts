import type { AgentMode } from '@plimsoll/kernel'
import type { PreservationConfig } from './config.ts'

/**
 * What preservation looks at in a frame.
 *
 * A field that is absent is not watched by this agent and has no say. A field that is null is watched and not known now: it
 * enters nothing, and it is not clear either, so the mode is not left while anything watched is unknown.
 */
export type Observation = {
  /** [s] */
  readonly time: bigint
  /** [USD] */
  readonly equity: number
  /** Health factor of the weakest domain; null when nothing is levered. */
  readonly weakest: number | null
  /** Probability that any domain is liquidated within 24 hours. */
  readonly probability24h?: number | null
  /** Worst level of the oracle circuit breakers. */
  readonly breakers?: 'green' | 'amber' | 'red' | null
  /** Volatility (an EWMA over 12 hours) over its long-run level; the largest of the assets held. */
  readonly sigmaRatio?: number | null
  /** Venues with a domain below their floor, where an engine reduces by force. */
  readonly forcedVenues?: number | null
}

/** What makes an agent preserve capital. */
export type PreservationCause = 'drawdown' | 'health' | 'probability' | 'breakers' | 'forced-venues'

/** Mode of the agent, with what is remembered to leave it again. */
export type Preservation = {
  readonly mode: AgentMode
  /** Equities of the window that no later one has reached, so the first is its highest. */
  readonly peaks: readonly { readonly time: bigint; readonly equity: number }[]
  /** Since when everything has been clear while preserving; null while it is not. [s] */
  readonly clearSince: bigint | null
  /** What last called for it; empty while normal. */
  readonly causes: readonly PreservationCause[]
}

/** Nothing seen yet. */
export const NO_PRESERVATION: Preservation = {
  mode: 'normal',
  peaks: [],
  clearSince: null,
  causes: [],
}

/**
 * Decides the mode after one more observation.
 *
 * Enters when anything crosses its `enter`: drawdown in the window, weakest health, probability of a liquidation, a red
 * breaker, venues in forced reduce. Leaves when all that is watched has been beyond its `exit`, breakers not red and
 * volatility calm, for `clearSeconds` on end. What is watched and unknown neither enters nor is clear.
 *
 * @see RISK.md part D
 */
export function preserve(
  before: Preservation,
  seen: Observation,
  config: PreservationConfig,
): Preservation {
  const start = seen.time - BigInt(config.windowSeconds)
  const peaks = [
    ...before.peaks.filter(({ time, equity }) => time > start && equity > seen.equity),
    { time: seen.time, equity: seen.equity },
  ]
  const fallen = drawdown(peaks[0]?.equity ?? seen.equity, seen.equity)
  const causes = causesOf(seen, fallen, config)
  if (causes.length > 0) return { mode: 'preserving', peaks, clearSince: null, causes }
  if (before.mode === 'normal') return { mode: 'normal', peaks, clearSince: null, causes: [] }
  if (!isClear(seen, fallen, config)) return { ...before, peaks, clearSince: null }
  const clearSince = before.clearSince ?? seen.time
  return seen.time - clearSince >= BigInt(config.clearSeconds)
    ? { mode: 'normal', peaks, clearSince: null, causes: [] }
    : { ...before, peaks, clearSince }
}

/** Everything that calls for preservation now. */
function causesOf(
  seen: Observation,
  fallen: number,
  config: PreservationConfig,
): readonly PreservationCause[] {
  const calls: Readonly<Record<PreservationCause, boolean>> = {
    drawdown: fallen >= config.drawdown.enter,
    health: (seen.weakest ?? Number.POSITIVE_INFINITY) < config.health.enter,
    probability: (seen.probability24h ?? 0) > config.probability.enter,
    breakers: seen.breakers === 'red',
    'forced-venues': (seen.forcedVenues ?? 0) >= config.forcedVenues.enter,
  }
  return CAUSES.filter((cause) => calls[cause])
}

const CAUSES = ['drawdown', 'health', 'probability', 'breakers', 'forced-venues'] as const

/** True when everything watched is known and beyond its exit. Not a number is not clear. */
function isClear(seen: Observation, fallen: number, config: PreservationConfig): boolean {
  return (
    fallen <= config.drawdown.exit &&
    (seen.weakest ?? Number.POSITIVE_INFINITY) >= config.health.exit &&
    holds(seen.probability24h, (found) => found <= config.probability.exit) &&
    holds(seen.breakers, (found) => found !== 'red') &&
    holds(seen.forcedVenues, (found) => found <= config.forcedVenues.exit) &&
    holds(seen.sigmaRatio, (found) => found < config.sigmaRatio.exit)
  )
}

/** True for what is not watched, false for what is not known. */
const holds = <T>(found: T | null | undefined, clear: (found: T) => boolean): boolean =>
  found === undefined || (found !== null && clear(found))

/** Share of the peak that is gone; all of it when nothing positive is left. */
const drawdown = (peak: number, equity: number): number =>
  peak > 0 ? (peak - equity) / peak : equity < peak || peak < 0 ? 1 : 0
