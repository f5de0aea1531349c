import {
  type BlockRef,
  mulDivDown,
  type Price,
  type PriceReading,
  price,
  StalePriceError,
} from '@plimsoll/domain'
import { IncompleteRoundError, NonPositivePriceError } from './errors.ts'
import type { Feed } from './Feed.ts'

/** A feed's latest round as the aggregator states it. */
export type Round = {
  readonly decimals: number
  readonly roundId: bigint
  /** [USD, `decimals` decimals] */
  readonly answer: bigint
  /** [s] */
  readonly updatedAt: bigint
  readonly answeredInRound: bigint
}

/** How late an update may be beyond the heartbeat: the time it takes to be mined. [s] */
export const GRACE = 60n

/**
 * Judges a round at a block and turns it into a reading.
 *
 * @throws {@link IncompleteRoundError} when the round is unanswered, answered earlier, or dated after the block.
 * @throws {@link NonPositivePriceError} when the answer is zero or less.
 * @throws {@link StalePriceError} when the answer is older than heartbeat plus {@link GRACE}.
 */
export function parseRound(p: {
  readonly source: string
  readonly feed: Feed
  readonly round: Round
  readonly block: Pick<BlockRef, 'timestamp'>
}): PriceReading {
  const { feed, round, block } = p
  const incomplete = (found: string, allowed: string): never => {
    throw new IncompleteRoundError({ feed: feed.asset, found, allowed })
  }
  if (round.updatedAt === 0n) incomplete('no time of update', 'a round that is answered')
  if (round.answeredInRound < round.roundId)
    incomplete(`an answer of round ${round.answeredInRound}`, `one of round ${round.roundId}`)
  if (round.updatedAt > block.timestamp)
    incomplete(`an update at ${round.updatedAt}`, `one until the block's time ${block.timestamp}`)
  if (round.answer <= 0n)
    throw new NonPositivePriceError({ feed: feed.asset, answer: round.answer })
  const age = block.timestamp - round.updatedAt
  if (age > feed.heartbeat + GRACE)
    throw new StalePriceError({ feed: feed.asset, age, heartbeat: feed.heartbeat })
  return {
    source: p.source,
    asset: feed.asset,
    price: priceFromAnswer(round.answer, round.decimals),
    updatedAt: round.updatedAt,
    heartbeat: feed.heartbeat,
  }
}

/** Carries an answer over to 18 decimals. Exact up to 18, rounded down beyond. */
export function priceFromAnswer(answer: bigint, decimals: number): Price {
  return price(mulDivDown(answer, 10n ** 18n, 10n ** BigInt(decimals)))
}
