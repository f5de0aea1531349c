import { InvalidInputError, type PerpVenue, perpDomain, type VenueId } from '@plimsoll/domain'
import type { ChainClient } from '@plimsoll/evm'
import type { SynthetixPerpsV2Config } from './config.ts'
import { encodeIntent } from './encodeIntent.ts'
import { decodeSynthetixRevert } from './errors.ts'
import { liquidationTerms } from './liquidationTerms.ts'
import { parseMarket } from './parseMarket.ts'
import { parsePosition } from './parsePosition.ts'
import { quoteTrade } from './quoteTrade.ts'
import { readMarket } from './readMarket.ts'
import { readPosition } from './readPosition.ts'
import { readSettlements } from './readSettlements.ts'

/**
 * Creates the perp venue of one deployment of Synthetix PerpsV2, over the markets it is told. An account is one margin
 * domain per market.
 *
 * Nothing is checked against the chain before the first read: {@link loadSynthetixPerpsV2} does that.
 *
 * @throws {@link InvalidInputError} when the margin token is on another chain or has not 18 decimals, or two markets share
 * a name or an address.
 */
export function createSynthetixPerpsV2(
  p: SynthetixPerpsV2Config & { readonly client: ChainClient },
): PerpVenue {
  const { client, ...config } = p
  assertConfig(config)
  const venue: VenueId = `synthetix-perps-v2:${config.addressResolver.toLowerCase()}`
  return {
    id: venue,
    capabilities: ['supply', 'withdraw', 'trade', 'cancel'],
    marginToken: config.marginToken,
    fill: 'delayed',
    read: (account, block) =>
      Promise.all(
        config.markets.map(async (of) => {
          const reading = await readPosition({ client, venue, config, account, block }, of)
          return parsePosition(venue, config.marginToken, reading)
        }),
      ),
    readMarkets: (block) =>
      Promise.all(
        config.markets.map(async (of) =>
          parseMarket(venue, await readMarket({ client, venue, config, block }, of)),
        ),
      ),
    quote: (intent, block, account) =>
      quoteTrade({ client, venue, config, intent, block, account }),
    encode: (intent, context) => encodeIntent({ venue, config, intent, context }),
    liquidation: (position) => perpDomain({ position, liquidation: liquidationTerms(position) }),
    settlements: ({ account, from, to }) =>
      readSettlements({ client, venue, config, account, from, to }),
    authorize: () => [],
    decodeRevert: (data) => decodeSynthetixRevert(venue, data),
  }
}

function assertConfig({ chainId, marginToken, markets }: SynthetixPerpsV2Config): void {
  const expect = (field: string, found: number, allowed: number): void => {
    if (found !== allowed) throw new InvalidInputError({ field, found, allowed: String(allowed) })
  }
  expect('marginToken.chainId', marginToken.chainId, chainId)
  expect('marginToken.decimals', marginToken.decimals, 18)
  for (const named of [
    markets.map(({ name }) => name),
    markets.map(({ address }) => address.toLowerCase()),
  ]) {
    const repeated = named.find((each, i) => named.indexOf(each) !== i)
    if (repeated !== undefined)
      throw new InvalidInputError({
        field: 'markets',
        found: `${repeated} twice`,
        allowed: 'each name and each address once',
      })
  }
}
