import type { AgentMode } from '@plimsoll/kernel'
import type { PreservationConfig } from './config.ts'

/** What preservation looks at in a frame. */
export type Observation = {
  /** [s] */
  readonly time: bigint
  /** [USD] */
  readonly equity: number
  /** Health factor of the weakest domain; null when nothing is levered. */
  readonly weakest: number | null
}

/** Mode of the agent, with what is remembered to leave it again. */
export type Preservation = {
  readonly mode: AgentMode
  /** Equities of the window that no later one has reached, so the first is its highest. */
  readonly peaks: readonly { readonly time: bigint; readonly equity: number }[]
  /** Since when everything has been clear while preserving; null while it is not. [s] */
  readonly clearSince: bigint | null
}

/** Nothing seen yet. */
export const NO_PRESERVATION: Preservation = { mode: 'normal', peaks: [], clearSince: null }

/**
 * Decides the mode after one more observation.
 *
 * Enters when the drawdown in the window or the weakest health crosses its `enter`; leaves when both have been
 * beyond their `exit` for `clearSeconds` on end.
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
  const health = seen.weakest ?? Number.POSITIVE_INFINITY

  if (fallen >= config.drawdown.enter || health < config.health.enter)
    return { mode: 'preserving', peaks, clearSince: null }
  if (before.mode === 'normal') return { mode: 'normal', peaks, clearSince: null }
  if (fallen > config.drawdown.exit || health < config.health.exit)
    return { mode: 'preserving', peaks, clearSince: null }
  const clearSince = before.clearSince ?? seen.time
  return seen.time - clearSince >= BigInt(config.clearSeconds)
    ? { mode: 'normal', peaks, clearSince: null }
    : { mode: 'preserving', peaks, clearSince }
}

/** Share of the peak that is gone; all of it when nothing positive is left. */
const drawdown = (peak: number, equity: number): number =>
  peak > 0 ? (peak - equity) / peak : equity < peak || peak < 0 ? 1 : 0
