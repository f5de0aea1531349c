import {
  type Address,
  InvalidInputError,
  type PerpVenue,
  sameAddress,
  type VenueId,
  VenueReadError,
} from '@plimsoll/domain'
import type { ChainClient } from '@plimsoll/evm'
import { toHex } from 'viem'
import { managerAbi, marketAbi, resolverAbi, tokenProxyAbi } from './abi.ts'
import type { SynthetixMarket, SynthetixPerpsV2Config } from './config.ts'
import { createSynthetixPerpsV2 } from './createSynthetixPerpsV2.ts'

/** What a deployment is found by; the rest is asked of its address resolver. */
export type SynthetixPerpsV2Input = Pick<
  SynthetixPerpsV2Config,
  'chainId' | 'addressResolver' | 'marginToken'
> & {
  readonly client: ChainClient
  readonly markets: readonly Omit<SynthetixMarket, 'baseAsset'>[]
}

/** A venue, and what its rules are made of. */
export type LoadedSynthetixPerpsV2 = PerpVenue & { readonly config: SynthetixPerpsV2Config }

/**
 * Creates the venue after asking the address resolver for the contracts behind it and checking the configuration: every
 * market is the manager's for its key, the margin token is Synthetix's sUSD.
 *
 * @throws {@link InvalidInputError} when the chain says otherwise.
 * @throws {@link VenueReadError} when a contract does not answer, or is none.
 */
export async function loadSynthetixPerpsV2(
  input: SynthetixPerpsV2Input,
): Promise<LoadedSynthetixPerpsV2> {
  const { client, chainId, addressResolver, marginToken } = input
  const found = await client.getChainId()
  if (found !== chainId)
    throw new InvalidInputError({ field: 'chainId', found, allowed: `${chainId}, as on chain` })
  const venue: VenueId = `synthetix-perps-v2:${addressResolver.toLowerCase()}`
  try {
    const contract = (name: string): Promise<Address> =>
      client.readContract({
        address: addressResolver,
        abi: resolverAbi,
        functionName: 'requireAndGetAddress',
        args: [toHex(name, { size: 32 }), `no ${name}`],
      })
    const [marketSettings, exchanger, manager, synth] = await Promise.all([
      contract('PerpsV2MarketSettings'),
      contract('Exchanger'),
      contract('FuturesMarketManager'),
      contract('SynthsUSD'),
    ])
    const [markets] = await Promise.all([
      Promise.all(input.markets.map((market) => identify(client, manager, market))),
      checkToken(client, marginToken.address, synth),
    ])
    const config = { chainId, addressResolver, marketSettings, exchanger, marginToken, markets }
    return { ...createSynthetixPerpsV2({ client, ...config }), config }
  } catch (cause) {
    if (cause instanceof InvalidInputError) throw cause
    throw new VenueReadError({ venue, what: 'what it consists of', cause })
  }
}

async function checkToken(client: ChainClient, address: Address, synth: Address): Promise<void> {
  const target = await client.readContract({ address, abi: tokenProxyAbi, functionName: 'target' })
  if (!sameAddress(target, synth))
    throw new InvalidInputError({
      field: 'marginToken.address',
      found: `${address} in front of ${target}`,
      allowed: `the proxy of sUSD, ${synth}`,
    })
}

/** Asks a market for its asset, and the manager whether the market is its own. */
async function identify(
  client: ChainClient,
  manager: Address,
  market: Omit<SynthetixMarket, 'baseAsset'>,
): Promise<SynthetixMarket> {
  const { address, key, name } = market
  const known = await client.readContract({
    address: manager,
    abi: managerAbi,
    functionName: 'marketForKey',
    args: [key],
  })
  if (!sameAddress(known, address))
    throw new InvalidInputError({
      field: `address of market ${name}`,
      found: address,
      allowed: `${known}, the manager's for ${key}`,
    })
  const at = { address, abi: marketAbi } as const
  return { ...market, baseAsset: await client.readContract({ ...at, functionName: 'baseAsset' }) }
}
