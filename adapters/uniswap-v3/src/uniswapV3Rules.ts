import type { Hex } from '@plimsoll/domain'
import {
  allowedAddress,
  approveRule,
  type CallRule,
  type PolicyContext,
  type Violation,
} from '@plimsoll/evm'
import { decodeFunctionData, getAbiItem } from 'viem'
import { routerAbi } from './abi.ts'
import type { UniswapV3Config } from './createUniswapV3.ts'
import { trades } from './Pool.ts'

const NAME = 'uniswap-v3'

/**
 * What the signing policy may let through to Uniswap's router: swaps of known pools inside a multicall with a deadline, each
 * with a minimum and paid to the owner or the sender; and approvals of the pools' tokens to the router alone.
 */
export function uniswapV3Rules(
  config: Pick<UniswapV3Config, 'swapRouter02' | 'pools'>,
): readonly CallRule[] {
  const { swapRouter02: target, pools } = config
  const tokens = new Map(
    pools
      .flatMap(({ base, quote }) => [base, quote])
      .map((token) => [token.address.toLowerCase(), token]),
  )

  const checkSwap = (data: Hex, { owner, sender }: PolicyContext): Violation | null => {
    const swap = decodeSwap(data)
    if (swap === null) return violation('inner call', data.slice(0, 10), 'exactInputSingle')
    const { tokenIn, tokenOut, fee, recipient, amountIn, amountOutMinimum } = swap
    if (!pools.some((pool) => pool.fee === fee && trades(pool, tokenIn, tokenOut)))
      return violation('known pool', `${tokenIn} for ${tokenOut} at fee ${fee}`, 'a known pool')
    if (amountIn === 0n) return violation('amount', "0: the router's own balance", 'above 0')
    if (amountOutMinimum === 0n) return violation('minimum', '0', 'above 0')
    return allowedAddress(`${NAME} recipient`, recipient, [owner, sender])
  }

  return [
    ...[...tokens.values()].map((token) => approveRule(token, [target])),
    {
      target,
      abi: getAbiItem({ abi: routerAbi, name: 'multicall' }),
      check: ([, calls], context) => {
        const inner = calls as readonly Hex[]
        if (inner.length === 0) return violation('inner call', 'none', 'exactInputSingle')
        return inner.map((data) => checkSwap(data, context)).find((each) => each !== null) ?? null
      },
    },
  ]
}

/** Parameters of a swap; null when the bytes are any other call. */
function decodeSwap(data: Hex) {
  try {
    const { functionName, args } = decodeFunctionData({ abi: routerAbi, data })
    return functionName === 'exactInputSingle' ? args[0] : null
  } catch {
    return null
  }
}

const violation = (rule: string, found: string, allowed: string): Violation => ({
  rule: `${NAME} ${rule}`,
  found,
  allowed,
})
