import { InvalidInputError, numberFromWad } from '@plimsoll/domain'
import { expect, test } from 'vitest'
import { syntheticCrash } from './syntheticCrash.ts'

const SEEDS = Array.from({ length: 200 }, (_, i) => i * 7_919 - 300)

const series = (seed: number, frames: number | undefined, asset: 'ETH' | 'BTC') =>
  syntheticCrash({ seed, ...(frames === undefined ? {} : { frames }) }).frames.map(({ prices }) =>
    numberFromWad(prices[asset]),
  )
const fallOf = (prices: readonly number[]) => 1 - Math.min(...prices) / prices[0]!
const returns = (prices: readonly number[]) => prices.slice(1).map((p, i) => p / prices[i]! - 1)

test('default: 96 frames of 5 minutes from the start prices, the same for the same seed', () => {
  const path = syntheticCrash({ seed: 7 })
  expect(path.frames).toHaveLength(96)
  expect(path.gaps).toEqual([])
  expect(path.frames[0]!.prices).toEqual({
    ETH: 2000n * 10n ** 18n,
    BTC: 40_000n * 10n ** 18n,
    USDC: 10n ** 18n,
  })
  const steps = path.frames.slice(1).map(({ at }, i) => at - path.frames[i]!.at)
  expect(new Set(steps)).toEqual(new Set([300]))
  expect(syntheticCrash({ seed: 7 })).toEqual(path)
  expect(syntheticCrash({ seed: 8 })).not.toEqual(path)
})

test.each([72, undefined, 288])(
  'property: the fall is deep and no bar worse than −6 % (%s frames)',
  (frames) => {
    for (const seed of SEEDS) {
      const eth = series(seed, frames, 'ETH')
      const btc = series(seed, frames, 'BTC')
      expect(fallOf(eth)).toBeGreaterThan(0.455)
      expect(fallOf(eth)).toBeLessThan(0.5)
      expect(fallOf(btc)).toBeGreaterThan(0.38)
      expect(fallOf(btc)).toBeLessThan(0.45)
      expect(Math.min(...returns(eth))).toBeGreaterThan(-0.06)
      expect(eth.at(-1)! / Math.min(...eth)).toBeGreaterThan(1.05)
    }
  },
)

test('property: BTC moves with ETH', () => {
  for (const seed of SEEDS.slice(0, 20)) {
    const [x, y] = [returns(series(seed, 96, 'ETH')), returns(series(seed, 96, 'BTC'))]
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
    const cov = (a: readonly number[], b: readonly number[]) =>
      mean(a.map((v, i) => (v - mean(a)) * (b[i]! - mean(b))))
    expect(cov(x, y) / Math.sqrt(cov(x, x) * cov(y, y))).toBeGreaterThan(0.7)
  }
})

test('error: InvalidInputError', () => {
  expect(() => syntheticCrash({ seed: 1.5 })).toThrow(InvalidInputError)
  expect(() => syntheticCrash({ seed: 1, frames: 71 })).toThrow(InvalidInputError)
  expect(() => syntheticCrash({ seed: 1, frames: Number.NaN })).toThrow(InvalidInputError)
})
