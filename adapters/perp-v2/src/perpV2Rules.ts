import { type Bps, sameAddress } from '@plimsoll/domain'
import {
  allowedAddress,
  approveRule,
  type BoundedTrade,
  type CallRule,
  lateDeadline,
  type PolicyContext,
  tradedValue,
  type Violation,
  worseFill,
} from '@plimsoll/evm'
import { type ContractFunctionArgs, getAbiItem } from 'viem'
import { clearingHouseAbi, vaultAbi } from './abi.ts'
import type { PerpV2Config } from './config.ts'

type OpenPosition = ContractFunctionArgs<typeof clearingHouseAbi, 'nonpayable', 'openPosition'>[0]

/**
 * What the signing policy may let through to Perp v2.
 *
 * Margin goes in as the margin token for the owner, comes out to the owner, and trades are exact in base, on known
 * markets, soon, and bounded near the reference price of their asset. Withdrawals, trades and plain deposits are the sender's own, so the sender must be the owner. The
 * approval goes to the vault alone.
 *
 * @param config.maxDeviation - How much worse than the reference a trade may be filled; 500 bps unless given.
 * @param config.maxDelay - Longest from the block to the deadline; 15 minutes unless given. [s]
 */
export function perpV2Rules(
  config: Pick<PerpV2Config, 'clearingHouse' | 'vault' | 'marginToken' | 'markets'> & {
    readonly maxDeviation?: Bps
    readonly maxDelay?: bigint
  },
): readonly CallRule[] {
  const { clearingHouse, vault, marginToken, markets, maxDeviation, maxDelay } = config
  const marginOnly = (token: unknown): Violation | null =>
    allowedAddress('perp-v2 margin-token', token, [marginToken.address])
  const baseTokens = markets.map((market) => market.baseToken)
  const near = maxDeviation === undefined ? {} : { tolerance: maxDeviation }
  const parseTrade = (trade: OpenPosition): BoundedTrade => ({
    asset: markets.find((each) => sameAddress(each.baseToken, trade.baseToken))?.asset ?? 'unknown',
    size: trade.isBaseToQuote ? -trade.amount : trade.amount,
    notional: trade.oppositeAmountBound,
  })

  return [
    approveRule(marginToken, [vault]),
    ...(['deposit', 'withdraw'] as const).map((name) => ({
      target: vault,
      abi: getAbiItem({ abi: vaultAbi, name }),
      check: ([token]: readonly unknown[], context: PolicyContext) =>
        ownerActs(context) ?? marginOnly(token),
    })),
    {
      target: vault,
      abi: getAbiItem({ abi: vaultAbi, name: 'depositFor' }),
      check: ([to, token], { owner }) =>
        allowedAddress('perp-v2 beneficiary', to, [owner]) ?? marginOnly(token),
    },
    {
      target: clearingHouse,
      abi: getAbiItem({ abi: clearingHouseAbi, name: 'openPosition' }),
      check: ([params], context) => {
        const trade = params as OpenPosition
        return (
          ownerActs(context) ??
          allowedAddress('perp-v2 known-market', trade.baseToken, baseTokens) ??
          exactBase(trade) ??
          bounded(trade) ??
          lateDeadline('perp-v2 deadline', trade.deadline, context, maxDelay) ??
          worseFill({ rule: 'perp-v2', ...parseTrade(trade), ...near }, context)
        )
      },
      traded: ([params], context) => tradedValue(parseTrade(params as OpenPosition), context),
    },
  ]
}

const ownerActs = ({ owner, sender }: PolicyContext): Violation | null =>
  sameAddress(owner, sender) ? null : violation('owner-acts', `sender ${sender}`, `owner ${owner}`)

/** A bound means quote only where the base amount is the exact one. */
const exactBase = ({ isBaseToQuote, isExactInput }: OpenPosition): Violation | null =>
  isBaseToQuote === isExactInput
    ? null
    : violation('exact-base', 'an amount of quote', 'an amount of base')

const bounded = ({ oppositeAmountBound }: OpenPosition): Violation | null =>
  oppositeAmountBound > 0n ? null : violation('bound', 'no bound', 'a bound on the quote amount')

const violation = (rule: string, found: string, allowed: string): Violation => ({
  rule: `perp-v2 ${rule}`,
  found,
  allowed,
})
