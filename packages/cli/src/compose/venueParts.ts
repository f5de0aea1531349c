import { aaveV3Rules, loadAaveV3 } from '@plimsoll/adapter-aave-v3'
import { loadMorphoBlue, type Market, morphoBlueRules } from '@plimsoll/adapter-morpho-blue'
import { createPerpV2, perpV2Rules } from '@plimsoll/adapter-perp-v2'
import { loadSynthetixPerpsV2, synthetixPerpsV2Rules } from '@plimsoll/adapter-synthetix-perps-v2'
import { type Deployment, FEED_OF, PERP_ASSETS } from '@plimsoll/devnet'
import type { Address, DomainId, LendingVenue, PerpVenue } from '@plimsoll/domain'
import type { CallRule, ChainClient, FlashLender } from '@plimsoll/evm'
import type { DevnetTokens } from './devnetTokens.ts'
import type { VenueName } from './VenueName.ts'

/** What one protocol brings to a composition. */
export type VenuePart = {
  readonly lending: readonly LendingVenue[]
  readonly perps: readonly PerpVenue[]
  readonly lenders: readonly FlashLender[]
  /** What a signing policy may let through, for one owner's executor. */
  rules(executor: Address | null): readonly CallRule[]
  /** Name of a margin domain for people; null when it is not of this protocol. */
  labelOf(domain: DomainId): string | null
}

type Input = {
  readonly client: ChainClient
  readonly deployment: Deployment
  readonly tokens: DevnetTokens
}

/** How each protocol of a devnet is composed. */
export const venueParts: Readonly<Record<VenueName, (p: Input) => Promise<VenuePart>>> = {
  async aave({ client, deployment, tokens: { WETH, WBTC, USDC } }) {
    const tokens = [WETH, WBTC, USDC]
    const aave = await loadAaveV3({ client, pool: deployment.aave.pool, tokens })
    const feeBps = aave.config.flashLoanPremium
    return {
      lending: [aave],
      perps: [],
      lenders: [{ kind: 'aave-v3', address: deployment.aave.pool, feeBps, tokens }],
      rules: (executor) => aaveV3Rules(aave.config, executor),
      labelOf: (domain) => (domain.startsWith(aave.id) ? 'Aave v3' : null),
    }
  },

  async morpho({ client, deployment, tokens }) {
    const { chainId } = deployment
    const markets = deployment.morpho.markets.map(
      (market): Market => ({
        params: { ...market.params, lltv: BigInt(market.params.lltv) },
        loanToken: tokens[market.loan],
        collateralToken: tokens[market.collateral],
        loanPrice: { type: 'feed', feed: deployment.feeds[FEED_OF[market.loan]] },
      }),
    )
    const { morpho: address } = deployment.morpho
    const config = { client, chainId, morpho: address, markets }
    const lent = [tokens.WETH, tokens.WBTC, tokens.USDC]
    return {
      lending: [await loadMorphoBlue(config)],
      perps: [],
      lenders: [{ kind: 'morpho', address, feeBps: 0n, tokens: lent }],
      rules: (executor) => morphoBlueRules(config, executor),
      labelOf(domain) {
        const market = deployment.morpho.markets.find(({ id }) => domain.includes(id))
        return market === undefined ? null : `Morpho ${market.collateral}`
      },
    }
  },

  async perp({ client, deployment, tokens }) {
    const config = {
      chainId: deployment.chainId,
      ...deployment.perp,
      marginToken: tokens.USDC,
      markets: PERP_ASSETS.map((asset) => ({
        name: `${asset}-PERP`,
        asset,
        baseToken: deployment.perp.markets[asset].baseToken,
        pool: deployment.perp.markets[asset].pool,
      })),
    }
    const perp = createPerpV2({ client, ...config })
    return {
      lending: [],
      perps: [perp],
      lenders: [],
      rules: () => perpV2Rules(config),
      labelOf: (domain) => (domain.startsWith(perp.id) ? 'Perp v2' : null),
    }
  },

  async synthetix({ client, deployment, tokens }) {
    const synthetix = await loadSynthetixPerpsV2({
      client,
      chainId: deployment.chainId,
      addressResolver: deployment.synthetix.addressResolver,
      marginToken: tokens.SUSD,
      markets: PERP_ASSETS.map((asset) => ({
        name: `s${asset}PERP`,
        asset,
        address: deployment.synthetix.markets[asset].proxy,
        key: deployment.synthetix.markets[asset].key,
      })),
    })
    return {
      lending: [],
      perps: [synthetix],
      lenders: [],
      rules: () => synthetixPerpsV2Rules(synthetix.config),
      labelOf(domain) {
        if (!domain.startsWith(synthetix.id)) return null
        const asset = PERP_ASSETS.find((each) => domain.includes(`/s${each}PERP/`))
        return asset === undefined ? 'Synthetix' : `Synthetix ${asset}`
      },
    }
  },
}
