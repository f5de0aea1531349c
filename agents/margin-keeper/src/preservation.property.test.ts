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
