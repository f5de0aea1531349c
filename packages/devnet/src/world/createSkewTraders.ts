import type { Price } from '@plimsoll/domain'
import { type FeedAsset, PERP_ASSETS, type PerpAsset } from '../deployment.ts'
import { perpsV2Abi } from './abis.ts'
import type { WorldCall } from './createBlockBuilder.ts'
import type { PendingOrder } from './createOrderKeeper.ts'
import type { Stage } from './Stage.ts'
import type { SeededRandom } from './seededRandom.ts'
import { cancelOrderCall, submitOrderCall } from './synthetixCalls.ts'

const SMALLEST = 20_000 // USD
const LARGEST = 400_000 // USD
/** The skew that is left alone: 0.01 % of its scale. [asset 1e18] */
const BAND = { ETH: 100n * 10n ** 18n, BTC: 10n * 10n ** 18n } as const

/** Those who trade on Synthetix besides the agents. */
export interface SkewTraders {
  /** Longs over shorts, per market. [asset 1e18] */
  read(): Promise<Readonly<Record<PerpAsset, bigint>>>
  /** Orders for a block at this time; an order of theirs that has expired is taken back first. */
  plan(
    prices: Readonly<Record<FeedAsset, Price>>,
    skews: Readonly<Record<PerpAsset, bigint>>,
    pending: readonly PendingOrder[],
    time: bigint,
  ): readonly WorldCall[]
}

/**
 * Creates the traders of the Synthetix markets, who take turns by market, one a frame: the `trader` buys or sells at
 * random, the `arbitrageur` halves the skew where it is beyond 0.01 % of its scale, for the fee and the funding. So
 * there is a skew, of either side, and what agents add to it does not stay.
 */
export function createSkewTraders(stage: Stage, random: SeededRandom): SkewTraders {
  const { client } = stage
  const { markets } = stage.deployment.synthetix
  const { trader, arbitrageur } = stage.accounts
  let turn = 0
  const drawSize = (price: Price): bigint => {
    const cents = SMALLEST * 100 * (LARGEST / SMALLEST) ** random.uniform(0, 1)
    const size = (BigInt(Math.round(cents)) * 10n ** 34n) / price
    return random.uniform(0, 1) < 0.5 ? -size : size
  }
  return {
    async read() {
      const [ETH, BTC] = await client.multicall({
        allowFailure: false,
        contracts: PERP_ASSETS.map(
          (asset) =>
            ({
              address: markets[asset].proxy,
              abi: perpsV2Abi,
              functionName: 'marketSkew',
            }) as const,
        ),
      })
      return { ETH: ETH ?? 0n, BTC: BTC ?? 0n }
    },
    plan(prices, skews, pending, time) {
      const asset = PERP_ASSETS[turn % PERP_ASSETS.length] as PerpAsset
      turn += 1
      const drawn = drawSize(prices[asset])
      const skew = skews[asset]
      const isEven = -BAND[asset] <= skew && skew <= BAND[asset]
      const wishes = [
        { by: trader.address, size: drawn },
        { by: arbitrageur.address, size: isEven ? 0n : -skew / 2n },
      ]
      return wishes.flatMap(({ by, size }) => {
        const own = pending.find((order) => order.account === by && order.asset === asset)
        if (own !== undefined && time <= own.expiresAt) return []
        return [
          ...(own === undefined ? [] : [cancelOrderCall(stage, asset, by)]),
          ...(size === 0n
            ? []
            : [submitOrderCall(stage, { asset, by, size, price: prices[asset] })]),
        ]
      })
    },
  }
}
