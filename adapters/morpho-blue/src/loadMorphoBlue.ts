import {
  type Address,
  InvalidInputError,
  type LendingVenue,
  sameAddress,
  VenueReadError,
} from '@plimsoll/domain'
import { assertOnChain, erc20Abi } from '@plimsoll/evm'
import { morphoBlueAbi } from './abi.ts'
import { createMorphoBlue, type MorphoBlueConfig } from './createMorphoBlue.ts'
import { type Market, marketId } from './Market.ts'

/**
 * Creates the venue after checking its configuration against the chain: every market exists and its tokens have the
 * decimals and addresses stated.
 *
 * @throws {@link InvalidInputError} when the chain says otherwise.
 * @throws {@link VenueReadError} when a contract does not answer, or is none.
 */
export async function loadMorphoBlue(config: MorphoBlueConfig): Promise<LendingVenue> {
  const chainId = await config.client.getChainId()
  assertOnChain('chain id of morpho-blue', config.chainId, chainId)
  const venue = createMorphoBlue(config)
  await Promise.all(
    config.markets.map(async (market) => {
      try {
        await checkMarket(config, market)
      } catch (cause) {
        if (cause instanceof InvalidInputError) throw cause
        const what = `market ${marketId(market.params)}`
        throw new VenueReadError({ venue: venue.id, what, cause })
      }
    }),
  )
  return venue
}

async function checkMarket({ client, morpho, chainId }: MorphoBlueConfig, market: Market) {
  const { params, loanToken, collateralToken } = market
  const id = marketId(params)
  const decimalsOf = (address: Address) =>
    client.readContract({ address, abi: erc20Abi, functionName: 'decimals' })
  const [[, , , , lltv], loanDecimals, collateralDecimals] = await Promise.all([
    client.readContract({
      address: morpho,
      abi: morphoBlueAbi,
      functionName: 'idToMarketParams',
      args: [id],
    }),
    decimalsOf(params.loanToken),
    decimalsOf(params.collateralToken),
  ])
  assertOnChain(`lltv of market ${id} (0 on chain: no such market)`, params.lltv, lltv)
  for (const [token, address, decimals] of [
    [loanToken, params.loanToken, loanDecimals],
    [collateralToken, params.collateralToken, collateralDecimals],
  ] as const) {
    if (!sameAddress(token.address, address))
      throw new InvalidInputError({
        field: `address of ${token.symbol} in market ${id}`,
        found: token.address,
        allowed: `${address}, as in its parameters`,
      })
    assertOnChain(`decimals of ${token.symbol} in market ${id}`, token.decimals, decimals)
    assertOnChain(`chain id of ${token.symbol}`, token.chainId, chainId)
  }
}
