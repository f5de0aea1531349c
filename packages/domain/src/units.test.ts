import { describe, expect, test } from 'vitest'
import { InvalidNumberError } from './errors.ts'
import {
  numberFromRay,
  priceFromNumber,
  RAY,
  rawFromNumber,
  ray,
  usd,
  valueDown,
  valueUp,
  WAD,
  wadFromNumber,
} from './units.ts'

describe('wadFromNumber', () => {
  test('default', () => {
    expect(wadFromNumber(1.5)).toBe((3n * WAD) / 2n)
    expect(wadFromNumber(-0.25)).toBe(-WAD / 4n)
    expect(wadFromNumber(1e20)).toBe(10n ** 38n)
    expect(priceFromNumber(2_000)).toBe(2_000n * WAD)
  })

  test('error: InvalidNumberError', () => {
    for (const value of [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      1e21,
      -1e21,
    ])
      expect(() => wadFromNumber(value)).toThrow(InvalidNumberError)
  })
})

test('rawFromNumber: cuts toward zero', () => {
  expect(rawFromNumber(1.234_567_89, 6)).toBe(1_234_567n)
  expect(rawFromNumber(-1.234_567_89, 6)).toBe(-1_234_567n)
  expect(rawFromNumber(2, 24)).toBe(2n * 10n ** 24n)
})

test('valueDown and valueUp: one wei of ETH is worth nothing and one unit', () => {
  const at = priceFromNumber(2_000)
  expect(valueDown(1n, 18, at)).toBe(usd(0n))
  expect(valueUp(1n, 18, at)).toBe(usd(1n))
})

test('numberFromRay: a yearly rate', () => {
  expect(numberFromRay(ray(RAY / 20n))).toBe(0.05)
})
