import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WBTC_USDC, WETH_USDC } from '../test/fixtures.ts'
import { depthOf, type PoolState, tickProvider, tickWindow } from './depth.ts'
import { v3 } from './sdk.ts'

const Q96 = 2n ** 96n
const state = (over: Partial<PoolState> = {}): PoolState => ({
  sqrtPriceX96: Q96,
  tick: 0,
  liquidity: 10n ** 18n,
  tickSpacing: 10,
  ticks: [],
  ...over,
})

describe('depthOf', () => {
  test('default: liquidity L at price 1 gives L × (1 − √0.99) of the quote', async () => {
    const { down, up } = await depthOf(WETH_USDC, state())
    expect(Number(down) / 1e18).toBeCloseTo(1 - Math.sqrt(0.99), 9)
    expect(Number(up) / 1e18).toBeCloseTo((Math.sqrt(1.01) - 1) / (1 - 0.0005), 9)
  })

  test('behavior: the same where the base sorts second', async () => {
    const { down, up } = await depthOf(WBTC_USDC, state({ tickSpacing: 60 }))
    expect(Number(down) / 1e18).toBeCloseTo(1 - Math.sqrt(0.99), 9)
    expect(Number(up) / 1e18).toBeCloseTo((Math.sqrt(1.01) - 1) / (1 - 0.003), 9)
  })

  test('behavior: liquidity that ends at a tick counts up to there', async () => {
    const whole = await depthOf(WETH_USDC, state())
    const ending = [
      { index: -50, liquidityNet: 10n ** 18n },
      { index: 50, liquidityNet: -(10n ** 18n) },
    ]
    const { down, up } = await depthOf(WETH_USDC, state({ ticks: ending }))
    expect(Number(down) / Number(whole.down)).toBeCloseTo(0.5, 2)
    expect(Number(up) / Number(whole.up)).toBeCloseTo(0.5, 2)
  })

  test('behavior: an empty pool has no depth', async () => {
    expect(await depthOf(WETH_USDC, state({ liquidity: 0n }))).toEqual({ down: 0n, up: 0n })
  })
})

describe('tickWindow', () => {
  test('default: 1 % is about a hundred ticks', () => {
    expect(tickWindow(WETH_USDC, Q96)).toEqual([-101, 100])
    expect(tickWindow(WBTC_USDC, Q96)).toEqual([-100, 101])
  })
})

describe('tickProvider', () => {
  const spacing = 10
  const ticks = fc
    .uniqueArray(fc.integer({ min: -600, max: 600 }), { minLength: 1, maxLength: 8 })
    .map((places) => places.sort((a, b) => a - b).map((place) => place * spacing))

  test('property: finds what the SDK’s own list of ticks finds', async () => {
    await fc.assert(
      fc.asyncProperty(
        ticks,
        fc.integer({ min: -6_000, max: 6_000 }),
        fc.boolean(),
        async (indices, tick, downwards) => {
          const list = indices.map(
            (index) => new v3.Tick({ index, liquidityGross: 1, liquidityNet: 0 }),
          )
          const ours = tickProvider({
            ticks: indices.map((index) => ({ index, liquidityNet: 0n })),
          })
          expect(await ours.nextInitializedTickWithinOneWord(tick, downwards, spacing)).toEqual(
            v3.TickList.nextInitializedTickWithinOneWord(list, tick, downwards, spacing),
          )
        },
      ),
    )
  })

  test('behavior: a tick that is not there adds no liquidity', async () => {
    const provider = tickProvider({ ticks: [{ index: 10, liquidityNet: -7n }] })
    expect(await provider.getTick(10)).toEqual({ liquidityNet: '-7' })
    expect(await provider.getTick(20)).toEqual({ liquidityNet: '0' })
  })
})
