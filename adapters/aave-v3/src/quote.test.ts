import { InvalidIntentError, MAX_HEALTH_FACTOR, type MarginIntent, WAD } from '@plimsoll/domain'
import { feedPrice, rawOf } from '@plimsoll/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  config,
  domain,
  type Holding,
  holdings,
  positionOf,
  usdc,
  venue,
  wbtc,
  weth,
} from '../test/fixture.ts'
import { marginDomainOf } from './liquidation.ts'
import { legsOf, quoteIntent } from './quote.ts'
import { accountData } from './risk.ts'

const position = positionOf([holdings.weth, holdings.wbtc, holdings.usdc])
const ask = (type: MarginIntent['type'], token: typeof weth, raw: bigint, of = position) =>
  quoteIntent(config, { type, venue, domain, token, raw }, of)

describe('quoteIntent', () => {
  test('default: each verb moves health as the pool would', () => {
    expect(position.healthFactor).toBe(2_075000000000000000n)
    expect(ask('supply', weth, 10n ** 19n).healthAfter).toBe(4_150000000000000000n)
    expect(ask('withdraw', weth, 5n * 10n ** 18n).healthAfter).toBe(1_037500000000000000n)
    expect(ask('borrow', usdc, 8_000_000000n).healthAfter).toBe(1_037500000000000000n)
    expect(ask('repay', usdc, 4_000_000000n).healthAfter).toBe(4_150000000000000000n)
  })

  test('behavior: a repayment is cut to the debt', () => {
    expect(ask('repay', usdc, 10n ** 30n)).toMatchObject({
      raw: 8_000_000000n,
      healthAfter: MAX_HEALTH_FACTOR,
      feasible: true,
    })
  })

  test('behavior: the first supply of a token counts at that token’s terms', () => {
    const quoted = ask('supply', wbtc, 10n ** 8n)
    expect(quoted.healthAfter).toBe(5_974500000000000000n) // 60000 at a mean of 7966 bps, cut from 7966.67
  })

  test.each([
    ['repay', wbtc, 1n, /nothing is owed in WBTC/],
    ['withdraw', weth, 10n ** 19n + 1n, /10 WETH supplied/],
    ['withdraw', weth, 52n * 10n ** 17n, /health would fall to 0\.99/],
    ['borrow', usdc, 8_001_000000n, /collateral of \$20001\.25 needed, \$20000 held/],
    ['supply', weth, 0n, /not above zero/],
  ] as const)('behavior: %s of too much is infeasible and says why', (type, token, raw, reason) => {
    const quoted = ask(type, token, raw)
    expect(quoted.feasible).toBe(false)
    expect(quoted.reason).toMatch(reason)
  })

  test('behavior: a borrow is refused by ltv, not by health', () => {
    expect(ask('borrow', usdc, 8_000_000000n).feasible).toBe(true)
    const quoted = ask('borrow', usdc, 8_300_000000n)
    expect([quoted.feasible, quoted.healthAfter > WAD]).toEqual([false, true])
  })

  test('behavior: collateral that is switched off neither helps nor binds', () => {
    const off = positionOf([{ ...holdings.weth, ltv: 0n, threshold: 0n }, holdings.usdc])
    expect(off.healthFactor).toBe(0n)
    expect(ask('supply', weth, 10n ** 19n, off).healthAfter).toBe(0n)
    expect(ask('withdraw', weth, 10n ** 19n, off).feasible).toBe(true)
  })

  test('behavior: collateral that cannot be borrowed against leaves first', () => {
    const mixed = positionOf([
      holdings.weth,
      { ...holdings.wbtc, supplied: 10n ** 8n, ltv: 0n },
      holdings.usdc,
    ])
    expect(ask('withdraw', weth, 1n, mixed)).toMatchObject({ feasible: false })
    expect(ask('withdraw', wbtc, 1n, mixed)).toMatchObject({ feasible: true, reason: null })
  })

  test('error: InvalidIntentError', () => {
    const good = { type: 'supply', venue, domain, token: weth, raw: 1n } as const
    for (const bad of [
      { ...good, venue: 'aave-v3:0x99' },
      { ...good, domain: `${venue}/0x99` },
      { ...good, token: { ...weth, chainId: 1 } },
    ])
      expect(() => quoteIntent(config, bad, position)).toThrow(InvalidIntentError)
  })
})

