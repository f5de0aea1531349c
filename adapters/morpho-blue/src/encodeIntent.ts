import {
  type Address,
  type Call,
  type CallContext,
  type DebtLeg,
  type Hex,
  InvalidIntentError,
  type LendingPosition,
  type MarginIntent,
  mulDivUp,
  RAY,
  type VenueId,
} from '@plimsoll/domain'
import { approveCall } from '@plimsoll/evm'
import { encodeFunctionData, formatUnits } from 'viem'
import { morphoBlueAbi as abi } from './abi.ts'
import { findMarket } from './findMarket.ts'
import type { Market } from './Market.ts'

const DAYS_PER_YEAR = 365n

/**
 * An intent as calls of the sender on behalf of the owner; what comes out goes to the sender.
 *
 * A repayment of the whole debt is made in shares, so interest until inclusion leaves no dust: that needs
 * `context.position`, and approves what the debt can be a day later, then nothing: what is left of an approval would stay,
 * and some tokens would refuse the next. Every other approval is exact.
 *
 * @throws {@link InvalidIntentError} when the intent does not fit a market, names a domain that is not the owner's, or moves nothing.
 */
export function encodeIntent(p: {
  readonly venue: VenueId
  readonly morpho: Address
  readonly markets: readonly Market[]
  readonly intent: MarginIntent
  readonly context: CallContext
}): readonly Call[] {
  const { venue, morpho, intent } = p
  const { owner, sender, position } = p.context
  const { params } = findMarket({ venue, markets: p.markets, account: owner, intent })
  if (intent.raw <= 0n)
    throw new InvalidIntentError({
      venue,
      intent: intent.type,
      found: `amount ${intent.raw}`,
      allowed: 'above 0',
    })
  const label = `${intent.type} ${formatUnits(intent.raw, intent.token.decimals)} ${intent.token.symbol}`
  const call = (data: Hex): Call => ({ to: morpho, data, value: 0n, venue, label })
  const approve = (raw: bigint): Call =>
    approveCall({ token: intent.token, spender: morpho, raw, venue })

  switch (intent.type) {
    case 'supply': {
      const args = [params, intent.raw, owner, '0x'] as const
      const data = encodeFunctionData({ abi, functionName: 'supplyCollateral', args })
      return [approve(intent.raw), call(data)]
    }
    case 'withdraw': {
      const args = [params, intent.raw, owner, sender] as const
      return [call(encodeFunctionData({ abi, functionName: 'withdrawCollateral', args }))]
    }
    case 'borrow': {
      const args = [params, intent.raw, 0n, owner, sender] as const
      return [call(encodeFunctionData({ abi, functionName: 'borrow', args }))]
    }
    case 'repay': {
      const debt = debtOf(position, intent)
      const repay = (assets: bigint, shares: bigint): Call => {
        const args = [params, assets, shares, owner, '0x'] as const
        return call(encodeFunctionData({ abi, functionName: 'repay', args }))
      }
      return coversWhole(intent.raw, debt)
        ? [approve(largest(intent.raw, oneDayLater(debt))), repay(0n, debt.shares), approve(0n)]
        : [approve(intent.raw), repay(intent.raw, 0n)]
    }
    default:
      return intent satisfies never
  }
}

type DebtInShares = DebtLeg & { readonly shares: bigint }

/** The debt an intent repays; null when the position is not told. */
function debtOf(position: LendingPosition | undefined, intent: MarginIntent): DebtLeg | null {
  if (position === undefined) return null
  if (position.domain !== intent.domain)
    throw new InvalidIntentError({
      venue: intent.venue,
      intent: intent.type,
      found: `the position of domain ${position.domain}`,
      allowed: `the position of domain ${intent.domain}`,
    })
  return position.debt[0] ?? null
}

const coversWhole = (raw: bigint, debt: DebtLeg | null): debt is DebtInShares =>
  debt?.shares !== undefined && debt.shares > 0n && raw >= debt.raw

const oneDayLater = (debt: DebtLeg): bigint =>
  debt.raw + mulDivUp(debt.raw, debt.borrowRate, RAY * DAYS_PER_YEAR) + 1n

const largest = (a: bigint, b: bigint): bigint => (a > b ? a : b)
