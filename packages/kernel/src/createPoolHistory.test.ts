import { type DepthReading, type Frame, priceFromNumber, usd } from '@plimsoll/domain'
import { expect, test } from 'vitest'
import { createPoolHistory } from './createPoolHistory.ts'

const token = (symbol: string, n: number) => ({
  chainId: 1,
  address: `0x${String(n).padStart(40, '0')}` as const,
  symbol,
  decimals: 18,
  asset: symbol,
})

const frame = (at: number, spot: number, depth = 1_000_000): Frame => {
  const reading: DepthReading = {
    venue: 'pool',
    asset: 'ETH',
    base: token('ETH', 1),
    quote: token('USDC', 2),
    spot: priceFromNumber(spot),
    fee: 0.0005,
    depthDown: usd(BigInt(depth) * 10n ** 8n),
    depthUp: usd(BigInt(2 * depth) * 10n ** 8n),
    volume5m: usd(0n),
  }
  return {
    block: { number: BigInt(at), hash: '0x01', timestamp: BigInt(at), gasPrice: 0n },
    depth: [reading],
  } as unknown as Frame
}

test('default: each spot counts for as long as it stood, within half an hour', () => {
  const history = createPoolHistory()
  history.observe(frame(0, 1_000, 4_000_000))
  history.observe(frame(600, 2_000))
  history.observe(frame(1_800, 3_000))
  expect(history.read()).toEqual([
    {
      venue: 'pool',
      asset: 'ETH',
      quote: 'USDC',
      fee: 0.0005,
      twap30m: (1_000 * 600 + 2_000 * 1_200) / 1_800,
      depthBefore: 4_000_000,
    },
  ])
})

test('behavior: what stood when the window began counts from there on, what was before is forgotten', () => {
  const history = createPoolHistory()
  for (const [at, spot] of [
    [0, 5_000],
    [1_000, 1_000],
    [2_000, 2_000],
    [3_000, 3_000],
  ] as const)
    history.observe(frame(at, spot))
  // Window 1200 to 3000: 800 s at 1000, 1000 s at 2000.
  expect(history.read()[0]?.twap30m).toBeCloseTo((1_000 * 800 + 2_000 * 1_000) / 1_800, 9)
})

test('behavior: less than ten minutes say nothing, and the same block twice counts once', () => {
  const history = createPoolHistory()
  history.observe(frame(0, 1_000))
  history.observe(frame(599, 1_000))
  history.observe(frame(599, 9_000))
  expect(history.read()).toEqual([])
})
