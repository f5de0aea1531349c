import { addFlow, decayFlow, NO_FLOW, unabsorbed } from '@plimsoll/governor'

/** A move of a price, at a time. */
export type Move = {
  /** [s] */
  readonly at: number
  /** [log-price] */
  readonly move: number
}

const HOUR = 3_600

/** Largest sum of falls within any hour, as if nothing brought the price back. Moves are in order of time; rises do not count. [log-price] */
export function worstHour(moves: readonly Move[]): number {
  const falls = moves.filter(({ move }) => move < 0)
  let worst = 0
  let sum = 0
  let first = 0
  for (const { at, move } of falls) {
    sum -= move
    for (let oldest = falls[first]; oldest !== undefined && oldest.at <= at - HOUR; ) {
      sum += oldest.move
      first += 1
      oldest = falls[first]
    }
    worst = Math.max(worst, sum)
  }
  return worst
}

/** Largest sum of falls that the market has not absorbed: 60 % of each decays with a half-life of 30 minutes, the rest of 12 hours. [log-price] */
export function worstUnabsorbed(moves: readonly Move[]): number {
  let flow = NO_FLOW
  let last = moves[0]?.at ?? 0
  let worst = 0
  for (const { at, move } of moves) {
    if (move >= 0) continue
    flow = addFlow(decayFlow(flow, (at - last) * 1_000), -move)
    last = at
    worst = Math.max(worst, unabsorbed(flow))
  }
  return worst
}
