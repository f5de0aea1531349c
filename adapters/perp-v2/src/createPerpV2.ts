import { InvalidInputError, type PerpVenue, perpDomain, type VenueId } from '@plimsoll/domain'
import type { ChainClient } from '@plimsoll/evm'
import { assertOwn } from './assertIntent.ts'
import type { PerpV2Config } from './config.ts'
import { encodeIntent } from './encodeIntent.ts'
import { decodePerpV2Revert } from './errors.ts'
import { liquidationTerms } from './liquidationTerms.ts'
import { parsePosition } from './parse.ts'
import { parseMarket } from './parseMarket.ts'
import { quoteTrade } from './quoteTrade.ts'
import { readAccount } from './read.ts'
import { readMarkets } from './readMarkets.ts'

/**
 * Creates the perp venue of one Perpetual Protocol v2 clearing house. One account is one margin domain.
 *
 * @throws {@link InvalidInputError} when the margin token is on another chain, or two markets share a name.
 */
export function createPerpV2(p: PerpV2Config & { readonly client: ChainClient }): PerpVenue {
  const { client, ...config } = p
  assertConfig(config)
  const venue: VenueId = `perp-v2:${config.clearingHouse}`
  return {
    id: venue,
    capabilities: ['supply', 'withdraw', 'trade'],
    marginToken: config.marginToken,
    fill: 'immediate',
    async read(account, block) {
      const reading = await readAccount({ client, venue, config, account, block })
      return [parsePosition(venue, config.marginToken, reading)]
    },
    async readMarkets(block) {
      const readings = await readMarkets({ client, venue, config, block })
      return readings.map((reading) => parseMarket(venue, reading))
    },
    async quote(intent, block, account) {
      assertOwn(venue, account, intent)
      return quoteTrade({ client, venue, config, intent, block, account })
    },
    encode: (intent, context) => encodeIntent({ venue, config, intent, context }),
    liquidation: (position) => perpDomain({ position, liquidation: liquidationTerms(position) }),
    settlements: async () => [],
    authorize: () => [],
    decodeRevert: (data) => decodePerpV2Revert(venue, data),
  }
}

function assertConfig({ chainId, marginToken, markets }: PerpV2Config): void {
  if (marginToken.chainId !== chainId)
    throw new InvalidInputError({
      field: 'marginToken.chainId',
      found: marginToken.chainId,
      allowed: String(chainId),
    })
  const names = markets.map((market) => market.name)
  const repeated = names.find((name, i) => names.indexOf(name) !== i)
  if (repeated !== undefined)
    throw new InvalidInputError({
      field: 'markets',
      found: `${repeated} twice`,
      allowed: 'each name once',
    })
}
