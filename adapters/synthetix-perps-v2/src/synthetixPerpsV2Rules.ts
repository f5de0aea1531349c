import { type Bps, mulDivDown, mulDivUp, sameAddress, WAD } from '@plimsoll/domain'
import {
  allowedAddress,
  type CallRule,
  type PolicyContext,
  tradedValue,
  type Violation,
  worseFill,
} from '@plimsoll/evm'
import { getAbiItem } from 'viem'
import { marketAbi as abi } from './abi.ts'
import type { SynthetixPerpsV2Config } from './config.ts'

/** What a price is cut to when it is stored. */
const MAX_PRICE = 2n ** 128n

/**
 * What the signing policy may let through to Synthetix PerpsV2.
 *
 * The owner moves margin, commits to off-chain orders with a price near the reference of their asset, and cancels their own,
 * on known markets. No token is approved: sUSD leaves the owner by the market's own burning and comes back by its issuing.
 *
 * @param config.maxDeviation - How much worse than the reference an order may be filled; 500 bps unless given.
 */
export function synthetixPerpsV2Rules({
  markets,
  maxDeviation,
}: Pick<SynthetixPerpsV2Config, 'markets'> & { readonly maxDeviation?: Bps }): readonly CallRule[] {
  const near = maxDeviation === undefined ? {} : { tolerance: maxDeviation }
  return markets.flatMap(({ address: target, asset }): readonly CallRule[] => [
    {
      target,
      abi: getAbiItem({ abi, name: 'transferMargin' }),
      check: (_, context) => ownerActs(context),
    },
    {
      target,
      abi: getAbiItem({ abi, name: 'submitOffchainDelayedOrder' }),
      check: ([sizeDelta, desiredFillPrice], context) => {
        const [size, price] = [sizeDelta as bigint, desiredFillPrice as bigint]
        const trade = { asset, size, notional: notionalOf(size, price) }
        return (
          ownerActs(context) ??
          bounded(price) ??
          worseFill({ rule: 'synthetix-perps-v2', ...trade, ...near }, context)
        )
      },
      traded: ([sizeDelta], context) => tradedValue({ asset, size: sizeDelta as bigint }, context),
    },
    {
      target,
      abi: getAbiItem({ abi, name: 'cancelOffchainDelayedOrder' }),
      check: ([account], context) =>
        ownerActs(context) ??
        allowedAddress('synthetix-perps-v2 order-owner', account, [context.owner]),
    },
  ])
}

const ownerActs = ({ owner, sender }: PolicyContext): Violation | null =>
  sameAddress(owner, sender) ? null : violation('owner-acts', `sender ${sender}`, `owner ${owner}`)

/** What an order pays at most or receives at least. [USD 1e18] */
const notionalOf = (size: bigint, price: bigint): bigint =>
  size > 0n ? mulDivUp(size, price, WAD) : mulDivDown(-size, price, WAD)

const bounded = (price: unknown): Violation | null =>
  typeof price === 'bigint' && 0n < price && price < MAX_PRICE
    ? null
    : violation('bound', `desired fill price ${price}`, `above 0, below ${MAX_PRICE}`)

const violation = (rule: string, found: string, allowed: string): Violation => ({
  rule: `synthetix-perps-v2 ${rule}`,
  found,
  allowed,
})
