import { sameAddress } from '@plimsoll/domain'
import { allowedAddress, type CallRule, type PolicyContext, type Violation } from '@plimsoll/evm'
import { getAbiItem } from 'viem'
import { marketAbi as abi } from './abi.ts'
import type { SynthetixPerpsV2Config } from './config.ts'

/** What a price is cut to when it is stored. */
const MAX_PRICE = 2n ** 128n

/**
 * What the signing policy may let through to Synthetix PerpsV2.
 *
 * The owner moves margin, commits to off-chain orders with a price that bounds them, and cancels their own, on known
 * markets. No token is approved: sUSD leaves the owner by the market's own burning and comes back by its issuing.
 */
export function synthetixPerpsV2Rules({
  markets,
}: Pick<SynthetixPerpsV2Config, 'markets'>): readonly CallRule[] {
  return markets.flatMap(({ address: target }): readonly CallRule[] => [
    {
      target,
      abi: getAbiItem({ abi, name: 'transferMargin' }),
      check: (_, context) => ownerActs(context),
    },
    {
      target,
      abi: getAbiItem({ abi, name: 'submitOffchainDelayedOrder' }),
      check: ([, desiredFillPrice], context) => ownerActs(context) ?? bounded(desiredFillPrice),
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

const bounded = (price: unknown): Violation | null =>
  typeof price === 'bigint' && 0n < price && price < MAX_PRICE
    ? null
    : violation('bound', `desired fill price ${price}`, `above 0, below ${MAX_PRICE}`)

const violation = (rule: string, found: string, allowed: string): Violation => ({
  rule: `synthetix-perps-v2 ${rule}`,
  found,
  allowed,
})
