import type { Address, BlockRef, SwapIntent, SwapQuote } from '@plimsoll/domain'
import type { ChainClient } from '@plimsoll/evm'
import { poolAbi, quoterAbi } from './abi.ts'
import { feeShare, type Pool } from './Pool.ts'
import { spotPrice } from './price.ts'

/** What a swap would bring at the end of a block, by the quoter that runs it in the pool and takes it back. */
export async function quoteSwap(p: {
  readonly client: ChainClient
  readonly quoterV2: Address
  readonly pool: Pool
  readonly intent: Omit<SwapIntent, 'minOut'>
  readonly block: BlockRef
}): Promise<SwapQuote> {
  const { client, pool } = p
  const { tokenIn, tokenOut, amountIn } = p.intent
  const blockNumber = p.block.number
  const params = {
    tokenIn: tokenIn.address,
    tokenOut: tokenOut.address,
    amountIn,
    fee: pool.fee,
    sqrtPriceLimitX96: 0n,
  }
  const [[sqrtPriceX96], [amountOut, , , gas]] = await Promise.all([
    client.readContract({
      address: pool.address,
      abi: poolAbi,
      functionName: 'slot0',
      blockNumber,
    }),
    client.readContract({
      address: p.quoterV2,
      abi: quoterAbi,
      functionName: 'quoteExactInputSingle',
      args: [params],
      blockNumber,
    }),
  ])
  const spotBefore = spotPrice(pool, tokenIn, sqrtPriceX96)
  return { type: 'swap', amountOut, spotBefore, fee: feeShare(pool), gas }
}
