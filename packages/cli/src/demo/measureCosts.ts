import type { Deployment } from '@plimsoll/devnet'
import {
  type Address,
  type Frame,
  InvariantError,
  numberFromRaw,
  numberFromWad,
  type Order,
  priceOf,
  type Token,
} from '@plimsoll/domain'
import type { ChainClient } from '@plimsoll/evm'
import { gasSpent } from '@plimsoll/kernel'
import { isAddressEqual, type Log, parseAbi, parseEventLogs } from 'viem'
import type { ComposedVenues } from '../compose/composeVenues.ts'
import { swapEventAbi } from '../compose/swapEventAbi.ts'
import type { CostRecord } from './DemoRecord.ts'

const clearingHouseAbi = parseAbi([
  'event PositionChanged(address indexed trader, address indexed baseToken, int256 exchangedPositionSize, int256 exchangedPositionNotional, uint256 fee, int256 openNotional, int256 realizedPnl, uint256 sqrtPriceAfterX96)',
])

/** An order, and what its costs are read from. */
export type MeasuredOrder = {
  readonly client: ChainClient
  readonly deployment: Deployment
  readonly venues: ComposedVenues
  readonly order: Order
  readonly frame: Frame
}

/**
 * Measures what an order really cost, from its receipts: gas, and what its trades got against the frame's prices.
 *
 * Slippage of a swap is what it fell short of the market price after the pool's fee; of a perp trade, what it fell short
 * of the mark. [USD]
 */
export async function measureCosts(p: MeasuredOrder): Promise<CostRecord> {
  const { frame, deployment, order } = p
  const receipts = await Promise.all(
    order.receipts.map(({ hash }) => p.client.getTransactionReceipt({ hash })),
  )
  const logs = receipts.flatMap((receipt) => receipt.logs)
  const trades = [...swapCosts(p, logs), ...perpCosts(deployment, frame, logs)]
  return {
    gas: numberFromRaw(gasSpent(order), 18) * priceOf('ETH', frame.marketPrices),
    slippage: trades.reduce((sum, trade) => sum + trade.slippage, 0),
    fees: trades.reduce((sum, trade) => sum + trade.fee, 0),
  }
}

type TradeCost = { readonly slippage: number; readonly fee: number }

function swapCosts(
  p: {
    readonly deployment: Deployment
    readonly venues: ComposedVenues
    readonly frame: Frame
  },
  logs: readonly Log[],
): readonly TradeCost[] {
  const worthOf = (token: Token, raw: bigint) =>
    numberFromRaw(raw, token.decimals) * priceOf(token.asset, p.frame.marketPrices)
  return parseEventLogs({ abi: swapEventAbi, eventName: 'Swap', logs: [...logs] }).flatMap(
    (log) => {
      const pool = poolsOf(p.deployment).find(({ address }) => isAddressEqual(address, log.address))
      if (pool === undefined) return [] // Perp v2's own pools: their trades come as PositionChanged
      const values = [
        worthOf(tokenAt(p.venues, pool.token0), log.args.amount0),
        worthOf(tokenAt(p.venues, pool.token1), log.args.amount1),
      ]
      const paid = Math.max(...values)
      const received = -Math.min(...values)
      const fee = (paid * pool.fee) / 1e6
      return [{ slippage: paid - fee - received, fee }]
    },
  )
}

function perpCosts(
  deployment: Deployment,
  frame: Frame,
  logs: readonly Log[],
): readonly TradeCost[] {
  return parseEventLogs({
    abi: clearingHouseAbi,
    eventName: 'PositionChanged',
    logs: [...logs],
  }).map(({ args }) => {
    const asset = isAddressEqual(args.baseToken, deployment.perp.markets.ETH.baseToken)
      ? 'ETH'
      : 'BTC'
    const leg = frame.perps.flatMap(({ legs }) => legs).find((each) => each.asset === asset)
    const mark =
      leg === undefined ? priceOf(asset, frame.marketPrices) : numberFromWad(leg.markPrice)
    const worth = numberFromRaw(args.exchangedPositionSize, 18) * mark
    const paid = -numberFromRaw(args.exchangedPositionNotional, 18)
    return { slippage: paid - worth, fee: numberFromRaw(args.fee, 18) }
  })
}

/** Every spot pool, with the addresses of its tokens. */
const poolsOf = ({ uniswap, synthetix, tokens }: Deployment) => [
  ...uniswap.pools.map(({ address, fee, token0, token1 }) => ({
    address,
    fee,
    token0: tokens[token0].address,
    token1: tokens[token1].address,
  })),
  synthetix.susdPool,
]

function tokenAt({ tokens }: ComposedVenues, address: Address): Token {
  const token = Object.values(tokens).find((each) => isAddressEqual(each.address, address))
  if (token === undefined)
    throw new InvariantError({ expected: 'a token of the devnet in its pool', found: address })
  return token
}
