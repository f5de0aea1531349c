import {
  type Address,
  bps,
  type Hex,
  priceFromNumber,
  type Token,
  usd,
  WAD,
} from '@plimsoll/domain'
import { erc20Abi, type PolicyContext } from '@plimsoll/evm'
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

const TIME = 1_000n
const context: PolicyContext = {
  owner: OWNER,
  sender: EXECUTOR,
  time: TIME,
  references: new Map([
    ['ETH', priceFromNumber(2_000)],
    ['BTC', priceFromNumber(40_000)],
    ['USDC', priceFromNumber(1)],
    ['SUSD', priceFromNumber(1)],
  ]),
}

/** Names of the rules a call breaks; `unknown` when no rule is about it, none when it passes. */
function judge(to: Address, data: Hex, seen = context): readonly string[] {
  const about = rules.filter(
    ({ target, abi }) => target === to && data.startsWith(toFunctionSelector(abi)),
  )
  const broken = about.flatMap(({ abi, check }) => {
    const { args } = decodeFunctionData({ abi: [abi], data })
    const violation = check(args ?? [], seen)
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
  amountOutMinimum: 1_940_000_000n, // 97 % of what a WETH is worth
  sqrtPriceLimitX96: 0n,
}
const swap = (over: Partial<typeof good> = {}): Hex =>
  encodeFunctionData({
    abi: routerAbi,
    functionName: 'exactInputSingle',
    args: [{ ...good, ...over }],
  })
const timed = (deadline: bigint, ...calls: readonly Hex[]): Hex =>
  encodeFunctionData({ abi: routerAbi, functionName: 'multicall', args: [deadline, calls] })
const multicall = (...calls: readonly Hex[]): Hex => timed(TIME + 900n, ...calls)
/** WETH for what is worth one of it. */
const buyWeth = (amountOutMinimum: bigint): Hex =>
  swap({
    tokenIn: USDC.address,
    tokenOut: WETH.address,
    amountIn: 2_000_000_000n,
    amountOutMinimum,
  })
const erc20 = (functionName: 'approve' | 'transfer', to: Address): Hex =>
  encodeFunctionData({ abi: erc20Abi, functionName, args: [to, 1n] })

/** The same call with a recipient whose word is not clean. */
const dirty = (data: Hex): Hex => {
  const at = data.indexOf(EXECUTOR.slice(2)) - 24
  return `0x${data.slice(2, at)}01${data.slice(at + 2)}`
}

describe('uniswapV3Rules', () => {
  test.each([
    ['to the sender', multicall(swap())],
    ['to the owner', multicall(swap({ recipient: OWNER }))],
    ['the other way', multicall(buyWeth(97n * 10n ** 16n))],
    ['twice', multicall(swap(), swap({ tokenIn: WBTC.address, fee: 3_000, amountIn: 5_000_000n }))],
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
    [
      'a tenth of a cent less than the references bear out',
      'price',
      multicall(swap({ amountOutMinimum: 1_939_999_999n })),
    ],
    ['the same the other way', 'price', multicall(buyWeth(97n * 10n ** 16n - 1n))],
    [
      'ten thousand WETH for a millionth of a dollar, whenever',
      'deadline',
      timed(2n ** 256n - 1n, swap({ amountIn: 10_000n * WAD, amountOutMinimum: 1n })),
    ],
    [
      'ten thousand WETH for a millionth of a dollar',
      'price',
      multicall(swap({ amountIn: 10_000n * WAD, amountOutMinimum: 1n })),
    ],
    ['a deadline a second too late', 'deadline', timed(TIME + 901n, swap())],
    ['bytes behind a swap', 'inner call', multicall(`${swap()}00`)],
    ['dirt above a recipient', 'inner call', multicall(dirty(swap()))],
    ['one bad swap among good', 'minimum', multicall(swap(), swap({ amountOutMinimum: 0n }))],
  ])('behavior: refuses %s', (_, rule, data) => {
    expect(judge(ROUTER, data)).toEqual([`uniswap-v3 ${rule}`])
  })

  test('behavior: a token without a reference, or with none above zero, is not traded', () => {
    for (const asset of ['ETH', 'USDC']) {
      const lacking = new Map(context.references)
      lacking.delete(asset)
      expect(judge(ROUTER, multicall(swap()), { ...context, references: lacking })).toEqual([
        'uniswap-v3 reference',
      ])
      const zero = new Map(context.references).set(asset, priceFromNumber(0))
      expect(judge(ROUTER, multicall(swap()), { ...context, references: zero })).toEqual([
        'uniswap-v3 reference',
      ])
    }
  })

  test('behavior: a stable pair is judged by its references like any other', () => {
    const sUSD: Token = { ...WETH, address: `0x${'9'.repeat(40)}`, symbol: 'sUSD', asset: 'SUSD' }
    const [rule] = uniswapV3Rules({
      swapRouter02: ROUTER,
      pools: [{ ...WETH_USDC, base: sUSD }],
      maxSlippage: bps(100n),
    }).filter(({ target }) => target === ROUTER)
    const buy = (amountOutMinimum: bigint) =>
      rule?.check(
        [
          TIME,
          [
            swap({
              tokenIn: USDC.address,
              tokenOut: sUSD.address,
              amountIn: 1_000_000n,
              amountOutMinimum,
            }),
          ],
        ],
        context,
      )?.rule ?? null
    expect(buy((99n * WAD) / 100n)).toBeNull()
    expect(buy((99n * WAD) / 100n - 1n)).toBe('uniswap-v3 price')
  })

  test('behavior: what is traded is what is sold, at the references, summed', () => {
    const rule = rules.find(({ target }) => target === ROUTER)
    expect(rule?.traded?.([TIME, [swap(), buyWeth(WAD)]], context)).toBe(usd(4_000_00000000n))
  })

  test('behavior: a swap without deadline, and anything else, is denied', () => {
    expect(judge(ROUTER, swap())).toEqual(['unknown'])
    expect(judge(WETH.address, erc20('transfer', OWNER))).toEqual(['unknown'])
  })
})
