import { testTokenAbi } from '@plimsoll/contracts'
import { usd } from '@plimsoll/domain'
import { type Address, encodeFunctionData, parseEventLogs, zeroHash } from 'viem'
import type { Role } from '../accounts.ts'
import type { TokenSymbol } from '../deployment.ts'
import { clearingHouseAbi, perpVaultAbi, swapRouterAbi, uniswapPoolAbi } from './abis.ts'
import type { MinedCall, WorldCall } from './createBlockBuilder.ts'
import type { DollarPool } from './readMarket.ts'
import type { Stage } from './Stage.ts'
import type { WorldTrade } from './WorldFrame.ts'

const MAX = 2n ** 256n - 1n
const SWAP_GAS = 1_500_000n
const PERP_GAS = 4_000_000n

/** A trade on one pool, and why. */
export interface TradeCall extends WorldCall {
  readonly pool: DollarPool
  readonly reason: WorldTrade['reason']
}

/** What to trade. */
export interface TradeOrder {
  readonly pool: DollarPool
  readonly reason: WorldTrade['reason']
  readonly by: Address
  /** True sells token 0 of the pool. */
  readonly zeroForOne: boolean
  /** What goes in, in its token's units. */
  readonly amountIn: bigint
  /** Where the trade stops; 0 for anywhere. [X96] */
  readonly limit: bigint
}

/** Encodes a trade: a swap through Uniswap's router, or a position opened on the perp market. */
export function tradeCall(stage: Stage, order: TradeOrder): TradeCall {
  const { pool, reason, by, zeroForOne, amountIn, limit } = order
  const { uniswap, perp } = stage.deployment
  const sells = zeroForOne === pool.isAssetFirst
  const action = `${reason} ${sells ? 'sale' : 'purchase'} of ${pool.asset} on ${pool.venue}`
  const shared = { action, from: by, pool, reason }
  if (pool.venue === 'uniswap-v3') {
    const [token0, token1] = pool.isAssetFirst
      ? [tokenOf(pool), 'USDC' as const]
      : ['USDC' as const, tokenOf(pool)]
    const [tokenIn, tokenOut] = zeroForOne ? [token0, token1] : [token1, token0]
    const swap = {
      tokenIn: stage.tokens[tokenIn].address,
      tokenOut: stage.tokens[tokenOut].address,
      fee: pool.feeE6,
      recipient: by,
      amountIn,
      amountOutMinimum: 0n,
      sqrtPriceLimitX96: limit,
    }
    return {
      ...shared,
      to: uniswap.swapRouter02,
      data: encodeFunctionData({
        abi: swapRouterAbi,
        functionName: 'exactInputSingle',
        args: [swap],
      }),
      gas: SWAP_GAS,
    }
  }
  const position = {
    baseToken: perp.markets[pool.asset].baseToken,
    isBaseToQuote: zeroForOne,
    isExactInput: true,
    amount: amountIn,
    oppositeAmountBound: 0n,
    deadline: MAX,
    sqrtPriceLimitX96: limit,
    referralCode: zeroHash,
  }
  return {
    ...shared,
    to: perp.clearingHouse,
    data: encodeFunctionData({
      abi: clearingHouseAbi,
      functionName: 'openPosition',
      args: [position],
    }),
    gas: PERP_GAS,
  }
}

/** Encodes the closing of a whole perp position. */
export function closeCall(stage: Stage, pool: DollarPool, by: Address): TradeCall {
  const { clearingHouse, markets } = stage.deployment.perp
  const position = {
    baseToken: markets[pool.asset].baseToken,
    sqrtPriceLimitX96: 0n,
    oppositeAmountBound: 0n,
    deadline: MAX,
    referralCode: zeroHash,
  }
  return {
    action: `liquidation closing of ${pool.asset} on perp-v2`,
    from: by,
    to: clearingHouse,
    data: encodeFunctionData({
      abi: clearingHouseAbi,
      functionName: 'closePosition',
      args: [position],
    }),
    gas: PERP_GAS,
    pool,
    reason: 'liquidation',
  }
}

/** Reads from its receipt what a trade did; null when it was reverted or moved nothing. */
export function readTrade(mined: MinedCall, { pool, reason, from }: TradeCall): WorldTrade | null {
  const shared = { venue: pool.venue, asset: pool.asset, reason, txHash: mined.hash }
  const logs = [...mined.logs]
  if (pool.venue === 'uniswap-v3') {
    const [swap] = parseEventLogs({ abi: uniswapPoolAbi, eventName: 'Swap', logs })
    if (swap === undefined) return null
    const { amount0, amount1 } = swap.args
    const [asset, dollars] = pool.isAssetFirst ? [amount0, amount1] : [amount1, amount0]
    return { ...shared, side: asset > 0n ? 'sell' : 'buy', value: usd(absolute(dollars) * 100n) }
  }
  const change = parseEventLogs({ abi: clearingHouseAbi, eventName: 'PositionChanged', logs }).find(
    ({ args }) => args.trader === from,
  )
  if (change === undefined) return null
  const { exchangedPositionSize, exchangedPositionNotional } = change.args
  return {
    ...shared,
    side: exchangedPositionSize > 0n ? 'buy' : 'sell',
    value: usd(absolute(exchangedPositionNotional) / 10n ** 10n),
  }
}

/** Tokens for a role of the world, and leave for protocols to take them. Test tokens are minted at will. */
export function inventoryCalls(
  stage: Stage,
  role: Role,
  wanted: Readonly<Partial<Record<TokenSymbol, bigint>>>,
  spenders: readonly Address[],
): readonly WorldCall[] {
  const owner = stage.accounts[role].address
  return (Object.entries(wanted) as [TokenSymbol, bigint][]).flatMap(([symbol, amount]) => {
    const { address: to } = stage.tokens[symbol]
    const mint = encodeFunctionData({
      abi: testTokenAbi,
      functionName: 'mint',
      args: [owner, amount],
    })
    return [
      {
        action: `${symbol}.mint for ${role}`,
        from: stage.accounts.deployer.address,
        to,
        data: mint,
        gas: 200_000n,
      },
      ...spenders.map((spender) => approveCall(stage, symbol, owner, spender)),
    ]
  })
}

/** Lets a protocol take any amount of a token. */
export function approveCall(
  stage: Stage,
  symbol: TokenSymbol,
  from: Address,
  spender: Address,
): WorldCall {
  const data = encodeFunctionData({
    abi: testTokenAbi,
    functionName: 'approve',
    args: [spender, MAX],
  })
  return {
    action: `${symbol}.approve`,
    from,
    to: stage.tokens[symbol].address,
    data,
    gas: 100_000n,
  }
}

/** Puts USDC into the perp vault as margin. */
export function depositCall(stage: Stage, from: Address, amount: bigint): WorldCall {
  const data = encodeFunctionData({
    abi: perpVaultAbi,
    functionName: 'deposit',
    args: [stage.tokens.USDC.address, amount],
  })
  return { action: 'perp vault deposit', from, to: stage.deployment.perp.vault, data }
}

/** The token of an asset that the spot pools trade. */
export function tokenOf({ asset }: Pick<DollarPool, 'asset'>): 'WETH' | 'WBTC' {
  return asset === 'ETH' ? 'WETH' : 'WBTC'
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value
}
