import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normalCdf, normalQuantile } from './normal.ts'

test('default: known values, in the far tail by their ratio', () => {
  expect(normalCdf(0)).toBe(0.5)
  for (const [x, p] of [
    [1, 0.841_344_746_068_543],
    [-1.959_963_984_540_054, 0.025],
    [-2.828_427_124_7, 0.002_338_867_490_5],
    [-6, 9.865_876_450_376_98e-10],
    [-10, 7.619_853_024_160_527e-24],
    [-20, 2.753_624_118_606_234e-89],
  ] as const)
    expect(normalCdf(x) / p).toBeCloseTo(1, 9)
  expect(normalQuantile(0.975)).toBeCloseTo(1.959_963_984_540_054, 12)
  expect(normalQuantile(1e-9)).toBeCloseTo(-5.997_807_015_008, 9)
  expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity])
})

test('property: the quantile of the distribution function is where it came from', () => {
  fc.assert(
    fc.property(fc.double({ min: -8, max: 0, noNaN: true }), (x) => {
      expect(normalQuantile(normalCdf(x))).toBeCloseTo(x, 9)
    }),
  )
})
