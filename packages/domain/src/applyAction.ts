import { applyIntents } from './applyIntents.ts'
import type { Action } from './Intent.ts'
import type { LendingPosition, PerpPosition } from './Position.ts'
import { mulDivUp } from './rounding.ts'
import { WAD, type Wad, wad } from './units.ts'

/**
 * Projects an action onto a position: {@link applyIntents}, with trades that cost what the action states.
 *
 * @throws InvalidIntentError as {@link applyIntents}.
 */
export function applyAction<P extends LendingPosition | PerpPosition>(
  position: P,
  action: Pick<Action, 'intents' | 'cost'>,
): P {
  return applyIntents(position, action.intents, tradeCost(position, action))
}

/** Slippage and fees as a share of the notional traded at mark, rounded up. [WAD] */
function tradeCost(
  position: LendingPosition | PerpPosition,
  { intents, cost }: Pick<Action, 'intents' | 'cost'>,
): Wad {
  if (position.type !== 'perp') return wad(0n)
  let notional = 0n // [USD 1e36]
  for (const intent of intents) {
    if (intent.type !== 'trade' || intent.domain !== position.domain) continue
    const leg = position.legs.find(({ market }) => market === intent.market)
    if (leg !== undefined)
      notional += (intent.size < 0n ? -intent.size : intent.size) * leg.markPrice
  }
  const paid = (cost.slippage + cost.fees) * 10n ** 28n // [USD 1e36]
  return wad(notional === 0n ? 0n : mulDivUp(paid, WAD, notional))
}
