import { type Event, InvariantError } from '@plimsoll/domain'
import type { BreakerState } from '@plimsoll/risk'

/**
 * State of the circuit breakers as the last assessed frame left it; null when there was none.
 *
 * @throws {@link InvariantError} when the log holds something else: what was red must not be forgotten.
 */
export function recallBreakers(events: readonly Event[]): BreakerState | null {
  const last = events.findLast(({ type }) => type === 'frame.assessed')
  if (last?.type !== 'frame.assessed') return null
  const state: unknown = JSON.parse(last.breakers)
  if (!isBreakerState(state))
    throw new InvariantError({
      expected: 'a state of circuit breakers in the event log',
      found: last.breakers.slice(0, 80),
    })
  return state
}

const isBreakerState = (state: unknown): state is BreakerState =>
  typeof state === 'object' &&
  state !== null &&
  'at' in state &&
  typeof state.at === 'number' &&
  'checks' in state &&
  Array.isArray(state.checks) &&
  'overall' in state
