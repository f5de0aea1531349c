import { price, usd } from '@plimsoll/domain'
import { type Address, parseEventLogs } from 'viem'
import { PERP_ASSETS, type PerpAsset } from '../deployment.ts'
import { perpsV2Abi, perpsV2SettingsAbi, perpsV2StateAbi } from './abis.ts'
import type { MinedBlock, WorldCall } from './createBlockBuilder.ts'
import type { PricePublisher } from './createPricePublisher.ts'
import type { Stage } from './Stage.ts'
import { executeOrderCall } from './synthetixCalls.ts'
import type { OrderExecution } from './WorldFrame.ts'

const USD_UNIT = 10n ** 10n // sUSD has 18 decimals, USD 8
const EVERYONE = 1_000n

/** An off-chain order that waits for its price. */
export interface PendingOrder {
  readonly account: Address
  readonly asset: PerpAsset
  /** Positive buys. [asset 1e18] */
  readonly sizeDelta: bigint
  /** Time of its block. [s] */
  readonly committedAt: bigint
  /** Earliest time of a price for it. [s] */
  readonly executableAt: bigint
  /** From then on it is too old to be executed. [s] */
  readonly expiresAt: bigint
}

/** A bot that executes whatever order it finds, for the keeper fee. */
export interface OrderKeeper {
  /** All orders of all accounts, those included that the keeper leaves alone. */
  find(): Promise<readonly PendingOrder[]>
  /** Executions for a block at this time, at prices published at this time. */
  execute(orders: readonly PendingOrder[], time: bigint): Promise<readonly WorldCall[]>
  /** Which orders a block has executed. */
  read(block: MinedBlock): readonly OrderExecution[]
}

/**
 * Creates the keeper of the Synthetix markets.
 *
 * @param plan.isWilling - False leaves an order to expire.
 */
export async function createOrderKeeper(
  stage: Stage,
  plan: {
    readonly publisher: PricePublisher
    readonly isWilling: (order: PendingOrder) => boolean
  },
): Promise<OrderKeeper> {
  const { client } = stage
  const { markets, marketSettings } = stage.deployment.synthetix
  const readAge = (name: 'offchainDelayedOrderMinAge' | 'offchainDelayedOrderMaxAge') =>
    client.multicall({
      allowFailure: false,
      contracts: PERP_ASSETS.map(
        (asset) =>
          ({
            address: marketSettings,
            abi: perpsV2SettingsAbi,
            functionName: name,
            args: [markets[asset].key],
          }) as const,
      ),
    })
  const [minAges, maxAges] = await Promise.all([
    readAge('offchainDelayedOrderMinAge'),
    readAge('offchainDelayedOrderMaxAge'),
  ])

  return {
    async find() {
      const pages = await client.multicall({
        allowFailure: false,
        batchSize: 0,
        contracts: PERP_ASSETS.map(
          (asset) =>
            ({
              address: markets[asset].state,
              abi: perpsV2StateAbi,
              functionName: 'getDelayedOrderAddressesPage',
              args: [0n, EVERYONE],
            }) as const,
        ),
      })
      const waiting = PERP_ASSETS.flatMap((asset, i) =>
        (pages[i] ?? []).map((account) => ({
          account,
          asset,
          minAge: minAges[i] ?? 0n,
          maxAge: maxAges[i] ?? 0n,
        })),
      )
      if (waiting.length === 0) return []
      const orders = await client.multicall({
        allowFailure: false,
        batchSize: 0,
        contracts: waiting.map(
          ({ account, asset }) =>
            ({
              address: markets[asset].state,
              abi: perpsV2StateAbi,
              functionName: 'delayedOrders',
              args: [account],
            }) as const,
        ),
      })
      return waiting.flatMap(({ account, asset, minAge, maxAge }, i): readonly PendingOrder[] => {
        const order = orders[i]
        if (order === undefined || !order.isOffchain) return []
        const { sizeDelta, intentionTime: committedAt } = order
        const executableAt = committedAt + minAge + 1n
        return [
          { account, asset, sizeDelta, committedAt, executableAt, expiresAt: committedAt + maxAge },
        ]
      })
    },
    async execute(orders, time) {
      const ready = orders.filter(
        (order) => order.executableAt <= time && time < order.expiresAt && plan.isWilling(order),
      )
      if (ready.length === 0) return []
      const updates = await plan.publisher.publish(time)
      return ready.flatMap(({ account, asset }) => {
        const update = updates[asset]
        return update === null ? [] : [executeOrderCall(stage, { account, asset, update })]
      })
    },
    read: ({ number, calls }) =>
      calls.flatMap(({ call, hash, logs }) => {
        const asset = PERP_ASSETS.find((each) => markets[each].proxy === call.to)
        const events = parseEventLogs({ abi: perpsV2Abi, logs: [...logs] })
        const trade = events.find(
          (event) => event.eventName === 'PositionModified' && event.args.tradeSize !== 0n,
        )
        const removal = events.find(({ eventName }) => eventName === 'DelayedOrderRemoved')
        if (asset === undefined) return []
        if (trade?.eventName !== 'PositionModified') return []
        if (removal?.eventName !== 'DelayedOrderRemoved') return []
        const { account, tradeSize, lastPrice, fee } = trade.args
        return [
          {
            protocol: 'synthetix-perps-v2',
            asset,
            account,
            keeper: call.from,
            sizeDelta: tradeSize,
            fillPrice: price(lastPrice),
            fee: usd(fee / USD_UNIT),
            keeperFee: usd(removal.args.keeperDeposit / USD_UNIT),
            txHash: hash,
            block: number,
          },
        ]
      }),
  }
}
