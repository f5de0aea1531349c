import { InvalidInputError } from '@plimsoll/domain'
import { createRandom } from '@plimsoll/testkit'
import { expect, test } from 'vitest'
import { calibrateImpact, type ExecutedTrade } from './calibrateImpact.ts'

/** Trades of a market that obeys `move = Y σ ζ (q/V)^δ` up to noise. */
function trades(p: {
  readonly count: number
  readonly prefactor: number
  readonly exponent: number
  readonly noise: number
}): readonly ExecutedTrade[] {
  const random = createRandom(6)
  const normal = () =>
    Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  return Array.from({ length: p.count }, () => {
    const share = 10 ** (-4 + 3 * random.next())
    const dailyVolume = 10 ** (7 + 3 * random.next())
    const dailyVolatility = 0.02 + 0.06 * random.next()
    const stress = 1 + random.next()
    const move = p.prefactor * share ** p.exponent + p.noise * normal()
    return {
      value: share * dailyVolume,
      dailyVolume,
      dailyVolatility,
      stress,
      move: move * dailyVolatility * stress,
    }
  })
}

test('default', () => {
  const fit = calibrateImpact(trades({ count: 2_000, prefactor: 0.8, exponent: 0.5, noise: 0.05 }))
  expect(fit.trusted).toBe(true)
  expect(Math.abs(fit.prefactor - 0.8)).toBeLessThan(3 * fit.prefactorError)
  expect(fit.prefactorError).toBeLessThan(0.02)
  expect(fit.usable).toBe(fit.prefactor)
  expect(Math.abs((fit.exponent ?? 0) - 0.5)).toBeLessThan(0.1)
  expect(fit.explained).toBeGreaterThan(fit.explainedByLinear)
  expect(fit.bins.reduce((sum, bin) => sum + bin.trades, 0)).toBe(2_000)
})

test('behavior: without noise the parameters are found exactly', () => {
  const fit = calibrateImpact(trades({ count: 200, prefactor: 1.2, exponent: 0.5, noise: 0 }))
  expect(fit.prefactor).toBeCloseTo(1.2, 9)
  expect(fit.explained).toBeCloseTo(1, 9)
})

test('behavior: what is doubtful is reported and not used', () => {
  const doubt = (p: Parameters<typeof trades>[0]) => {
    const { usable, trusted, doubts } = calibrateImpact(trades(p))
    expect([usable, trusted]).toEqual([1, false])
    return doubts.join('; ')
  }
  const good = { count: 2_000, prefactor: 1, exponent: 0.5, noise: 0.02 }
  expect(doubt({ ...good, count: 20 })).toContain('50 are needed')
  expect(doubt({ ...good, prefactor: 3 })).toContain('outside')
  expect(doubt({ ...good, exponent: 1, prefactor: 4 })).toContain('exponent')
  expect(doubt({ ...good, noise: 20 })).toContain('error')
})

test('error: InvalidInputError', () => {
  const [trade] = trades({ count: 1, prefactor: 1, exponent: 0.5, noise: 0 })
  for (const change of [{ value: 0 }, { dailyVolume: 0 }, { dailyVolatility: 0 }, { move: NaN }])
    expect(() => calibrateImpact([{ ...trade!, ...change }])).toThrow(InvalidInputError)
})
