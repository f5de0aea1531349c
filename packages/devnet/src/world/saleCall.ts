import { type Address, InvariantError } from '@plimsoll/domain'
import type { DevnetToken } from '../deployment.ts'
import type { DollarPool } from './readMarket.ts'
import type { Stage } from './Stage.ts'
import { type TradeCall, tradeCall } from './trading.ts'

/** Encodes the sale of seized collateral on Uniswap at whatever it brings; null for USDC, which needs none. */
export function saleCall(
  stage: Stage,
  pools: readonly DollarPool[],
  sale: { readonly by: Address; readonly token: DevnetToken; readonly amountIn: bigint },
): TradeCall | null {
  const { by, token, amountIn } = sale
  if (token.symbol === 'USDC') return null
  const pool = pools.find(({ venue, asset }) => venue === 'uniswap-v3' && asset === token.asset)
  if (pool === undefined)
    throw new InvariantError({ expected: `a Uniswap pool for ${token.symbol}`, found: 'none' })
  const zeroForOne = pool.isAssetFirst
  return tradeCall(stage, { pool, reason: 'liquidation', by, zeroForOne, amountIn, limit: 0n })
}
