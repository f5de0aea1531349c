import { InvalidInputError } from '@plimsoll/domain'

/** Reproducible randomness: the same seed gives the same sequence on every machine. */
export type Random = {
  /** Uniform in [0, 1). */
  next(): number
  /** Uniform whole number, both ends included. */
  int(min: number, max: number): number
  /** Uniform over the integers from `min` to `max`, in steps of (max − min) / 2^53 when the range is larger. */
  bigint(min: bigint, max: bigint): bigint
  /** One of a non-empty list. */
  pick<T>(from: readonly T[]): T
}

const TWO_53 = 2n ** 53n

/** Creates a generator from a 32-bit seed (the mulberry32 sequence). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const word = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return (t ^ (t >>> 14)) >>> 0
  }
  /** Integer below 2^53. */
  const bits53 = (): number => (word() >>> 5) * 2 ** 26 + (word() >>> 6)

  return {
    next: () => bits53() / 2 ** 53,
    int: (min, max) => min + Math.floor((bits53() / 2 ** 53) * (max - min + 1)),
    bigint: (min, max) => min + ((max - min + 1n) * BigInt(bits53())) / TWO_53,
    pick(from) {
      const chosen = from[Math.floor((bits53() / 2 ** 53) * from.length)]
      if (chosen === undefined)
        throw new InvalidInputError({
          field: 'list to pick from',
          found: `${from.length} entries`,
          allowed: 'at least one',
        })
      return chosen
    },
  }
}
