import {
  type Address,
  type Amount,
  type LendingVenue,
  sameAddress,
  type Token,
} from '@plimsoll/domain'
import type { ChainClient } from '@plimsoll/evm'
import { type AaveV3Config, venueIdOf } from './config.ts'
import { createEncoder } from './encode.ts'
import { decodeAaveRevert } from './errors.ts'
import { percentMul } from './interest.ts'
import { marginDomainOf } from './liquidation.ts'
import { loadConfig } from './loadConfig.ts'
import { parsePosition } from './parse.ts'
import { quoteIntent } from './quote.ts'
import { readAccount } from './read.ts'

/** Aave v3 as a lending venue, with what a flash loan from it costs. */
export type AaveV3 = LendingVenue & {
  readonly config: AaveV3Config
  /** Fee of a flash loan, rounded as the pool rounds; null when the pool does not list the token. [token decimals] */
  flashFee(amount: Amount): bigint | null
}

/** Creates the venue from a configuration already read. It does no I/O but in `read`. */
export function createAaveV3(client: ChainClient, config: AaveV3Config): AaveV3 {
  const id = venueIdOf(config.pool)
  const { encode, authorize } = createEncoder(config)
  return {
    id,
    config,
    capabilities: ['supply', 'withdraw', 'borrow', 'repay', 'delegate', 'flash-loan'],
    async read(account, block) {
      const raw = await readAccount(client, config, account, block)
      return [parsePosition(config, raw, block.timestamp)]
    },
    quote: (intent, position) => quoteIntent(config, intent, position),
    encode,
    authorize,
    liquidation: marginDomainOf,
    decodeRevert: (data) => decodeAaveRevert(id, data),
    flashFee: ({ token, raw }) =>
      config.reserves.some((reserve) => sameAddress(reserve.token.address, token.address))
        ? percentMul(raw, config.flashLoanPremium)
        : null,
  }
}

/**
 * Reads the market once and creates the venue.
 *
 * @param p.tokens - Tokens the pool lists and the portfolio may hold; each becomes a leg of every position.
 * @throws VenueReadError when the pool does not answer as Aave v3 does.
 * @throws UnsupportedByAdapterError when the market is not in USD or does not list a token.
 *
 * @example
 * const aave = await loadAaveV3({ client, pool: '0x8787…', tokens: [weth, usdc] })
 * const [position] = await aave.read(owner, await head.latest())
 */
export async function loadAaveV3(p: {
  readonly client: ChainClient
  readonly pool: Address
  readonly tokens: readonly Token[]
}): Promise<AaveV3> {
  return createAaveV3(p.client, await loadConfig(p.client, p))
}
