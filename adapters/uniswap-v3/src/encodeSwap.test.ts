import {
  type Call,
  type CallContext,
  InvalidIntentError,
  type SwapIntent,
  WAD,
} from '@plimsoll/domain'
import { erc20Abi } from '@plimsoll/evm'
import { decodeFunctionData } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  EXECUTOR,
  OWNER,
  ROUTER,
  USDC,
  VENUE,
  WBTC,
  WBTC_USDC,
  WETH,
  WETH_USDC,
} from '../test/fixtures.ts'
import { routerAbi } from './abi.ts'
import { encodeSwap } from './encodeSwap.ts'

const context: CallContext = { owner: OWNER, sender: EXECUTOR, deadline: 9_999n }
const intent: SwapIntent = {
  type: 'swap',
  venue: VENUE,
  tokenIn: WETH,
  tokenOut: USDC,
  amountIn: WAD,
  minOut: 1_990_000_000n,
}
const encode = (over: Partial<SwapIntent> = {}): readonly Call[] =>
  encodeSwap({
    venue: VENUE,
    swapRouter02: ROUTER,
    pools: [WETH_USDC, WBTC_USDC],
    intent: { ...intent, ...over },
    context,
  })
const checksummed = (address: string) => expect.stringMatching(new RegExp(`^${address}$`, 'i'))

/** The swap inside the router's multicall. */
const inner = ([, call]: readonly Call[]) => {
  const { args } = decodeFunctionData({ abi: routerAbi, data: call!.data })
  const [deadline, calls] = args as readonly [bigint, readonly `0x${string}`[]]
  return { deadline, swaps: calls.map((data) => decodeFunctionData({ abi: routerAbi, data })) }
}

describe('encodeSwap', () => {
  test('default: an exact approval, then one swap with deadline and minimum to the sender', () => {
    const calls = encode()
    expect(calls.map(({ to }) => to)).toEqual([WETH.address, ROUTER])
    expect(calls.map(({ label }) => label)).toEqual([
      'approve 1 WETH',
      'swap 1 WETH for at least 1990 USDC',
    ])
    expect(decodeFunctionData({ abi: erc20Abi, data: calls[0]!.data })).toEqual({
      functionName: 'approve',
      args: [checksummed(ROUTER), WAD],
    })
    expect(inner(calls)).toEqual({
      deadline: 9_999n,
      swaps: [
        {
          functionName: 'exactInputSingle',
          args: [
            {
              tokenIn: checksummed(WETH.address),
              tokenOut: checksummed(USDC.address),
              fee: 500,
              recipient: checksummed(EXECUTOR),
              amountIn: WAD,
              amountOutMinimum: 1_990_000_000n,
              sqrtPriceLimitX96: 0n,
            },
          ],
        },
      ],
    })
  })

  test('behavior: each pair goes through its own pool, either way round', () => {
    const { swaps } = inner(encode({ tokenIn: USDC, tokenOut: WBTC }))
    expect(swaps[0]?.args[0]).toMatchObject({ fee: 3_000 })
  })

  test.each([
    ['another venue', { venue: 'elsewhere' }],
    ['a pair without a pool', { tokenOut: WBTC }],
    ['nothing sold', { amountIn: 0n }],
    ['no minimum', { minOut: 0n }],
  ])('error: InvalidIntentError on %s', (_, wrong) => {
    expect(() => encode(wrong)).toThrow(InvalidIntentError)
  })
})
