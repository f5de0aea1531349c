import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '@plimsoll/domain'
import type { Sleeper } from './Sleeper.ts'

/** Creates the clock of the machine: ambient time, real waiting. */
export const createSystemClock = (): Clock & Sleeper => ({
  now: () => Date.now(),
  sleep: async (ms) => {
    await wait(ms)
  },
})
