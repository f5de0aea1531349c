import { expect, test } from 'vitest'
import { InvalidInputError, MissingPriceError } from './errors.ts'
import { accumulate, evaluate, priceOf } from './Linear.ts'

const linear = {
  constant: -10,
  perToken: new Map([
    ['ETH', 2],
    ['USDC', -5],
  ]),
}

test('default', () => {
  expect(
    evaluate(
      linear,
      new Map([
        ['ETH', 100],
        ['USDC', 1],
      ]),
    ),
  ).toBe(185)
  const into = new Map([['ETH', 1]])
  accumulate(into, 'ETH', 2)
  accumulate(into, 'BTC', 3)
  expect(into).toEqual(
    new Map([
      ['ETH', 3],
      ['BTC', 3],
    ]),
  )
})

test('error: MissingPriceError', () => {
  expect(() => evaluate(linear, new Map([['ETH', 100]]))).toThrow(MissingPriceError)
})

test('error: InvalidInputError', () => {
  for (const price of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => priceOf('ETH', new Map([['ETH', price]]))).toThrow(InvalidInputError)
})
