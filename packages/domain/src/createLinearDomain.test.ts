import { describe, expect, test } from 'vitest'
import { createLinearDomain } from './createLinearDomain.ts'
import { InvalidInputError, MissingPriceError } from './errors.ts'
import type { Linear } from './Linear.ts'

const linear = (constant: number, perToken: Readonly<Record<string, number>> = {}): Linear => ({
  constant,
  perToken: new Map(Object.entries(perToken)),
})

const create = (backing: Linear, requirement: Linear) =>
  createLinearDomain({
    id: 'venue/owner',
    venue: 'venue',
    type: 'perp',
    linear: { backing, requirement, equity: backing, exposure: requirement },
    venuePrices: new Map(),
    liquidation: { closeFactor: 0.5, fullCloseHealth: null, bonus: 0.05, partial: true },
  })

const at = new Map([['ETH', 2_000]])

describe('health', () => {
  test('default', () => {
    const health = create(linear(0, { ETH: 1 }), linear(1_000)).health(at)
    expect(health).toEqual({ type: 'solvent', lnHealth: expect.closeTo(Math.log(2), 12) })
  })

  test('behavior: nothing owed is unlevered, whatever backs it', () => {
    expect(create(linear(500), linear(0)).health(at)).toEqual({ type: 'unlevered' })
    expect(create(linear(0), linear(0)).health(at)).toEqual({ type: 'unlevered' })
  })

  test('behavior: zero equity against a requirement is insolvent by all of it', () => {
    const health = create(linear(-2_000, { ETH: 1 }), linear(125)).health(at)
    expect(health).toEqual({ type: 'insolvent', shortfall: 125 })
  })

  test('behavior: a loss left with nothing open is insolvent, not unlevered', () => {
    expect(create(linear(-30), linear(0)).health(at)).toEqual({ type: 'insolvent', shortfall: 30 })
  })
})

test('liquidationPrice: null where no positive price does it', () => {
  expect(create(linear(0, { ETH: 1 }), linear(1_000)).liquidationPrice('ETH', at)).toBe(1_000)
  expect(create(linear(5_000, { ETH: 1 }), linear(1_000)).liquidationPrice('ETH', at)).toBeNull()
  expect(create(linear(500), linear(0)).liquidationPrice('ETH', at)).toBeNull()
})

test('error: MissingPriceError', () => {
  expect(() => create(linear(0, { BTC: 1 }), linear(1)).health(at)).toThrow(MissingPriceError)
})

test('error: InvalidInputError', () => {
  expect(() => create(linear(Number.NaN), linear(1))).toThrow(InvalidInputError)
  expect(() => create(linear(1), linear(0, { ETH: -1 }))).toThrow(InvalidInputError)
  const huge = create(linear(0, { ETH: 1e300 }), linear(1))
  expect(() => huge.health(new Map([['ETH', 1e300]]))).toThrow(InvalidInputError)
})
