import fc from 'fast-check'
import { expect, test } from 'vitest'
import { netFootprint } from './netFootprint.ts'

const base = {
  forced: 1_000,
  kappa: 1,
  healthBefore: 1,
  healthAt: (share: number) => 1 + share,
  odds: (health: number) => 0.5 - 0.4 * (health - 1),
}

test('default: just under, at, just over', () => {
  expect(netFootprint({ ...base, value: 399.999 })?.share).toBe(1)
  expect(netFootprint({ ...base, value: 400 })?.share).toBe(1)
  expect(netFootprint({ ...base, value: 400.001 })).toMatchObject({ share: 0, oddsBefore: 0.5 })
  expect(netFootprint({ ...base, kappa: 1.25, value: 500 })?.share).toBe(1)
  expect(netFootprint({ ...base, kappa: 1.25, value: 500.001 })?.share).toBe(0)
})

test('behavior: where the gain flattens, so does the sale', () => {
  // Half of the action saves everything there is to save.
  const odds = (health: number) => Math.max(0.1, 0.5 - 0.8 * (health - 1))
  expect(netFootprint({ ...base, odds, value: 500 })).toMatchObject({ share: 0.5 })
})

test('behavior: odds that nobody knows, or that are none', () => {
  for (const bad of [null, Number.NaN, -0.1, 1.1]) {
    expect(netFootprint({ ...base, value: 1, odds: () => bad })).toBe(null)
    expect(netFootprint({ ...base, value: 1, odds: (health) => (health > 1.5 ? bad : 0.5) })).toBe(
      null,
    )
  }
})

test('property: at κ = 1 what is sold never exceeds the forced selling it saves', () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(
      fc.array(unit, { minLength: 2, maxLength: 30 }),
      fc.double({ min: 1, max: 1e6, noNaN: true }),
      fc.double({ min: 1, max: 1e6, noNaN: true }),
      (steps, value, forced) => {
        const odds = (health: number) =>
          steps[Math.min(steps.length - 1, Math.floor((health - 1) * steps.length))] ?? 0
        const net = netFootprint({ ...base, odds, value, forced })
        if (net === null) throw expect.unreachable()
        expect(value * net.share).toBeLessThanOrEqual(
          Math.max(0, (net.oddsBefore - net.oddsAfter) * forced) + 1e-9,
        )
      },
    ),
  )
})
