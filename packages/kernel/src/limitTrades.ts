import {
  type Action,
  type Frame,
  InvalidIntentError,
  numberFromRaw,
  type PerpVenue,
  RevertedError,
  type TradeIntent,
} from '@plimsoll/domain'
import type { LimitedAction } from './limitSwaps.ts'

/**
 * Quotes every trade of an action at the frame's block, and refuses what the venue would not fill within the limit.
 *
 * The engine's limit stays the bound of the call. What the venue refuses to quote refuses the action too: the
 * position or the market is not what the plan was made for.
 *
 * @throws InvalidIntentError when no perp venue has the name that an intent gives.
 */
export async function limitTrades(p: {
  readonly action: Action
  readonly frame: Frame
  readonly perps: readonly PerpVenue[]
}): Promise<LimitedAction> {
  for (const intent of p.action.intents) {
    if (intent.type !== 'trade') continue
    const venue = p.perps.find(({ id }) => id === intent.venue)
    if (venue === undefined)
      throw new InvalidIntentError({
        venue: 'The order desk',
        intent: 'trade',
        found: `venue ${intent.venue}`,
        allowed: p.perps.map(({ id }) => id).join(', ') || 'no perp venue',
      })
    const quoted = await notionalOf(intent, venue, p.frame)
    if (quoted.type === 'refused') return quoted
    if (isWorse(quoted.notional, intent))
      return {
        type: 'refused',
        reason: `quote ${show(quoted.notional)} for ${sizeOf(intent)} is worse than the limit ${show(intent.limit)}`,
      }
  }
  return { type: 'limited', action: p.action }
}

async function notionalOf(
  intent: TradeIntent,
  venue: PerpVenue,
  { block, owner }: Frame,
): Promise<
  | { readonly type: 'quoted'; readonly notional: bigint }
  | Extract<LimitedAction, { type: 'refused' }>
> {
  try {
    return { type: 'quoted', notional: (await venue.quote(intent, block, owner)).notional }
  } catch (cause) {
    if (!(cause instanceof InvalidIntentError || cause instanceof RevertedError)) throw cause
    return { type: 'refused', reason: `no quote for ${sizeOf(intent)}: ${cause.message}` }
  }
}

const isWorse = (notional: bigint, { size, limit }: TradeIntent): boolean =>
  size > 0n ? notional > limit : notional < limit

const show = (notional: bigint): string => `$${numberFromRaw(notional, 18)}`

const sizeOf = ({ size, market }: TradeIntent): string => `${numberFromRaw(size, 18)} in ${market}`
