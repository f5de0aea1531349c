import { InvalidInputError } from '@plimsoll/domain'
import { expect, test } from 'vitest'
import { DEFAULT_BREAKER_CONFIG } from './BreakerConfig.ts'
import { parseBreakerConfig } from './parseBreakerConfig.ts'

test('default: nothing given gives the defaults', () => {
  expect(parseBreakerConfig(undefined)).toEqual(DEFAULT_BREAKER_CONFIG)
  expect(parseBreakerConfig({})).toEqual(DEFAULT_BREAKER_CONFIG)
})

test('behavior: what is given replaces its default at any depth', () => {
  const config = parseBreakerConfig({ twap: { red: 0.05 }, sources: { exempt: ['USDC'] } })
  expect(config.twap).toEqual({ ...DEFAULT_BREAKER_CONFIG.twap, red: 0.05 })
  expect(config.sources).toEqual({ amberBelow: 3, redBelow: 1, exempt: ['USDC'] })
})

test.for([
  ['an unknown key', { hysteresis: 1 }, 'breakers key'],
  ['an unknown key below', { twap: { rd: 1 } }, 'breakers.twap key'],
  ['text for an object', { age: 'old' }, 'breakers.age'],
  ['null', null, 'breakers'],
  ['text for a number', { clearSeconds: '9' }, 'breakers.clearSeconds'],
  ['NaN', { clearSeconds: Number.NaN }, 'breakers.clearSeconds'],
  ['text for a list', { sources: { exempt: 'USDC' } }, 'breakers.sources.exempt'],
  ['an empty asset', { sources: { exempt: [''] } }, 'sources.exempt'],
  ['half a source', { sources: { amberBelow: 2.5 } }, 'sources.amberBelow'],
  ['red with more sources than amber', { sources: { redBelow: 4 } }, 'sources.redBelow'],
  ['an exit beyond the limit', { exitShare: 1.1 }, 'exitShare'],
  ['negative clear time', { clearSeconds: -1 }, 'clearSeconds'],
  ['no gap allowed', { maxGapSeconds: 0 }, 'maxGapSeconds'],
  ['red before amber in age', { age: { redBeats: 0.5 } }, 'age.redBeats'],
  ['red before amber in deviation', { deviation: { redThresholds: 1 } }, 'deviation.redThresholds'],
  ['everyone must disagree and more', { deviation: { disagreeingShare: 1.5 } }, 'disagreeingShare'],
  ['red before amber in spot', { twap: { red: 0.005 } }, 'twap.red'],
  ['a peg above a dollar', { stable: { amberBelow: 1.01 } }, 'stable.amberBelow'],
  ['red above amber in peg', { stable: { redBelow: 0.999 } }, 'stable.amberBelow'],
  ['red before amber in parity', { parity: { red: 0.001 } }, 'parity.red'],
  ['red before amber in marks', { markIndex: { amber: 0.1 } }, 'markIndex.red'],
  ['less uncertainty', { effects: { nuFactor: 0.9 } }, 'effects.nuFactor'],
  ['no probability', { effects: { hitAbove: 2 } }, 'effects.hitAbove'],
] as const)('error: InvalidInputError for %s', ([, input, field]) => {
  let caught: unknown
  try {
    parseBreakerConfig(input)
  } catch (error) {
    caught = error
  }
  expect(caught).toBeInstanceOf(InvalidInputError)
  expect((caught as InvalidInputError).field).toContain(field)
})
