import { type Clock, InvalidInputError } from '@plimsoll/domain'
import type { Sleeper } from './Sleeper.ts'

/** A clock that stands until it is moved: for replay, for tests and for a chain that is ahead of the world. */
export type SettableClock = Clock &
  Sleeper & {
    /** Moves to a time. [ms] @throws InvalidInputError when it lies in the past. */
    set(ms: number): void
  }

/**
 * Creates a settable clock. Sleeping moves it, and ends at once.
 *
 * @param start - First time. [ms]
 */
export function createSettableClock(start: number): SettableClock {
  let time = start
  const set = (ms: number): void => {
    if (!Number.isFinite(ms) || ms < time)
      throw new InvalidInputError({
        field: 'clock',
        found: ms,
        allowed: `${time} or later: kernel time never goes back`,
      })
    time = ms
  }
  return {
    now: () => time,
    set,
    sleep: async (ms) => set(time + ms),
  }
}
