import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEFAULT_MARGIN_KEEPER_CONFIG } from './config.ts'
import { NO_PRESERVATION, type Observation, preserve } from './preservation.ts'

const config = DEFAULT_MARGIN_KEEPER_CONFIG.preservation

/** Equity from 1 to 200, health from 0.5 to 3, steps of up to four hours. */
const walk: fc.Arbitrary<readonly Observation[]> = fc
  .array(
    fc.record({
      passed: fc.bigInt({ min: 1n, max: 14_400n }),
      equity: fc.double({ min: 1, max: 200, noNaN: true }),
      weakest: fc.option(fc.double({ min: 0.5, max: 3, noNaN: true })),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((steps) => {
    let time = 0n
    return steps.map(({ passed, equity, weakest }) => {
      time += passed
      return { time, equity, weakest }
    })
  })

test('property: the mode is what the whole window says, whatever was forgotten on the way', () => {
  fc.assert(
    fc.property(walk, (observations) => {
      let state = NO_PRESERVATION
      for (const [i, seen] of observations.entries()) {
        const before = state.mode
        state = preserve(state, seen, config)
        const window = observations
          .slice(0, i + 1)
          .filter(({ time }) => time > seen.time - BigInt(config.windowSeconds))
        const peak = Math.max(...window.map(({ equity }) => equity))
        const fallen = (peak - seen.equity) / peak
        const health = seen.weakest ?? Number.POSITIVE_INFINITY
        const alarmed = fallen >= config.drawdown.enter || health < config.health.enter
        if (alarmed) expect(state.mode).toBe('preserving')
        else if (before === 'normal') expect(state.mode).toBe('normal')
      }
    }),
    { seed: 31, numRuns: 300 },
  )
})

test('property: preserving ends only after clearSeconds without one bad observation', () => {
  fc.assert(
    fc.property(walk, (observations) => {
      let state = NO_PRESERVATION
      let bad = Number.NEGATIVE_INFINITY
      for (const seen of observations) {
        const before = state
        state = preserve(state, seen, config)
        if ((seen.weakest ?? 9) < config.health.exit) bad = Number(seen.time)
        if (before.mode === 'preserving' && state.mode === 'normal')
          expect(Number(seen.time) - bad).toBeGreaterThan(config.clearSeconds)
      }
    }),
    { seed: 32, numRuns: 300 },
  )
})

test('property: an unknown figure never leaves the mode, and never enters it', () => {
  const maybe = <T>(known: fc.Arbitrary<T>) => fc.option(known, { nil: null })
  const figures = fc.record({
    probability24h: maybe(fc.double({ min: 0, max: 0.1, noNaN: true })),
    breakers: maybe(fc.constantFrom('green', 'amber', 'red')),
    sigmaRatio: maybe(fc.double({ min: 0.5, max: 3, noNaN: true })),
    forcedVenues: maybe(fc.integer({ min: 0, max: 3 })),
  })
  const watching = fc
    .array(fc.tuple(fc.bigInt({ min: 1n, max: 14_400n }), figures), { minLength: 1, maxLength: 40 })
    .map((steps) => {
      let time = 0n
      return steps.map(([passed, seen]): Observation => {
        time += passed
        return { time, equity: 100, weakest: 2, ...seen }
      })
    })
  fc.assert(
    fc.property(watching, (observations) => {
      let state = NO_PRESERVATION
      for (const seen of observations) {
        const before = state
        state = preserve(state, seen, config)
        const unknown = Object.values(seen).includes(null)
        const alarmed =
          (seen.probability24h ?? 0) > config.probability.enter ||
          seen.breakers === 'red' ||
          (seen.forcedVenues ?? 0) >= config.forcedVenues.enter
        if (alarmed) expect(state.mode).toBe('preserving')
        else if (before.mode === 'normal') expect(state.mode).toBe('normal')
        else if (unknown) expect(state).toMatchObject({ mode: 'preserving', clearSince: null })
      }
    }),
    { seed: 33, numRuns: 300 },
  )
})
