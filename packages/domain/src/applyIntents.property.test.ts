import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { domainOf, lendingPosition, perpPosition, prices, RUNS } from '../test/arbitraries.ts'
import { applyIntents } from './applyIntents.ts'
import type { TradeIntent } from './Intent.ts'
import { distance } from './Portfolio.ts'
import type { LendingPosition, PerpPosition } from './Position.ts'
import { BPS, WAD, wad } from './units.ts'

const share = fc.bigInt({ min: 1n, max: BPS })

/** Margin and unrealised profit less funding: what equity must be. */
const bookEquity = (held: PerpPosition): bigint =>
  held.legs.reduce(
    (sum, leg) => sum + (leg.size * leg.markPrice) / WAD + leg.openNotional - leg.fundingOwed,
    held.margin * 10n ** 12n,
  )

const trade = (held: PerpPosition, index: number, size: bigint): TradeIntent => {
  const leg = held.legs[index]!
  const { market, asset } = leg
  return {
    type: 'trade',
    venue: held.venue,
    domain: held.domain,
    market,
    asset,
    size,
    limit: 0n,
    reduceOnly: false,
  }
}

describe('property, loans', () => {
  test('repaying and supplying raise health, borrowing and withdrawing lower it', () => {
    fc.assert(
      fc.property(
        lendingPosition.filter(({ debt }) => debt.length > 0),
        prices,
        share,
        (held, at, part) => {
          const base = { venue: held.venue, domain: held.domain }
          const [owed, backing] = [held.debt[0]!, held.collateral[0]!]
          const before = distance(domainOf(held).health(at))
          const after = (next: LendingPosition) => distance(domainOf(next).health(at))
          const raw = (owed.raw * part) / BPS
          const debt = { ...base, token: owed.token, raw }
          expect(after(applyIntents(held, [{ type: 'repay', ...debt }]))).toBeGreaterThanOrEqual(
            before,
          )
          expect(after(applyIntents(held, [{ type: 'borrow', ...debt }]))).toBeLessThanOrEqual(
            before,
          )
          const collateral = { ...base, token: backing.token, raw: (backing.raw * part) / BPS }
          expect(
            after(applyIntents(held, [{ type: 'supply', ...collateral }])),
          ).toBeGreaterThanOrEqual(before)
          expect(
            after(applyIntents(held, [{ type: 'withdraw', ...collateral }])),
          ).toBeLessThanOrEqual(before)
        },
      ),
      RUNS,
    )
  })

  test('what is undone leaves no trace', () => {
    fc.assert(
      fc.property(
        lendingPosition.filter(({ debt }) => debt.length > 0),
        share,
        (held, part) => {
          const base = { venue: held.venue, domain: held.domain }
          const [owed, backing] = [held.debt[0]!, held.collateral[0]!]
          const debt = { ...base, token: owed.token, raw: (owed.raw * part) / BPS }
          const collateral = { ...base, token: backing.token, raw: backing.raw }
          const there = applyIntents(held, [
            { type: 'borrow', ...debt },
            { type: 'supply', ...collateral },
          ])
          const back = applyIntents(there, [
            { type: 'repay', ...debt },
            { type: 'withdraw', ...collateral },
          ])
          expect(back.collateral).toEqual(held.collateral)
          expect(back.debt).toEqual(held.debt)
        },
      ),
      RUNS,
    )
  })
})

describe('property, perps', () => {
  test('equity stays margin plus unrealised profit through any trades, less their cost', () => {
    const open = perpPosition.filter(({ legs }) => legs.length > 0)
    const step = fc.bigInt({ min: -(10n ** 21n), max: 10n ** 21n })
    fc.assert(
      fc.property(
        open,
        fc.array(step, { maxLength: 5 }),
        fc.bigInt({ min: 0n, max: WAD / 10n }),
        (held, sizes, cost) => {
          let next = held
          for (const size of sizes) {
            const before = next
            next = applyIntents(next, [trade(next, 0, size)], wad(cost))
            const paid = before.equity - next.equity
            const notional = ((size < 0n ? -size : size) * held.legs[0]!.markPrice) / WAD
            expect(paid >= (notional * cost) / WAD && paid <= (notional * cost) / WAD + 2n).toBe(
              true,
            )
            // Margin is kept in the token's six decimals and rounds down at each step.
            const gap = next.equity - bookEquity(next)
            expect(gap >= -10n && gap <= 10n ** 12n * BigInt(sizes.length) + 10n).toBe(true)
          }
        },
      ),
      RUNS,
    )
  })

  test('reducing at no cost raises health of a solvent account, never the freely withdrawable margin', () => {
    fc.assert(
      fc.property(
        perpPosition.filter(({ legs }) => legs.some(({ size }) => size !== 0n)),
        share,
        (held, part) => {
          const index = held.legs.findIndex(({ size }) => size !== 0n)
          const size = -(held.legs[index]!.size * part) / BPS
          const next = applyIntents(held, [trade(held, index, size)])
          const marks = new Map([
            ['ETH', 2_000],
            ['BTC', 40_000],
          ])
          const before = distance(domainOf(held).health(marks))
          const after = distance(domainOf(next).health(marks))
          expect(after).toBeGreaterThanOrEqual(before - 1e-9)
          expect(next.freeCollateral <= held.freeCollateral).toBe(true)
          expect(next.maintenanceMargin <= held.maintenanceMargin + 2n).toBe(true)
        },
      ),
      RUNS,
    )
  })

  test('closing everything leaves no requirement and no open notional', () => {
    fc.assert(
      fc.property(perpPosition, (held) => {
        const next = applyIntents(
          held,
          held.legs.map((leg, i) => trade(held, i, -leg.size)),
        )
        expect(next.maintenanceMargin).toBe(0n)
        expect(
          next.legs.every(({ size, openNotional }) => size === 0n && openNotional === 0n),
        ).toBe(true)
      }),
      RUNS,
    )
  })
})
