import { findDomain, numberFromUsd } from '@plimsoll/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ONE_SOURCE } from '../../test/plan.ts'
import { amount, healthsAfter, healthsBefore, options, RUNS, sketch } from '../../test/sketches.ts'
import { world } from '../../test/world.ts'
import { assess } from '../assess.ts'
import { permissionOf } from '../permissionOf.ts'
import { policyTable } from '../policy/readyTable.ts'
import type { Routes } from '../Routes.ts'
import { createDynamicProgramming } from './createDynamicProgramming.ts'
import { createPreserving } from './createPreserving.ts'
import { DYNAMIC_PROGRAMMING } from './DynamicProgrammingConfig.ts'

const config = { ...DYNAMIC_PROGRAMMING.balanced, minActionUsd: 1 }
const sigma = amount(0.01, 0.12)

function planOf(
  drawn: Parameters<typeof world>[0],
  routes: Routes,
  daily: number,
  preserving = false,
) {
  const frame = world(drawn)
  const forecasts = ['ETH', 'BTC'].map((asset) => ({
    asset,
    model: 'test',
    at: 0,
    horizons: [{ ms: 86_400_000, variance: daily ** 2 }],
  }))
  const assessment = assess({ frame, forecasts, config: ONE_SOURCE })
  const engine = createDynamicProgramming({ config, table: policyTable('balanced'), routes })
  const plan = preserving
    ? createPreserving({
        engine,
        config: { ...config, targetProbability24h: 0.01 },
        routes,
      }).plan(frame, assessment)
    : engine.plan(frame, assessment)
  return { frame, assessment, plan }
}

test.each([false, true])(
  'property: no action lowers the domain it is for, none spends what is not there (preserving: %s)',
  (preserving) => {
    let actions = 0
    fc.assert(
      fc.property(sketch, options, sigma, (drawn, to, daily) => {
        const { frame, plan } = planOf(drawn, to, daily, preserving)
        const before = healthsBefore(frame)
        const after = healthsAfter(frame, plan)
        for (const { type, healthBefore, healthAfter } of plan.actions) {
          actions++
          if (type !== 'hedge' && type !== 'cancel')
            expect(healthAfter).toBeGreaterThan(healthBefore)
        }
        for (const { token, raw } of frame.portfolio.spot) {
          const spent = plan.actions
            .filter(({ type }) => type === 'repay' || type === 'add-collateral')
            .flatMap(({ intents }) => intents)
            .reduce(
              (sum, intent) =>
                'token' in intent && intent.token === token ? sum + intent.raw : sum,
              0n,
            )
          expect(spent <= raw).toBe(true)
        }
        // Who gives stays above liquidation, and whoever could be liquidated before is not worse off.
        for (const [id, health] of before)
          expect(after.get(id)).toBeGreaterThanOrEqual(Math.min(health, 1.0) * (1 - 1e-9))
      }),
      { ...RUNS, numRuns: preserving ? 100 : 300 },
    )
    expect(actions).toBeGreaterThan(50)
  },
)

test('property: whatever is done is worth its price, unless its domain is in danger', () => {
  let weighed = 0
  fc.assert(
    fc.property(sketch, options, sigma, (drawn, to, daily) => {
      const { assessment, plan } = planOf(drawn, to, daily)
      for (const { type, judgement, cost, domain } of plan.actions) {
        if (type === 'cancel') continue
        weighed++
        expect(judgement!.benefit).toBeGreaterThan(0)
        // Carry may earn, everything else is paid.
        const paid =
          numberFromUsd(cost.slippage) + numberFromUsd(cost.fees) + numberFromUsd(cost.gas)
        expect(judgement!.cost).toBeGreaterThanOrEqual(paid * (1 - 1e-9) - 1e-6)
        const held = assessment.domains.find((each) => each.domain === domain)
        const urgent =
          held!.healthFactor < 1 || (held!.probabilities?.h1 ?? 0) > config.floorProbability1h
        if (!urgent && type !== 'hedge')
          expect(judgement!.cost).toBeLessThanOrEqual(
            judgement!.benefit * config.maxCostOverBenefit * (1 + 1e-9),
          )
      }
    }),
    { ...RUNS, numRuns: 300 },
  )
  expect(weighed).toBeGreaterThan(150)
})

test('property: nothing is traded for a domain that the breakers forbid to trade for', () => {
  let forbidden = 0
  const apart = fc.record({ ETH: amount(1_850, 2_150), BTC: amount(37_000, 43_000) })
  fc.assert(
    fc.property(sketch, options, sigma, apart, (drawn, to, daily, market) => {
      const { frame, assessment, plan } = planOf({ ...drawn, market }, to, daily)
      for (const domain of assessment.domains) {
        // The most that any rule could ask for.
        const { allowSwap } = permissionOf({
          frame,
          assessment,
          domain,
          actBelow: Number.POSITIVE_INFINITY,
        })
        if (allowSwap) continue
        forbidden++
        const trades = plan.actions.filter(
          ({ domain: id, intents }) =>
            id === domain.domain && intents.some(({ type }) => type === 'swap' || type === 'trade'),
        )
        expect(trades).toEqual([])
      }
    }),
    { ...RUNS, numRuns: 300 },
  )
  expect(forbidden).toBeGreaterThan(50)
})

test('property: when every domain has fallen out of its band or is safe, the plan says why nothing more is done', () => {
  fc.assert(
    fc.property(sketch, options, sigma, (drawn, to, daily) => {
      const { frame, plan } = planOf(drawn, to, daily)
      expect(plan.why.length).toBeGreaterThan(10)
      for (const { verdict, type, domain } of plan.considered ?? [])
        if (verdict === 'chosen' && type === 'hold')
          expect(findDomain(frame.portfolio, domain)).not.toBeNull()
    }),
    { ...RUNS, numRuns: 150 },
  )
})
