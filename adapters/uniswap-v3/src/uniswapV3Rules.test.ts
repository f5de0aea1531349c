import { type Address, type Hex, WAD } from '@plimsoll/domain'
import { erc20Abi } from '@plimsoll/evm'
import { decodeFunctionData, encodeFunctionData, toFunctionSelector } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  EXECUTOR,
  OWNER,
  ROUTER,
  STRANGER,
  USDC,
  WBTC,
  WBTC_USDC,
  WETH,
  WETH_USDC,
} from '../test/fixtures.ts'
import { routerAbi } from './abi.ts'
import { uniswapV3Rules } from './uniswapV3Rules.ts'

const rules = uniswapV3Rules({ swapRouter02: ROUTER, pools: [WETH_USDC, WBTC_USDC] })

/** Names of the rules a call breaks; `unknown` when no rule is about it, none when it passes. */
function judge(to: Address, data: Hex): readonly string[] {
  const about = rules.filter(
    ({ target, abi }) => target === to && data.startsWith(toFunctionSelector(abi)),
  )
  const broken = about.flatMap(({ abi, check }) => {
    const { args } = decodeFunctionData({ abi: [abi], data })
    const violation = check(args ?? [], { owner: OWNER, sender: EXECUTOR })
    return violation === null ? [] : [violation.rule]
  })
  return about.length === 0 ? ['unknown'] : broken
}

const good = {
  tokenIn: WETH.address,
  tokenOut: USDC.address,
  fee: 500,
  recipient: EXECUTOR,
  amountIn: WAD,
  amountOutMinimum: 1n,
  sqrtPriceLimitX96: 0n,
}
const swap = (over: Partial<typeof good> = {}): Hex =>
  encodeFunctionData({
    abi: routerAbi,
    functionName: 'exactInputSingle',
    args: [{ ...good, ...over }],
  })
const multicall = (...calls: readonly Hex[]): Hex =>
  encodeFunctionData({ abi: routerAbi, functionName: 'multicall', args: [9_999n, calls] })
const erc20 = (functionName: 'approve' | 'transfer', to: Address): Hex =>
  encodeFunctionData({ abi: erc20Abi, functionName, args: [to, 1n] })

describe('uniswapV3Rules', () => {
  test.each([
    ['to the sender', multicall(swap())],
    ['to the owner', multicall(swap({ recipient: OWNER }))],
    ['the other way', multicall(swap({ tokenIn: USDC.address, tokenOut: WETH.address }))],
    ['twice', multicall(swap(), swap({ tokenIn: WBTC.address, fee: 3_000 }))],
  ])('default: a swap %s passes', (_, data) => {
    expect(judge(ROUTER, data)).toEqual([])
  })

  test('behavior: every token may be approved to the router and to nobody else', () => {
    for (const { address } of [WETH, WBTC, USDC]) {
      expect(judge(address, erc20('approve', ROUTER))).toEqual([])
      expect(judge(address, erc20('approve', STRANGER))).toHaveLength(1)
    }
  })

  test.each([
    ['a stranger as recipient', 'recipient', multicall(swap({ recipient: STRANGER }))],
    [
      'the router as recipient',
      'recipient',
      multicall(swap({ recipient: `0x${'0'.repeat(39)}2` })),
    ],
    ['no minimum', 'minimum', multicall(swap({ amountOutMinimum: 0n }))],
    ["the router's own balance", 'amount', multicall(swap({ amountIn: 0n }))],
    ['an unknown token', 'known pool', multicall(swap({ tokenOut: STRANGER }))],
    ['a pair without a pool', 'known pool', multicall(swap({ tokenOut: WBTC.address }))],
    ['a pool of another fee', 'known pool', multicall(swap({ fee: 10_000 }))],
    ['nothing inside', 'inner call', multicall()],
    ['another call inside', 'inner call', multicall(erc20('transfer', STRANGER))],
    ['a multicall inside', 'inner call', multicall(multicall(swap()))],
    ['bytes that are no call', 'inner call', multicall('0x')],
    ['one bad swap among good', 'minimum', multicall(swap(), swap({ amountOutMinimum: 0n }))],
  ])('behavior: refuses %s', (_, rule, data) => {
    expect(judge(ROUTER, data)).toEqual([`uniswap-v3 ${rule}`])
  })

  test('behavior: a swap without deadline, and anything else, is denied', () => {
    expect(judge(ROUTER, swap())).toEqual(['unknown'])
    expect(judge(WETH.address, erc20('transfer', OWNER))).toEqual(['unknown'])
  })
})
