import { InvalidInputError } from '@plimsoll/domain'
import { expect, test } from 'vitest'
import { DEFAULT_MARGIN_KEEPER_CONFIG, parseMarginKeeperConfig } from './config.ts'

test('default: nothing given gives the defaults', () => {
  expect(parseMarginKeeperConfig(undefined)).toEqual(DEFAULT_MARGIN_KEEPER_CONFIG)
  expect(parseMarginKeeperConfig({})).toEqual(DEFAULT_MARGIN_KEEPER_CONFIG)
})

test('behavior: what is given replaces its default at any depth', () => {
  const config = parseMarginKeeperConfig({
    name: 'alice',
    attempts: 5,
    preservation: { drawdown: { enter: 0.3 } },
    assess: { correlation: 0.5, stable: ['DAI'] },
  })
  expect(config.preservation.drawdown).toEqual({ enter: 0.3, exit: 0.1 })
  expect(config.preservation.health).toEqual(DEFAULT_MARGIN_KEEPER_CONFIG.preservation.health)
  expect(config.assess).toEqual({
    ...DEFAULT_MARGIN_KEEPER_CONFIG.assess,
    correlation: 0.5,
    stable: ['DAI'],
  })
})

test.for([
  ['an unknown key', { attemps: 3 }, 'config.attemps'],
  ['an unknown key below', { preservation: { drawdown: { entry: 0.1 } } }, 'drawdown.entry'],
  ['text for an object', { preservation: 'always' }, 'config.preservation'],
  ['a list for an object', { assess: [] }, 'config.assess'],
  ['null', null, 'config'],
  ['text for a number', { attempts: '3' }, 'config.attempts'],
  ['NaN', { attempts: Number.NaN }, 'config.attempts'],
  ['text for a list', { assess: { stable: 'USDC' } }, 'config.assess.stable'],
  ['half an attempt', { attempts: 0.5 }, 'attempts'],
  ['no tick of doubt', { unsureTicks: 0 }, 'unsureTicks'],
  ['an empty name', { name: ' ' }, 'name'],
  ['exit above enter', { preservation: { drawdown: { exit: 0.2 } } }, 'preservation.drawdown'],
  ['a drawdown above all', { preservation: { drawdown: { enter: 1.1 } } }, 'preservation.drawdown'],
  ['health exit below enter', { preservation: { health: { exit: 1 } } }, 'preservation.health'],
  ['health below one', { preservation: { health: { enter: 0.9 } } }, 'preservation.health'],
  ['P exit above enter', { preservation: { probability: { exit: 0.1 } } }, 'probability'],
  ['P above all', { preservation: { probability: { enter: 1.1 } } }, 'probability'],
  ['no forced venue', { preservation: { forcedVenues: { enter: 0 } } }, 'forcedVenues'],
  ['half a forced venue', { preservation: { forcedVenues: { enter: 1.5 } } }, 'forcedVenues'],
  ['no volatility', { preservation: { sigmaRatio: { exit: 0 } } }, 'sigmaRatio.exit'],
  ['an entry by volatility', { preservation: { sigmaRatio: { enter: 2 } } }, 'sigmaRatio.enter'],
  ['no window', { preservation: { windowSeconds: 0 } }, 'preservation.windowSeconds'],
  ['negative clear time', { preservation: { clearSeconds: -1 } }, 'preservation.clearSeconds'],
] as const)('error: InvalidInputError for %s', ([, input, field]) => {
  let caught: unknown
  try {
    parseMarginKeeperConfig(input)
  } catch (error) {
    caught = error
  }
  expect(caught).toBeInstanceOf(InvalidInputError)
  expect((caught as InvalidInputError).field).toContain(field)
})
