import { known, openChain, type TestChain } from '@plimsoll/devnet'
import { type DepthReading, type Token, USD, usd, WAD } from '@plimsoll/domain'
import { createRandom } from '@plimsoll/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { depthOf, type PoolState, tickProvider, tickWindow } from '../src/depth.ts'
import { isBaseFirst, type Pool } from '../src/Pool.ts'
import { movedSqrtPrice } from '../src/price.ts'
import { readPool } from '../src/read.ts'
import { core, TickMath, v3 } from '../src/sdk.ts'
import { createWalk, type Traded } from './createWalk.ts'

const SEED = 20_260_207
const STATES = 240
const Q192 = 2n ** 192n

let chain: TestChain
beforeAll(async () => {
  chain = await openChain()
})
afterAll(() => chain?.devnet.stop())

test(`parity: quotes, prices, depth and volume equal the pools' in ${STATES} random states`, async () => {
  const { client } = chain
  const random = createRandom(SEED)
  const walk = await createWalk(chain, random)
  const traded: Traded[] = []
  const seen = { swaps: 0, simulated: 0, crossed: 0, depths: 0, ticks: 0, volumes: 0 }

  /** Spot is the pool's own price, rounded down: checked by cross-multiplication. */
  const checkSpot = async (pool: Pool, { spot }: DepthReading): Promise<void> => {
    const { sqrtPriceX96 } = await walk.slot0(pool)
    const squared = sqrtPriceX96 * sqrtPriceX96
    const [numerator, denominator] = isBaseFirst(pool) ? [squared, Q192] : [Q192, squared]
    const exact = numerator * WAD * 10n ** BigInt(pool.base.decimals)
    const unit = denominator * 10n ** BigInt(pool.quote.decimals)
    expect(spot * unit <= exact && exact < (spot + 1n) * unit).toBe(true)
  }

  /** What every swap of the last five minutes moved, by its trader's balances. */
  const checkVolume = (pool: Pool, reading: DepthReading, now: bigint): void => {
    const recent = traded.filter(
      (each) => each.pool.address === pool.address && each.timestamp > now - 300n,
    )
    const sum = recent.reduce((total, { quote }) => total + quote, 0n)
    expect(reading.volume5m).toBe(usd((sum * USD) / 10n ** BigInt(pool.quote.decimals)))
    if (sum > 0n) seen.volumes++
  }

  /** Trades that end exactly 1 % away move exactly the quote that depth says, either way. */
  const checkDepth = async (pool: Pool, state: PoolState, reading: DepthReading): Promise<void> => {
    seen.depths++
    seen.ticks += state.ticks.length
    const depth = await depthOf(pool, state)
    const value = (raw: bigint) => usd((raw * USD) / 10n ** BigInt(pool.quote.decimals))
    expect([reading.depthDown, reading.depthUp]).toEqual([value(depth.down), value(depth.up)])
    for (const [change, tokenIn, tokenOut, expected] of [
      [-100n, pool.base, pool.quote, depth.down],
      [100n, pool.quote, pool.base, depth.up],
    ] as const) {
      const restore = await chain.checkpoint()
      const limit = movedSqrtPrice(pool, state.sqrtPriceX96, change)
      const { quote } = await walk.push(pool, { tokenIn, tokenOut }, limit)
      expect((await walk.slot0(pool)).sqrtPriceX96).toBe(limit)
      expect(quote).toBe(expected)
      await restore()
    }
  }

  for (let n = 0; n < STATES; n++) {
    const { venue, pool, intent } = await walk.step()
    const block = await chain.latest()
    const reading = known(
      (await venue.read(block)).find(({ asset }) => asset === pool.base.asset),
      'a reading',
    )
    const state = await readPool(client, pool, block)
    await checkSpot(pool, reading)
    checkVolume(pool, reading, block.timestamp)
    if (random.next() < 0.3) await checkDepth(pool, state, reading)

    const quoted = await venue.quote(intent, block)
    const simulated = await simulate(pool, state, intent.tokenIn, intent.amountIn)
    if (simulated !== null) {
      seen.simulated++
      if (simulated.tick !== state.tick && state.ticks.length > 0) seen.crossed++
      expect(quoted.amountOut).toBe(simulated.amountOut)
    }
    if (quoted.amountOut === 0n) continue

    const order = { ...intent, minOut: quoted.amountOut }
    const context = { owner: walk.trader, sender: walk.trader, deadline: block.timestamp + 600n }
    const swap = await walk.swap(pool, order, venue.encode(order, context))
    expect(swap.received).toBe(quoted.amountOut)
    expect(swap.paid).toBe(intent.amountIn)
    traded.push(swap)
    seen.swaps++
  }

  expect(seen.swaps).toBeGreaterThan(200)
  expect(seen.simulated).toBeGreaterThan(STATES / 2)
  expect(seen.crossed).toBeGreaterThan(STATES / 10)
  expect(seen.depths).toBeGreaterThan(STATES / 6)
  expect(seen.ticks).toBeGreaterThan(seen.depths)
  expect(seen.volumes).toBeGreaterThan(STATES / 2)
})

/** The swap by Uniswap's SDK over the ticks that were read; null where it leaves them. */
async function simulate(pool: Pool, state: PoolState, tokenIn: Token, amountIn: bigint) {
  const sdkToken = ({ chainId, address, decimals, symbol }: Token) =>
    new core.Token(chainId, address, decimals, symbol)
  const before = new v3.Pool(
    sdkToken(pool.base),
    sdkToken(pool.quote),
    pool.fee,
    state.sqrtPriceX96.toString(),
    state.liquidity.toString(),
    state.tick,
    tickProvider(state),
  )
  const sold = core.CurrencyAmount.fromRawAmount(sdkToken(tokenIn), amountIn.toString())
  const [lowest, highest] = tickWindow(pool, state.sqrtPriceX96)
  const [limit, edge] = before.token0.equals(sdkToken(tokenIn)) ? [lowest, 1] : [highest, -1]
  const [out, after] = await before.getOutputAmount(sold, TickMath.getSqrtRatioAtTick(limit))
  const inside = (after.tickCurrent - limit) * edge > 0
  return inside ? { amountOut: BigInt(out.quotient.toString()), tick: after.tickCurrent } : null
}
