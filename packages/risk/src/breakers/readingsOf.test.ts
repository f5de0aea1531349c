import { type PriceReading, priceFromNumber } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { USDC, WBTC, WETH, world } from '../../test/world.ts'
import { readingsOf } from './readingsOf.ts'

const reading = (source: string, asset: string, price: number): PriceReading => ({
  source,
  asset,
  price: priceFromNumber(price),
  updatedAt: 1_699_999_000n,
  heartbeat: 3_600n,
})
const frame = {
  ...world({
    oracle: { ETH: 1_980 },
    market: { ETH: 2_000, USDC: 0.99 },
    loans: [
      {
        venue: 'aave',
        collateral: [{ token: WETH, amount: 10 }],
        debt: [{ token: USDC, amount: 5_000 }],
      },
    ],
    perps: [{ venue: 'perp', equity: 1_000, legs: [{ asset: 'ETH', size: -1, mark: 2_010 }] }],
  }),
  prices: [reading('chainlink', 'ETH', 1_980), reading('pyth', 'ETH', 1_999)],
}

test('default: venues, feeds with their dates, and one vote an exchange', () => {
  const readings = readingsOf(frame, { marketSources: ['pyth'] })
  expect(readings.protocol).toEqual([
    expect.objectContaining({ venue: 'aave', asset: 'ETH', price: 1_980 }),
    expect.objectContaining({ venue: 'aave', asset: 'USDC', price: 1 }),
    expect.objectContaining({ venue: 'perp', asset: 'ETH', price: 2_010 }),
  ])
  expect(readings.feeds.slice(0, 2)).toEqual([
    {
      feed: 'chainlink:ETH',
      asset: 'ETH',
      role: 'protocol',
      price: 1_980,
      updatedAt: 1_699_999_000,
      heartbeat: 3_600,
    },
    expect.objectContaining({ feed: 'pyth:ETH', role: 'market', price: 1_999 }),
  ])
  const pool = readings.feeds.find(({ feed }) => feed === 'pool:ETH')
  expect(pool).toMatchObject({ role: 'market', updatedAt: 1_700_000_000, heartbeat: 60 })
  expect(pool?.price).toBeCloseTo(2_000, 9)
  expect(readings.perps).toEqual([
    { venue: 'perp', market: 'vETH', asset: 'ETH', mark: 2_010, index: 2_010 },
  ])
})

describe('exchanges', () => {
  const [eth] = frame.depth
  const pools = [0.001, 0.003].map((fee, i) => ({
    ...eth!,
    fee,
    spot: priceFromNumber(3_000 * (i + 1)),
  }))
  const many = { ...frame, depth: [...frame.depth, ...pools] }

  test('behavior: many pools of one venue are one source, their median', () => {
    const of = readingsOf(many).feeds.filter(({ feed }) => feed === 'pool:ETH')
    expect(of).toHaveLength(1)
    expect(of[0]?.price).toBeCloseTo(3_000 * 0.99, 6)
  })

  test('behavior: the average stands beside the spot, and does not take its vote', () => {
    const history = {
      venue: 'pool',
      asset: 'ETH',
      quote: 'USDC',
      fee: eth!.fee,
      twap30m: 2_100,
      depthBefore: 5e7,
    }
    const readings = readingsOf(frame, { history: [history] })
    expect(readings.feeds.find(({ feed }) => feed === 'pool:ETH')?.price).toBeCloseTo(2_000, 9)
    expect(readings.pools).toEqual([
      {
        venue: 'pool',
        market: 'WETH/USDC 0.0005',
        asset: 'ETH',
        spot: expect.closeTo(2_020.2, 1),
        twap30m: 2_100,
        depth: 1e7,
        depthBefore: 5e7,
      },
    ])
    expect(readingsOf(many, { history: [{ ...history, fee: 0.01 }] }).pools).toEqual([])
  })

  test('behavior: a pool quoted in another asset is carried into dollars', () => {
    const inBtc = { ...eth!, venue: 'curve', quote: WBTC, spot: priceFromNumber(0.05) }
    const readings = readingsOf({ ...frame, depth: [inBtc] })
    expect(readings.feeds.find(({ feed }) => feed === 'curve:ETH')?.price).toBeCloseTo(2_000, 9)
  })
})

test('behavior: what no frame holds comes from beside it', () => {
  const beyond = {
    stables: [{ asset: 'USDC', price: 1, redemption: null }],
    parities: [{ asset: 'wstETH', base: 'ETH', market: 1.2, nav: 1.2 }],
    sequencers: [{ chain: 'arbitrum', up: true, since: 0 }],
    sigma5m: new Map([['ETH', 0.002]]),
    deviationThresholds: new Map([['ETH', 0.005]]),
  }
  const readings = readingsOf(frame, beyond)
  expect(readings).toMatchObject({
    stables: beyond.stables,
    parities: beyond.parities,
    sequencers: beyond.sequencers,
  })
  expect(readings.sigma5m).toBe(beyond.sigma5m)
  expect(readings.protocol.map((each) => each.deviationThreshold)).toEqual([0.005, null, 0.005])
})
