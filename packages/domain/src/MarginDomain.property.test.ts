import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  domainOf,
  even,
  lendingPosition,
  moved,
  perpPosition,
  position,
  prices,
  RUNS,
  weakened,
} from '../test/arbitraries.ts'
import type { Prices } from './Linear.ts'
import type { Health, MarginDomain } from './MarginDomain.ts'
import { distance } from './Portfolio.ts'
import { valueUp } from './units.ts'

/** Step of the central differences in log-prices. */
const STEP = 1e-5

const lnHealth = (domain: MarginDomain, at: Prices): number => {
  const health = domain.health(at)
  return health.type === 'solvent' ? health.lnHealth : Number.NaN
}

function assertTyped(health: Health): void {
  switch (health.type) {
    case 'solvent':
      expect(Number.isFinite(health.lnHealth)).toBe(true)
      break
    case 'insolvent':
      expect(health.shortfall).toBeGreaterThan(0)
      expect(Number.isFinite(health.shortfall)).toBe(true)
      break
    case 'unlevered':
      break
    default:
      expect.unreachable(health satisfies never)
  }
}

describe('property, lending and perp alike', () => {
  test('health is a typed outcome as equity goes to zero and below: never NaN, never a flipped sign', () => {
    const share = fc.oneof(fc.constantFrom(0, 1e-6, 1), even(0, 1))
    const loss = fc.oneof(even(0, 1e6), even(0, 2e7))
    const move = fc.oneof(even(0.01, 2), fc.double({ min: 1e-9, max: 1e6, noNaN: true }))
    const seen = new Set<string>()
    fc.assert(
      fc.property(position, prices, share, loss, move, (held, at, part, lost, factor) => {
        const scene = moved(moved(at, 'ETH', factor), 'BTC', factor)
        const strong = domainOf(held)
        const weak = domainOf(weakened(held, part, lost))
        for (const domain of [strong, weak]) {
          const health = domain.health(scene)
          const { backing, requirement } = domain.margin(scene)
          seen.add(`${domain.type} ${health.type}`)
          assertTyped(health)
          expect(health.type).toBe(
            backing > 0
              ? requirement > 0
                ? 'solvent'
                : 'unlevered'
              : requirement > 0 || backing < 0
                ? 'insolvent'
                : 'unlevered',
          )
          if (health.type === 'solvent' && Math.abs(health.lnHealth) > 1e-12)
            expect(health.lnHealth > 0).toBe(backing > requirement)
          if (health.type === 'insolvent')
            expect(health.shortfall).toBeCloseTo(requirement - backing, 6)
          expect(domain.sensitivity(scene).type).toBe(health.type)
        }
        const [before, after] = [distance(strong.health(scene)), distance(weak.health(scene))]
        expect(after === before || after <= before + 1e-12).toBe(true)
      }),
      { ...RUNS, numRuns: 2_000 },
    )
    expect([...seen].toSorted()).toEqual([
      'lending insolvent',
      'lending solvent',
      'lending unlevered',
      'perp insolvent',
      'perp solvent',
      'perp unlevered',
    ])
  })

  test('gradient and Hessian equal central differences to 1e-6', () => {
    let compared = 0
    fc.assert(
      fc.property(position, prices, (held, at) => {
        const domain = domainOf(held)
        const here = domain.sensitivity(at)
        if (here.type !== 'solvent') return
        const { gradient, hessian } = here
        expect(domain.gradient(at)).toEqual(gradient)
        // Beyond this leverage the differences themselves are off by more than 1e-6.
        if (Math.max(...gradient.map(Math.abs)) > 50) return
        compared++
        for (const [i, asset] of domain.assets.entries()) {
          const up = moved(at, asset, Math.exp(STEP))
          const down = moved(at, asset, Math.exp(-STEP))
          const slope = (lnHealth(domain, up) - lnHealth(domain, down)) / (2 * STEP)
          expect(relative(gradient[i]!, slope)).toBeLessThan(1e-6)
          const [above, below] = [domain.sensitivity(up), domain.sensitivity(down)]
          if (above.type !== 'solvent' || below.type !== 'solvent') return
          for (const j of domain.assets.keys()) {
            const curve = (above.gradient[j]! - below.gradient[j]!) / (2 * STEP)
            expect(relative(hessian[j]![i]!, curve)).toBeLessThan(1e-6)
            expect(hessian[j]![i]).toBeCloseTo(hessian[i]![j]!, 9)
          }
        }
      }),
      { ...RUNS, numRuns: 1_000 },
    )
    expect(compared).toBeGreaterThan(400)
  })

  test('the liquidation price puts health at 1', () => {
    let found = 0
    fc.assert(
      fc.property(position, prices, (held, at) => {
        const domain = domainOf(held)
        for (const asset of domain.assets) {
          const price = domain.liquidationPrice(asset, at)
          if (price === null) continue
          found++
          expect(price).toBeGreaterThan(0)
          const there = new Map(at).set(asset, price)
          const { backing, requirement } = domain.margin(there)
          const size = Math.max(Math.abs(backing), requirement, domain.exposure(there))
          expect(Math.abs(backing - requirement) / size).toBeLessThan(1e-12)
        }
      }),
      RUNS,
    )
    expect(found).toBeGreaterThan(200)
  })

  test('delta equals central differences of equity', () => {
    fc.assert(
      fc.property(position, prices, (held, at) => {
        const domain = domainOf(held)
        const size = domain.exposure(at) + Math.abs(domain.equity(at)) + 1
        for (const asset of domain.assets) {
          const up = domain.equity(moved(at, asset, Math.exp(STEP)))
          const down = domain.equity(moved(at, asset, Math.exp(-STEP)))
          const slope = (up - down) / (2 * STEP)
          expect(Math.abs((domain.delta(at).get(asset) ?? 0) - slope) / size).toBeLessThan(1e-6)
        }
      }),
      RUNS,
    )
  })
})

