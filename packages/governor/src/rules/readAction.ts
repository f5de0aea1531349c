import {
  type Action,
  type Frame,
  findDomain,
  healthFactorOf,
  numberFromRaw,
  worseHealth,
} from '@plimsoll/domain'
import { BIN, BINS } from '../crowding/Wall.ts'

export const isDefence = ({ type }: Action): boolean =>
  type === 'deleverage' || type === 'reduce' || type === 'transfer'

/** Health factor of the action's domain in the frame: the worse of oracle and market prices. */
export function healthIn(frame: Frame, action: Action): number {
  const domain = findDomain(frame.portfolio, action.domain)
  if (domain === null) return Number.POSITIVE_INFINITY
  return healthFactorOf(worseHealth(domain, frame).health)
}

/** True when scaling left nothing of an intent. */
export const isVoid = (action: Action): boolean =>
  action.intents.some((intent) => {
    if (intent.type === 'swap') return intent.amountIn === 0n
    if (intent.type === 'trade') return intent.size === 0n
    return intent.type !== 'cancel' && intent.raw === 0n
  })

/**
 * What an action that takes risk adds to our own wall, and in which bin; null for what takes risk away or lies beyond the wall.
 *
 * A boost's whole debt-to-be lies where its health of afterwards says, as for one collateral.
 */
export function addedWallOf(
  action: Action,
  frame: Frame,
): { readonly bin: number; readonly value: number } | null {
  if (action.type !== 'boost') return null
  const domain = findDomain(frame.portfolio, action.domain)
  if (domain === null) return null
  const bin = Math.max(0, Math.floor(Math.log(action.healthAfter) / BIN))
  if (!(bin < BINS)) return null
  const { closeFactor, bonus } = domain.liquidation
  let value = 0
  for (const intent of action.intents) {
    if (intent.type === 'borrow')
      value += numberFromRaw(intent.raw, intent.token.decimals) * priceIn(frame, intent.token.asset)
    if (intent.type === 'trade')
      value += Math.abs(numberFromRaw(intent.size, 18)) * priceIn(frame, intent.asset)
  }
  return { bin, value: closeFactor * (1 + bonus) * value }
}

const priceIn = (frame: Frame, asset: string): number =>
  frame.oraclePrices.get(asset) ?? Number.POSITIVE_INFINITY