const terms = fc
  .record({
    threshold: fc.bigInt({ min: 100n, max: 9_500n }),
    haircut: fc.bigInt({ min: 0n, max: 99n }),
    priceE8: feedPrice.map((at) => at / 10n ** 10n),
  })
  .map(({ threshold, haircut, priceE8 }) => ({ threshold, ltv: threshold - haircut, priceE8 }))
const holding = (of: Holding): fc.Arbitrary<Holding> =>
  fc
    .tuple(terms, rawOf(of.token), rawOf(of.token))
    .map(([t, supplied, owed]) => ({ ...of, ...t, supplied, owed }))
const account = fc
  .tuple(holding(holdings.weth), holding(holdings.wbtc), holding(holdings.usdc))
  .map((three) => positionOf(three))

describe('properties', () => {
  test('property: paying back never lowers health, borrowing never raises it', () => {
    fc.assert(
      fc.property(account, fc.bigInt({ min: 1n, max: 10n ** 24n }), (of, raw) => {
        const after = (type: MarginIntent['type']) => ask(type, weth, raw, of).healthAfter
        expect(after('repay') >= of.healthFactor).toBe(true)
        expect(after('borrow') <= of.healthFactor).toBe(true)
      }),
    )
  })

  // The pool cuts the mean threshold to whole basis points, so less of a poor collateral can lift it by what was cut.
  test('property: withdrawing raises health by no more than the pool’s cut of a basis point', () => {
    fc.assert(
      fc.property(account, fc.bigInt({ min: 1n, max: 10n ** 24n }), (of, raw) => {
        const { liquidationThreshold: mean, totalDebtBase } = accountData(legsOf(of))
        fc.pre(totalDebtBase > 0n && mean > 0n)
        const unit = WAD / totalDebtBase + 1n // of the pool's own rounding
        const most = ((of.healthFactor + unit) * (mean + 1n)) / mean + unit
        expect(ask('withdraw', weth, raw, of).healthAfter <= most).toBe(true)
      }),
    )
  })

  test('property: withdrawing an only collateral never raises health', () => {
    fc.assert(
      fc.property(holding(holdings.weth), rawOf(usdc), rawOf(weth), (only, owed, raw) => {
        const of = positionOf([only, holdings.wbtc, { ...holdings.usdc, owed }])
        expect(ask('withdraw', weth, raw, of).healthAfter <= of.healthFactor).toBe(true)
      }),
    )
  })

  test('property: the margin domain equals the pool’s health, and is safer by no more than the pool’s own cuts', () => {
    let compared = 0
    fc.assert(
      fc.property(account, (of) => {
        const prices = new Map(
          of.collateral.map(({ token, oraclePrice }) => [token.asset, Number(oraclePrice) / 1e18]),
        )
        const health = marginDomainOf(of).health(prices)
        const { totalCollateralBase, totalDebtBase } = accountData(legsOf(of))
        fc.pre(health.type === 'solvent' && totalDebtBase > 10n ** 12n)
        fc.pre(of.healthFactor > 10n ** 10n)
        if (health.type !== 'solvent') return
        compared++
        const off = Math.exp(health.lnHealth) / (Number(of.healthFactor) / 1e18) - 1
        // 1e-8 USD of each asset, half a unit of the result twice, and what a logarithm costs in floats.
        const held = of.collateral.length / Number(totalCollateralBase)
        const owed = of.debt.length / Number(totalDebtBase)
        const cuts = held + owed + 2 / Number(of.healthFactor) + 1e-13
        expect(Math.abs(off), `${off}`).toBeLessThan(cuts)
      }),
    )
    expect(compared).toBeGreaterThan(50)
  })
})