describe('property, loans', () => {
  test('health falls when debt rises', () => {
    fc.assert(
      fc.property(
        lendingPosition.filter(({ debt }) => debt.length > 0),
        prices,
        fc.bigInt({ min: 1_001n, max: 100_000n }),
        (held, at, thousandths) => {
          const debt = held.debt.map((leg, i) => {
            const raw = i === 0 ? (leg.raw * thousandths) / 1_000n + 1n : leg.raw
            return { ...leg, raw, value: valueUp(raw, leg.token.decimals, leg.oraclePrice) }
          })
          const before = distance(domainOf(held).health(at))
          const after = distance(domainOf({ ...held, debt }).health(at))
          if (before > Number.NEGATIVE_INFINITY) expect(after).toBeLessThan(before)
          else expect(after).toBe(before)
        },
      ),
      RUNS,
    )
  })

  test('health falls when the price of a collateral that is not owed falls', () => {
    fc.assert(
      fc.property(
        lendingPosition.filter(({ debt }) => debt.length > 0),
        prices,
        even(0.01, 0.99),
        (held, at, factor) => {
          const owed = new Set(held.debt.map(({ token }) => token.asset))
          const before = distance(domainOf(held).health(at))
          for (const { token, raw } of held.collateral) {
            if (owed.has(token.asset)) continue
            const after = distance(domainOf(held).health(moved(at, token.asset, factor)))
            if (raw > 10n ** BigInt(token.decimals)) expect(after).toBeLessThan(before)
            else expect(after).toBeLessThanOrEqual(before)
          }
        },
      ),
      RUNS,
    )
  })
})

describe('property, perps', () => {
  test('health at the mark prices is the venue’s equity over its maintenance margin', () => {
    fc.assert(
      fc.property(perpPosition, (held) => {
        const marks = new Map([
          ['ETH', 2_000],
          ['BTC', 40_000],
        ])
        const { backing, requirement } = domainOf(held).margin(marks)
        const scale = 1 + domainOf(held).exposure(marks)
        expect(Math.abs(backing - Number(held.equity) / 1e18) / scale).toBeLessThan(1e-9)
        expect(Math.abs(requirement - Number(held.maintenanceMargin) / 1e18) / scale).toBeLessThan(
          1e-9,
        )
      }),
      RUNS,
    )
  })
})

const relative = (a: number, b: number): number => Math.abs(a - b) / Math.max(1, Math.abs(b))
