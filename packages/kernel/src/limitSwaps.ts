import {
  type Action,
  type Forecast,
  type Frame,
  type Intent,
  InvalidIntentError,
  numberFromRaw,
  type SwapIntent,
  type SwapQuote,
  type SwapVenue,
} from '@plimsoll/domain'
import type { Assessment } from '@plimsoll/risk'

/** Least output of a swap that a sandwich cannot profit from. [tokenOut decimals] */
export type SwapFloor = (p: {
  readonly action: Action
  readonly intent: SwapIntent
  readonly quote: SwapQuote
  readonly frame: Frame
  readonly assessment: Assessment
  readonly forecasts: readonly Forecast[]
}) => bigint

/** An action with its bounds tightened, or why it may not be done. */
export type LimitedAction =
  | { readonly type: 'limited'; readonly action: Action }
  | { readonly type: 'refused'; readonly reason: string }

/**
 * Quotes every swap of an action at the frame's block and raises its least output to the sandwich bound.
 *
 * A quote below the engine's own bound refuses the action: the market is not what the plan was made for.
 *
 * @throws InvalidIntentError when no swap venue has the name that an intent gives.
 * @see RISK.md H2
 */
export async function limitSwaps(p: {
  readonly action: Action
  readonly frame: Frame
  readonly assessment: Assessment
  readonly forecasts: readonly Forecast[]
  readonly swaps: readonly SwapVenue[]
  readonly floor: SwapFloor
}): Promise<LimitedAction> {
  const intents: Intent[] = []
  for (const intent of p.action.intents) {
    if (intent.type !== 'swap') {
      intents.push(intent)
      continue
    }
    const venue = p.swaps.find(({ id }) => id === intent.venue)
    if (venue === undefined)
      throw new InvalidIntentError({
        venue: 'The order desk',
        intent: 'swap',
        found: `venue ${intent.venue}`,
        allowed: p.swaps.map(({ id }) => id).join(', ') || 'no swap venue',
      })
    const quote = await venue.quote(intent, p.frame.block)
    if (quote.amountOut < intent.minOut)
      return {
        type: 'refused',
        reason: `quote ${show(quote.amountOut, intent)} for ${amountIn(intent)} is below the plan's bound ${show(intent.minOut, intent)}`,
      }
    const floor = p.floor({ ...p, intent, quote })
    intents.push(floor > intent.minOut ? { ...intent, minOut: floor } : intent)
  }
  return { type: 'limited', action: { ...p.action, intents } }
}

const show = (raw: bigint, { tokenOut }: SwapIntent): string =>
  `${numberFromRaw(raw, tokenOut.decimals)} ${tokenOut.symbol}`

const amountIn = ({ amountIn: raw, tokenIn }: SwapIntent): string =>
  `${numberFromRaw(raw, tokenIn.decimals)} ${tokenIn.symbol}`
