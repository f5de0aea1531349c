import { createChainlink } from '@plimsoll/adapter-chainlink'
import { loadUniswapV3, uniswapV3Rules } from '@plimsoll/adapter-uniswap-v3'
import { type Deployment, FEEDS } from '@plimsoll/devnet'
import { type Address, bps, type DomainId } from '@plimsoll/domain'
import { type CallRule, type ChainClient, createSpotSource, type FlashLender } from '@plimsoll/evm'
import type { FrameSources } from '@plimsoll/kernel'
import { createParPrice } from './createParPrice.ts'
import { type DevnetTokens, devnetTokens } from './devnetTokens.ts'
import { VENUES, type VenueName } from './VenueName.ts'
import { venueParts } from './venueParts.ts'

/** How long a feed of the devnet may stay silent. The world writes every feed in every frame. [s] */
const HEARTBEAT = 3_600n

/**
 * How much less than by the oracles a swap may bring before the policy refuses it: the engine's last resort is 300 bps
 * below a quote, and the pool's fee and its gap to the oracle come on top.
 */
const MAX_SLIPPAGE = bps(500n)

/** What the chosen protocols of a devnet offer, behind the ports. */
export type ComposedVenues = FrameSources & {
  readonly tokens: DevnetTokens
  readonly lenders: readonly FlashLender[]
  /** What a signing policy may let through, for one owner's executor. */
  rules(executor: Address | null): readonly CallRule[]
  /** Name of a margin domain for people. */
  labelOf(domain: DomainId): string
}

/**
 * Composes the adapters of protocols on a devnet, with Uniswap to trade on and Chainlink for prices.
 *
 * @param names - All unless given.
 */
export async function composeVenues(
  client: ChainClient,
  deployment: Deployment,
  names: readonly VenueName[] = VENUES,
): Promise<ComposedVenues> {
  const { chainId, uniswap, synthetix, feeds } = deployment
  const tokens = devnetTokens(deployment)
  const parts = await Promise.all(
    names.map((name) => venueParts[name]({ client, deployment, tokens })),
  )

  const { susdPool } = synthetix
  const swapConfig = {
    chainId,
    maxSlippage: MAX_SLIPPAGE,
    quoterV2: uniswap.quoterV2,
    swapRouter02: uniswap.swapRouter02,
    pools: [
      ...uniswap.pools.map(({ address, token0, token1, fee }) => {
        const base = tokens[token0 === 'USDC' ? token1 : token0]
        return { address, fee, base, quote: tokens.USDC }
      }),
      { address: susdPool.address, fee: susdPool.fee, base: tokens.SUSD, quote: tokens.USDC },
    ],
  }

  return {
    tokens,
    lending: parts.flatMap(({ lending }) => lending),
    perps: parts.flatMap(({ perps }) => perps),
    swaps: [await loadUniswapV3({ client, ...swapConfig })],
    prices: [
      createChainlink({
        client,
        feeds: FEEDS.map((asset) => ({ asset, address: feeds[asset], heartbeat: HEARTBEAT })),
      }),
      createParPrice([tokens.SUSD.asset]),
    ],
    spot: createSpotSource({ client, tokens: Object.values(tokens) }),
    quoteAssets: [tokens.USDC.asset],
    lenders: parts.flatMap(({ lenders }) => lenders),
    rules: (executor) => [
      ...parts.flatMap(({ rules }) => rules(executor)),
      ...uniswapV3Rules(swapConfig),
    ],
    labelOf(domain) {
      for (const { labelOf } of parts) {
        const label = labelOf(domain)
        if (label !== null) return label
      }
      return domain
    },
  }
}
