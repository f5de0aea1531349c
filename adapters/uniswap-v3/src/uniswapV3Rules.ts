import { type Address, type Bps, bps, type Hex, type Token, usd, valueUp } from '@plimsoll/domain'
import {
  allowedAddress,
  approveRule,
  type CallRule,
  decodeExactly,
  lateDeadline,
  MAX_DELAY,
  type PolicyContext,
  type Violation,
  worsePrice,
} from '@plimsoll/evm'
import { type ContractFunctionArgs, getAbiItem } from 'viem'
import { routerAbi } from './abi.ts'
import type { UniswapV3Config } from './createUniswapV3.ts'
import { trades } from './Pool.ts'

const NAME = 'uniswap-v3'
/** How much less than by the references a swap may bring, unless told otherwise. */
const MAX_SLIPPAGE = bps(300n)

type Swap = ContractFunctionArgs<typeof routerAbi, 'payable', 'exactInputSingle'>[0]

/**
 * What the signing policy may let through to Uniswap's router: swaps of known pools inside a multicall with a near deadline,
 * each paid to the owner or the sender and with a minimum that the reference prices bear out; and approvals of the pools'
 * tokens to the router alone.
 *
 * @param config.maxSlippage - How much less than by the references a swap may bring, fee and impact included; 300 bps unless given.
 * @param config.maxDelay - Longest from the block to the deadline; 15 minutes unless given. [s]
 */
export function uniswapV3Rules(
  config: Pick<UniswapV3Config, 'swapRouter02' | 'pools'> & {
    readonly maxSlippage?: Bps
    readonly maxDelay?: bigint
  },
): readonly CallRule[] {
  const { swapRouter02: target, pools, maxSlippage = MAX_SLIPPAGE, maxDelay = MAX_DELAY } = config
  const tokens = new Map(
    pools
      .flatMap(({ base, quote }) => [base, quote])
      .map((token) => [token.address.toLowerCase(), token]),
  )

  const tokenOf = (address: Address): Token | undefined => tokens.get(address.toLowerCase())

  const checkSwap = (data: Hex, context: PolicyContext): Violation | null => {
    const swap = decodeSwap(data)
    if (swap === null) return violation('inner call', data.slice(0, 10), 'exactInputSingle')
    const { tokenIn, tokenOut, fee, recipient, amountIn, amountOutMinimum } = swap
    const [sold, bought] = [tokenOf(tokenIn), tokenOf(tokenOut)]
    const isKnown = pools.some((pool) => pool.fee === fee && trades(pool, tokenIn, tokenOut))
    if (!isKnown || sold === undefined || bought === undefined)
      return violation('known pool', `${tokenIn} for ${tokenOut} at fee ${fee}`, 'a known pool')
    if (amountIn === 0n) return violation('amount', "0: the router's own balance", 'above 0')
    if (amountOutMinimum === 0n) return violation('minimum', '0', 'above 0')
    return (
      allowedAddress(`${NAME} recipient`, recipient, [context.owner, context.sender]) ??
      worsePrice(
        {
          rule: NAME,
          given: { ...sold, raw: amountIn },
          got: { ...bought, raw: amountOutMinimum },
          tolerance: maxSlippage,
        },
        context,
      )
    )
  }

  const valueSold = (data: Hex, { references }: PolicyContext): bigint => {
    const swap = decodeSwap(data)
    const sold = swap === null ? undefined : tokenOf(swap.tokenIn)
    const reference = sold === undefined ? undefined : references.get(sold.asset)
    if (swap === null || sold === undefined || reference === undefined) return 0n // refused above
    return valueUp(swap.amountIn, sold.decimals, reference)
  }

  return [
    ...[...tokens.values()].map((token) => approveRule(token, [target])),
    {
      target,
      abi: getAbiItem({ abi: routerAbi, name: 'multicall' }),
      check: (args, context) => {
        const [deadline, calls] = parseArgs(args)
        if (calls.length === 0) return violation('inner call', 'none', 'exactInputSingle')
        return (
          lateDeadline(`${NAME} deadline`, deadline, context, maxDelay) ??
          calls.map((data) => checkSwap(data, context)).find((each) => each !== null) ??
          null
        )
      },
      leaves: (args) =>
        parseArgs(args)[1].flatMap((data) => {
          const swap = decodeSwap(data)
          return swap === null ? [] : [swap.tokenIn, swap.tokenOut]
        }),
      traded: (args, context) =>
        usd(parseArgs(args)[1].reduce((sum, data) => sum + valueSold(data, context), 0n)),
    },
  ]
}

type Multicall = ContractFunctionArgs<typeof routerAbi, 'payable', 'multicall'>

/** The policy decodes by the rule's own ABI item, so the arguments have its types. */
const parseArgs = (args: readonly unknown[]): Multicall => args as unknown as Multicall

/** Parameters of a swap; null unless the bytes are exactly one. */
function decodeSwap(data: Hex): Swap | null {
  const args = decodeExactly(getAbiItem({ abi: routerAbi, name: 'exactInputSingle' }), data)
  return args === null ? null : (args[0] as Swap)
}

const violation = (rule: string, found: string, allowed: string): Violation => ({
  rule: `${NAME} ${rule}`,
  found,
  allowed,
})
