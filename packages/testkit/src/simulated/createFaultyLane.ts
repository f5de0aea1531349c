import { type SubmissionLane, VenueReadError } from '@plimsoll/domain'
import type { Random } from '../createRandom.ts'

/** Probabilities of faults, each 0 to 1. */
export type LaneFaults = {
  /** `send` throws and nothing arrived. */
  readonly sendRefused: number
  /** `send` throws although the bytes arrived. */
  readonly sendUnsure: number
  /** `send` returns and the bytes are lost on the way. */
  readonly sendLost: number
  /** `receipt` knows nothing although there is one. */
  readonly receiptHidden: number
  /** `receipt` or `nonce` throws. */
  readonly readFails: number
}

/** Creates a lane that fails as a network does: seeded, and never by changing bytes. */
export function createFaultyLane(p: {
  readonly lane: SubmissionLane
  readonly random: Random
  readonly faults: LaneFaults
}): SubmissionLane {
  const { lane, random, faults } = p
  const happens = (probability: number): boolean => random.next() < probability
  const timeout = (what: string) =>
    new VenueReadError({ venue: 'faulty lane', what, cause: 'timeout' })
  return {
    async nonce(account) {
      if (happens(faults.readFails)) throw timeout('nonce')
      return lane.nonce(account)
    },
    async receipt(hash) {
      if (happens(faults.readFails)) throw timeout('receipt')
      return happens(faults.receiptHidden) ? null : lane.receipt(hash)
    },
    async send(transaction) {
      if (happens(faults.sendRefused)) throw timeout('send')
      if (happens(faults.sendLost)) return
      await lane.send(transaction)
      if (happens(faults.sendUnsure)) throw timeout('send')
    },
  }
}
