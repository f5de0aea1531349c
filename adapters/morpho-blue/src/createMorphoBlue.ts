import { type Address, type LendingVenue, lendingDomain } from '@plimsoll/domain'
import type { ChainClient } from '@plimsoll/evm'
import { encodeFunctionData } from 'viem'
import { morphoBlueAbi } from './abi.ts'
import { encodeIntent } from './encodeIntent.ts'
import { decodeMorphoRevert } from './errors.ts'
import type { Market } from './Market.ts'
import { parsePosition } from './parse.ts'
import { quoteIntent } from './quoteIntent.ts'
import { readMarket } from './read.ts'

/** What a Morpho Blue venue is made of. */
export type MorphoBlueConfig = {
  readonly client: ChainClient
  readonly chainId: number
  /** The Morpho contract. */
  readonly morpho: Address
  /** Markets to look after; each is a margin domain of its own. */
  readonly markets: readonly Market[]
}

/**
 * Creates the venue of one Morpho Blue contract, over the markets it is told.
 *
 * Collateral is supplied to back a loan; lending out the loan token is not covered. Nothing is checked against the chain
 * before the first read: {@link loadMorphoBlue} does that.
 *
 * @example
 * const venue = createMorphoBlue({ client, chainId: 1, morpho, markets: [{ params, loanToken, collateralToken, loanPrice }] })
 * const [position] = await venue.read(owner, block)
 */
export function createMorphoBlue(config: MorphoBlueConfig): LendingVenue {
  const { client, morpho, markets } = config
  const id = `morpho-blue:${morpho.toLowerCase()}`
  return {
    id,
    capabilities: ['supply', 'withdraw', 'borrow', 'repay', 'delegate', 'flash-loan'],

    read: (account, block) =>
      Promise.all(
        markets.map(async (market) => {
          const reading = await readMarket({ client, venue: id, morpho, account, block }, market)
          return parsePosition({ venue: id, market, account, block, reading })
        }),
      ),

    quote: (intent, position) => quoteIntent({ markets, intent, position }),

    encode: (intent, context) => encodeIntent({ venue: id, morpho, markets, intent, context }),

    // A second authorization of the same delegate is refused by Morpho: ask `isAuthorized` first.
    authorize: (delegate) => [
      {
        to: morpho,
        data: encodeFunctionData({
          abi: morphoBlueAbi,
          functionName: 'setAuthorization',
          args: [delegate, true],
        }),
        value: 0n,
        venue: id,
        label: `authorize ${delegate}`,
      },
    ],

    liquidation: (position) => lendingDomain({ position, fullCloseHealth: null }),

    decodeRevert: (data) => decodeMorphoRevert(id, data),
  }
}
