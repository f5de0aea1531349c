import { aaveV3Rules, loadAaveV3 } from '@plimsoll/adapter-aave-v3'
import { createChainlink } from '@plimsoll/adapter-chainlink'
import { loadMorphoBlue, type Market, morphoBlueRules } from '@plimsoll/adapter-morpho-blue'
import { createPerpV2, perpV2Rules } from '@plimsoll/adapter-perp-v2'
import { createUniswapV3, uniswapV3Rules } from '@plimsoll/adapter-uniswap-v3'
import type { Deployment, TokenSymbol } from '@plimsoll/devnet'
import { FEED_OF, FEEDS, PERP_ASSETS, TOKENS } from '@plimsoll/devnet'
import type { Address, DomainId, LendingVenue, Token } from '@plimsoll/domain'
import { type CallRule, type ChainClient, createSpotSource, type FlashLender } from '@plimsoll/evm'
import type { FrameSources } from '@plimsoll/kernel'

/** How long a feed of the devnet may stay silent. The world writes every feed in every frame. [s] */
const HEARTBEAT = 3_600n

/** Everything the devnet's protocols offer, behind the ports. */
export type ComposedVenues = FrameSources & {
  readonly tokens: Readonly<Record<TokenSymbol, Token>>
  readonly lenders: readonly FlashLender[]
  /** What a signing policy may let through, for one owner's executor. */
  rules(executor: Address | null): readonly CallRule[]
  /** Name of a margin domain for people. */
  labelOf(domain: DomainId): string
}

/** Composes the adapters of every protocol on a devnet. */
export async function composeVenues(
  client: ChainClient,
  deployment: Deployment,
): Promise<ComposedVenues> {
  const { chainId } = deployment
  const tokenOf = (symbol: TokenSymbol): Token => ({
    chainId,
    symbol,
    asset: FEED_OF[symbol],
    ...deployment.tokens[symbol],
  })
  const tokens = { WETH: tokenOf('WETH'), WBTC: tokenOf('WBTC'), USDC: tokenOf('USDC') }

  const aave = await loadAaveV3({
    client,
    pool: deployment.aave.pool,
    tokens: TOKENS.map((symbol) => tokens[symbol]),
  })

  const markets = deployment.morpho.markets.map(
    (market): Market => ({
      params: { ...market.params, lltv: BigInt(market.params.lltv) },
      loanToken: tokens[market.loan],
      collateralToken: tokens[market.collateral],
      loanPrice: { type: 'feed', feed: deployment.feeds[FEED_OF[market.loan]] },
    }),
  )
  const morphoConfig = { client, chainId, morpho: deployment.morpho.morpho, markets }
  const morpho: LendingVenue = await loadMorphoBlue(morphoConfig)

  const perpConfig = {
    chainId,
    ...deployment.perp,
    marginToken: tokens.USDC,
    markets: PERP_ASSETS.map((asset) => ({
      name: `${asset}-PERP`,
      asset,
      baseToken: deployment.perp.markets[asset].baseToken,
      pool: deployment.perp.markets[asset].pool,
    })),
  }
  const perp = createPerpV2({ client, ...perpConfig })

  const uniswapConfig = {
    chainId,
    quoterV2: deployment.uniswap.quoterV2,
    swapRouter02: deployment.uniswap.swapRouter02,
    pools: deployment.uniswap.pools.map(({ address, token0, token1, fee }) => {
      const base = token0 === 'USDC' ? token1 : token0
      return { address, fee, base: tokens[base], quote: tokens.USDC }
    }),
  }
  const uniswap = createUniswapV3({ client, ...uniswapConfig })

  const chainlink = createChainlink({
    client,
    feeds: FEEDS.map((asset) => ({
      asset,
      address: deployment.feeds[asset],
      heartbeat: HEARTBEAT,
    })),
  })

  return {
    tokens,
    lending: [aave, morpho],
    perps: [perp],
    swaps: [uniswap],
    prices: [chainlink],
    spot: createSpotSource({ client, tokens: Object.values(tokens) }),
    quoteAssets: ['USDC'],
    lenders: [
      {
        kind: 'morpho',
        address: deployment.morpho.morpho,
        feeBps: 0n,
        tokens: Object.values(tokens),
      },
      {
        kind: 'aave-v3',
        address: deployment.aave.pool,
        feeBps: aave.config.flashLoanPremium,
        tokens: Object.values(tokens),
      },
    ],
    rules: (executor) => [
      ...aaveV3Rules(aave.config, executor),
      ...morphoBlueRules(morphoConfig, executor),
      ...perpV2Rules(perpConfig),
      ...uniswapV3Rules(uniswapConfig),
    ],
    labelOf(domain) {
      if (domain.startsWith(aave.id)) return 'Aave v3'
      if (domain.startsWith(perp.id)) return 'Perp v2'
      const market = deployment.morpho.markets.find(({ id }) => domain.includes(id))
      return market === undefined ? domain : `Morpho ${market.collateral}`
    },
  }
}
